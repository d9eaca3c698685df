package feed

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseFragment parses a piece of HTML into one element that holds it.
func parseFragment(s string) (*html.Node, error) {
	root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(s), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	for _, n := range nodes {
		root.AppendChild(n)
	}
	return root, err
}

// dropped are elements that hold nothing to read in a mail, or that run
// something. Pictures are dropped too: mails show none, and the alternative
// texts here are mostly made by machines.
var dropped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Link: true, atom.Meta: true,
	atom.Base: true, atom.Head: true, atom.Title: true, atom.Iframe: true, atom.Frame: true, atom.Frameset: true,
	atom.Object: true, atom.Embed: true, atom.Applet: true, atom.Svg: true, atom.Math: true, atom.Canvas: true,
	atom.Audio: true, atom.Video: true, atom.Source: true, atom.Track: true, atom.Img: true, atom.Image: true,
	atom.Picture: true, atom.Figcaption: true, atom.Map: true, atom.Area: true, atom.Form: true, atom.Input: true,
	atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Nav: true, atom.Dialog: true, atom.Noembed: true,
	atom.Noframes: true, atom.Plaintext: true, atom.Xmp: true, atom.Marquee: true, atom.Rp: true,
}

// droppedClasses mark what is written for screen readers, or what themes and
// plugins put around a story.
var droppedClasses = map[string]bool{
	"sr-only": true, "screen-reader-text": true, "visually-hidden": true, "visuallyhidden": true,
	"ez-toc-container": true, "lwptoc": true, "wp-block-table-of-contents": true, "wp-block-simpletoc-toc": true,
	"wp-block-rank-math-toc-block": true, "wp-block-yoast-seo-table-of-contents": true,
	"sharedaddy": true, "jp-relatedposts": true, "addtoany_share_save_container": true, "feedflare": true,
	"author-box": true, "comments-area": true, "comment-respond": true, "et_bloom_inline_form": true,
}

// newTab is what is said to screen readers of links, where a theme writes it
// into the text itself.
var newTab = regexp.MustCompile(`(?i)\s*\(opens in (?:a )?new (?:tab|window)\)`)

// clean removes from n what no reader needs and no mail may hold, repairs its
// texts, and leaves of all attributes only the addresses of its links, made
// absolute by base. Links that lead nowhere become plain text.
func clean(n *html.Node, base *url.URL) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode:
			text, _ := Repair(c.Data)
			c.Data = strings.Map(withoutTricks, newTab.ReplaceAllString(text, ""))
		case c.Type != html.ElementNode || isDropped(c):
			n.RemoveChild(c)
		default:
			clean(c, base)
			cleanElement(c, base)
		}
		c = next
	}
}

// withoutTricks makes spaces of all that shows as one, and drops what shows
// nothing.
func withoutTricks(r rune) rune {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r) || isInvisible(r):
		return -1
	}
	return r
}

func isDropped(n *html.Node) bool {
	if dropped[n.DataAtom] || strings.Contains(n.Data, ":") || n.Namespace != "" {
		return true
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return true
		case "aria-hidden":
			if a.Val == "true" {
				return true
			}
		case "style":
			style := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
				return true
			}
		case "class":
			for class := range strings.FieldsSeq(a.Val) {
				if droppedClasses[class] {
					return true
				}
			}
		}
	}
	return false
}

func cleanElement(n *html.Node, base *url.URL) {
	address := ""
	if n.DataAtom == atom.A && !hasClass(n, "wpil_keyword_link") && attr(n, "data-wpil-keyword-link") == "" {
		address = absolute(attr(n, "href"), base)
	}
	n.Attr = nil
	switch {
	case n.DataAtom != atom.A:
	case address == "":
		unwrap(n)
	default:
		n.Attr = []html.Attribute{{Key: "href", Val: address}}
	}
}

// absolute returns the web or mail address that href means, "" if it means
// none: a place on the same page, a script, or a relative one without a base.
func absolute(href string, base *url.URL) string {
	href = strings.TrimSpace(href)
	if href == "" || strings.HasPrefix(href, "#") {
		return ""
	}
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	switch {
	case (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "":
	case u.Scheme == "mailto" && u.Opaque != "":
	default:
		return ""
	}
	return u.String()
}

// webAddress is absolute without mail addresses.
func webAddress(href string, base *url.URL) string {
	if a := absolute(href, base); strings.HasPrefix(a, "http") {
		return a
	}
	return ""
}

// unwrap puts n's children in its place.
func unwrap(n *html.Node) {
	for c := n.FirstChild; c != nil; c = n.FirstChild {
		n.RemoveChild(c)
		n.Parent.InsertBefore(c, n)
	}
	n.Parent.RemoveChild(n)
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, class string) bool {
	for c := range strings.FieldsSeq(attr(n, "class")) {
		if c == class {
			return true
		}
	}
	return false
}

// lines returns the text of n, with a line break wherever it shows one.
func lines(n *html.Node) string {
	var b strings.Builder
	writeLines(&b, n)
	return b.String()
}

func writeLines(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(strings.Map(spaceBreaks, n.Data))
		return
	}
	if n.DataAtom == atom.Br {
		b.WriteByte('\n')
		return
	}
	block := isBlock(n)
	if block {
		b.WriteByte('\n')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		writeLines(b, c)
	}
	switch {
	case block:
		b.WriteByte('\n')
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		b.WriteByte(' ')
	}
}

// spaceBreaks makes a space of a line break in the source, which shows none.
func spaceBreaks(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// isBlock reports whether n stands on lines of its own.
func isBlock(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd,
		atom.Table, atom.Tr, atom.Caption, atom.Blockquote, atom.Pre, atom.Hr, atom.Address, atom.Listing:
		return true
	}
	return isWrapper(n)
}

// isWrapper reports whether n only holds blocks together.
func isWrapper(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Div, atom.Section, atom.Article, atom.Main, atom.Header, atom.Footer, atom.Aside, atom.Figure, atom.Center,
		atom.Details, atom.Summary, atom.Fieldset, atom.Hgroup, atom.Body, atom.Html:
		return true
	}
	return false
}
