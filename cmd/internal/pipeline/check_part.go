package pipeline

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A part is one part of the mail as its readers see it.
type part struct {
	name   string
	source string   // its octets
	words  string   // what it shows, on one line
	plain  string   // the letters and digits of that
	links  []string // where its links lead, in their order, each once
	mute   []string // the addresses of pictures without words
}

// readHTML reads the HTML part.
func readHTML(source string) part {
	p := part{name: "the HTML part", source: source}
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return p // a reader that cannot fail
	}
	var words strings.Builder
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode && !isHidden(n.Parent):
			words.WriteString(n.Data)
		case n.Type == html.ElementNode:
			p.element(n)
			if !slices.Contains(inline, n.DataAtom) {
				words.WriteByte(' ')
			}
		}
	}
	p.words = strings.Join(strings.Fields(words.String()), " ")
	p.plain = letters(p.words)
	return p
}

// inline are the elements that stand within a word.
var inline = []atom.Atom{atom.A, atom.Span, atom.Strong, atom.Em, atom.B, atom.I, atom.Del, atom.Code, atom.Sub, atom.Sup}

// isHidden reports whether the text in n is not shown.
func isHidden(n *html.Node) bool {
	return n != nil && slices.Contains([]atom.Atom{atom.Style, atom.Script, atom.Title, atom.Noscript}, n.DataAtom)
}

func (p *part) element(n *html.Node) {
	switch n.DataAtom {
	case atom.A:
		if link, ok := attribute(n, "href"); ok && link != "" && !slices.Contains(p.links, link) {
			p.links = append(p.links, link)
		}
	case atom.Img:
		if _, ok := attribute(n, "alt"); !ok {
			source, _ := attribute(n, "src")
			p.mute = append(p.mute, source)
		}
	}
}

func attribute(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val), true
		}
	}
	return "", false
}

// address finds addresses in the text part, where they stand alone or in
// brackets.
var address = regexp.MustCompile(`(?:https?://|mailto:)[^\s<>]+`)

// readText reads the text part.
func readText(source string) part {
	p := part{name: "the text part", source: source, words: strings.Join(strings.Fields(source), " ")}
	p.plain = letters(p.words)
	for _, link := range address.FindAllString(source, -1) {
		if !slices.Contains(p.links, link) {
			p.links = append(p.links, link)
		}
	}
	return p
}

// leadsTo reports whether the part has a link to an address.
func (p part) leadsTo(address string) bool { return slices.Contains(p.links, address) }

// shows reports whether the part shows a text, however it is wrapped and
// whatever stands for its dashes and quotes.
func (p part) shows(text string) bool {
	return strings.Contains(p.plain, letters(text))
}

// letters returns the letters and digits of a text in lower case.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
