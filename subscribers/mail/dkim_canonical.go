package mail

import (
	"bytes"
	"strings"
)

// relaxedField returns a header field as relaxed canonicalisation has it (RFC
// 6376 section 3.4.2): its name in lower case, folds undone, white space
// single. The line end stays.
func relaxedField(field string) string {
	name, value, _ := strings.Cut(field, ":")
	words := strings.FieldsFunc(value, func(r rune) bool { return isSpace(r) || r == '\r' || r == '\n' })
	return strings.ToLower(strings.TrimRight(name, " \t")) + ":" + strings.Join(words, " ") + "\r\n"
}

// relaxedBody returns a body as relaxed canonicalisation has it (RFC 6376
// section 3.4.4): white space single within lines and none at their ends, and
// no empty lines at the end of all.
func relaxedBody(body []byte) []byte {
	out := make([]byte, 0, len(body))
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		words := bytes.Join(bytes.FieldsFunc(line, isSpace), []byte(" "))
		if len(words) > 0 && isSpace(rune(line[0])) {
			out = append(out, ' ')
		}
		out = append(append(out, words...), "\r\n"...)
	}
	for bytes.HasSuffix(out, []byte("\r\n\r\n")) {
		out = out[:len(out)-len("\r\n")]
	}
	if len(out) == len("\r\n") {
		return nil // nothing but empty lines
	}
	return out
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' }
