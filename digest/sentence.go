package digest

import (
	"strings"
	"unicode"
)

// FirstSentence returns the first sentence of text, on one line: all of it when
// it has one.
func FirstSentence(text string) string {
	runes := []rune(oneLine(text))
	for i := 1; i < len(runes); i++ {
		if endsSentence(runes, i) {
			return string(runes[:i])
		}
	}
	return string(runes)
}

// CutSentences returns text when it has at most n characters, and otherwise as
// many whole sentences as fit, or, where not even one does, what [CutWords]
// leaves.
func CutSentences(text string, n int) string {
	runes := []rune(oneLine(text))
	if len(runes) <= n {
		return string(runes)
	}
	for end := n; end > 0; end-- {
		if endsSentence(runes, end) {
			return string(runes[:end])
		}
	}
	return CutWords(text, n)
}

const (
	stops     = ".!?…"
	wideStops = "。！？" // which need no space after them
	closers   = "”’\"')]»"
)

// endsSentence reports whether a sentence of the text ends before position end.
func endsSentence(runes []rune, end int) bool {
	last := end - 1
	for last > max(0, end-4) && strings.ContainsRune(closers, runes[last]) {
		last--
	}
	switch {
	case strings.ContainsRune(wideStops, runes[last]):
		return true
	case !strings.ContainsRune(stops, runes[last]):
		return false
	case end == len(runes):
		return true
	case !unicode.IsSpace(runes[end]):
		return false
	}
	// “… Inc. said” and “sold? it asked” go on.
	next := nextLetter(runes[end:])
	return !unicode.IsLower(next) && (runes[last] != '.' || !abbreviated(runes[:last], next))
}

// nextLetter returns the first letter or digit of a text, 0 where it has none.
func nextLetter(runes []rune) rune {
	for _, r := range runes {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
	}
	return 0
}

const (
	// abbreviations end in a point and rarely a sentence …
	abbreviations = " mr mrs ms dr prof st mt approx ca vs inc ltd corp co jr sr gen sen rep gov bzw z.b e.g i.e u.s u.k "
	// … and these do not when a number follows.
	beforeNumbers = " no nos vol fig pp jan feb mar apr jun jul aug sep sept oct nov dec "
)

// abbreviated reports whether the point after text belongs to its last word: an
// initial, or a word that is mostly written short. next is what follows it.
func abbreviated(text []rune, next rune) bool {
	start := len(text)
	for start > 0 && !unicode.IsSpace(text[start-1]) && !strings.ContainsRune("(“‘\"'", text[start-1]) {
		start--
	}
	word := text[start:]
	if len(word) == 1 && unicode.IsUpper(word[0]) {
		return true
	}
	short := " " + strings.ToLower(string(word)) + " "
	return strings.Contains(abbreviations, short) || unicode.IsDigit(next) && strings.Contains(beforeNumbers, short)
}

// oneLine returns text with its white space folded.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
