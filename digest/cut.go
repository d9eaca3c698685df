package digest

import (
	"strings"
	"unicode"
)

// CutWords returns text when it has at most n characters, and otherwise as many
// whole words as fit together with “…”. A first word that is too long is cut,
// but not within a formula such as Dy₂O₃. Scripts that leave no spaces may be
// cut between any two characters.
func CutWords(text string, n int) string {
	text = oneLine(text)
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := n - 1 // room for the ellipsis
	end := cut
	for end > 0 && !between(runes, end) {
		end--
	}
	if end == 0 {
		end = wholeCharacters(runes, cut)
	}
	return ellipsis(runes[:end])
}

// cutCount returns text when it has at most n words, and otherwise the first n
// of them and “…”.
func cutCount(text string, n int) string {
	runes := []rune(oneLine(text))
	for end := range runes {
		if between(runes, end) && wordCount(string(runes[:end])) >= n {
			return ellipsis(runes[:end])
		}
	}
	return string(runes)
}

// wordCount returns how many words text has as a reader counts them. In scripts
// without spaces two characters make a word.
func wordCount(text string) int {
	words, dense := 0, 0
	for field := range strings.FieldsSeq(text) {
		n := 0
		for _, r := range field {
			if isDense(r) {
				n++
			}
		}
		if n == 0 && strings.ContainsFunc(field, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words++
		}
		dense += n
	}
	return words + (dense+1)/2
}

// isDense reports whether r is of a script that is written without spaces.
func isDense(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// between reports whether position i stands between two words.
func between(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	return unicode.IsSpace(runes[i]) || spaceless(runes[i-1]) && spaceless(runes[i])
}

// spaceless reports whether r is of such a script, or one of its marks.
func spaceless(r rune) bool {
	return isDense(r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF01 && r <= 0xFF60
}

// ellipsis ends a text that goes on.
func ellipsis(runes []rune) string {
	return strings.TrimRightFunc(string(runes), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-.(“‘\"'，、；：（「『…", r)
	}) + "…"
}

// wholeCharacters moves end back to where no combining mark, joined sequence or
// formula is cut in two.
func wholeCharacters(runes []rune, end int) int {
	const zeroWidthJoiner = 0x200D
	for e := end; e > 0; e-- {
		r := runes[e]
		if !unicode.Is(unicode.M, r) && r != zeroWidthJoiner && runes[e-1] != zeroWidthJoiner && !inFormula(runes, e) {
			return e
		}
	}
	return end
}

// inFormula reports whether a chemical formula goes on over position i.
func inFormula(runes []rune, i int) bool {
	lowered := func(i int) bool { return i < len(runes) && runes[i] >= '₀' && runes[i] <= '₉' }
	return lowered(i) || unicode.IsLower(runes[i]) && lowered(i+1) || lowered(i-1) && unicode.IsLetter(runes[i])
}
