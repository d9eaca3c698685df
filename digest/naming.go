package digest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A naming names each company's ticker once, where an issue mentions it first.
type naming struct {
	companies []Company
	done      []bool // by company: its ticker stands in the issue
}

// in returns a text, which comes next in the issue, with the tickers of those
// companies that it mentions for the first time. On a nil naming it returns the
// text as it is.
func (n *naming) in(text string) string {
	if n == nil {
		return text
	}
	n.seen(text)
	for i, c := range n.companies {
		if n.done[i] {
			continue
		}
		if end := c.mention(text); end > 0 {
			n.done[i] = true
			text = text[:end] + " (" + c.Ticker + ")" + text[end:]
		}
	}
	return text
}

// within is in as long as the text stays within a number of words.
func (n *naming) within(text string, words int) string {
	was := slices.Clone(n.done)
	named := n.in(text)
	if named != text && wordCount(named) > words {
		n.done = was
		return text
	}
	return named
}

// seen notes the tickers that a text names by itself.
func (n *naming) seen(text string) {
	if n.done == nil {
		n.done = make([]bool, len(n.companies))
	}
	if !strings.Contains(text, ":") {
		return
	}
	dense := strings.ReplaceAll(text, " ", "")
	for i, c := range n.companies {
		if strings.Contains(dense, strings.ReplaceAll(c.Ticker, " ", "")) {
			n.done[i] = true
		}
	}
}

// mention returns where the first mention of the company in text ends that a
// ticker can follow, 0 when there is none.
func (c Company) mention(text string) int {
	first := 0
	for _, name := range append([]string{c.Name}, c.Aliases...) {
		if end := mentionOf(name, text); end > 0 && (first == 0 || end-len(name) <= first) {
			first = end
		}
	}
	return first
}

// mentionOf returns where name ends in text, with the legal form that may follow
// it. It has to stand there whole: not as part of a longer name, and not with an
// ending such as “Lynas’s” or “Lynas-backed”.
func mentionOf(name, text string) int {
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return 0
		}
		start, end := from+at, from+at+len(name)
		previous, _ := utf8.DecodeLastRuneInString(text[:start])
		end += len(legalForm(text[end:]))
		if !joins(previous) && !goesOn(text[end:]) {
			return end
		}
		from = start + len(name)
	}
}

// legalForms follow the name of a company and belong to it.
var legalForms = [...]string{" Inc.", " Inc", " Ltd.", " Ltd", " Limited", " Corp.", " Corp", " Corporation", " plc", " PLC", " S.A.", " AG"}

// legalForm returns the longest one that rest begins with, or "".
func legalForm(rest string) string {
	longest := ""
	for _, form := range legalForms {
		if strings.HasPrefix(rest, form) && len(form) > len(longest) && !joins(firstRune(rest[len(form):])) {
			longest = form
		}
	}
	return longest
}

// joins reports whether r beside a name makes it another word.
func joins(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-‐‑’'&@_", r) && r != 0
}

// goesOn reports whether what follows a name makes it part of a longer one, or
// stands already where a ticker would.
func goesOn(rest string) bool {
	if joins(firstRune(rest)) {
		return true
	}
	after, spaced := strings.CutPrefix(rest, " ")
	next := firstRune(after)
	return spaced && (unicode.IsUpper(next) || unicode.IsDigit(next) || next == '(' || next == '&')
}

// firstRune returns the first character of s, 0 when it is empty.
func firstRune(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
