package feed

import (
	"regexp"
	"strings"
	"unicode"
)

func latinByte(r rune) (byte, bool) {
	if r >= 0xA0 && r <= 0xFF {
		return byte(r), true
	}
	return highByte(r)
}

// What may well stand behind an accented letter in sound text, such as the
// quotes and spaces of French and Czech. A run of nothing else proves nothing:
// the bytes of “é »” are those of a Chinese character.
const (
	natural       = "\u00a0\u00ad«»‹›‘’“”…–—•™®©°·´¨¸¯§ªº¹²³ŠšŒœŽžŸ"
	naturalAtCaps = "\u00a0‘’“”…–—•™®©"
)

// acceptLatin accepts a run when at least one of its sequences can be read in
// no other way.
func acceptLatin(r run) bool {
	if len(r.decoded) >= 3 && oneScript(r.decoded) {
		return true
	}
	for i := range r.decoded {
		before, after := r.before(), r.after()
		if i > 0 {
			before = 0
		}
		if i < len(r.decoded)-1 {
			after = 0
		}
		if certainLatin(r.sequence(i), before, after) {
			return true
		}
	}
	return false
}

func certainLatin(seq []rune, before, after rune) bool {
	lead, rest := seq[0], string(seq[1:])
	if strings.ContainsFunc(rest, isC1) {
		return true
	}
	if len(seq) > 2 {
		return lead == 'ð' && seq[1] == 'Ÿ' || // the start of every emoji
			lead == 'â' && strings.ContainsRune("™šœžŸ", seq[1]) || // of every dingbat
			strings.ContainsFunc(rest, isUnnatural)
	}
	switch lead {
	case 'Â', 'Ã':
		return certainCapital(rest, before, after)
	case 'Ä', 'Å':
		return unicode.IsLower(before) || unicode.IsLower(after) && !strings.ContainsAny(rest, naturalAtCaps)
	}
	return false
}

// certainCapital judges Â or Ã followed by a sign. Behind a small letter or
// none such a capital is never written; in a word of capitals it may be, and
// letters set apart (“S Ã O”) are capitals too.
func certainCapital(rest string, before, after rune) bool {
	switch {
	case rest == "\u00a0" && !unicode.IsLetter(before):
		return !unicode.IsUpper(after)
	case unicode.IsUpper(before):
		return unicode.IsLower(after) || strings.ContainsFunc(rest, isUnnatural)
	}
	return true
}

func isUnnatural(r rune) bool { return !strings.ContainsRune(natural, r) }

// oneScript reports whether all of text are letters of one script that is
// written with two bytes a letter and not with Latin letters.
func oneScript(text []rune) bool {
	for _, table := range []*unicode.RangeTable{unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic} {
		if !strings.ContainsFunc(string(text), func(r rune) bool { return !unicode.Is(table, r) || !unicode.IsLetter(r) }) {
			return true
		}
	}
	return false
}

// latinResidue is the first byte of what was a character, its other bytes lost.
var latinResidue = regexp.MustCompile(`â€|\p{Ll}[ÂÃ]|\p{Ll} [ÂÃ] \p{Ll}`)
