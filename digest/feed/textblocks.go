package feed

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxColumns is how long the lines of text that is broken into lines may be. In
// text with a longer one each line is a paragraph, whether or not empty lines
// part them.
const maxColumns = 160

// textBlocks returns the paragraphs and lists of plain text.
func textBlocks(text string) []block {
	broken := true
	for line := range strings.Lines(text) {
		broken = broken && utf8.RuneCountInString(line) <= maxColumns
	}
	var out []block
	var lines []string
	flush := func() {
		out = append(out, blocksOfLines(lines, broken)...)
		lines = nil
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRightFunc(line, unicode.IsSpace); fold(line) == "" {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
	return out
}

// blocksOfLines returns the blocks that lines without an empty one between them
// make: lists, and what stands around them; broken says that a paragraph may
// have several.
func blocksOfLines(lines []string, broken bool) []block {
	for i, line := range lines {
		if !bulletMark.MatchString(line) {
			continue
		}
		end := i + 1
		for end < len(lines) && (bulletMark.MatchString(lines[end]) || indent(lines[end]) > indent(line)) {
			end++
		}
		out := append(textParagraphs(lines[:i], broken), listBlock(lines[i:end]))
		return append(out, blocksOfLines(lines[end:], broken)...)
	}
	return textParagraphs(lines, broken)
}

func textParagraphs(lines []string, broken bool) []block {
	var out []block
	for len(lines) > 0 {
		n := 1
		if broken {
			n = len(lines)
		}
		b := block{kind: paragraph}
		for _, line := range lines[:n] {
			b.lines = append(b.lines, fold(line))
		}
		b.text = strings.Join(b.lines, " ")
		b.markdown = escape(b.text)
		out = append(out, b)
		lines = lines[n:]
	}
	return out
}

func indent(line string) int {
	return utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeftFunc(line, unicode.IsSpace))
}

func listBlock(lines []string) block {
	b := block{kind: list, bullets: nest(lines, maxNested)}
	var md []string
	for _, line := range flatten(b.bullets) {
		b.lines = append(b.lines, line)
		md = append(md, "- "+escape(line))
	}
	b.text = strings.Join(b.lines, " ")
	b.markdown = strings.Join(md, "\n")
	return b
}

// maxNested is how many levels of a list are told apart.
const maxNested = 5

// nest makes a tree of bullets by how far they are indented. A line without a
// bullet goes on from the one before.
func nest(lines []string, levels int) []bullet {
	var out []bullet
	for i := 0; i < len(lines); {
		depth := indent(lines[i])
		b := bullet{text: fold(bulletMark.ReplaceAllString(lines[i], ""))}
		i++
		for i < len(lines) && !bulletMark.MatchString(lines[i]) {
			b.text += " " + fold(lines[i])
			i++
		}
		start := i
		for levels > 0 && i < len(lines) && indent(lines[i]) > depth {
			i++
		}
		b.sub = nest(lines[start:i], levels-1)
		out = append(out, b)
	}
	return out
}
