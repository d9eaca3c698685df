package render

import (
	"strings"

	"redigest/templates"
)

// columnGap is how many cells stand between two columns.
const columnGap = 2

// A grid is a table whose cells are plain text.
type grid struct {
	rows   [][]string // the first is the head
	aligns []string
	widths []int
}

// tableLines returns a table in columns or, where it is too wide for that, each
// row as a block of “name: value” lines. The addresses of its links follow.
func tableLines(n *node, cells int) []string {
	links := n.links()
	g := newGrid(n, flow{numbered: len(links) > 1})
	var lines []string
	if g.width() <= cells {
		lines = g.columns()
	} else {
		lines = g.records(cells)
	}
	return append(lines, addressLines(links, len(links) > 1)...)
}

func newGrid(n *node, f flow) grid {
	var g grid
	for _, r := range n.children {
		var texts []string
		for column, c := range r.children {
			f.Reset()
			f.all(c.children)
			text := strings.ReplaceAll(f.String(), "\n", " ")
			texts = append(texts, text)
			g.fit(column, text, c.align)
		}
		g.rows = append(g.rows, texts)
	}
	return g
}

// fit makes a column wide enough for text.
func (g *grid) fit(column int, text, align string) {
	if column == len(g.widths) {
		g.widths = append(g.widths, 0)
		g.aligns = append(g.aligns, align)
	}
	g.widths[column] = max(g.widths[column], templates.Width(text))
}

func (g *grid) width() int {
	total := -columnGap
	for _, w := range g.widths {
		total += w + columnGap
	}
	return total
}

func (g *grid) columns() []string {
	var lines []string
	for i, r := range g.rows {
		lines = append(lines, g.line(r))
		if i == 0 {
			lines = append(lines, g.underline())
		}
	}
	return lines
}

func (g *grid) line(texts []string) string {
	var b strings.Builder
	for column, text := range texts {
		if column > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		spare := g.widths[column] - templates.Width(text)
		before := 0
		switch g.aligns[column] {
		case "right":
			before = spare
		case "center":
			before = spare / 2
		}
		b.WriteString(strings.Repeat(" ", before) + text + strings.Repeat(" ", spare-before))
	}
	return strings.TrimRight(b.String(), " ")
}

func (g *grid) underline() string {
	dashes := make([]string, len(g.widths))
	for i, w := range g.widths {
		dashes[i] = strings.Repeat("-", w)
	}
	return strings.Join(dashes, strings.Repeat(" ", columnGap))
}

// records returns each row below the head as lines of its own.
func (g *grid) records(cells int) []string {
	if len(g.rows) == 1 {
		return templates.Wrap(strings.Join(g.rows[0], " · "), cells)
	}
	var lines []string
	for i, r := range g.rows[1:] {
		if i > 0 {
			lines = append(lines, "")
		}
		for column, text := range r {
			lines = append(lines, g.record(column, text, cells)...)
		}
	}
	return lines
}

func (g *grid) record(column int, text string, cells int) []string {
	if text == "" {
		return nil
	}
	if name := g.rows[0][column]; name != "" {
		text = name + ": " + text
	}
	return indented("", "  ", templates.Wrap(text, cells-2))
}
