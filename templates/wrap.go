package templates

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// TextWidth is how many display cells a line of a text part has at most, but
// for addresses, which are never broken.
const TextWidth = 72

// Width returns how many cells of a terminal s takes: two for each Chinese,
// Japanese or Korean character, none for marks on another.
func Width(s string) int {
	cells := 0
	for _, r := range s {
		cells += runeWidth(r)
	}
	return cells
}

func runeWidth(r rune) int {
	switch {
	case r >= ' ' && r < 0x300 && r != 0x7f:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Wrap breaks s into lines of at most cells cells. It breaks at blanks, between
// wide characters where their script allows it, and within a word only where the
// word is longer than a line; an address, which is a word with :// in it, stays
// whole. A line break in s stays one.
func Wrap(s string, cells int) []string {
	var lines []string
	for _, line := range strings.Split(s, "\n") {
		w := wrapper{cells: max(cells, 2)}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' }) {
			w.word(word)
		}
		lines = append(lines, append(w.lines, w.line.String())...)
	}
	return lines
}

// A wrapper fills lines.
type wrapper struct {
	cells int
	lines []string
	line  strings.Builder
	used  int
}

func (w *wrapper) word(word string) {
	gap := 1
	if w.used == 0 {
		gap = 0
	}
	for _, chunk := range chunks(word, w.cells) {
		w.place(chunk, gap)
		gap = 0
	}
}

// place puts chunk on the line behind gap blanks, or on the next line where it
// does not fit.
func (w *wrapper) place(chunk string, gap int) {
	wide := Width(chunk)
	if w.used > 0 && w.used+gap+wide > w.cells {
		w.lines = append(w.lines, w.line.String())
		w.line.Reset()
		w.used, gap = 0, 0
	}
	w.line.WriteString(strings.Repeat(" ", gap) + chunk)
	w.used += gap + wide
}

// chunks cuts a word where a line may end within it.
func chunks(word string, cells int) []string {
	if strings.Contains(word, "://") {
		return []string{word}
	}
	var found []string
	begin, used := 0, 0
	previous := rune(0)
	for i, r := range word {
		wide := runeWidth(r)
		if i > begin && wide > 0 && previous != zeroWidthJoiner && (breaksBetween(previous, r) || used+wide > cells) {
			found = append(found, word[begin:i])
			begin, used = i, 0
		}
		used += wide
		previous = r
	}
	return append(found, word[begin:])
}

const zeroWidthJoiner = '\u200d'

// breaksBetween reports whether a line may end between a and b: beside a wide
// character, unless b may not begin a line or a may not end one.
func breaksBetween(a, b rune) bool {
	if runeWidth(a) < 2 && runeWidth(b) < 2 {
		return false
	}
	return !unicode.In(b, unicode.Pe, unicode.Pf, unicode.Po) && !strings.ContainsRune("ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々", b) &&
		!unicode.In(a, unicode.Ps, unicode.Pi)
}
