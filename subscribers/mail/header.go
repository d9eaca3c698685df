package mail

import (
	"fmt"
	netmail "net/mail"
	"strings"
	"unicode"
)

// Line lengths: RFC 5322 section 2.1.1, and RFC 2047 section 2 for lines that
// hold an encoded-word.
const (
	foldAt     = 78
	foldWordAt = 76
	maxLine    = 998
)

// A field is one header field while it is written. Its first word stands on
// the line of its name: filters distrust a field that begins with a fold.
type field struct {
	b     strings.Builder
	col   int
	words int
}

func newField(name string) *field {
	f := &field{col: len(name) + 1}
	f.b.WriteString(name + ":")
	return f
}

// add writes a word after a space, on the next line if it would pass the margin.
func (f *field) add(word string, margin int) {
	if f.words > 0 && f.col+1+len(word) > margin {
		f.b.WriteString("\r\n")
		f.col = 0
	}
	f.b.WriteString(" " + word)
	f.col += 1 + len(word)
	f.words++
}

// end returns the field with its line end. It is an error if a line is longer
// than mail may hold; only a single word without a place to fold can be.
func (f *field) end() (string, error) {
	s := f.b.String()
	for line := range strings.SplitSeq(s, "\r\n") {
		if len(line) > maxLine {
			name, _, _ := strings.Cut(s, ":")
			return "", fmt.Errorf("header field %s has a line of %d octets, and %d are allowed", name, len(line), maxLine)
		}
	}
	return s + "\r\n", nil
}

// headerText makes text from elsewhere fit for a header field: whatever may
// end a line becomes a space, other controls go, and white space is single.
// This happens before any encoding, so that the decoded field is clean too.
func headerText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u0085' || r == '\u2028' || r == '\u2029' || r < 0x80 && unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// unstructuredField writes text as it is where ASCII lines can carry it, and
// in encoded-words elsewhere.
func unstructuredField(name, text string) (string, error) {
	f := newField(name)
	text = headerText(text)
	if plain(text, foldAt-f.col-1) {
		for word := range strings.SplitSeq(text, " ") {
			f.add(word, foldAt)
		}
		return f.end()
	}
	f.encode(text, isUnstructuredQ)
	return f.end()
}

// plain reports whether text needs no encoding. What looks like an
// encoded-word does, or it would be decoded on arrival.
func plain(text string, room int) bool {
	if !isASCII(text) || strings.Contains(text, "=?") {
		return false
	}
	for word := range strings.SplitSeq(text, " ") {
		if len(word) > room {
			return false
		}
	}
	return true
}

// mailboxField writes a name and an address that is fit for the wire.
func mailboxField(name string, a netmail.Address) (string, error) {
	f := newField(name)
	if display := headerText(a.Name); display != "" {
		f.phrase(display)
	}
	f.add("<"+a.Address+">", foldWordAt)
	return f.end()
}

// phrase writes a display name: as it is, quoted, or in encoded-words. A
// quoted one is not folded, so a long one is encoded.
func (f *field) phrase(name string) {
	const longestQuoted = 60
	switch {
	case !plain(name, longestQuoted) || len(name) > longestQuoted:
		f.encode(name, isPhraseQ)
	case strings.IndexFunc(name, func(r rune) bool { return !isAtext(r) && r != ' ' }) >= 0:
		f.add(quoted(name), foldAt)
	default:
		f.add(name, foldAt)
	}
}

func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
