package render

import (
	"strings"
	"testing"

	"redigest/templates"
)

// FuzzRender says of any Markdown at all what must hold of every mail and page.
func FuzzRender(f *testing.F) {
	for _, markdown := range hostile {
		f.Add(markdown)
	}
	for _, issue := range issues(f) {
		f.Add(issue.Markdown)
	}
	f.Fuzz(func(t *testing.T, markdown string) {
		checkStory(t, markdown)
		checkLines(t, mailOf(t, markdown).Text)
		if plain := Plain(markdown); plain != cleanLine(plain) {
			t.Errorf("Plain returns what is no clean line: %q", plain)
		}
	})
}

// checkLines checks that no line is longer than a terminal is wide, but for
// those with an address.
func checkLines(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		// “ From” is set in by one.
		if templates.Width(line) > templates.TextWidth+1 && !strings.Contains(line, "://") && !strings.Contains(line, "mailto:") {
			t.Errorf("%d cells: %q", templates.Width(line), line)
		}
	}
}
