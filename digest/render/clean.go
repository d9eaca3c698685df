package render

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// cleaned returns r as it may stand in a text, or -1 when it may not. Among
// what is left out are all characters that only steer how others are shown:
// an unbalanced one would turn round the rest of the mail, and the parts of a
// mail are isolated from one another by other means.
func cleaned(r rune) rune {
	switch {
	case r >= ' ' && r < utf8.RuneSelf && r != 0x7f:
		return r
	case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		return ' '
	case r == utf8.RuneError || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Noncharacter_Code_Point, r):
		return -1
	case unicode.Is(unicode.Cf, r) && !shapesWords(r):
		return -1
	}
	return r
}

// shapesWords reports whether an invisible character is a part of how words are
// written: the joiners of Persian, of Indian scripts and of emoji, and the signs
// that enclose Arabic numbers.
func shapesWords(r rune) bool {
	return r == '\u200c' || r == '\u200d' || unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// clean returns s without what may not stand in a text.
func clean(s string) string { return strings.Map(cleaned, s) }

// cleanLine returns s as one clean line without double blanks.
func cleanLine(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == ' ' }), " ")
}

// decode resolves the backslash escapes and character references of a piece of
// Markdown, each once: what an escape has made is never read as a reference.
func decode(source []byte) string {
	s := string(source)
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		decoded, n := decodeOne(s)
		b.WriteString(decoded)
		s = s[n:]
	}
	return b.String()
}

// decodeOne returns what the first n bytes of s mean.
func decodeOne(s string) (decoded string, n int) {
	switch {
	case s[0] == '\\' && len(s) > 1 && isPunctuation(s[1]):
		return s[1:2], 2
	case s[0] == '&':
		return decodeReference(s)
	}
	if n = strings.IndexAny(s[1:], `\&`); n < 0 {
		return s, len(s)
	}
	return s[:n+1], n + 1
}

var reference = regexp.MustCompile(`^&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// decodeReference returns the character that s begins with a reference to, or
// else the & alone.
func decodeReference(s string) (decoded string, n int) {
	whole := reference.FindString(s)
	if whole == "" {
		return "&", 1
	}
	// The other resolver takes names for which only the beginning is known.
	if name := whole[1 : len(whole)-1]; name[0] != '#' {
		entity, known := util.LookUpHTML5EntityByName(name)
		if !known {
			return "&", 1
		}
		return string(entity.Characters), len(whole)
	}
	return html.UnescapeString(whole), len(whole)
}

// isPunctuation reports whether c can be escaped in Markdown.
func isPunctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')
}
