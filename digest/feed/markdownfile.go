package feed

import (
	"regexp"
	"strings"
)

var (
	mdHeading  = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	mdList     = regexp.MustCompile(`^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S`)
	mdItem     = regexp.MustCompile(`^\s*(?:[-*+]|\d{1,9}[.)])[ \t]+`)
	mdRule     = regexp.MustCompile(`^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$`)
	mdOther    = regexp.MustCompile("^(?: {4}|\t| {0,3}(?:>|\\||`{3}|~{3}))")
	mdImage    = regexp.MustCompile(`!\[([^\]]*)\]\([^)]*\)`)
	mdLink     = regexp.MustCompile(`\[([^\]]*)\]\(\s*<?([^\s)>]*)>?[^)]*\)`)
	mdAutolink = regexp.MustCompile(`<((?:https?://|mailto:)[^\s<>]+)>`)
	mdEmphasis = regexp.MustCompile("(^|[^\\\\])(?:\\*{1,3}|_{2,3}|~~|`+)")
	mdEscape   = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
	htmlLike   = regexp.MustCompile(`\\*<[A-Za-z/!?]`)
)

// markdownBlocks returns the blocks of Markdown, each as it is written but
// without raw HTML and pictures.
func markdownBlocks(md string) []block {
	var out []block
	var lines []string
	fence := ""
	flush := func() {
		if b := markdownBlock(lines); b.markdown != "" {
			out = append(out, b)
		}
		lines = nil
	}
	for line := range strings.SplitSeq(md, "\n") {
		mark := strings.TrimSpace(fenceMark.FindString(line))
		switch {
		case fence != "":
			if strings.HasPrefix(mark, fence) {
				fence = ""
			}
		case mark != "":
			fence = mark
		case strings.TrimSpace(line) == "":
			if next := listGoesOn(lines); !next {
				flush()
				continue
			}
		case mdHeading.MatchString(line):
			flush()
			lines = []string{line}
			flush()
			continue
		case len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" && !mdList.MatchString(line) && !strings.HasPrefix(line, "  "):
			flush()
		}
		lines = append(lines, line)
	}
	flush()
	return out
}

// listGoesOn reports whether lines are a list, which an empty line does not end.
func listGoesOn(lines []string) bool { return len(lines) > 0 && mdList.MatchString(lines[0]) }

func markdownBlock(lines []string) block {
	md := outsideFences(strings.Join(lines, "\n"), func(s string) string { return outsideCodeSpans(s, withoutHTML) })
	b := block{markdown: strings.Trim(strings.TrimRight(tidy(md), " \t\n"), "\n")}
	if b.markdown == "" {
		return b
	}
	lines = strings.Split(b.markdown, "\n")
	for _, m := range mdLink.FindAllStringSubmatch(b.markdown, -1) {
		b.links = append(b.links, m[2])
	}
	for _, m := range mdAutolink.FindAllStringSubmatch(b.markdown, -1) {
		b.links = append(b.links, m[1])
	}
	switch m := mdHeading.FindStringSubmatch(lines[0]); {
	case m != nil:
		b.kind = heading
		lines = []string{m[2]}
		if m[1] == "#" { // a story's own title is the only one of that rank
			b.markdown = "#" + strings.TrimLeft(b.markdown, " ")
		}
	case len(lines) == 1 && mdRule.MatchString(lines[0]):
		b.kind = rule
		return b
	case mdList.MatchString(lines[0]):
		b.kind = list
		b.bullets = markdownBullets(lines)
	case mdOther.MatchString(lines[0]):
		b.kind = other
	}
	for _, line := range lines {
		if line = inlinePlain(line); line != "" {
			b.lines = append(b.lines, line)
		}
	}
	b.text = strings.Join(b.lines, " ")
	return b
}

func markdownBullets(lines []string) []bullet {
	var marked []string
	for _, line := range lines {
		if strings.TrimSpace(line) == "" {
			continue
		}
		if mark := mdItem.FindString(line); mark != "" {
			spaces := len(mark) - len(strings.TrimLeft(mark, " \t"))
			line = strings.Repeat(" ", spaces) + "• " + inlinePlain(line[len(mark):])
		} else {
			line = inlinePlain(line)
		}
		marked = append(marked, line)
	}
	return nest(marked, maxNested)
}

// titleOf returns the title, from the first heading if there is no other, and
// the blocks without it.
func titleOf(title string, blocks []block) (string, []block) {
	if len(blocks) == 0 || blocks[0].kind != heading || !strings.HasPrefix(blocks[0].markdown, "## ") {
		return title, blocks
	}
	if title == "" || title == blocks[0].text {
		return blocks[0].text, blocks[1:]
	}
	return title, blocks
}

// inlinePlain returns the text of one piece of Markdown.
func inlinePlain(s string) string {
	s = mdImage.ReplaceAllString(s, "$1")
	s = mdLink.ReplaceAllString(s, "$1")
	s = mdAutolink.ReplaceAllString(s, "$1")
	s = mdEmphasis.ReplaceAllString(s, "$1")
	s = mdEscape.ReplaceAllString(s, "$1")
	return fixed(s)
}

// withoutHTML makes text of what Markdown would take for HTML, and drops
// pictures.
func withoutHTML(s string) string {
	s = mdImage.ReplaceAllString(s, "")
	var b strings.Builder
	end := 0
	for _, at := range mdAutolink.FindAllStringIndex(s, -1) {
		b.WriteString(htmlLike.ReplaceAllStringFunc(s[end:at[0]], escapeTag))
		b.WriteString(s[at[0]:at[1]])
		end = at[1]
	}
	b.WriteString(htmlLike.ReplaceAllStringFunc(s[end:], escapeTag))
	return b.String()
}

// escapeTag puts a backslash before a < that has none.
func escapeTag(tag string) string {
	if before, _, _ := strings.Cut(tag, "<"); len(before)%2 == 1 {
		return tag
	}
	return strings.Replace(tag, "<", `\<`, 1)
}

// outsideCodeSpans applies f to what stands outside of `code`.
func outsideCodeSpans(s string, f func(string) string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '`')
		if open < 0 {
			b.WriteString(f(s))
			return b.String()
		}
		n := len(s[open:]) - len(strings.TrimLeft(s[open:], "`"))
		end := closingTicks(s[open+n:], n)
		if end < 0 {
			end = 0
		}
		b.WriteString(f(s[:open]))
		b.WriteString(s[open : open+n+end])
		s = s[open+n+end:]
	}
}

// beginsBlock reports whether the line that s begins with goes on from none.
func beginsBlock(s string) bool {
	line, _, _ := strings.Cut(s, "\n")
	line = strings.TrimLeft(line, " \t>")
	return line == "" || mdItem.MatchString(line) || mdHeading.MatchString(line) || mdRule.MatchString(line) || fenceMark.MatchString(line)
}

// closingTicks returns where the span ends that n backticks opened, -1 if it
// does not.
func closingTicks(s string, n int) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			if s[i] == '\n' && beginsBlock(s[i+1:]) { // no span goes beyond its paragraph
				return -1
			}
			i++
			continue
		}
		run := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if run == n {
			return i + run
		}
		i += run
	}
	return -1
}
