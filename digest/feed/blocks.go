package feed

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A blockKind is what a block of a story is.
type blockKind int

const (
	paragraph blockKind = iota
	heading
	list
	rule
	other // a table, a quotation, code
)

// A block is one piece of a story's text, from HTML, plain text or Markdown:
// what highlights, takeaway and source line are told by, wherever they come
// from.
type block struct {
	kind    blockKind
	text    string   // plain and folded
	lines   []string // the same, as it is broken into lines
	bullets []bullet // of a list
	links   []string // addresses of its links, in their order

	node     *html.Node // what it is in HTML
	markdown string     // what it is in Markdown, when node is nil
}

// A bullet is an item of a list, with the lists inside it.
type bullet struct {
	text string
	sub  []bullet
}

// blocksOf returns the blocks of cleaned HTML.
func blocksOf(root *html.Node) []block {
	var out []block
	collect(&out, root)
	return out
}

func collect(out *[]block, root *html.Node) {
	var inline *html.Node // what stands between blocks without an element of its own
	flush := func() {
		if inline != nil {
			*out = appendBlock(*out, inline)
		}
		inline = nil
	}
	for c := root.FirstChild; c != nil; {
		next := c.NextSibling
		root.RemoveChild(c)
		switch {
		case isWrapper(c) || !isBlock(c) && holdsBlock(c):
			flush()
			collect(out, c)
		case isBlock(c):
			flush()
			*out = appendBlock(*out, c)
		default:
			if inline == nil {
				inline = &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
			}
			inline.AppendChild(c)
		}
		c = next
	}
	flush()
}

func holdsBlock(n *html.Node) bool {
	for c := range n.Descendants() {
		if isBlock(c) {
			return true
		}
	}
	return false
}

// appendBlock appends the block that n is, unless it shows nothing.
func appendBlock(out []block, n *html.Node) []block {
	b := block{kind: kindOf(n), node: n}
	for line := range strings.SplitSeq(lines(n), "\n") {
		if line = fold(line); line != "" {
			b.lines = append(b.lines, line)
		}
	}
	b.text = strings.Join(b.lines, " ")
	for c := range n.Descendants() {
		if c.DataAtom == atom.A && attr(c, "href") != "" {
			b.links = append(b.links, attr(c, "href"))
		}
	}
	if b.kind == list {
		b.bullets = bulletsOf(n)
	}
	if b.text == "" && b.kind != rule && len(b.links) == 0 {
		return out
	}
	return append(out, b)
}

func kindOf(n *html.Node) blockKind {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return heading
	case atom.Ul, atom.Ol:
		return list
	case atom.Hr:
		return rule
	case atom.P, atom.Address, atom.Li:
		return paragraph
	}
	return other
}

// bulletsOf returns the items of the list n.
func bulletsOf(n *html.Node) []bullet {
	var out []bullet
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Li:
			if b := bulletOf(c); b.text != "" || len(b.sub) > 0 {
				out = append(out, b)
			}
		case atom.Ul, atom.Ol: // misplaced, yet browsers show it inside the item before
			if len(out) > 0 {
				out[len(out)-1].sub = append(out[len(out)-1].sub, bulletsOf(c)...)
			} else {
				out = bulletsOf(c)
			}
		}
	}
	return out
}

func bulletOf(item *html.Node) bullet {
	var b bullet
	var text strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.DataAtom == atom.Ul || c.DataAtom == atom.Ol:
				b.sub = append(b.sub, bulletsOf(c)...)
			case c.Type == html.ElementNode && c.DataAtom != atom.Br:
				walk(c)
			default:
				writeLines(&text, c)
			}
		}
		if isBlock(n) {
			text.WriteByte(' ')
		}
	}
	walk(item)
	b.text = fold(text.String())
	return b
}

// maxBullet is how long a bullet may get by joining those below it.
const maxBullet = 250

// flatten makes one level of a list. Bullets below a lead-in (“Projects in:”)
// mean nothing without it, so they join it, together if they are short and
// each by itself if not; below a whole sentence they stand by themselves.
func flatten(bullets []bullet) []string {
	var out []string
	for _, b := range bullets {
		sub := flatten(b.sub)
		switch {
		case len(sub) == 0:
			out = append(out, b.text)
		case b.text == "" || endsSentence(b.text):
			out = append(append(out, b.text), sub...)
		default:
			out = append(out, join(b.text, sub)...)
		}
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func join(leadIn string, sub []string) []string {
	leadIn = strings.TrimRight(leadIn, ": ") + ": "
	if all := leadIn + strings.Join(sub, "; "); len([]rune(all)) <= maxBullet {
		return []string{all}
	}
	var out []string
	for _, s := range sub {
		out = append(out, leadIn+s)
	}
	return out
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"'”’)]»`)
	return s != "" && strings.ContainsRune(".!?…", lastRune(s))
}

func lastRune(s string) rune {
	r := []rune(s)
	return r[len(r)-1]
}
