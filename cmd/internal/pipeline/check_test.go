package pipeline_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/feed"
	"redigest/templates"
)

func (d *day) add(t *testing.T, src *digest.Source, found ...digest.Story) {
	t.Helper()
	for i := range found {
		if found[i].PublishedAt.IsZero() {
			found[i].PublishedAt = d.now.Add(-time.Duration(i+1) * time.Minute)
		}
	}
	if _, err := d.store.AddStories(t.Context(), src, found); err != nil {
		t.Fatal(err)
	}
}

func (d *day) check(t *testing.T) pipeline.Checkup {
	t.Helper()
	c, err := d.Check(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// found returns findings as “severity check where”.
func found(all []pipeline.Finding) (lines []string) {
	for _, f := range all {
		lines = append(lines, fmt.Sprint(f.Severity, " ", f.Check, " ", f.Where))
	}
	return lines
}

func TestNothingIsWrongWithAnIssueOfWhateverSize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 7, 17, 50} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			d := newDay(t)
			d.add(t, nil, longest(d.now, n)...)
			if got := found(d.check(t).Findings); len(got) > 0 {
				t.Errorf("found is %q", got)
			}
		})
	}
}

func TestAnIssueThatIsNotFitIsNotFrozenUnlessItIsMeant(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "Lorem ipsum dolor")
	d.subscribe(t, "ann@example.org")
	_, err := d.Publish(t.Context(), digest.Daily, today)
	if !errors.Is(err, pipeline.ErrUnfit) || !strings.Contains(err.Error(), "the story “Lorem ipsum dolor”: “Lorem ipsum” looks as if") {
		t.Errorf("it says %v", err)
	}
	if issue, err := d.store.Issue(t.Context(), digest.Daily, today); !errors.Is(err, digest.ErrNoIssue) {
		t.Errorf("and it stored %+v (%v)", issue, err)
	}
	if got := d.check(t).Stops(); len(got) != 1 {
		t.Errorf("looking it over finds %+v", got)
	}
	if _, err := d.Publish(t.Context(), digest.Daily, today, pipeline.CheckEmpty); !errors.Is(err, pipeline.ErrUnfit) {
		t.Errorf("with something else that is meant it says %v", err)
	}
	issue, err := d.Publish(t.Context(), digest.Daily, today, pipeline.CheckPlaceholder)
	if err != nil || d.planned(t, issue) != 1 {
		t.Errorf("it is meant, and publishing says %v", err)
	}
	// What is frozen goes out, whatever a look at it finds now.
	if _, err := d.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Errorf("going on with it says %v", err)
	}
}

func TestTemplatesThatForgetTheStoriesStopTheIssue(t *testing.T) {
	t.Parallel()
	own := fstest.MapFS{"mail/issue.txt.tmpl": {Data: []byte(
		"{{/* IssueMail */}}{{if ne .Publication.Name \"Daily\"}}{{range .Sections}}{{.Text}}{{end}}{{end}}\n{{.UnsubscribeURL}}\n{{template \"sender\" .Publication}}")}}
	set, err := templates.Load(own, templates.Colours{})
	if err != nil {
		t.Fatal(err)
	}
	d := newDay(t)
	d.tell(t, "first", "second")
	frame := around
	frame.Templates = set
	p := pipeline.New(d.store, d.outbox, pipeline.Options{BaseURL: "https://news.example.org", Frame: frame, Now: func() time.Time { return d.now }})
	c, err := p.Check(t.Context(), digest.Daily, today)
	if err != nil || !slices.Contains(found(c.Findings), "stop empty the text part") {
		t.Errorf("found is %q (%v)", found(c.Findings), err)
	}
	if _, err := p.Publish(t.Context(), digest.Daily, today); !errors.Is(err, pipeline.ErrUnfit) {
		t.Errorf("publishing says %v", err)
	}
}

// A feed of somebody else must not be able to keep the publisher's mail back.
func TestAForeignStoryStopsNoIssue(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "Our own")
	foreign := digest.Source{Name: "Far Away Times", URL: "https://far.example/feed", Every: time.Hour}
	if err := d.store.SaveSources(t.Context(), []digest.Source{foreign}); err != nil {
		t.Fatal(err)
	}
	sources, err := d.store.Sources(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.add(t, &sources[0], digest.Story{Title: "{{headline}} and TODO", URL: "https://far.example/%7B%7Bslug%7D%7D"})
	if got := found(d.check(t).Stops()); len(got) > 0 {
		t.Errorf("it is stopped for %q", got)
	}
	if got := found(d.check(t).Warnings()); !slices.Contains(got, "warning placeholder the story “{{headline}} and TODO”") {
		t.Errorf("warned is of %q", got)
	}
	if _, err := d.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Error(err)
	}
}

func TestStoriesThatAreLeftOutAreReported(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	hour := func(n int) time.Time { return d.now.Add(time.Duration(n) * time.Hour) }
	d.add(t, nil,
		digest.Story{Title: "Lost", URL: "https://www.example.org/lost", Damaged: true},
		digest.Story{Title: "Next year", URL: "https://www.example.org/next", PublishedAt: hour(24 * 365)},
		digest.Story{Title: "Tomorrow", URL: "https://www.example.org/tomorrow", PublishedAt: today.Add(1).Noon(time.UTC), DateOnly: true},
		digest.Story{Title: "Some time today", URL: "https://www.example.org/today", PublishedAt: today.Noon(time.UTC), DateOnly: true},
		digest.Story{Title: "A clock that is ahead", URL: "https://www.example.org/ahead", PublishedAt: d.now.Add(5 * time.Minute)},
		digest.Story{Title: "In three hours", URL: "https://www.example.org/three", PublishedAt: hour(3)},
		digest.Story{Title: "Hidden", URL: "https://www.example.org/hidden", PublishedAt: hour(30)},
	)
	all, err := d.store.Stories(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Title == "Hidden" {
			if err := d.store.Hide(t.Context(), s.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := d.check(t)
	want := []string{
		"warning damaged the story “Lost”", "warning date the story “In three hours”",
		"warning date the story “Tomorrow”", "warning date the story “Next year”",
	}
	if got := found(c.Findings); !slices.Equal(got, want) {
		t.Errorf("found is %q, want %q", got, want)
	}
	if len(c.Cut) > 0 || len(c.Issue.Cut) != 1 {
		t.Errorf("what is lost is told twice: %q, %q", c.Cut, c.Issue.Cut)
	}
}

// web is some other host. It notes what it is asked.
type web struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func newWeb(t *testing.T) *web {
	t.Helper()
	w := &web{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, r.URL.Path)
		w.mu.Unlock()
		switch r.URL.Path {
		case "/gone":
			out.WriteHeader(http.StatusGone)
		case "/blocked":
			out.WriteHeader(http.StatusForbidden)
		case "/silent":
			<-r.Context().Done()
		}
	}))
	t.Cleanup(w.Close)
	return w
}

func (d *day) fetcher(t *testing.T, loopback bool) *feed.Fetcher {
	t.Helper()
	return feed.NewFetcher(feed.FetcherOptions{Agent: "test", AllowLoopback: loopback, Timeout: 2 * time.Second, Now: func() time.Time { return d.now }})
}

func TestLinksThatDoNotAnswerAreWarnedAbout(t *testing.T) {
	t.Parallel()
	d, w := newDay(t), newWeb(t)
	d.add(t, nil, digest.Story{Title: "Here", URL: w.URL + "/here", DiscussionURL: w.URL + "/blocked", Highlights: []string{"A fact."}},
		digest.Story{Title: "Gone", URL: w.URL + "/gone"}, digest.Story{Title: "On our own page", Body: "The whole text."})
	c := d.Ask(t.Context(), d.fetcher(t, true), d.check(t), true)
	if got := found(c.Findings); !slices.Equal(got, []string{"warning link " + w.URL + "/gone"}) {
		t.Errorf("found is %q", got)
	}
	verdicts := map[string]feed.Verdict{}
	for _, p := range c.Links {
		verdicts[strings.TrimPrefix(p.URL, w.URL)] = p.Verdict
	}
	if len(verdicts) != 3 || verdicts["/here"] != feed.Answers || verdicts["/blocked"] != feed.Blocked || verdicts["/gone"] != feed.Broken {
		t.Errorf("asked for is %v, and our own site is not to be", verdicts)
	}
}

func TestPrivateAddressesAreWarnedAboutAndNotAsked(t *testing.T) {
	t.Parallel()
	d, w := newDay(t), newWeb(t)
	d.add(t, nil, digest.Story{Title: "Inside", URL: w.URL + "/here"})
	c := d.Ask(t.Context(), d.fetcher(t, false), d.check(t), true)
	if got := found(c.Findings); !slices.Equal(got, []string{"warning link " + w.URL + "/here"}) || len(w.asked) > 0 {
		t.Errorf("found is %q, asked was %q", got, w.asked)
	}
}

// Whatever others say, or do not, an issue is not stopped by it.
func TestNothingThatTheNetworkSaysStopsAnIssue(t *testing.T) {
	t.Parallel()
	d, w := newDay(t), newWeb(t)
	d.add(t, nil, digest.Story{Title: "Silent", URL: w.URL + "/silent"}, digest.Story{Title: "Gone", URL: w.URL + "/gone"},
		digest.Story{Title: "Not there", URL: "http://127.0.0.1:1/"})
	p := pipeline.New(d.store, d.outbox, pipeline.Options{
		BaseURL: "https://news.example.org", Frame: around, NumbersURL: w.URL + "/blocked", Now: func() time.Time { return d.now },
	})
	c, err := p.Check(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	c = p.Ask(t.Context(), d.fetcher(t, true), c, true)
	if len(c.Stops()) > 0 || len(c.Warnings()) < 3 {
		t.Errorf("found is %q", found(c.Findings))
	}
	if !slices.Contains(found(c.Findings), "warning numbers the table of numbers") {
		t.Errorf("the table that could not be read is not among %q", found(c.Findings))
	}
	if _, err := p.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Errorf("publishing says %v", err)
	}
}

func TestAnItemForTheLineThatNothingIsKnownOfIsTold(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "A story")
	store := digest.NewStore(d.db, digest.StoreOptions{
		Now:     func() time.Time { return d.now },
		Numbers: digest.NumbersOptions{Line: []string{"ndpr  OXIDE", "Neodymium"}},
	})
	if _, err := store.AddQuotes(t.Context(), []digest.Quote{{Item: "NdPr oxide", Kind: digest.Price, Day: today.Add(-1), Low: "612", Unit: "CNY/kg"}}); err != nil {
		t.Fatal(err)
	}
	p := pipeline.New(store, d.outbox, pipeline.Options{Frame: around, Now: func() time.Time { return d.now }})
	c, err := p.Check(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range c.Findings {
		if f.Check == pipeline.CheckNumbers {
			told = append(told, string(f.Severity)+" "+f.What)
		}
	}
	if want := []string{"warning there is no price of “Neodymium” to show above the lead"}; !slices.Equal(told, want) {
		t.Errorf("told is %q, want %q", told, want)
	}
}

func TestOfAFrozenIssueTheTableOfNumbersIsNotRead(t *testing.T) {
	t.Parallel()
	d, w := newDay(t), newWeb(t)
	d.add(t, nil, digest.Story{Title: "On our own page", Body: "The whole text."})
	p := pipeline.New(d.store, d.outbox, pipeline.Options{
		BaseURL: "https://news.example.org", Frame: around, NumbersURL: w.URL + "/gone", Now: func() time.Time { return d.now },
	})
	if _, err := p.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Fatal(err)
	}
	c, err := p.Check(t.Context(), digest.Daily, today)
	if err != nil || c.Issue.State != digest.Sending {
		t.Fatalf("looked over is %+v (%v)", c.Issue, err)
	}
	if c = p.Ask(t.Context(), d.fetcher(t, true), c, true); len(c.Findings) > 0 || len(w.asked) > 0 {
		t.Errorf("found is %q, asked was %q", found(c.Findings), w.asked)
	}
}
