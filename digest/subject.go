package digest

import (
	"regexp"
	"strings"
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
// cut at a word.
func subject(top Story) string {
	title := replyMark.ReplaceAllString(top.Title, "")
	return CutWords(either(title, top.Title), subjectLength)
}

// preheader returns what mail clients show after the subject: the titles of the
// next two stories, and of a third if it fits or, where one stands alone,
// what its summary adds to the highlights.
func preheader(ordered []Story) string {
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
