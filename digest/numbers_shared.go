package digest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What most rows of a table share is said once, above it, and a row says only
// what is different. A field that is empty is not said for all.
type shared struct {
	terms  string // basis and VAT
	source string // as Markdown
	since  string // what changes are counted from
	day    Day

	basis, vat bool // what terms are made of
}

// sharedBy returns what more than half of rows share.
func sharedBy(rows []Figure, in Input) shared {
	var terms, sources, since, days []string
	for _, f := range rows {
		terms, sources, days = append(terms, f.terms()), append(sources, f.source()), append(days, string(f.Day))
		if f.ChangePercent != nil {
			since = append(since, f.since(in.Language, in.Day))
		}
	}
	s := shared{terms: mostly(terms), source: mostly(sources), since: mostly(since), day: Day(mostly(days))}
	for _, f := range rows {
		if f.terms() == s.terms {
			s.basis, s.vat = f.Basis != "", f.VATInWords() != ""
		}
	}
	return s
}

// mostly returns the text that more than half of texts are, and at least two. It
// is empty when there is none, or when a text is: of a row that says nothing
// nobody knows whether what is said for all is true of it.
func mostly(texts []string) string {
	counts := map[string]int{}
	for _, text := range texts {
		counts[text]++
	}
	for text, n := range counts {
		if n >= 2 && 2*n > len(texts) && counts[""] == 0 {
			return text
		}
	}
	return ""
}

// terms returns on which basis a figure is quoted, and with which VAT.
func (f Figure) terms() string { return strings.Join(present(f.Basis, f.VATInWords()), ", ") }

// words says what rows share, as Markdown.
func (s shared) words(rows []Figure, in Input) string {
	var date, changes string
	if s.day != "" {
		i := slices.IndexFunc(rows, func(f Figure) bool { return f.Day == s.day })
		of := map[QuoteKind]string{Price: "prices of", Share: "closing prices of"}[rows[i].Kind]
		date = of + noBreakSpace + strings.Join(present(unbroken(styleOf(in.Language).day(s.day, in.Day)), rows[i].age(in.Day)), ", ")
	}
	if s.since != "" {
		changes = "changes " + unbroken(s.since)
	}
	source := s.source
	if source != "" {
		source = "source: " + source
	}
	words := strings.Join(present(EscapeMarkdown(s.terms), strings.Join(present(date, changes), ", "), source), "; ")
	switch {
	case words == "":
		return ""
	case slices.ContainsFunc(rows, func(f Figure) bool { return s.differs(f, in) }):
		return "Unless a row says otherwise: " + words + "."
	}
	first, n := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[n:] + "."
}

// differs reports whether what is said for all is not true of f.
func (s shared) differs(f Figure, in Input) bool {
	return s.terms != "" && f.terms() != s.terms || s.source != "" && f.source() != s.source || s.day != "" && f.Day != s.day ||
		s.since != "" && f.ChangePercent != nil && f.since(in.Language, in.Day) != s.since
}

// beside returns what stands beside the name of a figure, as Markdown: its
// terms, date and source where they are not those of all, and its note.
func (s shared) beside(f Figure, in Input) []string {
	var date, age, source string
	if f.Day != s.day {
		date, age = unbroken(styleOf(in.Language).day(f.Day, in.Day)), f.age(in.Day)
	}
	if f.source() != s.source {
		source = f.source()
	}
	return present(EscapeMarkdown(s.termsOf(f)), EscapeMarkdown(f.Note), date, age, source)
}

// termsOf returns the terms of f where they are not those of all. What it does
// not say must not be taken from those.
func (s shared) termsOf(f Figure) string {
	basis, vat := f.Basis, f.VATInWords()
	if f.terms() == s.terms {
		return ""
	}
	if basis == "" && s.basis {
		basis = "basis not given"
	}
	if vat == "" && s.vat {
		vat = "VAT not given"
	}
	return strings.Join(present(basis, vat), ", ")
}

// change returns the change of f, with the day since when where that is not the
// one of all.
func (s shared) change(f Figure, in Input) string {
	if f.ChangePercent == nil {
		return ""
	}
	words, since := styleOf(in.Language).change(*f.ChangePercent), f.since(in.Language, in.Day)
	if since == "" || since == s.since {
		return words
	}
	return words + " " + unbroken(since)
}
