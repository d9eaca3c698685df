package digest

import (
	"strings"
	"unicode"
)

// How much an issue says of a story, in characters, or in words where it says
// so. What is longer ends at a sentence if it can.
const (
	factLength     = 300
	takeawayLength = 400
	shortFact      = 90
	briefWords     = 18
	leadHighlights = 3
)

// highlights returns up to n of a story's highlights. One that only leads over
// to a list that is gone (“Projects under way:”) says nothing.
func (s Story) highlights(n int) []string {
	var found []string
	for _, h := range s.Highlights {
		if len(found) == n {
			break
		}
		if !strings.HasSuffix(h, ":") && !repeats(h, s.Title) {
			found = append(found, CutSentences(h, factLength))
		}
	}
	return found
}

// oneFact returns the one thing that is said of a story below its headline: its
// first highlight, or the first sentence of its summary; empty when it has
// neither.
func (s Story) oneFact() string {
	if first := s.highlights(1); len(first) == 1 {
		return first[0]
	}
	if sentence := FirstSentence(s.Summary); !repeats(sentence, s.Title) {
		return CutSentences(sentence, factLength)
	}
	return ""
}

// briefFact returns one fact of at most briefWords words: the first sentence of
// the story's fact, that of another highlight when only that is short enough and
// needs no other before it, or the beginning of the first.
func (s Story) briefFact(language string) string {
	first := FirstSentence(s.oneFact())
	if wordCount(first) <= briefWords {
		return first
	}
	for _, h := range s.highlights(leadHighlights) {
		sentence := FirstSentence(h)
		if wordCount(sentence) <= briefWords && standsAlone(sentence, language) && !repeats(sentence, s.Title) {
			return sentence
		}
	}
	cut := cutCount(first, briefWords)
	if isEnglish(language) {
		return withoutDangling(cut)
	}
	return cut
}

// pointers are the words that point at what was said before.
const pointers = " it its this that these those they them their he him his she her both such there then also instead "

// standsAlone reports whether a sentence is understood without the one before
// it, as far as can be seen; in English only.
func standsAlone(sentence, language string) bool {
	if !isEnglish(language) {
		return false
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(sentence), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if strings.Contains(pointers, " "+word+" ") {
			return false
		}
	}
	return true
}

// quotation returns what is said of a story that is not the publisher's own: at
// most one sentence of its own summary.
func (s Story) quotation() string {
	if sentence := FirstSentence(s.Summary); !repeats(sentence, s.Title) {
		return CutWords(sentence, summaryOfForeign)
	}
	return ""
}

// factAs returns the one fact that is told of the story in a role; of the lead
// more is told than one.
func (s Story) factAs(role Role, language string) string {
	switch role {
	case Worth:
		return s.oneFact()
	case Brief:
		return s.briefFact(language)
	case Elsewhere:
		return s.quotation()
	}
	return ""
}

// fact returns what stands below the story's headline, and less of it where the
// mail has no room for more.
func (t told) fact() string {
	switch t.shown {
	case Headline:
		return ""
	case Shortened:
		return CutSentences(t.one, shortFact)
	}
	return t.one
}
