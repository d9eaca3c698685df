package digest

import (
	"strings"
	"unicode"
)

// EscapeMarkdown returns plain text written as one line of Markdown that means
// just that text, wherever in a line of a paragraph, a heading or a list item
// it stands.
func EscapeMarkdown(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	var b strings.Builder
	for i, r := range text {
		if strings.ContainsRune("\\`*_[]<>&~{}|#", r) || opensBlock(text, i, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// opensBlock reports whether r at i would begin a list, an underline of a
// heading or a rule, had it no backslash before it.
func opensBlock(text string, i int, r rune) bool {
	if strings.ContainsRune("+-=", r) {
		return i == 0
	}
	// “12. text” and “12) text” at the beginning are list items.
	return (r == '.' || r == ')') && i > 0 && i < 10 && strings.Trim(text[:i], "0123456789") == ""
}

// escapeLink returns address as a Markdown link's destination.
func escapeLink(address string) string {
	return linkEscaper.Replace(strings.TrimSpace(address))
}

var linkEscaper = strings.NewReplacer(
	" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "\\", "%5C", "\"", "%22",
	"\n", "", "\r", "", "\t", "",
	// A name such as &copy= would be read as a character.
	"&", "&amp;",
)

// link returns text as a Markdown link to address, or as text alone when there
// is no address.
func link(text, address string) string {
	if address == "" {
		return EscapeMarkdown(text)
	}
	return "[" + EscapeMarkdown(text) + "](" + escapeLink(address) + ")"
}

// pushDown returns Markdown with every heading made deeper by levels, so that
// a story's own sections stand below its headline.
func pushDown(markdown string, levels int) string {
	lines := strings.Split(markdown, "\n")
	fenced := false
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		if fenced {
			continue
		}
		if hashes := len(line) - len(strings.TrimLeft(line, "#")); hashes > 0 && hashes <= 6 && strings.HasPrefix(line[hashes:], " ") {
			lines[i] = strings.Repeat("#", min(6, hashes+levels)) + line[hashes:]
		}
		if level := underline(line); level > 0 && i > 0 && strings.TrimSpace(lines[i-1]) != "" {
			lines[i-1], lines[i] = strings.Repeat("#", level+levels)+" "+strings.TrimSpace(lines[i-1]), ""
		}
	}
	return strings.Join(lines, "\n")
}

// underline returns the level of the heading that line underlines when text
// stands above it, 0 when it underlines none.
func underline(line string) int {
	switch line = strings.TrimSpace(line); {
	case line == "":
		return 0
	case strings.Trim(line, "=") == "":
		return 1
	case strings.Trim(line, "-") == "":
		return 2
	}
	return 0
}
