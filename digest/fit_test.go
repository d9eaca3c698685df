package digest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/templates/golden"
)

// longest returns a day of n stories of the longest kind that feeds bring.
func longest(n int) digest.Input {
	in := digest.Input{Edition: digest.Daily, Day: "2026-02-03", Number: 7, CutoffAt: morning, Language: "en",
		PageURL: "https://news.example.org/issues/2026-02-03", Figures: figures(20)}
	for i := range n {
		s := digest.Story{
			ID:            database.ID(i + 1),
			Title:         fmt.Sprintf("Story %d: %s", i+1, strings.Repeat("A Title That Goes On and On ", 4)),
			URL:           fmt.Sprintf("https://news.example.org/2026/02/%s%d/", strings.Repeat("a-slug-of-many-words-", 7), i+1),
			Takeaway:      strings.Repeat("What follows from it is said at length. ", 9),
			Source:        digest.Reference{Name: "A Source With a Name", URL: "https://sources.example.net/" + strings.Repeat("deep/", 20)},
			DiscussionURL: fmt.Sprintf("https://forum.example.net/threads/%d/", i),
			Topics:        []string{fmt.Sprintf("Topic %d", i%7)},
			PublishedAt:   morning.Add(-time.Duration(i) * time.Minute),
		}
		for h := range 7 {
			s.Highlights = append(s.Highlights, fmt.Sprintf("Fact %d of story %d is told, %sand more. Then comes a second sentence, which says as much again, %sand so on.",
				h+1, i+1, strings.Repeat("described, ", 6), strings.Repeat("repeated, ", 6)))
		}
		if i%5 == 4 {
			s.Outlet, s.Highlights, s.Takeaway = "An Outlet With a Long Name", nil, ""
			s.Summary = strings.Repeat("It is long, ", 15) + "and it ends."
		}
		in.Stories = append(in.Stories, s)
	}
	return in
}

// roomFor is a limit that the longest days meet as the mail does: there about
// three octets of HTML come on each of Markdown.
func roomFor(in digest.Input) digest.Input {
	in.MaxSize = 95_000 / 3
	return in
}

func markdownSize(i digest.Issue) int { return len(i.Markdown) }

func TestPromise7DaysOfTheLongestKindFit(t *testing.T) {
	t.Parallel()
	for _, n := range []int{10, 17, 50, 200} {
		t.Run(fmt.Sprintf("%d stories", n), func(t *testing.T) {
			t.Parallel()
			in := roomFor(longest(n))
			issue := digest.Compose(in, markdownSize)
			if got := markdownSize(issue); got > in.MaxSize {
				t.Errorf("it has %d, and there is room for %d", got, in.MaxSize)
			}
			assertAccounted(t, in, issue)
			assertHeadings(t, issue.Markdown)
			golden.Check(t, fmt.Sprintf("longest-%d.md", n), sheet(issue))
		})
	}
}

func TestPromise7LessRoomTakesFromTheLastStoryUp(t *testing.T) {
	t.Parallel()
	in := longest(40)
	whole := markdownSize(digest.Compose(in, nil))
	before := whole
	for limit := whole; limit > 700; limit -= 997 {
		in.MaxSize = limit
		issue := digest.Compose(in, markdownSize)
		got := markdownSize(issue)
		if got > limit || got > before {
			t.Fatalf("with room for %d the issue has %d, and with more it had %d", limit, got, before)
		}
		before = got
		assertOrderOfCuts(t, issue)
		assertAccounted(t, in, issue)
	}
}

// assertOrderOfCuts fails when a story lost something before one that stands
// below it, or the lead before any other.
func assertOrderOfCuts(t *testing.T, issue digest.Issue) {
	t.Helper()
	level := map[digest.Shown]int{digest.InFull: 3, digest.Shortened: 2, digest.Headline: 1}
	least := 3
	byRank := map[digest.ID]digest.Place{}
	for _, p := range issue.Stories {
		byRank[p.StoryID] = p
	}
	// The sample's own stories rank by their ID, and the foreign ones after them.
	for _, foreign := range []bool{false, true} {
		for id := digest.ID(1); id <= 40; id++ {
			p, in := byRank[id]
			if !in || (p.Role == digest.Elsewhere) != foreign {
				continue
			}
			if level[p.Shown] > least {
				t.Fatalf("%q is told %s below one that is told less", p.Title, p.Shown)
			}
			least = level[p.Shown]
		}
	}
	if lead := issue.Stories[0]; lead.Shown != digest.InFull && len(issue.Stories) > 1 {
		t.Fatalf("the lead is told %s while there are %d stories", lead.Shown, len(issue.Stories))
	}
}

// assertAccounted fails when something was cut and the issue does not say so.
func assertAccounted(t *testing.T, in digest.Input, issue digest.Issue) {
	t.Helper()
	short, bare := 0, 0
	for _, p := range issue.Stories {
		switch {
		case p.Role == digest.Lead:
		case p.Shown == digest.Shortened:
			short++
		case p.Shown == digest.Headline:
			bare++
		}
	}
	left := len(in.Stories) - len(issue.Stories)
	said := strings.Join(issue.Cut, "; ")
	for what, n := range map[string]int{" shortened": short, " as headline only": bare, " left for the next issue": left} {
		noun := " stories"
		if n == 1 {
			noun = " story"
		}
		if got := strings.Contains(said, fmt.Sprintf("%d%s%s", n, noun, what)); got != (n > 0) {
			t.Fatalf("%d%s%s; the account says %q", n, noun, what, said)
		}
	}
	if more := fmt.Sprintf("*And %d more stor", left); left > 0 && !strings.Contains(issue.Markdown, more) {
		t.Fatalf("%d stories were left out and the issue does not say so:\n%s", left, issue.Markdown)
	}
	if all := strings.Count(issue.Markdown, "`trend "); all < len(in.Figures) && !strings.Contains(said, "numbers left out") {
		t.Fatalf("of %d trends %d are shown; the account says %q", len(in.Figures), all, said)
	}
}

func TestTheLeadAloneIsTheLastToShrink(t *testing.T) {
	t.Parallel()
	in := longest(1)
	in.Figures = nil
	whole := digest.Compose(in, nil)
	in.MaxSize = markdownSize(whole) - 1
	short := digest.Compose(in, markdownSize)
	if got := short.Cut; len(got) != 1 || got[0] != "the lead shortened" || strings.Count(short.Markdown, "\n- ") != 1 {
		t.Errorf("the account says %q of\n%s", got, short.Markdown)
	}
	in.MaxSize = 1
	bare := digest.Compose(in, markdownSize)
	if got := bare.Cut; len(got) != 1 || got[0] != "the lead as headline only" || strings.Contains(bare.Markdown, "\n") {
		t.Errorf("the account says %q of\n%s", got, bare.Markdown)
	}
}

func TestAStoryWithNothingToLoseIsNotReported(t *testing.T) {
	t.Parallel()
	in := longest(3)
	in.Figures, in.MaxSize = nil, 400
	in.Stories[2].Highlights, in.Stories[2].Takeaway = nil, ""
	issue := digest.Compose(in, func(i digest.Issue) int {
		if len(i.Cut) > 0 { // the first thing that is cut is enough
			return 0
		}
		return in.MaxSize + 1
	})
	if len(issue.Cut) != 1 || issue.Cut[0] != "1 story shortened" || issue.Stories[2].Shown != digest.InFull {
		t.Errorf("the account says %q, and the bare story is told %s", issue.Cut, issue.Stories[2].Shown)
	}
}

func TestWhatIsSaidOfTheTableIsTrue(t *testing.T) {
	t.Parallel()
	rows := func(n, trend int) []digest.Figure {
		figures := make([]digest.Figure, n)
		for i := range figures {
			figures[i] = digest.Figure{Quote: digest.Quote{Item: fmt.Sprint("item ", i), Kind: digest.Price, Day: "2026-02-02", Low: "5", Unit: "CNY"}, Trend: make([]float64, trend)}
		}
		return figures
	}
	withTable := func(i digest.Issue) int { return strings.Count(i.Markdown, "\n| ") }
	tests := map[string]struct {
		figures []digest.Figure
		most    int // lines of the table
		want    string
	}{
		"more than an issue has room for":        {rows(23, 6), 0, "3 rows of the table of numbers left out"},
		"fewer because the mail is full":         {rows(23, 6), 15, "11 rows of the table of numbers left out; the trends of the numbers left out"},
		"fewer, and there were no trends anyway": {rows(14, 2), 14, "2 rows of the table of numbers left out"},
	}
	for name, tt := range tests {
		in := longest(1)
		in.Figures, in.MaxSize = tt.figures, tt.most
		if got := strings.Join(digest.Compose(in, withTable).Cut, "; "); got != tt.want {
			t.Errorf("%s: the account says %q, want %q", name, got, tt.want)
		}
	}
}

func BenchmarkComposeToFit(b *testing.B) {
	for _, n := range []int{17, 200} {
		in := roomFor(longest(n))
		in.Companies = digest.ListedCompanies()
		b.Run(fmt.Sprintf("%d stories", n), func(b *testing.B) {
			for b.Loop() {
				digest.Compose(in, markdownSize)
			}
		})
	}
}
