package render

import (
	"strconv"
	"strings"

	"redigest/templates"
)

// lineWithLinks returns the words of a block, wrapped, and below them the
// addresses of its links, each on a line of its own. Where there are several,
// numbers say which is which.
func lineWithLinks(n *node, cells int) []string {
	links := n.links()
	f := flow{numbered: len(links) > 1}
	f.all(n.children)
	var lines []string
	if words := strings.TrimSpace(f.String()); words != "" {
		lines = templates.Wrap(words, cells)
	}
	return append(lines, addressLines(links, f.numbered)...)
}

func addressLines(links []*node, numbered bool) []string {
	var lines []string
	for i, l := range links {
		mark := "  "
		if numbered {
			mark += "[" + strconv.Itoa(i+1) + "] "
		}
		lines = append(lines, mark+l.url)
	}
	return lines
}

// A flow writes the words of a line.
type flow struct {
	strings.Builder
	numbered bool
	count    int // of the links so far
}

func (f *flow) all(nodes []*node) {
	for _, n := range nodes {
		f.node(n)
	}
}

func (f *flow) node(n *node) {
	switch n.kind {
	case text, code:
		f.WriteString(n.text)
	case newline:
		f.WriteByte('\n')
	case deleted:
		f.WriteString("[struck out: ")
		f.all(n.children)
		f.WriteString("]")
	case link:
		f.link(n)
	default:
		f.all(n.children)
	}
}

// link writes the words of a link, unless they are the address that is to follow
// anyway.
func (f *flow) link(n *node) {
	f.count++
	mark := ""
	if f.numbered {
		mark = "[" + strconv.Itoa(f.count) + "]"
	}
	if n.words() == n.url {
		f.WriteString(mark)
		return
	}
	f.all(n.children)
	if mark != "" {
		f.WriteString("\u00a0" + mark)
	}
}
