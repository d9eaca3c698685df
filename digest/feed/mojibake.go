package feed

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxRounds bounds how often a text is gone over. Each round undoes one
	// wrong decoding; more than three on top of one another have not been seen.
	maxRounds = 64
	// maxLayers bounds how far ahead a run is judged.
	maxLayers = 3
)

// Repair undoes a wrong decoding: UTF-8 that was read as Windows-874 (Thai),
// in each of the shapes in which the holes of that code page are filled, or as
// Windows-1252 or Latin-1. Only what can be read in no other way is changed;
// real Thai, and accents and quotes that merely look alike, stay as they are.
//
// damaged reports that characters were lost on the way here and cannot be
// brought back: Repair does not guess them. The result is always valid UTF-8,
// and repairing it again changes nothing.
func Repair(s string) (fixed string, damaged bool) {
	if isASCII(s) {
		return s, false
	}
	fixed = strings.ToValidUTF8(s, "\uFFFD")
	for range maxRounds {
		next := undoBoth(fixed, maxLayers)
		if next == fixed {
			// What stood for no character may be read with its neighbours now.
			next = strings.Map(fromC1, fixed)
		}
		if next == fixed {
			break
		}
		fixed = next
	}
	return fixed, lossy(fixed)
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A codePage is one through which UTF-8 was wrongly read.
type codePage int

const (
	thai  codePage = iota // Windows-874, its holes filled from Windows-1252 and then with control characters
	latin                 // Windows-1252, its holes filled with control characters
)

// byteOf returns the byte that p reads as r.
func (p codePage) byteOf(r rune) (b byte, ok bool) {
	if p == thai {
		return thaiByte(r)
	}
	return latinByte(r)
}

// mayLead reports whether a run may begin with r.
func (p codePage) mayLead(r rune) bool {
	if p == thai {
		return r >= 'ย' && isThai(r)
	}
	return r >= 'Â' && r <= 'ô'
}

// accept reports whether r can be nothing but a wrong decoding.
func (p codePage) accept(r run) bool {
	if p == thai {
		return acceptThai(r)
	}
	return acceptLatin(r)
}

// A run is a stretch of characters whose bytes in a code page are well-formed
// UTF-8, as long as it can be.
type run struct {
	*surroundings
	at, end int    // where in it
	decoded []rune // what its bytes say
	starts  []int  // where in text each decoded character begins, and end
}

// surroundings are the text that runs stand in.
type surroundings struct {
	text     []rune
	surveyed bool // what follows is known
	real     bool // it holds real Thai
	broken   bool // it holds runs that can be nothing but a wrong decoding
}

// before and after return the neighbours, 0 at the ends of the text.
func (r run) before() rune { return runeAt(r.text, r.at-1) }
func (r run) after() rune  { return runeAt(r.text, r.end) }

// sequence returns the characters that the i-th decoded one was read as.
func (r run) sequence(i int) []rune { return r.text[r.starts[i]:r.starts[i+1]] }

func runeAt(text []rune, i int) rune {
	if i < 0 || i >= len(text) {
		return 0
	}
	return text[i]
}

func undoBoth(s string, layers int) string {
	return undo(undo(s, thai, layers), latin, layers)
}

// undo replaces the runs that p accepts by what their bytes say.
func undo(s string, p codePage, layers int) string {
	if !strings.ContainsFunc(s, p.mayLead) { // so with most texts
		return s
	}
	around := &surroundings{text: []rune(s)}
	out := make([]rune, 0, len(around.text))
	for i := 0; i < len(around.text); {
		r, ok := p.run(around, i)
		switch {
		case !ok:
			out = append(out, around.text[i])
			i++
			continue
		case p.accept(r) && p.settles(r.decoded, layers):
			out = append(out, r.decoded...)
		default:
			out = append(out, around.text[r.at:r.end]...)
		}
		i = r.end
	}
	return string(out)
}

// run returns the run that begins at i.
func (p codePage) run(around *surroundings, i int) (run, bool) {
	r := run{surroundings: around, at: i, end: i}
	if !p.mayLead(r.text[i]) {
		return r, false
	}
	for {
		c, n := p.decode(r.text[r.end:])
		if n == 0 && len(r.decoded) == 0 {
			return r, false
		}
		r.starts = append(r.starts, r.end)
		if n == 0 {
			return r, true
		}
		r.decoded = append(r.decoded, c)
		r.end += n
	}
}

// decode returns the one character that the bytes of text's first n characters
// encode; n is 0 if they encode none that a text could hold.
func (p codePage) decode(text []rune) (c rune, n int) {
	if len(text) == 0 || text[0] < utf8.RuneSelf {
		return 0, 0
	}
	var bytes [utf8.UTFMax]byte
	lead, ok := p.byteOf(text[0])
	size := sequenceLength(lead)
	if !ok || size == 0 || size > len(text) {
		return 0, 0
	}
	bytes[0] = lead
	for i := 1; i < size; i++ {
		b, ok := p.byteOf(text[i])
		if !ok || text[i] < utf8.RuneSelf {
			return 0, 0
		}
		bytes[i] = b
	}
	c, got := utf8.DecodeRune(bytes[:size])
	if got != size || !unicode.IsGraphic(c) && !unicode.Is(unicode.Cf, c) && !isC1(c) {
		return 0, 0
	}
	return c, size
}

// settles reports whether decoded, repaired in turn, is text that somebody may
// have written: a wrong decoding that was wrongly decoded again holds control
// characters, and Thai where it was read as Thai.
func (p codePage) settles(decoded []rune, layers int) bool {
	if !slices.ContainsFunc(decoded, p.isSuspect) {
		return true
	}
	text := string(decoded)
	for range layers {
		next := undoBoth(text, layers-1)
		if next == text {
			break
		}
		text = next
	}
	return !strings.ContainsFunc(text, p.isSuspect)
}

func (p codePage) isSuspect(r rune) bool { return isC1(r) || p == thai && isThai(r) }

// sequenceLength returns how many bytes a UTF-8 sequence has that begins with
// lead, 0 if none of more than one does.
func sequenceLength(lead byte) int {
	switch {
	case lead >= 0xC2 && lead <= 0xDF:
		return 2
	case lead >= 0xE0 && lead <= 0xEF:
		return 3
	case lead >= 0xF0 && lead <= 0xF4:
		return 4
	}
	return 0
}

// windows1252 holds the characters of the bytes 80 to 9F; 0 where the code
// page has a hole.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

// highByte returns the byte 80 to 9F that r stands for, as Windows-1252 has it
// or, in its holes, as the control character that browsers put there.
func highByte(r rune) (byte, bool) {
	if isC1(r) {
		return byte(r), true
	}
	if r < 'Œ' || r > '™' { // none is below or above these
		return 0, false
	}
	i := slices.Index(windows1252[:], r)
	return byte(0x80 + i), i >= 0
}

func isC1(r rune) bool { return r >= 0x80 && r <= 0x9F }

// fromC1 turns a control character that no text holds into the Windows-1252
// character of the same byte, as browsers do.
func fromC1(r rune) rune {
	if isC1(r) && windows1252[r-0x80] != 0 {
		return windows1252[r-0x80]
	}
	return r
}
