package render

import (
	"strconv"
	"strings"

	"redigest/templates"
)

// sectionText returns a section as plain text: the headline at the margin, all
// that belongs to it set in, so that an eye running down the margin reads the
// headlines alone. The address of a link stands on a line of its own under the
// block that the link is in.
func sectionText(section *node) string {
	var b strings.Builder
	for i, block := range section.children {
		indent := "  "
		if block.kind == heading && block.level == 2 {
			indent = ""
		}
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(strings.Join(indented(indent, indent, textLines(block, templates.TextWidth-len(indent))), "\n"))
	}
	return b.String()
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
		return lineWithLinks(n, cells)
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

// listLines returns a list: with an empty line between its items where one of
// them holds more than a paragraph.
func listLines(n *node, cells int) []string {
	var lines []string
	for i, it := range n.children {
		if i > 0 && isLoose(n) {
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
