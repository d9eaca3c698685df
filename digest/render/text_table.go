package render

import (
	"slices"
	"strings"

	"redigest/templates"
)

const (
	columnGap = 2  // how many cells of a terminal stand between two columns
	narrowest = 10 // how narrow a column may become so that the table fits
)

// A grid is a table whose cells are plain text.
type grid struct {
	rows   [][]string // the first is the head; a cell may have several lines
	aligns []string
	widths []int
}

// tableLines returns a table in columns or, where it is too wide for that, each
// row as a block of “name: value” lines. The addresses of its links follow.
func tableLines(n *node, cells int) []string {
	if n.role == figures {
		n = listed(n)
	}
	links := n.links()
	g := newGrid(n, flow{numbered: len(links) > 1})
	if n.role == figures {
		g.favourFirst(cells)
	}
	var lines []string
	if g.squeeze(cells) {
		lines = g.columns()
	} else {
		lines = g.records(cells)
	}
	return append(lines, addressLines(links, len(links) > 1, "  ")...)
}

func newGrid(n *node, f flow) grid {
	var g grid
	for _, r := range n.children {
		var texts []string
		for column, c := range r.children {
			f.Reset()
			f.all(c.children)
			text := strings.TrimSpace(f.String())
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
	for line := range strings.SplitSeq(text, "\n") {
		g.widths[column] = max(g.widths[column], templates.Width(line))
	}
}

// squeeze narrows the widest columns until the table is no wider than cells, and
// reports whether it is.
func (g *grid) squeeze(cells int) bool {
	for g.width() > cells {
		widest := slices.Index(g.widths, slices.Max(g.widths))
		if g.widths[widest] <= narrowest {
			return false
		}
		g.widths[widest]--
	}
	return true
}

// favourFirst narrows all columns but the first to their longest words where the
// table is wider than cells, and then the first as far as that is needed: it has
// the words, which take fewest lines there.
func (g *grid) favourFirst(cells int) {
	if g.width() <= cells {
		return
	}
	for column := 1; column < len(g.widths); column++ {
		g.widths[column] = 0
		for _, r := range g.rows {
			for word := range strings.FieldsFuncSeq(r[column], func(r rune) bool { return r == ' ' || r == '\n' }) {
				g.widths[column] = max(g.widths[column], templates.Width(word))
			}
		}
	}
	spare := g.widths[0] + cells - g.width()
	g.widths[0] = min(g.widths[0], max(spare, 2*narrowest))
}

func (g *grid) width() int {
	total := -columnGap
	for _, w := range g.widths {
		total += w + columnGap
	}
	return total
}

// columns returns the rows below one another. An empty line follows each where
// one of them takes several.
func (g *grid) columns() []string {
	rows := make([][]string, len(g.rows))
	for i, r := range g.rows {
		rows[i] = g.row(r)
	}
	tall := slices.ContainsFunc(rows[1:], func(lines []string) bool { return len(lines) > 1 })
	lines := append(rows[0], g.underline())
	for i, row := range rows[1:] {
		if i > 0 && tall {
			lines = append(lines, "")
		}
		lines = append(lines, row...)
	}
	return lines
}

// row returns a row as lines, as many as its tallest cell has.
func (g *grid) row(texts []string) []string {
	wrapped, tallest := make([][]string, len(texts)), 0
	for column, text := range texts {
		wrapped[column] = templates.Wrap(text, g.widths[column])
		tallest = max(tallest, len(wrapped[column]))
	}
	lines := make([]string, tallest)
	for i := range lines {
		line := make([]string, len(texts))
		for column, cell := range wrapped {
			if i < len(cell) {
				line[column] = cell[i]
			}
		}
		lines[i] = g.line(line)
	}
	return lines
}

func (g *grid) line(texts []string) string {
	var b strings.Builder
	for column, text := range texts {
		if column > 0 {
			b.WriteString(strings.Repeat(" ", columnGap))
		}
		spare := max(0, g.widths[column]-templates.Width(text))
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
	text = strings.ReplaceAll(text, "\n", ", ")
	if name := g.rows[0][column]; name != "" {
		text = name + ": " + text
	}
	return indented("", "  ", templates.Wrap(text, cells-2))
}
