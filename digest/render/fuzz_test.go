package render

import (
	"slices"
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
		body := mailOf(t, markdown)
		checkLines(t, body.Text)
		checkNoLinkIsLost(t, markdown, body)
		checkSize(t, markdown, body)
		if plain := Plain(markdown); plain != cleanLine(plain) {
			t.Errorf("Plain returns what is no clean line: %q", plain)
		}
	})
}

// checkNoLinkIsLost checks that each link of the tree is in the HTML part. That
// the text part has all of those is checked with each story.
func checkNoLinkIsLost(t *testing.T, markdown string, body Body) {
	t.Helper()
	var want []string
	for _, p := range pieces(parse(markdown, frame.place)) {
		for _, l := range (&node{children: p.blocks}).links() {
			want = append(want, l.url)
		}
	}
	got := linksOfHTML(t, body.HTML)
	if got = got[:len(got)-framesLinks]; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("links are %q, want %q", got, want)
	}
}

// framesLinks is how many links the frame has, all of them below the stories.
const framesLinks = 7

// checkSize checks that a mail grows with its Markdown and not faster: a bound
// that no trick with tables, lists or references may break.
func checkSize(t *testing.T, markdown string, body Body) {
	t.Helper()
	const frameSize, growth = 12_000, 100
	if most := frameSize + growth*len(markdown); len(body.HTML) > most || len(body.Text) > most {
		t.Errorf("%d octets of Markdown became %d of HTML and %d of text", len(markdown), len(body.HTML), len(body.Text))
	}
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
