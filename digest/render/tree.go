package render

import "strings"

// A kind says what a node is.
type kind int

const (
	document kind = iota

	// Blocks.
	heading   // level, id
	paragraph //
	list      // ordered, start; children are items
	item      // children are blocks
	quote     // children are blocks
	codeBlock // text
	rule      //
	table     // children are rows, the first of them the head
	row       // children are cells
	cell      // align
	story     // children are the blocks of one story, the first of them its heading

	// Within a block.
	text     // text
	code     // text
	strong   //
	emphasis //
	deleted  //
	link     // url; never within another link, never without a text
	newline  //
	trend    // values, label
	beside   // children are cells; only in a folded table
)

// A node is a piece of a parsed document. Its texts are plain, without control
// or invisible characters and without double blanks; its addresses are harmless,
// absolute (or, on a page, a place on that page) and pure ASCII.
type node struct {
	kind     kind
	text     string
	url      string
	level    int // 2 to 6
	id       string
	ordered  bool
	start    int
	align    string // left, right, center, or empty
	values   []float64
	label    string // of a trend, what it is of; plain
	children []*node

	role role
}

// words returns the text of n and all below it.
func (n *node) words() string {
	var b strings.Builder
	n.walk(func(n *node) {
		switch n.kind {
		case newline:
			b.WriteByte(' ')
		default:
			b.WriteString(n.text)
		}
	})
	return b.String()
}

// walk calls visit for n and all below it, in reading order.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, child := range n.children {
		child.walk(visit)
	}
}

// links returns the links in n, in reading order.
func (n *node) links() []*node {
	var found []*node
	n.walk(func(n *node) {
		if n.kind == link {
			found = append(found, n)
		}
	})
	return found
}
