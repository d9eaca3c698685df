package mail

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Reply is a relay's answer.
type Reply struct {
	Code     int    // RFC 5321: 250, 451, 550 …
	Enhanced string // RFC 2034: "5.1.1"; empty when the relay sent none
	Text     string // the rest, on one line, at most 500 octets
}

func (r Reply) String() string {
	if r.Text == "" {
		return r.Codes()
	}
	return r.Codes() + " " + r.Text
}

// Codes is the reply without its words, which may quote the recipient.
func (r Reply) Codes() string {
	if r.Enhanced == "" {
		return strconv.Itoa(r.Code)
	}
	return strconv.Itoa(r.Code) + " " + r.Enhanced
}

// maxReplyText bounds what is kept of an answer: it ends up in the ledger, once
// for every recipient.
const maxReplyText = 500

// parseReply makes a Reply of a code and the lines after it. Every line of a
// long answer may repeat the enhanced code; only one that agrees with the
// basic code counts (RFC 2034 section 4).
func parseReply(code int, message string) Reply {
	r := Reply{Code: code}
	if isPlain(message) {
		first, rest, _ := strings.Cut(message, " ")
		if isEnhanced(first, code/100) {
			r.Enhanced, message = first, rest
		}
		r.Text = message
		return r
	}
	var words []string
	for line := range strings.SplitSeq(message, "\n") {
		first, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if isEnhanced(first, code/100) {
			if r.Enhanced == "" {
				r.Enhanced = first
			}
			line = rest
		}
		words = append(words, strings.Fields(printable(line))...)
	}
	r.Text = cut(strings.Join(words, " "), maxReplyText)
	return r
}

// isEnhanced reports whether s has the form class.subject.detail of RFC 3463.
func isEnhanced(s string, class int) bool {
	if len(s) < 2 || s[0] != byte('0'+class) || s[1] != '.' {
		return false
	}
	subject, detail, _ := strings.Cut(s[2:], ".")
	return isNumber(subject) && isNumber(detail)
}

func isNumber(s string) bool {
	return len(s) >= 1 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

// isPlain reports whether the words of an answer can be kept as they are, as
// nearly all can: one line of ASCII, single spaces between its words.
func isPlain(s string) bool {
	last := byte(' ')
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && last == ' ' {
			return false
		}
		last = s[i]
	}
	return last != ' ' && len(s) <= maxReplyText
}

// printable puts a space for whatever a terminal or a table would trip over.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
}

// cut shortens s to at most n octets, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
