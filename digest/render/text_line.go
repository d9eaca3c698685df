package render

import (
	"strconv"
	"strings"

	"redigest/templates"
)

// linesWithLinks returns the words of a block, wrapped, and below each of its
// lines the addresses of the links in it, each on a line of its own. Where there
// are several, numbers say which is which.
func linesWithLinks(n *node, cells int) []string {
	setIn := "  "
	if n.role == storyLine {
		setIn = "" // its headline has a mark before it already
	}
	if n.role == topFigures && templates.Width(n.words()) > cells {
		n = eachOnItsLine(n)
	}
	var lines []string
	for _, line := range splitAtNewlines(n.children) {
		lines = append(lines, lineWithLinks(line, cells, setIn)...)
	}
	return lines
}

// eachOnItsLine returns the figures on top, which points stand between, without
// these and below one another.
func eachOnItsLine(n *node) *node {
	var children []*node
	for _, c := range n.children {
		if c.kind != text {
			children = append(children, c)
			continue
		}
		for i, part := range strings.Split(c.text, " · ") {
			if i > 0 {
				children = append(children, &node{kind: newline})
			}
			children = append(children, &node{kind: text, text: part})
		}
	}
	return &node{kind: paragraph, children: children}
}

func splitAtNewlines(nodes []*node) [][]*node {
	lines := [][]*node{nil}
	for _, n := range nodes {
		if n.kind == newline {
			lines = append(lines, nil)
			continue
		}
		last := len(lines) - 1
		lines[last] = append(lines[last], n)
	}
	return lines
}

func lineWithLinks(line []*node, cells int, setIn string) []string {
	links := (&node{children: line}).links()
	f := flow{numbered: len(links) > 1}
	f.all(line)
	var lines []string
	if words := strings.TrimSpace(f.String()); words != "" {
		lines = templates.Wrap(words, cells)
	}
	return append(lines, addressLines(links, f.numbered, setIn)...)
}

func addressLines(links []*node, numbered bool, setIn string) []string {
	var lines []string
	for i, l := range links {
		mark := setIn
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
	case trend:
		f.WriteString(trendText(n.values))
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
