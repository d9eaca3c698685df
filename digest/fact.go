package digest

import "strings"

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

// briefFact returns one fact of at most briefWords words: the first of a story's
// highlights or of its summary that says it in one sentence, or what of the
// first fits.
func (s Story) briefFact() string {
	for _, text := range append(s.highlights(leadHighlights), s.Summary) {
		sentence := FirstSentence(text)
		if sentence != "" && !repeats(sentence, s.Title) && wordCount(sentence) <= briefWords && len([]rune(sentence)) <= factLength {
			return sentence
		}
	}
	return CutWords(cutCount(FirstSentence(s.oneFact()), briefWords), factLength)
}

// quotation returns what is said of a story that is not the publisher's own: at
// most one sentence of its own summary.
func (s Story) quotation() string {
	if sentence := FirstSentence(s.Summary); !repeats(sentence, s.Title) {
		return CutWords(sentence, summaryOfForeign)
	}
	return ""
}

// fact returns what stands below a headline in a role, and less of it where the
// mail has no room for more.
func (s Story) fact(role Role, shown Shown) string {
	var fact string
	switch role {
	case Worth:
		fact = s.oneFact()
	case Brief:
		fact = s.briefFact()
	case Elsewhere:
		fact = s.quotation()
	}
	switch shown {
	case Headline:
		return ""
	case Shortened:
		return CutSentences(fact, shortFact)
	}
	return fact
}
