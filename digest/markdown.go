package digest

import (
	"regexp"
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

// pushDown returns a story's Markdown with its headings one level deeper and
// none above the third, so that its own sections stand below its headline.
func pushDown(markdown string) string {
	p := pusher{lines: strings.Split(markdown, "\n"), begin: -1}
	for i := range p.lines {
		p.line(i)
	}
	return strings.Join(p.lines, "\n")
}

// A pusher makes headings deeper, line by line.
type pusher struct {
	lines []string
	fence string // of the code that the line is in; empty: none
	begin int    // of the paragraph that the line may go on with; -1: none
}

func (p *pusher) line(i int) {
	line := p.lines[i]
	level := p.underlines(line)
	switch {
	case p.fence != "":
		if closesFence(line, p.fence) {
			p.fence = ""
		}
	case opensFence.MatchString(line):
		p.fence, p.begin = opensFence.FindStringSubmatch(line)[1], -1
	case marked.MatchString(line):
		m := marked.FindStringSubmatch(line)
		p.lines[i], p.begin = m[1]+deeper(len(m[2]))+m[3], -1
	case level > 0:
		p.lines[p.begin] = deeper(level) + " " + oneLine(strings.Join(p.lines[p.begin:i], " "))
		clear(p.lines[p.begin+1 : i+1])
		p.begin = -1
	case strings.TrimSpace(line) == "":
		p.begin = -1
	case p.begin < 0:
		p.begin = i
	}
}

// underlines returns the level of the heading that line makes of the paragraph
// before it, 0 when it makes none.
func (p *pusher) underlines(line string) int {
	m := underline.FindStringSubmatch(line)
	if m == nil || p.begin < 0 || opensContainer.MatchString(p.lines[p.begin]) {
		return 0
	}
	return map[byte]int{'=': 1, '-': 2}[m[1][0]]
}

var (
	marked     = regexp.MustCompile(`^( {0,3})(#{1,6})([ \t].*)$`)
	underline  = regexp.MustCompile(`^ {0,3}(=+|-+)[ \t]*$`)
	opensFence = regexp.MustCompile("^\\s*(`{3,}|~{3,})[^`]*$")

	// opensContainer matches what cannot be underlined: a list, a quotation, code.
	opensContainer = regexp.MustCompile(`^(?: {4}|\t| {0,3}(?:>|[-*+][ \t]|[0-9]{1,9}[.)][ \t]))`)
)

// deeper returns the marks of a heading that was of a level.
func deeper(level int) string { return strings.Repeat("#", min(6, max(3, level+1))) }

// closesFence reports whether line ends the code that fence began.
func closesFence(line, fence string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, fence) && strings.Trim(line, fence[:1]) == ""
}
