package digest

import (
	"regexp"
	"strings"
)

// The lengths that a reader's list of mails shows, in characters.
const (
	subjectLength   = 60
	preheaderLength = 140
	summaryLength   = 300
)

// replyMark is what a title may begin with that would make the issue look like
// an answer to the reader.
var replyMark = regexp.MustCompile(`(?i)^((re|fwd?|aw|wg)\s*:\s*)+`)

// subject returns the subject of an issue with that lead: its title, cut at a
// word.
func subject(lead Story) string {
	title := replyMark.ReplaceAllString(lead.Title, "")
	return CutWords(either(title, lead.Title), subjectLength)
}

// preheader returns what mail clients show after the subject: the titles of the
// next two stories or, where the lead stands alone, its summary when the issue
// shows highlights instead.
func preheader(ordered []Story) string {
	if s := ordered[0]; len(ordered) == 1 {
		if len(s.Highlights) == 0 {
			return ""
		}
		return CutSentences(s.Summary, preheaderLength)
	}
	titles := []string{}
	for _, s := range ordered[1:min(3, len(ordered))] {
		titles = append(titles, s.Title)
	}
	return CutWords(strings.Join(titles, " · "), preheaderLength)
}

// section returns the Markdown of one story of an issue.
func section(s Story, shown Shown) string {
	parts := []string{"## " + link(s.Title, s.URL)}
	if s.Foreign() {
		parts = append(parts, "*"+EscapeMarkdown(s.Outlet)+"*")
	}
	if shown != Headline {
		parts = append(parts, facts(s, shown)...)
	}
	if last := references(s); last != "" && shown == InFull {
		parts = append(parts, last)
	}
	return strings.Join(parts, "\n\n")
}

// facts returns what an issue says of a story below its headline.
func facts(s Story, shown Shown) []string {
	highlights := s.Highlights
	if shown == Shortened {
		highlights = highlights[:min(1, len(highlights))]
	}
	var parts []string
	if len(highlights) > 0 {
		parts = append(parts, bullets(highlights))
	} else if s.Summary != "" {
		parts = append(parts, EscapeMarkdown(CutSentences(s.Summary, summaryLength)))
	}
	if s.Takeaway != "" && shown == InFull {
		parts = append(parts, "**Takeaway:** "+EscapeMarkdown(s.Takeaway))
	}
	return parts
}

func bullets(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString("- " + EscapeMarkdown(t) + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// references returns the line below a story: whom it cites and where it is
// discussed.
func references(s Story) string {
	var parts []string
	if s.Source.Name != "" {
		parts = append(parts, "Source: "+link(s.Source.Name, s.Source.URL))
	}
	if s.DiscussionURL != "" {
		parts = append(parts, link("Discuss", s.DiscussionURL))
	}
	return strings.Join(parts, " · ")
}

// inBrief returns the stories that an issue names by their headline alone.
func inBrief(stories []Story) string {
	var b strings.Builder
	b.WriteString("## In brief\n")
	for _, s := range stories {
		b.WriteString("\n- " + link(s.Title, s.URL))
		if s.Foreign() {
			b.WriteString(" (" + EscapeMarkdown(s.Outlet) + ")")
		}
	}
	return b.String()
}

// anchor is the name of a story's place on its issue's page.
func anchor(s Story) string { return "story-" + s.ID.String() }

// fullText returns the Markdown of a whole story on its issue's page.
func fullText(s Story) string {
	parts := []string{"## " + EscapeMarkdown(s.Title) + " {#" + anchor(s) + "}"}
	if s.Author != "" {
		parts = append(parts, "*By "+EscapeMarkdown(s.Author)+"*")
	}
	return strings.Join(append(parts, pushDown(s.Body, 1)), "\n\n")
}
