package mail

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

const (
	openQ     = "=?utf-8?q?"
	openB     = "=?utf-8?b?"
	closeWord = "?="
)

// encode adds text in encoded-words (RFC 2047), one a line, whole characters
// in each, in the shorter of the two encodings.
func (f *field) encode(text string, literal func(byte) bool) {
	w := wordEncoder{literal: literal}
	w.q = w.lengthQ(text) <= base64.StdEncoding.EncodedLen(len(text))
	for text != "" {
		room := foldWordAt - 1
		if f.words == 0 {
			room -= f.col
		}
		n := w.fits(text, room-len(openQ)-len(closeWord))
		f.add(w.word(text[:n]), foldWordAt)
		text = text[n:]
	}
}

// A wordEncoder writes encoded-words in one encoding; literal says which
// octets stand for themselves in Q.
type wordEncoder struct {
	q       bool
	literal func(byte) bool
}

// fits returns how many octets of text, in whole characters and at least one,
// take at most room columns when encoded.
func (w wordEncoder) fits(text string, room int) int {
	n, used := 0, 0
	for n < len(text) {
		_, size := utf8.DecodeRuneInString(text[n:])
		if w.q {
			used += w.lengthQ(text[n : n+size])
		} else {
			used = base64.StdEncoding.EncodedLen(n + size)
		}
		if used > room && n > 0 {
			break
		}
		n += size
	}
	return n
}

func (w wordEncoder) word(s string) string {
	if w.q {
		return openQ + w.encodeQ(s) + closeWord
	}
	return openB + base64.StdEncoding.EncodeToString([]byte(s)) + closeWord
}

func (w wordEncoder) lengthQ(s string) int {
	n := 0
	for i := range len(s) {
		if n++; s[i] != ' ' && !w.literal(s[i]) {
			n += 2
		}
	}
	return n
}

func (w wordEncoder) encodeQ(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == ' ':
			b.WriteByte('_')
		case w.literal(c):
			b.WriteByte(c)
		default:
			b.Write([]byte{'=', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// isPhraseQ and isUnstructuredQ say which octets stand for themselves in a
// Q-encoded word: RFC 2047 section 5, rules 3 and 1.
func isPhraseQ(c byte) bool { return isLetterOrDigit(c) || strings.IndexByte("!*+-/", c) >= 0 }

func isUnstructuredQ(c byte) bool {
	return c > ' ' && c < 0x7f && c != '=' && c != '?' && c != '_'
}
