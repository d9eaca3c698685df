package feed

import (
	"slices"
	"strings"
	"unicode"
)

// thaiByte knows all shapes of the damage as one: programs fill the holes of
// Windows-874 from Windows-1252, with control characters, or with both.
func thaiByte(r rune) (byte, bool) {
	switch {
	case r == '\u00a0':
		return 0xA0, true
	case isThai(r):
		return byte(r - 0x0E00 + 0xA0), true
	case r == 'Û': // a hole; the first byte of many Arabic letters
		return 0xDB, true
	}
	return highByte(r)
}

// isThai reports whether Windows-874 has r as a Thai character.
func isThai(r rune) bool { return r >= 0x0E01 && r <= 0x0E3A || r >= 0x0E3F && r <= 0x0E5B }

// Signs that Thai text uses as well, and the vowels that are written before
// their consonant and never stand without it.
const (
	thaiPunctuation = "\u00a0…‘’“”•–—"
	thaiPreposed    = "เแโใไ"
)

// acceptThai accepts a run that does not go on from Thai letters, and that Thai
// spelling rules out or its surroundings do.
func acceptThai(r run) bool {
	return !isThai(r.before()) && (r.ruledOut() || acceptInLatin(r))
}

// ruledOut reports whether r cannot be Thai whatever stands around it.
func (r run) ruledOut() bool {
	for i := range r.decoded {
		if impossibleThai(r.sequence(i)) {
			return true
		}
	}
	return false
}

func impossibleThai(seq []rune) bool {
	foreign := slices.ContainsFunc(seq, func(c rune) bool { return !isThai(c) })
	switch {
	case !isThai(seq[0]):
		return false
	case slices.ContainsFunc(seq, func(c rune) bool { return !isThai(c) && !strings.ContainsRune(thaiPunctuation, c) }):
		return true
	case strings.ContainsRune(thaiPreposed, seq[0]):
		return !isThai(seq[1])
	}
	return foreign && isThaiSign(seq[0])
}

// isThaiSign reports whether r is a vowel or tone sign, which stands on or
// behind a consonant only.
func isThaiSign(r rune) bool {
	return r == 0x0E30 || r == 0x0E32 || r == 0x0E33 || r == 0x0E45 || unicode.Is(unicode.Mn, r) && isThai(r)
}

// acceptInLatin judges a run that could be Thai by its spelling (“รถ”, a car,
// has the bytes of “ö”) from the text around it.
func acceptInLatin(r run) bool {
	r.survey()
	if r.real {
		return false
	}
	before, after := r.before(), r.after()
	seq := r.sequence(0)
	switch {
	case r.broken:
		return true
	case len(seq) > 2:
		return false
	case seq[0] == 'ย' && strings.ContainsRune("\u00a0ฃฅ", seq[1]): // NBSP, £, ¥; the letters are out of use
		return true
	case seq[0] == 'ย' && seq[1] != 'ก':
		return isLatinOrDigit(before) || isLatinOrDigit(after)
	case seq[0] == 'ร':
		return isLatinLower(before) || isLatinLower(after) && (isLatin(before) || !isThai(seq[1]))
	}
	return false
}

// survey finds out what else a text holds, once.
func (s *surroundings) survey() {
	if s.surveyed {
		return
	}
	s.surveyed = true
	for i := 0; i < len(s.text); {
		if !isThai(s.text[i]) {
			i++
			continue
		}
		if r, ok := thai.run(s, i); ok && !isThai(r.before()) {
			s.broken = s.broken || r.ruledOut()
			i = r.end
			continue
		}
		word := thaiWord(s.text, i)
		abbreviated := len(word) == 1 && word[0] <= 'ฮ' && runeAt(s.text, i+1) == '.'
		s.real = s.real || abbreviated || !residue(word)
		i += len(word)
	}
}

// thaiWord returns the Thai characters from i on.
func thaiWord(text []rune, i int) []rune {
	end := i
	for end < len(text) && isThai(text[end]) {
		end++
	}
	return text[i:end]
}

// residue reports whether a stretch of Thai characters is no Thai, but what is
// left when the bytes 80 to 9F were dropped: the first byte of a dash or quote
// (“โ”), “โข” for ™, one letter alone, or a sign without its consonant.
func residue(word []rune) bool {
	switch {
	case word[0] < 'ย': // none of these is the first byte of anything
		return false
	case len(word) == 1, string(word) == "โข", string(word) == "๏ฟฝ":
		return true
	}
	return isThaiSign(word[0]) || strings.Trim(string(word), "โ") == ""
}

// lossy reports whether characters of a repaired text are gone for good.
func lossy(s string) bool {
	if strings.ContainsRune(s, unicode.ReplacementChar) || strings.ContainsAny(s, "âÂÃ") && latinResidue.MatchString(s) || strings.ContainsFunc(s, isC1) {
		return true
	}
	if !strings.ContainsFunc(s, isThai) {
		return false
	}
	around := surroundings{text: []rune(s)}
	around.survey()
	text := around.text
	for i := 0; i < len(text); {
		word := thaiWord(text, i)
		if len(word) == 0 {
			i++
			continue
		}
		if isLost(word, runeAt(text, i-1), runeAt(text, i+len(word)), around.real) {
			return true
		}
		i += len(word)
	}
	return false
}

// isLost judges a stretch of Thai characters by its neighbours. In a text with
// real Thai a letter may be named by itself, so only one between Latin letters
// tells.
func isLost(word []rune, before, after rune, real bool) bool {
	if !residue(word) {
		return false
	}
	if real {
		return isLatin(before) && isLatin(after)
	}
	return strings.ContainsRune("โ๏", word[0]) || isThaiSign(word[0]) || isLatinOrDigit(before) || isLatinOrDigit(after)
}

func isLatin(r rune) bool        { return unicode.Is(unicode.Latin, r) }
func isLatinLower(r rune) bool   { return isLatin(r) && unicode.IsLower(r) }
func isLatinOrDigit(r rune) bool { return isLatin(r) || r >= '0' && r <= '9' }
