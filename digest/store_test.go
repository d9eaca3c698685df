package digest_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
)

// morning is the moment at which these tests happen.
var morning = time.Date(2026, 2, 4, 13, 0, 0, 0, time.UTC) // six in Denver

func newStore(t *testing.T) *digest.Store {
	t.Helper()
	return storeAt(t, filepath.Join(t.TempDir(), "redigest.db"))
}

func storeAt(t *testing.T, path string) *digest.Store {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := digest.Migrate(t.Context(), db, morning); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	return digest.NewStore(db, digest.StoreOptions{Zone: zone, Now: func() time.Time { return morning }})
}

// story returns a story with the defaults that a test does not care about.
func story(title string, change ...func(*digest.Story)) digest.Story {
	s := digest.Story{
		Title:       title,
		URL:         "https://example.org/news/" + strings.ReplaceAll(strings.ToLower(title), " ", "-"),
		Highlights:  []string{title + " has a first point."},
		Body:        "The body of " + title + ".",
		PublishedAt: morning.Add(-2 * time.Hour),
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func published(t time.Time) func(*digest.Story) {
	return func(s *digest.Story) { s.PublishedAt = t }
}

func add(t *testing.T, store *digest.Store, source *digest.Source, found ...digest.Story) []digest.Added {
	t.Helper()
	added, err := store.AddStories(t.Context(), source, found)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func results(added []digest.Added) (r []digest.Result) {
	for _, a := range added {
		r = append(r, a.Result)
	}
	return r
}

func TestAStoryIsOneStory(t *testing.T) {
	t.Parallel()
	first := story("Terbium Gets Dearer", func(s *digest.Story) {
		s.URL, s.GUID = "https://example.org/news/terbium-gets-dearer/", "https://staging.example.net/?p=7461"
	})
	tests := map[string]struct {
		again digest.Story
		want  digest.Result
	}{
		"fetched twice": {again: first, want: digest.ResultUnchanged},
		"under another scheme, host name and tracking": {
			again: story(first.Title, func(s *digest.Story) { s.URL = "http://www.example.org/news/terbium-gets-dearer?utm_source=feed" }),
			want:  digest.ResultUnchanged,
		},
		"under its number, which was its GUID": {
			again: story(first.Title, func(s *digest.Story) { s.URL = "https://example.org/?p=7461" }),
			want:  digest.ResultUnchanged,
		},
		"with another GUID": {
			again: story(first.Title, func(s *digest.Story) { s.URL, s.GUID = first.URL, "urn:uuid:1" }),
			want:  digest.ResultUnchanged,
		},
		"moved, with the same GUID and a mended title": {
			again: story("Terbium Gets Much Dearer", func(s *digest.Story) { s.URL, s.GUID = "https://example.org/news/terbium/", first.GUID }),
			want:  digest.ResultUpdated,
		},
		"with a mended title": {
			again: story("Terbium Becomes Dearer (Corrected)", func(s *digest.Story) { s.URL = first.URL }),
			want:  digest.ResultUpdated,
		},
		"with a forum thread where the comment form was": {
			again: story(first.Title, func(s *digest.Story) {
				s.URL, s.Highlights, s.Body = first.URL, first.Highlights, first.Body
				s.DiscussionURL = "https://forum.example.org/threads/7/"
			}),
			want: digest.ResultUnchanged,
		},
		"as a teaser from another feed of the site": {
			again: story(first.Title, func(s *digest.Story) { s.URL, s.Highlights, s.Body = first.URL, nil, "" }),
			want:  digest.ResultUnchanged,
		},
		"as a page saved without its address": {
			again: story(first.Title, func(s *digest.Story) { s.URL = "" }),
			want:  digest.ResultUnchanged,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			if tt.again.Highlights != nil && tt.want == digest.ResultUnchanged {
				tt.again.Highlights, tt.again.Body = first.Highlights, first.Body
			}
			was := add(t, store, nil, first)[0]
			now := add(t, store, nil, tt.again)[0]
			if now.Result != tt.want || now.ID != was.ID {
				t.Errorf("seen again it is %s with ID %s, want %s with %s", now.Result, now.ID, tt.want, was.ID)
			}
			if len(now.Highlights) == 0 || now.Body == "" || now.URL != first.URL {
				t.Errorf("something of it was lost: %+v", now.Story)
			}
			all, err := store.Stories(t.Context(), 10)
			if err != nil || len(all) != 1 {
				t.Errorf("%d stories are stored (%v), want 1", len(all), err)
			}
		})
	}
}

func TestTwoStoriesAreTwo(t *testing.T) {
	t.Parallel()
	first := story("Terbium Gets Dearer", func(s *digest.Story) { s.GUID = "https://example.org/?p=1" })
	tests := map[string]digest.Story{
		"a feed that gives both the same GUID": story("India Plans A Magnet Corridor", func(s *digest.Story) {
			s.GUID, s.PublishedAt = first.GUID, first.PublishedAt.Add(-time.Hour)
		}),
		"the same headline on another day": story(first.Title, func(s *digest.Story) {
			s.URL, s.PublishedAt = "https://example.org/news/terbium-2", first.PublishedAt.AddDate(0, 0, 1)
		}),
		"the same headline twice on one day at two lasting addresses": story(first.Title, func(s *digest.Story) {
			s.URL, s.Body = "https://example.org/news/terbium-again", "Another body."
		}),
	}
	for name, second := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := results(add(t, newStore(t), nil, first, second))
			if !slices.Equal(got, []digest.Result{digest.ResultAdded, digest.ResultAdded}) {
				t.Errorf("they are %v, want both added", got)
			}
		})
	}
}

func TestOfAForeignStoryOnlyHeadlineLinkAndSummaryAreKept(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	sources := []digest.Source{{URL: "https://other.example/feed", Name: "The Other Daily", Every: time.Hour}}
	if err := store.SaveSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	stored, err := store.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := add(t, store, &stored[0], story("A Foreign Story", func(s *digest.Story) {
		s.Summary = strings.Repeat("word ", 100)
		s.Takeaway = "theirs"
	}))[0]
	if got.Body != "" || got.Takeaway != "" || len(got.Highlights) > 0 || len([]rune(got.Summary)) > 200 {
		t.Errorf("too much is kept: %+v", got.Story)
	}
	if got.Outlet != "The Other Daily" || got.Title == "" || got.URL == "" {
		t.Errorf("too little is kept: %+v", got.Story)
	}
}

func TestAStoryFoundByASearchIsToldOfTheOutletThatWroteIt(t *testing.T) {
	t.Parallel()
	search := &digest.Source{Name: "Google News", FirstReadAt: morning}
	for cited, want := range map[string]string{"The Other Daily": "The Other Daily", "": "Google News"} {
		got := add(t, newStore(t), search, story("A Foreign Story", func(s *digest.Story) {
			s.URL, s.Source.Name = "https://news.google.com/rss/articles/a", cited
		}))[0]
		if got.Outlet != want {
			t.Errorf("naming %q, it is told of %q, want %q", cited, got.Outlet, want)
		}
	}
}

func TestAStoryThatCannotBeToldIsRejectedWithItsReason(t *testing.T) {
	t.Parallel()
	foreign := &digest.Source{Name: "Elsewhere", FirstReadAt: morning}
	tests := map[string]struct {
		source *digest.Source
		story  digest.Story
		reason string
	}{
		"no title":                   {nil, story("x", func(s *digest.Story) { s.Title = " " }), "title"},
		"no date":                    {nil, story("x", published(time.Time{})), "date"},
		"foreign and without a link": {foreign, story("x", func(s *digest.Story) { s.URL = "javascript:alert(1)" }), "address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := add(t, newStore(t), tt.source, tt.story)[0]
			if got.Result != digest.ResultRejected || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("it is %s because %q", got.Result, got.Reason)
			}
		})
	}
}

func TestAnAddressThatIsNoneIsLeftOutAloud(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"javascript:alert(1)", "/news/x", "not a url"} {
		got := add(t, newStore(t), nil, story("Terbium Gets Dearer", at(address)))[0]
		if got.Result != digest.ResultAdded || got.URL != "" || !strings.Contains(got.Reason, address) {
			t.Errorf("%q: it is %s at %q because %q", address, got.Result, got.URL, got.Reason)
		}
	}
	if got := add(t, newStore(t), nil, story("Without any", at("")))[0]; got.Reason != "" {
		t.Errorf("a story without an address is told that %s", got.Reason)
	}
}

func TestTheNameAndPasswordInAnAddressAreNotForReaders(t *testing.T) {
	t.Parallel()
	added := add(t, newStore(t), nil, story("Before the launch", func(s *digest.Story) { s.URL = "https://editor:secret@example.org/a?b=c" }))
	if got, want := added[0].Story.URL, "https://example.org/a?b=c"; got != want {
		t.Errorf("the story is at %s, want %s", got, want)
	}
}

func TestAStoryWithoutListsIsPrintedWithEmptyOnes(t *testing.T) {
	t.Parallel()
	bare := story("Terbium Gets Dearer", func(s *digest.Story) { s.Highlights, s.Topics = nil, nil })
	for _, got := range append(add(t, newStore(t), nil, bare, bare), add(t, newStore(t), nil, digest.Story{})...) {
		text, err := json.Marshal(got)
		if err != nil || !strings.Contains(string(text), `"highlights":[]`) || !strings.Contains(string(text), `"topics":[]`) {
			t.Errorf("it is printed as %s (%v)", text, err)
		}
	}
}

func titles(stories []digest.Story) (all []string) {
	for _, s := range stories {
		all = append(all, s.Title)
	}
	return all
}

func due(t *testing.T, store *digest.Store, cutoff time.Time) []string {
	t.Helper()
	stories, err := store.Due(t.Context(), digest.Daily, cutoff)
	if err != nil {
		t.Fatal(err)
	}
	return titles(stories)
}

func TestDueBeforeTheFirstIssueIsTheLastDay(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	add(t, store, nil,
		story("just now", published(morning)),
		story("a moment later", published(morning.Add(time.Millisecond))),
		story("within a day", published(morning.Add(-24*time.Hour+time.Minute))),
		story("a day ago", published(morning.Add(-24*time.Hour))))
	if got, want := due(t, store, morning), []string{"just now", "within a day"}; !slices.Equal(got, want) {
		t.Errorf("due are %q, want %q", got, want)
	}
}

func TestDueAfterTheFirstIssueIsWhatWasLeftOverForAWeek(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	publish(t, store, "2026-02-01", story("the first issue's", published(morning.AddDate(0, 0, -3))))
	add(t, store, nil,
		story("left over", published(morning.AddDate(0, 0, -6))),
		story("too old", published(morning.AddDate(0, 0, -7))),
		story("hidden"))
	all, err := store.Stories(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Title == "hidden" {
			if err := store.Hide(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got, want := due(t, store, morning), []string{"left over"}; !slices.Equal(got, want) {
		t.Errorf("due are %q, want %q", got, want)
	}
}

func TestTheArchiveOfANewSourceIsNotDue(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	publish(t, store, "2026-02-01", story("an earlier issue's"))
	fresh := &digest.Source{Name: "Own", Own: true}
	known := &digest.Source{Name: "Own", Own: true, FirstReadAt: morning.AddDate(0, 0, -1)}
	add(t, store, fresh, story("yesterday's, first fetch", published(morning.Add(-23*time.Hour))), story("old, first fetch", published(morning.AddDate(0, 0, -2))))
	add(t, store, known, story("old, later fetch", published(morning.AddDate(0, 0, -3))))
	if got, want := due(t, store, morning), []string{"yesterday's, first fetch", "old, later fetch"}; !slices.Equal(got, want) {
		t.Errorf("due are %q, want %q", got, want)
	}
}

// publish freezes an issue of these stories.
func publish(t *testing.T, store *digest.Store, day digest.Day, found ...digest.Story) digest.Issue {
	t.Helper()
	var all []digest.Story
	for _, a := range add(t, store, nil, found...) {
		all = append(all, a.Story)
	}
	issue, err := freeze(t.Context(), store, day, all)
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

func freeze(ctx context.Context, store *digest.Store, day digest.Day, stories []digest.Story) (digest.Issue, error) {
	number, err := store.NextNumber(ctx, digest.Daily)
	if err != nil {
		return digest.Issue{}, err
	}
	return store.Freeze(ctx, digest.Compose(digest.Input{Edition: digest.Daily, Day: day, Number: number, CutoffAt: morning, Stories: stories}, nil))
}

func TestPromise1OneIssueADayIsFrozenOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redigest.db")
	one, other := storeAt(t, path), storeAt(t, path)
	first := publish(t, one, "2026-02-03", story("a"))
	var mine []digest.Story
	for _, a := range add(t, other, nil, story("b")) {
		mine = append(mine, a.Story)
	}
	if _, err := freeze(t.Context(), other, "2026-02-03", mine); !errors.Is(err, digest.ErrFrozen) {
		t.Fatalf("freezing the day again gives %v, want ErrFrozen", err)
	}
	got, err := other.Issue(t.Context(), digest.Daily, "2026-02-03")
	if err != nil || got.ID != first.ID || got.Number != 1 || got.Markdown != first.Markdown || len(got.Stories) != 1 {
		t.Errorf("the day's issue is %+v (%v), want the first one unchanged", got, err)
	}
	if got := due(t, other, morning); !slices.Equal(got, []string{"b"}) {
		t.Errorf("due are %q, want b, which lost the race", got)
	}
}

func TestPromise6AStoryIsMailedOnce(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	a := add(t, store, nil, story("a"))[0].Story
	if _, err := freeze(t.Context(), store, "2026-02-02", []digest.Story{a}); err != nil {
		t.Fatal(err)
	}
	if got := due(t, store, morning); len(got) > 0 {
		t.Errorf("due after its issue was frozen: %q", got)
	}
	add(t, store, nil, story("a", func(s *digest.Story) { s.GUID, s.Body = "new", "edited" }))
	if got := due(t, store, morning); len(got) > 0 {
		t.Errorf("due after an edit: %q", got)
	}
	if _, err := freeze(t.Context(), store, "2026-02-03", []digest.Story{a}); !errors.Is(err, digest.ErrTaken) {
		t.Errorf("freezing it into a second issue gives %v, want ErrTaken", err)
	}
	if _, err := store.Issue(t.Context(), digest.Daily, "2026-02-03"); !errors.Is(err, digest.ErrNoIssue) {
		t.Errorf("half of the second issue is stored: %v", err)
	}
}

func TestPromise6ADraftTakesNoStory(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	a := add(t, store, nil, story("a"))[0].Story
	draft := digest.Compose(digest.Input{Edition: digest.Daily, Day: "2026-02-03", Stories: []digest.Story{a}}, nil)
	if _, err := store.SaveDraft(t.Context(), draft); err != nil {
		t.Fatal(err)
	}
	if got := due(t, store, morning); !slices.Equal(got, []string{"a"}) {
		t.Errorf("due beside a draft are %q, want a", got)
	}
}

func TestPromise6ACancelledIssueFreesItsStories(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		untouched bool
		want      []string
	}{
		"before anything was handed over": {true, []string{"a"}},
		"after something was handed over": {false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := newStore(t)
			issue := publish(t, store, "2026-02-03", story("a"))
			if err := store.Cancel(t.Context(), issue, tt.untouched, "wrong lead"); err != nil {
				t.Fatal(err)
			}
			if got := due(t, store, morning); !slices.Equal(got, tt.want) {
				t.Errorf("due are %q, want %q", got, tt.want)
			}
			if _, err := freeze(t.Context(), store, "2026-02-03", nil); !errors.Is(err, digest.ErrFrozen) {
				t.Errorf("the cancelled day can be published again: %v", err)
			}
		})
	}
}

func TestASkippedDayCanStillBeSentByTheOperator(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	if _, err := store.Skip(t.Context(), digest.Daily, "2026-02-03", "no stories"); err != nil {
		t.Fatal(err)
	}
	draft := digest.Compose(digest.Input{Edition: digest.Daily, Day: "2026-02-03"}, nil)
	if looked, err := store.SaveDraft(t.Context(), draft); err != nil || looked.State != digest.Skipped || looked.Reason == "" {
		t.Errorf("looking at a skipped issue made it %s (%v)", looked.State, err)
	}
	issue := publish(t, store, "2026-02-03", story("late"))
	if issue.State != digest.Sending || issue.Number != 1 || issue.Reason != "" {
		t.Errorf("the issue is %+v", issue)
	}
	if _, err := store.Skip(t.Context(), digest.Daily, "2026-02-03", "no stories"); !errors.Is(err, digest.ErrFrozen) {
		t.Errorf("a frozen issue can be skipped: %v", err)
	}
}

func TestCancellingAgainKeepsOrMendsTheReason(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	issue := publish(t, store, "2026-02-03", story("a"))
	for _, step := range []struct{ why, want string }{{"", ""}, {"wrong lead", "wrong lead"}, {"", "wrong lead"}} {
		if err := store.Cancel(t.Context(), issue, true, step.why); err != nil {
			t.Fatal(err)
		}
		if got, err := store.IssueByID(t.Context(), issue.ID); err != nil || got.State != digest.Cancelled || got.Reason != step.want {
			t.Errorf("cancelled with %q the reason is %q (%v)", step.why, got.Reason, err)
		}
	}
}

func TestASentIssueCannotBeCancelled(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	issue := publish(t, store, "2026-02-03", story("a"))
	if err := store.Finish(t.Context(), issue.ID); err != nil {
		t.Fatal(err)
	}
	if err := store.Cancel(t.Context(), issue, true, ""); !errors.Is(err, digest.ErrFrozen) {
		t.Errorf("cancelling gives %v, want ErrFrozen", err)
	}
}

func TestSourcesKeepWhatTheyLearnt(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	named := []digest.Source{{URL: "https://example.org/feed", Name: "Own", Own: true, Every: 30 * time.Minute}}
	if err := store.SaveSources(t.Context(), named); err != nil {
		t.Fatal(err)
	}
	src := sources(t, store)[0]
	src.ETag, src.LastReadAt, src.NextAt, src.Failures = `"1"`, morning, morning.Add(time.Hour), 2
	if err := store.RecordFetch(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	named[0].Name = "Renamed"
	if err := store.SaveSources(t.Context(), named); err != nil {
		t.Fatal(err)
	}
	got := sources(t, store)[0]
	if got.Name != "Renamed" || got.ETag != `"1"` || !got.FirstReadAt.Equal(morning) || got.Failures != 2 {
		t.Errorf("the source is %+v", got)
	}
	if err := store.SaveSources(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := sources(t, store)[0]; got.State != digest.SourcePaused {
		t.Errorf("a source that is named no more is %s, want paused", got.State)
	}
}

func sources(t *testing.T, store *digest.Store) []digest.Source {
	t.Helper()
	all, err := store.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}
