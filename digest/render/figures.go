package render

import "slices"

// giveFigureRoles says what is what in a table of figures.
func giveFigureRoles(n *node) {
	n.role = figures
	for _, c := range n.children[0].children {
		c.role = figures
	}
	n.children[0].children[0].role = corner
	for _, r := range n.children[1:] {
		r.children[0].role = rowName
		for _, c := range r.children {
			// What is of an earlier day is slanted as a whole in Markdown, and
			// told by its colour where it is shown.
			if len(c.children) == 1 && c.children[0].kind == emphasis {
				c.children[0].role = outdated
			}
		}
	}
}

// folded returns a table of figures with fewer columns, so that it fits a narrow
// screen. The columns of numbers, which stand to the right, stay; of the others a
// trend goes below the last number of its row, and the rest, such as the date,
// below what names the row.
func folded(n *node) *node {
	kept := keptColumns(n)
	last := len(kept) - 1
	t := &node{kind: table, role: n.role}
	for i, r := range n.children {
		line := &node{kind: row}
		for _, column := range kept {
			c := *r.children[column]
			line.children = append(line.children, &c)
		}
		for column, c := range r.children {
			switch {
			case i == 0 || slices.Contains(kept, column):
			case isTrend(c):
				line.children[last].below(c)
			case len(c.children) > 0:
				line.children[0].below(&node{children: []*node{{kind: emphasis, role: aside, children: c.children}}})
			}
		}
		t.children = append(t.children, line)
	}
	return t
}

// below puts what is in c on a line of its own at the end of n.
func (n *node) below(c *node) {
	if len(c.children) == 0 {
		return
	}
	if len(n.children) > 0 {
		n.children = append(slices.Clip(n.children), &node{kind: newline})
	}
	n.children = append(n.children, c.children...)
}

func keptColumns(n *node) []int {
	kept := []int{0}
	for column, c := range n.children[0].children {
		if column > 0 && c.align == "right" {
			kept = append(kept, column)
		}
	}
	return kept
}

func isTrend(c *node) bool { return len(c.children) == 1 && c.children[0].kind == trend }
