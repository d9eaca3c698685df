package render

import "strings"

// Plain returns the words of a piece of Markdown, on one line.
func Plain(markdown string) string {
	var words []string
	parse(markdown, func(string) string { return "" }).walk(func(n *node) {
		switch n.kind {
		case heading, paragraph, cell, codeBlock:
			words = append(words, n.words())
		}
	})
	return cleanLine(strings.Join(words, " "))
}
