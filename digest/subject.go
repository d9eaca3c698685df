package digest

import (
	"regexp"
	"strings"
	"unicode"
)

// The lengths that a reader's list of mails shows, in characters.
const (
	subjectLength   = 60
	preheaderLength = 140
)

// replyMark is what a title may begin with that would make the issue look like
// an answer to the reader.
var replyMark = regexp.MustCompile(`(?i)^((re|fwd?|aw|wg)\s*:\s*)+`)

// subject returns the subject of an issue with that story on top: its title,
// cut where it can be. language is that of the issue.
func subject(top Story, language string) string {
	title := replyMark.ReplaceAllString(top.Title, "")
	return CutTitle(either(title, top.Title), subjectLength, language)
}

// leastClause is how many characters stand at least before a mark at which a
// title is cut, so that what is left still says what it is about.
const leastClause = 35

// CutTitle returns text when it has at most n characters, and otherwise a
// beginning of it that reads as one, with “…”: up to the last comma, colon,
// semicolon or dash that leaves enough, or else as many whole words as fit, in
// English without those at the end that only lead on to the next.
func CutTitle(text string, n int, language string) string {
	text = oneLine(text)
	cut := CutWords(text, n)
	if cut == text {
		return text
	}
	if end := lastClause([]rune(text), n-1); end >= leastClause {
		return ellipsis([]rune(text)[:end])
	}
	if !isEnglish(language) {
		return cut
	}
	return withoutDangling(cut)
}

// lastClause returns where the last mark stands that ends a clause within the
// first most characters and that is followed by a blank; 0 when there is none.
func lastClause(runes []rune, most int) int {
	for i := min(most, len(runes)-2); i > 0; i-- {
		if !unicode.IsSpace(runes[i+1]) {
			continue
		}
		switch {
		case strings.ContainsRune(",;:", runes[i]):
			return i
		case strings.ContainsRune("–—", runes[i]) && unicode.IsSpace(runes[i-1]):
			return i - 1
		}
	}
	return 0
}

// dangling are English words that say nothing without the next one.
const dangling = " & a about after against all also amid among an and any are as at be because been before being " +
	"between both but by can could despite did do does during each every for from had has have he her " +
	"his how if in into is it its least less many may might more most much must near new no nor not now " +
	"of off on one onto or other our out over own per than that the their these they this those through " +
	"to too under until up upon very via vs vs. was we were what when where whether which while who " +
	"whose why will with within without would you your "

// withoutDangling takes words from the end of a cut title that only lead on.
// One whose first words are all of that kind stays as it is.
func withoutDangling(cut string) string {
	words := strings.Fields(strings.TrimSuffix(cut, "…"))
	end := len(words)
	for end > 0 && strings.Contains(dangling, " "+strings.ToLower(words[end-1])+" ") {
		end--
	}
	if end == 0 || end == len(words) {
		return cut
	}
	return ellipsis([]rune(strings.Join(words[:end], " ")))
}

// preheader returns what mail clients show after the subject: the titles of the
// next two stories, and of a third if it fits or, where one stands alone,
// what its summary adds to the highlights.
func preheader(ordered []told) string {
	top := ordered[0]
	if len(ordered) == 1 {
		if len(top.Highlights) == 0 || repeats(FirstSentence(top.Summary), top.Title) {
			return ""
		}
		return CutSentences(top.Summary, preheaderLength)
	}
	var titles []string
	for _, s := range ordered[1:min(4, len(ordered))] {
		together := strings.Join(append(titles, s.Title), " · ")
		if repeats(s.Title, top.Title) || len(titles) == 2 && len([]rune(together)) > preheaderLength {
			continue
		}
		titles = append(titles, s.Title)
	}
	return CutWords(strings.Join(titles, " · "), preheaderLength)
}

// repeats reports whether text says nothing but what title says.
func repeats(text, title string) bool {
	plain := func(s string) string { return strings.TrimRight(strings.ToLower(oneLine(s)), ".!?…") }
	return plain(text) == plain(title)
}
