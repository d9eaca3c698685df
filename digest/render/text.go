package render

import (
	"strconv"
	"strings"

	"redigest/templates"
)

// pieceText returns a piece as plain text: headlines and the names of groups at
// the margin, all that belongs to them set in, so that an eye running down the
// margin reads the headlines alone.
func pieceText(p piece) string {
	var lines []string
	for i, block := range p.blocks {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, blockLines(block, p.kind)...)
	}
	return strings.Join(lines, "\n")
}

// blockLines returns a block of a piece, set in where it belongs below another.
func blockLines(n *node, kind templates.SectionKind) []string {
	switch {
	case n.kind == story:
		return storyLines(n, kind)
	case n.role == groupName:
		return underlined(n)
	case n.kind == heading || n.role == note || kind == templates.FiguresSection:
		return textLines(n, templates.TextWidth)
	}
	return indented("  ", "  ", textLines(n, templates.TextWidth-2))
}

// storyLines returns a story: its headline at the margin with the address below,
// the rest set in. Only the lead and what stands by itself has room between its
// blocks and its headline.
func storyLines(n *node, kind templates.SectionKind) []string {
	var lines []string
	for i, block := range n.children {
		if i > 1 || i > 0 && kind != templates.GroupSection {
			lines = append(lines, "")
		}
		if i == 0 && block.kind == heading {
			lines = append(lines, textLines(block, templates.TextWidth)...)
			continue
		}
		lines = append(lines, indented("  ", "  ", textLines(block, templates.TextWidth-2))...)
	}
	return lines
}

// underlined returns the name of a group.
func underlined(n *node) []string {
	lines := textLines(n, templates.TextWidth)
	wide := 0
	for _, line := range lines {
		wide = max(wide, templates.Width(line))
	}
	return append(lines, strings.Repeat("-", min(max(wide, 3), templates.TextWidth))) // two and a blank would open the footer
}

// indented returns lines with first before the first of them and rest before all
// others.
func indented(first, rest string, lines []string) []string {
	set := make([]string, len(lines))
	for i, line := range lines {
		set[i] = strings.TrimRight(first+line, " ")
		first = rest
	}
	return set
}

// textLines returns a block as lines of at most cells cells, addresses apart.
func textLines(n *node, cells int) []string {
	switch n.kind {
	case heading, paragraph:
		return linesWithLinks(n, cells)
	case list:
		return listLines(n, cells)
	case quote:
		return indented("> ", "> ", stacked(n.children, cells-2))
	case codeBlock:
		return indented("  ", "  ", codeLines(n.text, cells-2))
	case rule:
		return []string{strings.Repeat("-", min(cells, 24))}
	case table:
		return tableLines(n, cells)
	}
	return nil
}

// stacked returns blocks with an empty line between them, except above a list
// that belongs to the paragraph before it.
func stacked(blocks []*node, cells int) []string {
	var lines []string
	for i, block := range blocks {
		if i > 0 && (block.kind != list || blocks[i-1].kind != paragraph) {
			lines = append(lines, "")
		}
		lines = append(lines, textLines(block, cells)...)
	}
	return lines
}

// listLines returns a list: with an empty line between its items where they are
// stories or one of them holds more than a paragraph.
func listLines(n *node, cells int) []string {
	loose := n.role == headlines || isLoose(n)
	var lines []string
	for i, it := range n.children {
		if i > 0 && loose {
			lines = append(lines, "")
		}
		mark := "- "
		if n.ordered {
			mark = strconv.Itoa(n.start+i) + ". "
		}
		lines = append(lines, indented(mark, strings.Repeat(" ", len(mark)), stacked(it.children, cells-len(mark)))...)
	}
	return lines
}

func isLoose(n *node) bool {
	for _, it := range n.children {
		if len(it.children) > 2 || len(it.children) == 2 && it.children[1].kind != list {
			return true
		}
	}
	return false
}

// codeLines returns code as it stands; only lines that are too long are cut.
func codeLines(code string, cells int) []string {
	var lines []string
	for _, line := range strings.Split(code, "\n") {
		if templates.Width(line) <= cells {
			lines = append(lines, line)
			continue
		}
		lines = append(lines, templates.Wrap(line, cells)...)
	}
	return lines
}
