package digest_test

import (
	"strings"
	"testing"

	"redigest/digest"
)

// fact returns what an issue says below the headline of a story in a role.
func fact(role digest.Role, change func(*digest.Story)) string {
	stories := []digest.Story{story("lead", ranked(3))}
	for range 6 {
		stories = append(stories, story("worth", ranked(2)))
	}
	s := story("The Headline Itself", change, ranked(map[digest.Role]int{digest.Worth: 2, digest.Brief: 1}[role]), func(s *digest.Story) {
		s.PublishedAt = morning
	})
	_, below, _ := strings.Cut(compose(append(stories, s)...).Markdown, "/news/the-headline-itself)")
	below = strings.TrimLeft(below, "\\\n ")
	line, _, _ := strings.Cut(below, "\n")
	return line
}

func TestOneFactIsToldOfAStory(t *testing.T) {
	t.Parallel()
	long := "It says this of the mine in one sentence that takes its time, for it has more than eighteen words in all."
	tests := map[string]struct {
		role       digest.Role
		highlights []string
		summary    string
		want       string
	}{
		"the first highlight":                {digest.Worth, []string{"First. And more.", "second"}, "Summary.", "First. And more."},
		"or the summary's first sentence":    {digest.Worth, nil, "One sentence. Another one.", "One sentence."},
		"not one that leads over to a list":  {digest.Worth, []string{"Projects under way:", "Fen waits."}, "", "Fen waits."},
		"not one that repeats the headline":  {digest.Worth, []string{"The headline itself."}, "The headline itself. It goes on.", ""},
		"in brief the first sentence":        {digest.Brief, []string{"First. And more.", "second"}, "", "First."},
		"in brief another that is short":     {digest.Brief, []string{long, "A short one."}, "", "A short one."},
		"in brief none that points back":     {digest.Brief, []string{long, "Most of it is sand.", "Sand is heavy."}, "", "Sand is heavy."},
		"in brief no first words of a text":  {digest.Brief, []string{long}, "Short. And more.", "It says this of the mine in one sentence that takes its time…"},
		"in brief no word that leads on":     {digest.Brief, []string{"It says of the mine that it has sand and clay and rock and dust and with the years of more."}, "", "It says of the mine that it has sand and clay and rock and dust…"},
		"in brief the summary alone":         {digest.Brief, nil, "Short. And more.", "Short."},
		"in brief at most eighteen words":    {digest.Brief, []string{long}, "", "It says this of the mine in one sentence that takes its time…"},
		"in brief nothing where nothing is":  {digest.Brief, nil, "", ""},
		"foreign: one sentence of its own":   {digest.Elsewhere, nil, "One sentence. Another one.", "*The Other Daily.* One sentence."},
		"foreign: no more than its headline": {digest.Elsewhere, nil, "The headline itself. More.", "*The Other Daily.*"},
	}
	for name, tt := range tests {
		got := fact(tt.role, func(s *digest.Story) {
			s.Body, s.Highlights, s.Summary = "Text.", tt.highlights, tt.summary
			if tt.role == digest.Elsewhere {
				s.Outlet = "The Other Daily"
			}
		})
		if got != tt.want && (tt.want != "" || strings.HasPrefix(got, "[")) {
			t.Errorf("%s: it says %q, want %q", name, got, tt.want)
		}
	}
}

func TestAnOutletThatEndsInAMarkGetsNoOther(t *testing.T) {
	t.Parallel()
	if got := fact(digest.Elsewhere, func(s *digest.Story) { s.Outlet, s.Highlights, s.Body = "Mines!", nil, "" }); got != "*Mines!*" {
		t.Errorf("it says %q", got)
	}
}
