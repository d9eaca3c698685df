package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A word is one word of a text.
type word struct {
	start, end int    // where it stands, in octets
	token      string // folded; never empty
}

// longest is how many octets of a word count. What is longer is no word.
const longest = 60

// words returns the words of text, which is in the form NFC.
func words(text string) []word {
	var found []word
	for i := 0; i < len(text); {
		end := wordEnd(text, i)
		if end == i {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if token := fold(text[i:end]); token != "" {
			found = append(found, word{i, end, token})
		}
		i = end
	}
	return found
}

// wordEnd returns where the word ends that begins at i, or i when none does.
func wordEnd(text string, i int) int {
	if end := initialsEnd(text, i); end > i {
		return end
	}
	end := i
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		switch {
		case alone(r) && end == i:
			return marksEnd(text, end+size)
		case alone(r), !inWord(r) && (end == i || !joins(r)):
			return end
		}
		end += size
	}
	return end
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// joins reports whether r is one of the characters without width that stand
// within words: a soft hyphen, a joiner.
func joins(r rune) bool { return r == 0xAD || r >= 0x200C && r <= 0x200D || r == 0x2060 }

// alone reports whether r is a word by itself: it belongs to a script that puts
// no blanks between words, or not where we would look for them (Korean).
func alone(r rune) bool {
	return r >= 0xE00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) && !unicode.IsMark(r)
}

// marksEnd returns where the marks end that stand on what ends at end.
func marksEnd(text string, end int) int {
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.IsMark(r) {
			break
		}
		end += size
	}
	return end
}

// initialsEnd returns where a name of initials ends that begins at i, such as
// U.S. or U.K., which is one word; i when none does.
func initialsEnd(text string, i int) int {
	end := i
	for n, at := 0, i; ; n++ {
		r, size := utf8.DecodeRuneInString(text[at:])
		next, _ := utf8.DecodeRuneInString(text[at+size:])
		if !unicode.IsLetter(r) || alone(r) || inWord(next) {
			return end
		}
		if at += size; n > 0 {
			end = at
		}
		if next != '.' {
			return end
		}
		if at++; n > 0 {
			end = at
		}
	}
}

// fold returns a word as it is compared: without accents, in lower case, with
// digits that are digits, and nothing but letters and digits.
func fold(word string) string {
	if plain, ok := foldPlain(word); ok {
		return plain
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(word) {
		if (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)) && !accent(r) {
			b.WriteRune(r)
		}
	}
	folded := letters.Replace(strings.ToLower(norm.NFC.String(b.String())))
	for len(folded) > longest {
		_, size := utf8.DecodeLastRuneInString(folded)
		folded = folded[:len(folded)-size]
	}
	return folded
}

// foldPlain folds what is ASCII, as most words are.
func foldPlain(word string) (string, bool) {
	if len(word) > longest {
		return "", false
	}
	for i := range len(word) {
		if c := word[i]; c >= utf8.RuneSelf || c == '.' {
			return "", false
		}
	}
	return strings.ToLower(word), true
}

// accent reports whether r is a mark that people leave out when they type: the
// accents of Latin, Greek and Cyrillic letters, the points of Hebrew and Arabic.
// The vowels that other scripts write as marks are none.
func accent(r rune) bool {
	return r >= 0x300 && r <= 0x36F || r >= 0x591 && r <= 0x5C7 || r >= 0x64B && r <= 0x65F || r == 0x670 ||
		r >= 0x1AB0 && r <= 0x1AFF || r >= 0x1DC0 && r <= 0x1DFF || r >= 0x20D0 && r <= 0x20FF || r >= 0xFE20 && r <= 0xFE2F
}

// letters are those that are one in Unicode and are typed as others.
var letters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i", "ς", "σ",
)
