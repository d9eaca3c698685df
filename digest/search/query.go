package search

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The bounds of what is looked for; what is beyond them does not count. They
// keep the work of an answer small, and they are more than anybody types.
const (
	longestQuery   = 200 // characters
	mostTerms      = 12
	shortestPrefix = 2 // characters; with fewer nearly every word would begin so
)

// A Query is what somebody looks for: stories that have all of its terms.
type Query struct{ terms []term }

// A term is a word, or several that follow one another.
type term struct {
	tokens []string
	prefix bool // the last one is the beginning of a word
}

// Parse reads what somebody typed. What stands in quotation marks is a phrase;
// so are the parts of a word with a hyphen or a point in it. A word with an
// asterisk at its end is the beginning of one. Everything means something or is
// passed over: nothing that can be typed is wrong.
func Parse(typed string) Query {
	var q Query
	for i, piece := range strings.Split(quotes.Replace(begin(normal(typed))), `"`) {
		if i%2 == 1 {
			q.add(piece)
			continue
		}
		for _, chunk := range strings.Fields(piece) {
			q.add(chunk)
		}
	}
	return q
}

// normal returns s as text in the one form in which words are cut.
func normal(s string) string { return norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")) }

// quotes are the quotation marks that enclose a phrase.
var quotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`, "＂", `"`)

// begin returns as much of s as counts.
func begin(s string) string {
	n := 0
	for i := range s {
		if n++; n > longestQuery {
			return s[:i]
		}
	}
	return s
}

// add adds the words of piece as one term, unless there are none.
func (q *Query) add(piece string) {
	var t term
	for _, w := range words(piece) {
		t.tokens = append(t.tokens, w.token)
	}
	if len(t.tokens) == 0 || len(q.terms) == mostTerms {
		return
	}
	last := t.tokens[len(t.tokens)-1]
	t.prefix = strings.HasSuffix(strings.TrimSpace(piece), "*") && utf8.RuneCountInString(last) >= shortestPrefix
	if !slices.ContainsFunc(q.terms, func(u term) bool { return u.prefix == t.prefix && slices.Equal(u.tokens, t.tokens) }) {
		q.terms = append(q.terms, t)
	}
}

// Empty reports whether nothing is looked for.
func (q Query) Empty() bool { return len(q.terms) == 0 }

// expression returns q as SQLite's FTS5 reads it. Tokens are letters and digits
// alone, so quoted ones cannot mean anything else.
func (q Query) expression() string {
	var b strings.Builder
	for i, t := range q.terms {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + strings.Join(t.tokens, " ") + `"`)
		if t.prefix {
			b.WriteString("*")
		}
	}
	return b.String()
}

// at reports whether t stands at the beginning of found.
func (t term) at(found []word) bool {
	if len(found) < len(t.tokens) {
		return false
	}
	last := len(t.tokens) - 1
	for i, token := range t.tokens {
		switch have := found[i].token; {
		case i == last && t.prefix && strings.HasPrefix(have, token):
		case have != token:
			return false
		}
	}
	return true
}
