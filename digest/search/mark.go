package search

import (
	"strings"
	"unicode/utf8"
)

// A Piece is a part of a text that either is what was looked for or is not.
type Piece struct {
	Text  string
	Found bool
}

// A mark is where a term of a query stands in a text.
type mark struct {
	term       int // which one
	start, end int // in octets
}

// marks returns where the terms of q stand in text, first the first. Of terms
// that begin at one place the longest counts.
func (q Query) marks(text string) []mark {
	found := words(text)
	var marks []mark
	for i := range found {
		best := mark{term: -1}
		for n, t := range q.terms {
			if t.at(found[i:]) && found[i+len(t.tokens)-1].end > best.end {
				best = mark{n, found[i].start, found[i+len(t.tokens)-1].end}
			}
		}
		if best.term >= 0 {
			marks = append(marks, best)
		}
	}
	return marks
}

// Mark returns the whole text with what is looked for marked.
func (q Query) Mark(text string) []Piece {
	text = normal(text)
	return pieces(text, q.marks(text))
}

// pieces parts text at its marks.
func pieces(text string, marks []mark) []Piece {
	var parts []Piece
	at := 0
	for _, m := range marks {
		start := max(m.start, at) // two phrases may share a word
		if start >= m.end {
			continue
		}
		if start > at {
			parts = append(parts, Piece{Text: text[at:start]})
		}
		parts = append(parts, Piece{text[start:m.end], true})
		at = m.end
	}
	if at < len(text) {
		parts = append(parts, Piece{Text: text[at:]})
	}
	return parts
}

// Snippet returns a piece of text, of about that many characters, in which the
// most of what is looked for stands, marked. It returns nil when nothing of it
// stands in text.
func (q Query) Snippet(text string, characters int) []Piece {
	text = strings.Join(strings.Fields(normal(text)), " ")
	marks := q.marks(text)
	if len(marks) == 0 {
		return nil
	}
	from := q.densest(text, marks, characters)
	start := wordBefore(text, marks[from].start, characters/4)
	end := wordAfter(text, start, characters)
	if start > 0 && len(text) <= end { // there is room left in front
		start = wordBefore(text, start, characters-utf8.RuneCountInString(text[start:]))
	}
	return excerpt(text, start, end, marks)
}

// densest returns the mark from which on the most different terms stand within
// that many characters, the first of such.
func (q Query) densest(text string, marks []mark, characters int) int {
	best, most := 0, 0
	for i, m := range marks {
		end := wordAfter(text, m.start, characters*3/4)
		terms := make(map[int]bool, len(q.terms))
		for _, other := range marks[i:] {
			if other.end > end {
				break
			}
			terms[other.term] = true
		}
		if len(terms) > most {
			best, most = i, len(terms)
		}
		if most == len(q.terms) {
			break
		}
	}
	return best
}

// wordBefore returns where a word begins at most that many characters before at.
func wordBefore(text string, at, characters int) int {
	start := at
	for i := at; i > 0 && characters > 0; characters-- {
		_, size := utf8.DecodeLastRuneInString(text[:i])
		if i -= size; i == 0 || text[i-1] == ' ' {
			start = i
		}
	}
	return start
}

// wordAfter returns where a word ends at most that many characters after at, or
// a long one may be cut.
func wordAfter(text string, at, characters int) int {
	end, i := at, at
	for ; i < len(text) && characters > 0; characters-- {
		_, size := utf8.DecodeRuneInString(text[i:])
		if i += size; i == len(text) || text[i] == ' ' {
			end = i
		}
	}
	if end == at {
		return i
	}
	return end
}

// excerpt returns text[start:end] in pieces, with an ellipsis where it was cut.
func excerpt(text string, start, end int, marks []mark) []Piece {
	var inside []mark
	for _, m := range marks {
		if m.start >= start && m.end <= end {
			inside = append(inside, mark{m.term, m.start - start, m.end - start})
		}
	}
	parts := pieces(text[start:end], inside)
	if start > 0 {
		parts = append([]Piece{{Text: "… "}}, parts...)
	}
	if end < len(text) {
		parts = append(parts, Piece{Text: " …"})
	}
	return parts
}
