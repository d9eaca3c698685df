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

func ranked(rank int) func(*digest.Story) {
	return func(s *digest.Story) { s.Rank = rank }
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
		"the highest rank before the newest": {
			[]digest.Story{story("new", ago(1)), story("old and great", ago(3), ranked(2)), story("older and greater", ago(4), ranked(7)), story("unloved", ranked(-1))},
			[]string{"older and greater", "old and great", "new", "unloved"},
		},
		"the lead has highlights": {
			[]digest.Story{story("new and bare", ago(1), bare), story("old and full", ago(3)), story("middle", ago(2), bare)},
			[]string{"old and full", "new and bare", "middle"},
		},
		"the lead has the highest rank, whatever it has": {
			[]digest.Story{story("ranked and bare", ago(4), bare, ranked(1)), story("full", ago(3)), story("new", ago(2))},
			[]string{"ranked and bare", "new", "full"},
		},
		"of one rank the lead has highlights": {
			[]digest.Story{story("bare", ago(1), bare, ranked(3)), story("full", ago(3), ranked(3)), story("new", ago(1))},
			[]string{"full", "bare", "new"},
		},
		"foreign stories come last and never lead": {
			[]digest.Story{story("foreign", ago(1), foreign, ranked(9)), story("own", ago(5), bare)},
			[]string{"own", "foreign"},
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

func TestADayOfForeignStoriesHasNoLead(t *testing.T) {
	t.Parallel()
	issue := compose(story("Older", ago(2), foreign), story("Newer", ago(1), foreign))
	if issue.Subject != "Newer" || issue.Preheader != "Older" || issue.Title() != "Newer" {
		t.Errorf("the subject is %q, the preheader %q and the title %q", issue.Subject, issue.Preheader, issue.Title())
	}
	want := "## Elsewhere\n\n" +
		"- [Newer](https://example.org/news/newer)\\\n  *The Other Daily.*\n" +
		"- [Older](https://example.org/news/older)\\\n  *The Other Daily.*"
	if issue.Markdown != want {
		t.Errorf("the Markdown is\n%s", issue.Markdown)
	}
	for _, p := range issue.Stories {
		if p.Role != digest.Elsewhere {
			t.Errorf("%s is %s", p.Title, p.Role)
		}
	}
}

func TestHowManyStoriesAreWorthYourTime(t *testing.T) {
	t.Parallel()
	for own, want := range map[int]int{1: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 4, 8: 4, 17: 4, 20: 4, 21: 5, 40: 5} {
		var stories []digest.Story
		for i := range own {
			stories = append(stories, story(fmt.Sprintf("story %d", i), ago(i)))
		}
		got := map[digest.Role]int{}
		for _, p := range compose(stories...).Stories {
			got[p.Role]++
		}
		if got[digest.Lead] != 1 || got[digest.Worth] != want || got[digest.Brief] != own-1-want || got[digest.Brief] == 1 {
			t.Errorf("of %d stories the roles are %v, want %d worth the time", own, got, want)
		}
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
		"A Title That Is Longer Than Sixty Characters Is Cut at a Word, Always": "A Title That Is Longer Than Sixty Characters Is Cut…",
		"One Word and Then a Comma Stands Where the Cut Falls Just Now, See":    "One Word and Then a Comma Stands Where the Cut Falls Just…",
		"Dy₂O₃ 氧化镝价格在包头与赣州之间的差距继续扩大而且没有人知道为什么会这样子也没有人知道什么时候会结束这一切因为市场很小": "Dy₂O₃ 氧化镝价格在包头与赣州之间的差距继续扩大而且没有人知道为什么会这样子也没有人知道什么时候会结束这一切因为市…",
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
	long := strings.Repeat("long ", 15)
	tests := map[string]struct {
		stories []digest.Story
		want    string
	}{
		"the next three": {[]digest.Story{story("first", ago(1)), story("second", ago(2)), story("third", ago(3)), story("fourth", ago(4)), story("fifth", ago(5))}, "second · third · fourth"},
		"the third only if it fits": {[]digest.Story{story("first", ago(1)), story("second "+long, ago(2)), story("third", ago(3)), story("fourth "+long, ago(4))},
			"second " + long[:74] + " · third"},
		"no story that is called like the lead": {[]digest.Story{story("The Same", ago(1)), story("the same", ago(2)), story("Another", ago(3))}, "Another"},
		"alone: what the summary adds":          {[]digest.Story{story("alone", func(s *digest.Story) { s.Summary = "What it is about." })}, "What it is about."},
		"alone: no summary that is shown":       {[]digest.Story{story("alone", bare, func(s *digest.Story) { s.Summary = "All that it says." })}, ""},
		"alone: no summary that is the title":   {[]digest.Story{story("Alone at Last", func(s *digest.Story) { s.Summary = "Alone at last." })}, ""},
	}
	for name, tt := range tests {
		if got := compose(tt.stories...).Preheader; got != tt.want {
			t.Errorf("%s: the preheader is %q, want %q", name, got, tt.want)
		}
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

## Elsewhere

- [From Elsewhere](https://example.org/news/from-elsewhere)\
  *The Other Daily.* One sentence.`
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

func TestAHeadlineAlwaysLeadsSomewhere(t *testing.T) {
	t.Parallel()
	got := compose(story("Told in Full Here", bare, func(s *digest.Story) { s.URL, s.Summary = "", "A sentence." })).Markdown
	if want := "## [Told in Full Here](https://news.example.org/issues/2026-02-03)\n\nA sentence."; got != want {
		t.Errorf("the Markdown is\n%s", got)
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
