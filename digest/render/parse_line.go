package render

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// line returns what stands within a block: headings, paragraphs and cells hold
// one line of text each, however it was broken.
func (c *converter) line(n ast.Node) []*node {
	l := lineConverter{converter: c, blank: true}
	return trimEnd(l.inside(n, 0))
}

// cell returns what stands in a cell of a table: a line, or a trend.
func (c *converter) cell(n ast.Node) []*node {
	found := c.line(n)
	if len(found) != 1 || found[0].kind != code {
		return found
	}
	if n := readTrend(found[0].text); n != nil {
		return []*node{n}
	}
	return found
}

// A lineConverter converts one line.
type lineConverter struct {
	*converter
	blank  bool // no blank may follow: the line begins here or has just had one
	inLink bool
}

// inside returns what stands below n.
func (l *lineConverter) inside(n ast.Node, depth int) []*node {
	var found []*node
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		for _, piece := range l.piece(child, depth) {
			found = join(found, piece)
		}
	}
	return found
}

// join appends piece; a text goes on with the text before it.
func join(line []*node, piece *node) []*node {
	if last := len(line) - 1; last >= 0 && piece.kind == text && line[last].kind == text {
		line[last].text += piece.text
		return line
	}
	return append(line, piece)
}

func (l *lineConverter) piece(n ast.Node, depth int) []*node {
	switch n := n.(type) {
	case *ast.Text:
		return l.text(n)
	case *ast.String:
		return l.plain(string(n.Value))
	case *ast.CodeSpan:
		return l.codeSpan(n)
	case *ast.Emphasis:
		if n.Level == 2 {
			return l.marked(strong, n, depth)
		}
		return l.marked(emphasis, n, depth)
	case *extast.Strikethrough:
		return l.marked(deleted, n, depth)
	case *ast.Link:
		return l.link(n, depth)
	case *ast.AutoLink:
		return l.autoLink(n)
	case *ast.Image:
		return l.image(n, depth)
	case *ast.RawHTML:
		return nil // a tag; the words between tags are text of their own
	}
	return l.inside(n, depth)
}

// plain returns s as a text, without blanks that follow another.
func (l *lineConverter) plain(s string) []*node {
	var b strings.Builder
	for _, r := range clean(s) {
		if r == ' ' && l.blank {
			continue
		}
		l.blank = r == ' '
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return nil
	}
	return []*node{{kind: text, text: b.String()}}
}

func (l *lineConverter) text(n *ast.Text) []*node {
	found := l.plain(decode(n.Segment.Value(l.source)))
	switch {
	case n.HardLineBreak():
		l.blank = true
		return append(found, &node{kind: newline})
	case n.SoftLineBreak():
		return append(found, l.plain(" ")...)
	}
	return found
}

// codeSpan returns the text of n, in which nothing is escaped.
func (l *lineConverter) codeSpan(n *ast.CodeSpan) []*node {
	var b strings.Builder
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if t, ok := child.(*ast.Text); ok {
			b.Write(t.Segment.Value(l.source))
		}
	}
	found := l.plain(b.String())
	for _, piece := range found {
		piece.kind = code
	}
	return found
}

// marked returns what is below n under a mark, unless that is nothing or marks
// are nested too deep.
func (l *lineConverter) marked(mark kind, n ast.Node, depth int) []*node {
	if depth >= maxDepth {
		return l.inside(n, depth)
	}
	return filled(&node{kind: mark, children: l.inside(n, depth+1)})
}

func (l *lineConverter) link(n *ast.Link, depth int) []*node {
	return l.linkTo(decode(n.Destination), func() []*node { return l.inside(n, depth+1) })
}

func (l *lineConverter) autoLink(n *ast.AutoLink) []*node {
	to := string(n.URL(l.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(to, "mailto:") {
		to = "mailto:" + to
	}
	return l.linkTo(to, func() []*node { return l.plain(string(n.Label(l.source))) })
}

// linkTo returns a link to an address, or its words alone where the address
// leads nowhere good or the link stands within another.
func (l *lineConverter) linkTo(to string, words func() []*node) []*node {
	url := l.resolve(to)
	if l.inLink || url == "" || len(url) > l.addresses {
		return words()
	}
	l.addresses -= len(url)
	l.inLink = true
	n := &node{kind: link, url: url, children: words()}
	l.inLink = false
	if strings.TrimSpace(n.words()) == "" {
		n.children = l.plain(url)
	}
	return []*node{n}
}

func (l *lineConverter) resolve(to string) string {
	if placeOnPage.MatchString(to) {
		return l.at(to)
	}
	return address(to)
}

// image returns what n says to those who cannot see it: mails and pages of ours
// load nothing from elsewhere.
func (l *lineConverter) image(n *ast.Image, depth int) []*node {
	was := l.inLink
	l.inLink = true
	defer func() { l.inLink = was }()
	return l.inside(n, depth)
}

// trimEnd takes blanks and line breaks from the end of a line.
func trimEnd(line []*node) []*node {
	for len(line) > 0 {
		last := line[len(line)-1]
		last.text = strings.TrimRight(last.text, " ")
		last.children = trimEnd(last.children)
		if last.text != "" || len(last.children) > 0 {
			break
		}
		line = line[:len(line)-1]
	}
	return line
}
