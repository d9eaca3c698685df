package render

import (
	"slices"

	"redigest/templates"
)

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
		for _, c := range r.children[1:] {
			switch first := r.children[0].children; {
			case !isTrend(c):
				keepWhole(c)
			case len(first) == 1 && first[0].role == outdated:
				c.children[0].role = outdated
			}
		}
	}
}

// wholeCells is how wide words are at most that stay on one line, in the cells
// of a terminal: on the narrowest phone they leave half of the line.
const wholeCells = 22

// keepWhole keeps the words of a cell of numbers on one line, where they are
// short: a price does not end at the dash of its range or before its unit.
func keepWhole(c *node) {
	if c.align != "right" || len(c.children) == 0 || templates.Width(c.words()) > wholeCells {
		return
	}
	inside := c
	if c.children[0].role == outdated {
		inside = c.children[0]
	}
	inside.children = []*node{{kind: emphasis, role: whole, children: inside.children}}
}

// keepTopWhole does so with the prices of the line on top.
func keepTopWhole(n *node) {
	for _, c := range n.children {
		if c.kind == strong && templates.Width(c.words()) <= wholeCells {
			c.role = whole
		}
	}
}

// folded returns a table of figures in two columns, so that it fits a narrow
// screen: below the first number of a row stand its others, and the trend beside
// these. The rest, such as a date, stands below what names the row.
func folded(n *node) *node {
	numbers := numberColumns(n)
	if len(numbers) == 0 {
		return n
	}
	t := &node{kind: table, role: n.role}
	for i, r := range n.children {
		name, number := *r.children[0], *r.children[numbers[0]]
		under := &node{kind: beside, align: number.align}
		for column, c := range r.children {
			switch {
			case column == 0 || column == numbers[0] || len(c.children) == 0:
			case slices.Contains(numbers, column) || trendColumn(n, column):
				under.children = append(under.children, c)
			case i > 0:
				name.below(&node{children: []*node{{kind: emphasis, role: aside, children: c.children}}})
			}
		}
		switch {
		case i == 0 && len(under.children) > 0:
			number.below(&node{children: []*node{headsOf(under.children)}})
		case len(under.children) == 1:
			number.below(under.children[0])
		case len(under.children) > 1:
			number.below(&node{children: []*node{under}})
		}
		t.children = append(t.children, &node{kind: row, children: []*node{&name, &number}})
	}
	return t
}

// headsOf returns the heads of what stands beside one another as words.
func headsOf(cells []*node) *node {
	heads := &node{kind: emphasis, role: aside}
	for i, c := range cells {
		if i > 0 {
			heads.children = append(heads.children, &node{kind: text, text: "\u00a0·\u00a0"})
		}
		heads.children = append(heads.children, c.children...)
	}
	return heads
}

// listed returns a table of figures for the text part, which has room for all
// columns but those of words: they stand below what names the row.
func listed(n *node) *node {
	numbers := numberColumns(n)
	t := &node{kind: table, role: n.role}
	for i, r := range n.children {
		name := *r.children[0]
		line := &node{kind: row, children: []*node{&name}}
		for column, c := range r.children {
			switch {
			case column == 0:
			case slices.Contains(numbers, column) || trendColumn(n, column):
				line.children = append(line.children, c)
			case i > 0:
				name.below(c)
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

// numberColumns returns the columns of numbers, which stand to the right.
func numberColumns(n *node) []int {
	var found []int
	for column, c := range n.children[0].children {
		if column > 0 && c.align == "right" {
			found = append(found, column)
		}
	}
	return found
}

// trendColumn reports whether a row has a trend in that column.
func trendColumn(n *node, column int) bool {
	return slices.ContainsFunc(n.children, func(r *node) bool { return column < len(r.children) && isTrend(r.children[column]) })
}

func isTrend(c *node) bool { return len(c.children) == 1 && c.children[0].kind == trend }
