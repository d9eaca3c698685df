package digest

import (
	"slices"
	"strings"
	"unicode"
)

// curled returns text with typographic apostrophes and quotation marks in place
// of straight ones, wherever it is sure which is meant. Quotation marks differ
// from language to language: where they are not “these”, they stay as they are.
func curled(text, language string) string {
	if !strings.ContainsAny(text, `'"`) {
		return text
	}
	runes := []rune(text)
	apostrophes(runes)
	if slices.Contains([]string{"", "en", "pt", "ko", "zh"}, primary(language)) {
		curlPairs(runes, '"', '“', '”')
		curlPairs(runes, '\'', '‘', '’')
	}
	return string(runes)
}

// apostrophes curls what stands between two letters, or before the years of a
// decade.
func apostrophes(runes []rune) {
	letter := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsLetter(runes[i]) }
	digit := func(i int) bool { return i < len(runes) && unicode.IsDigit(runes[i]) }
	for i, r := range runes {
		if r != '\'' || addressAt(runes, i) {
			continue
		}
		decade := (i == 0 || runes[i-1] == ' ') && digit(i+1) && digit(i+2) && i+3 < len(runes) && runes[i+3] == 's'
		if letter(i-1) && letter(i+1) || decade {
			runes[i] = '’'
		}
	}
}

// curlPairs curls straight marks when they open and close by turns from the first to
// the last: then all of them are quotation marks, and no inches or plurals.
func curlPairs(runes []rune, straight, opening, closing rune) {
	var at []int
	for i, r := range runes {
		if r != straight || addressAt(runes, i) {
			continue
		}
		if opens := len(at)%2 == 0; opens && !opensQuote(runes, i) || !opens && !closesQuote(runes, i) {
			return
		}
		at = append(at, i)
	}
	if len(at)%2 == 1 {
		return
	}
	for n, i := range at {
		runes[i] = opening
		if n%2 == 1 {
			runes[i] = closing
		}
	}
}

func opensQuote(runes []rune, i int) bool {
	before := i == 0 || strings.ContainsRune(" ([—–“‘\"'", runes[i-1])
	return before && i+1 < len(runes) && !unicode.IsSpace(runes[i+1])
}

func closesQuote(runes []rune, i int) bool {
	after := i+1 == len(runes) || strings.ContainsRune(" .,;:!?)]—–”’\"'…", runes[i+1])
	return after && i > 0 && !unicode.IsSpace(runes[i-1])
}

// addressAt reports whether the word around position i is an address.
func addressAt(runes []rune, i int) bool {
	from, to := i, i
	for from > 0 && !unicode.IsSpace(runes[from-1]) {
		from--
	}
	for to < len(runes) && !unicode.IsSpace(runes[to]) {
		to++
	}
	return isAddress(string(runes[from:to]))
}
