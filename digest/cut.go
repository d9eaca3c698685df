package digest

import (
	"strings"
	"unicode"
)

// CutWords returns text when it has at most n characters, and otherwise as many
// whole words as fit together with “…”. A first word that is too long is cut.
func CutWords(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	cut := n - 1 // room for the ellipsis
	end := cut
	for end > 0 && !unicode.IsSpace(runes[end]) {
		end--
	}
	if end == 0 {
		end = wholeCharacters(runes, cut)
	}
	return strings.TrimRightFunc(string(runes[:end]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:–—-.(“‘\"'", r)
	}) + "…"
}

// wholeCharacters moves end back to where no combining mark or joined sequence
// is cut from its base.
func wholeCharacters(runes []rune, end int) int {
	const zeroWidthJoiner = 0x200D
	for e := end; e > 0; e-- {
		if r := runes[e]; !unicode.Is(unicode.M, r) && r != zeroWidthJoiner && runes[e-1] != zeroWidthJoiner {
			return e
		}
	}
	return end
}

// CutSentences returns text when it has at most n characters, and otherwise as
// many whole sentences as fit, or, where not even one does, what [CutWords]
// leaves.
func CutSentences(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	for end := n; end > 0; end-- {
		if strings.ContainsRune(".!?。！？", runes[end-1]) && (end == len(runes) || unicode.IsSpace(runes[end]) || runes[end-1] > 0x7F) {
			return string(runes[:end])
		}
	}
	return CutWords(text, n)
}
