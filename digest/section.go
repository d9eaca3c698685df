package digest

import (
	"strings"
	"unicode/utf8"
)

// section writes a story that has a section of its own, with all that is told
// of it.
func (d *draft) section(t told) string {
	s := d.place(t)
	return strings.TrimSpace("## " + link(s.Title, s.URL) + "\n\n" + t.body(&d.names))
}

// body returns the Markdown below a story's headline. names is nil when nobody
// is named yet, and nobody shall be.
func (t told) body(names *naming) string {
	if t.role != Lead && !t.apart {
		return t.fact()
	}
	if t.shown == Headline {
		return ""
	}
	parts := t.facts(names)
	if t.shown == InFull {
		if t.Takeaway != "" {
			parts = append(parts, "**Takeaway:** "+EscapeMarkdown(names.in(CutSentences(t.Takeaway, takeawayLength))))
		}
		if last := references(t.Story); last != "" {
			parts = append(parts, last)
		}
	}
	return strings.Join(parts, "\n\n")
}

// facts returns a story's highlights, or the beginning of its summary.
func (t told) facts(names *naming) []string {
	n := leadHighlights
	switch {
	case t.shown == Shortened:
		n = 1
	case t.alone:
		n = len(t.Highlights)
	}
	highlights := t.highlights(n)
	if len(highlights) > 0 {
		return []string{bullets(highlights, names)}
	}
	if summary := CutSentences(t.Summary, factLength); summary != "" && !repeats(summary, t.Title) {
		return []string{EscapeMarkdown(names.in(summary))}
	}
	return nil
}

func bullets(texts []string, names *naming) string {
	var b strings.Builder
	for _, t := range texts {
		b.WriteString("- " + EscapeMarkdown(names.in(t)) + "\n")
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

// closedName returns a name with a full stop after it.
func closedName(name string) string {
	switch last := lastRune(name); {
	case strings.ContainsRune(stops+wideStops, last):
		return name
	case isDense(last):
		return name + "。"
	}
	return name + "."
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// anchor is the name of a story's place on its issue's page.
func anchor(s Story) string { return "story-" + s.ID.String() }

// fullText returns the Markdown of a whole story on its issue's page.
func fullText(s Story) string {
	parts := []string{"## " + EscapeMarkdown(s.Title) + " {#" + anchor(s) + "}"}
	if s.Author != "" {
		parts = append(parts, "*By "+EscapeMarkdown(s.Author)+"*")
	}
	return strings.Join(append(parts, pushDown(s.Body)), "\n\n")
}
