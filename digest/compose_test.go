package digest_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"redigest/digest"
	"redigest/digest/database"
)

func compose(stories ...digest.Story) digest.Issue {
	for i := range stories {
		stories[i].ID = database.ID(i + 1)
	}
	return digest.Compose(digest.Input{
		Edition: digest.Daily, Day: "2026-02-03", CutoffAt: morning, Stories: stories,
		PageURL: "https://news.example.org/issues/2026-02-03",
	}, nil)
}

func places(i digest.Issue) (all []string) {
	for _, p := range i.Stories {
		all = append(all, p.Title)
	}
	return all
}

func bare(s *digest.Story) { s.Highlights, s.Body = nil, "" }

func foreign(s *digest.Story) { s.Outlet, s.Highlights, s.Body = "The Other Daily", nil, "" }

func ago(hours int) func(*digest.Story) {
	return published(morning.Add(-time.Duration(hours) * time.Hour))
}

func TestOrder(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stories []digest.Story
		want    []string
	}{
		"the newest first": {
			[]digest.Story{story("old", ago(3)), story("new", ago(1)), story("middle", ago(2))},
			[]string{"new", "middle", "old"},
		},
		"the lead has highlights": {
			[]digest.Story{story("new and bare", ago(1), bare), story("old and full", ago(3)), story("middle", ago(2), bare)},
			[]string{"old and full", "new and bare", "middle"},
		},
		"foreign stories come last and never lead": {
			[]digest.Story{story("foreign", ago(1), foreign), story("own", ago(5), bare)},
			[]string{"own", "foreign"},
		},
		"a day of foreign stories has a lead all the same": {
			[]digest.Story{story("older", ago(2), foreign), story("newer", ago(1), foreign)},
			[]string{"newer", "older"},
		},
		"a damaged story is left out": {
			[]digest.Story{story("sound", ago(2)), story("damaged", ago(1), func(s *digest.Story) { s.Damaged = true })},
			[]string{"sound"},
		},
		"no story, no places": {nil, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issue := compose(tt.stories...)
			if got := places(issue); !slices.Equal(got, tt.want) {
				t.Errorf("the order is %q, want %q", got, tt.want)
			}
			for i, p := range issue.Stories {
				if lead := p.Role == digest.Lead; lead != (i == 0) {
					t.Errorf("place %d has role %s", i, p.Role)
				}
			}
		})
	}
}

func TestALeftOutDamagedStoryIsReported(t *testing.T) {
	t.Parallel()
	issue := compose(story("damaged", func(s *digest.Story) { s.Damaged = true }))
	if len(issue.Cut) != 1 || !strings.Contains(issue.Cut[0], "damaged") {
		t.Errorf("the report is %q", issue.Cut)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"Terbium Gets Dearer":   "Terbium Gets Dearer",
		"Re: Fwd: Terbium":      "Terbium",
		strings.Repeat("a", 61): strings.Repeat("a", 59) + "…",
		"A Title of Exactly Sixty Characters Stands as It Was Written":          "A Title of Exactly Sixty Characters Stands as It Was Written",
		"A Title That Is Longer Than Sixty Characters Is Cut at a Word, Always": "A Title That Is Longer Than Sixty Characters Is Cut at a…",
		"One Word and Then a Comma Stands Where the Cut Falls Just Now, See":    "One Word and Then a Comma Stands Where the Cut Falls Just…",
		"Dy₂O₃ 氧化镝价格在包头与赣州之间的差距继续扩大而且没有人知道为什么会这样子也没有人知道什么时候会结束这一切因为市场很小": "Dy₂O₃…",
	}
	for title, want := range tests {
		got := compose(story("x", func(s *digest.Story) { s.Title = title })).Subject
		if got != want || utf8.RuneCountInString(got) > 60 {
			t.Errorf("the subject of %q is %q (%d characters), want %q", title, got, utf8.RuneCountInString(got), want)
		}
	}
}

func TestThePreheaderIsNeverTheSubject(t *testing.T) {
	t.Parallel()
	many := compose(story("first", ago(1)), story("second", ago(2)), story("third", ago(3)), story("fourth", ago(4)))
	if many.Preheader != "second · third" {
		t.Errorf("the preheader is %q", many.Preheader)
	}
	one := compose(story("alone", func(s *digest.Story) { s.Summary = "What it is about." }))
	if one.Preheader != "What it is about." {
		t.Errorf("the preheader of one story is %q", one.Preheader)
	}
	bare := compose(story("alone", bare, func(s *digest.Story) { s.Summary = "All that it says." }))
	if bare.Preheader != "" {
		t.Errorf("the preheader of a story that is all summary repeats it: %q", bare.Preheader)
	}
}

func TestMarkdownOfAnIssue(t *testing.T) {
	t.Parallel()
	got := compose(
		story("A [Story] & *More*", ago(1), func(s *digest.Story) {
			s.URL = "https://example.org/a_(b)?x=1&copy=2"
			s.Highlights = []string{"1. First", "- second"}
			s.Takeaway = "Tonnes decide."
			s.Source = digest.Reference{Name: "ANI", URL: "https://ani.example/x"}
			s.DiscussionURL = "https://forum.example.org/threads/7/"
		}),
		story("Without an Address", ago(2), func(s *digest.Story) {
			s.URL, s.Body, s.Author = "", "Text.\n\n## Section\n\nMore.", "Dana"
		}),
		story("From Elsewhere", ago(3), foreign, func(s *digest.Story) { s.Summary = "One sentence." }),
	)
	want := `## [A \[Story\] \& \*More\*](https://example.org/a_%28b%29?x=1&amp;copy=2)

- 1\. First
- \- second

**Takeaway:** Tonnes decide.

Source: [ANI](https://ani.example/x) · [Discuss](https://forum.example.org/threads/7/)

## [Without an Address](https://news.example.org/issues/2026-02-03#story-2)

- Without an Address has a first point.

## [From Elsewhere](https://example.org/news/from-elsewhere)

*The Other Daily*

One sentence.`
	if got.Markdown != want {
		t.Errorf("the Markdown is\n%s\nwant\n%s", got.Markdown, want)
	}
	wantFull := `## Without an Address {#story-2}

*By Dana*

Text.

### Section

More.`
	if got.FullText != wantFull {
		t.Errorf("the full text is\n%s\nwant\n%s", got.FullText, wantFull)
	}
}

func TestComposeIsPure(t *testing.T) {
	t.Parallel()
	var stories []digest.Story
	for i := range 30 {
		stories = append(stories, story(fmt.Sprintf("story %d", i), ago(i%7)))
		stories[i].ID = database.ID(i + 1)
	}
	in := digest.Input{Edition: digest.Daily, Day: "2026-02-03", Stories: stories, MaxSize: 1200, MaxStories: 20}
	size := func(i digest.Issue) int { return len(i.Markdown) }
	first := digest.Compose(in, size)
	for range 20 {
		rand.Shuffle(len(stories), func(i, j int) { stories[i], stories[j] = stories[j], stories[i] })
		if again := digest.Compose(in, size); !reflect.DeepEqual(first, again) {
			t.Fatalf("the same stories in another order give another issue:\n%s\n%s", first.Markdown, again.Markdown)
		}
	}
}

func TestPromise7TheIssueFits(t *testing.T) {
	t.Parallel()
	var stories []digest.Story
	for i := range 40 {
		stories = append(stories, story(fmt.Sprintf("story %d", i), ago(i), func(s *digest.Story) {
			s.Highlights = []string{strings.Repeat("long ", 30), strings.Repeat("more ", 30)}
		}))
	}
	size := func(i digest.Issue) int { return len(i.Markdown) }
	whole := size(compose(stories...))
	before := whole
	for limit := whole; limit > 150; limit -= 97 {
		in := digest.Input{Edition: digest.Daily, Day: "2026-02-03", Stories: stories, MaxSize: limit}
		issue := digest.Compose(in, size)
		got := size(issue)
		if got > limit || got > before {
			t.Fatalf("with room for %d the issue has %d", limit, got)
		}
		before = got
		assertLeadIsLargest(t, issue)
		if limit < whole && len(issue.Cut) == 0 {
			t.Fatalf("with room for %d something was cut and not reported", limit)
		}
		if left := len(stories) - len(issue.Stories); left > 0 && !strings.Contains(issue.Markdown, fmt.Sprintf("And %d more stor", left)) {
			t.Fatalf("%d stories were left out and the issue does not say so:\n%s", left, issue.Markdown)
		}
	}
}

// assertLeadIsLargest fails when the lead shrank before another story.
func assertLeadIsLargest(t *testing.T, issue digest.Issue) {
	t.Helper()
	rank := map[digest.Shown]int{digest.InFull: 3, digest.Shortened: 2, digest.Headline: 1}
	for i, p := range issue.Stories[1:] {
		if above := issue.Stories[i]; rank[above.Shown] < rank[p.Shown] {
			t.Fatalf("%q is %s below %q, which is %s", p.Title, p.Shown, above.Title, above.Shown)
		}
	}
}

func TestMoreStoriesThanAllowedStayDue(t *testing.T) {
	t.Parallel()
	in := digest.Input{Edition: digest.Daily, Day: "2026-02-03", MaxStories: 2,
		Stories: []digest.Story{story("a", ago(1)), story("b", ago(2)), story("c", ago(3))}}
	issue := digest.Compose(in, nil)
	if got := places(issue); !slices.Equal(got, []string{"a", "b"}) || !strings.Contains(issue.Markdown, "And 1 more story") {
		t.Errorf("the issue takes %q and says %q", got, issue.Markdown)
	}
}

func BenchmarkCompose1000Stories(b *testing.B) {
	var stories []digest.Story
	for i := range 1000 {
		stories = append(stories, story(fmt.Sprintf("Story %d of a Very Busy Day", i), ago(i%24), func(s *digest.Story) {
			s.ID = database.ID(i + 1)
			s.Highlights = []string{strings.Repeat("nineteen words ", 9), strings.Repeat("of a highlight ", 9), "short"}
		}))
	}
	in := digest.Input{Edition: digest.Daily, Day: "2026-02-03", Stories: stories}
	for b.Loop() {
		digest.Compose(in, nil)
	}
}
