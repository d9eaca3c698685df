package render

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
)

// markdown is CommonMark with tables and struck-out text. Bare addresses stay
// text and quotes stay as they are: stories are written by others, and what they
// did not write we do not add.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough),
	goldmark.WithParserOptions(parser.WithHeadingAttribute()),
)

// maxDepth is how deep blocks or marks may be nested. What is nested deeper is
// kept and its frame left out: browsers and mail clients give up at some depth,
// and each in its own way.
const maxDepth = 12

// maxColumns is how many columns a table has; the cells of those beyond go into
// the last one. A table is as wide as its head in every row, however short that
// is written, so without a bound a small text could become a mail without end.
const maxColumns = 12

// addressBudget returns how long all addresses of a document may be together.
// Each that stands in the text fits; one that is defined once and referred to a
// thousand times does not.
func addressBudget(source []byte) int { return 1<<16 + 16*len(source) }

// place resolves a link to a place on the page, such as #story-k3, and
// returns "" when there is no such page.
type place func(fragment string) string

// parse reads source into a tree.
func parse(source string, at place) *node {
	src := []byte(strings.ToValidUTF8(source, ""))
	c := &converter{source: src, at: at, ids: make(map[string]bool), addresses: addressBudget(src)}
	root := markdown.Parser().Parse(gmtext.NewReader(src))
	return &node{kind: document, children: c.blocks(root, 0)}
}

// A converter turns what goldmark parsed into a tree.
type converter struct {
	source []byte
	at     place
	ids    map[string]bool // given already

	addresses int // how many octets of them may still come
}

// blocks returns the blocks below n.
func (c *converter) blocks(n ast.Node, depth int) []*node {
	var found []*node
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		found = append(found, c.block(child, depth)...)
	}
	return found
}

// block returns what n is: nothing when it is empty, several blocks when its
// frame was left out.
func (c *converter) block(n ast.Node, depth int) []*node {
	switch n := n.(type) {
	case *ast.Heading:
		return filled(&node{kind: heading, level: max(n.Level, 2), id: c.id(n, depth), children: c.line(n)})
	case *ast.Paragraph, *ast.TextBlock:
		return filled(&node{kind: paragraph, children: c.line(n)})
	case *ast.List:
		return framed(&node{kind: list, ordered: n.IsOrdered(), start: n.Start, children: c.blocks(n, depth+1)}, depth)
	case *ast.ListItem:
		return framed(&node{kind: item, children: c.blocks(n, depth+1)}, depth)
	case *ast.Blockquote:
		return framed(&node{kind: quote, children: c.blocks(n, depth+1)}, depth)
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return c.codeBlock(n)
	case *ast.ThematicBreak:
		return []*node{{kind: rule}}
	case *ast.HTMLBlock:
		return c.htmlBlock(n)
	case *extast.Table:
		return c.table(n)
	}
	return c.blocks(n, depth)
}

// filled returns n, or nothing when it is empty.
func filled(n *node) []*node {
	if len(n.children) == 0 {
		return nil
	}
	return []*node{n}
}

// framed returns n, or what is in it when it is nested too deep. Items lose
// their frame together with their list.
func framed(n *node, depth int) []*node {
	limit := maxDepth
	if n.kind == item {
		limit++
	}
	if depth >= limit {
		return n.children
	}
	return filled(n)
}

// id returns the id that n was given where it is one of ours: that of a story,
// and the first of its name. The headings within a story are below the second
// level, or within another block, and get none.
func (c *converter) id(n *ast.Heading, depth int) string {
	value, _ := n.AttributeString("id")
	id, _ := value.([]byte)
	name := string(id)
	if n.Level != 2 || depth > 0 || !strings.HasPrefix(name, "story-") || !placeOnPage.MatchString("#"+name) || c.ids[name] {
		return ""
	}
	c.ids[name] = true
	return name
}

// codeBlock returns n, whose lines and blanks are kept.
func (c *converter) codeBlock(n ast.Node) []*node {
	lines := strings.Split(strings.TrimRight(string(n.Lines().Value(c.source)), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(clean(strings.ReplaceAll(line, "\t", "    ")), " ")
	}
	joined := strings.Join(lines, "\n")
	if strings.TrimSpace(joined) == "" {
		return nil
	}
	return []*node{{kind: codeBlock, text: joined}}
}

// table returns n with all its rows and cells.
func (c *converter) table(n *extast.Table) []*node {
	t := &node{kind: table}
	for r := n.FirstChild(); r != nil; r = r.NextSibling() {
		line := &node{kind: row}
		for cl := r.FirstChild(); cl != nil; cl = cl.NextSibling() {
			next := &node{kind: cell, align: alignment(cl), children: c.cell(cl)}
			if len(line.children) == maxColumns {
				line.children[maxColumns-1].below(next)
				continue
			}
			line.children = append(line.children, next)
		}
		t.children = append(t.children, line)
	}
	return []*node{t}
}

func alignment(n ast.Node) string {
	if cl, ok := n.(*extast.TableCell); ok && cl.Alignment != extast.AlignNone {
		return cl.Alignment.String()
	}
	return ""
}
