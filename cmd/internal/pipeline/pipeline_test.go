package pipeline_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/database"
	"redigest/digest/feed"
	"redigest/digest/render"
	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// A day is one morning of a publisher: the parts of the program at one moment.
type day struct {
	*pipeline.Pipeline
	store  *digest.Store
	list   *subscribers.List
	outbox *subscribers.Outbox
	now    time.Time
	db     *database.DB
}

const today = digest.Day("2026-02-03")

var sixOClock = time.Date(2026, 2, 3, 6, 0, 0, 0, time.UTC)

// around is what stands around the stories.
var around = render.Frame{Name: "Daily", PostalAddress: "1 Street", UnsubscribeURL: "https://news.example.org/unsubscribe/" + mail.TokenPlace}

func newDay(t *testing.T) *day {
	t.Helper()
	return dayAt(t, filepath.Join(t.TempDir(), "redigest.db"))
}

func dayAt(t *testing.T, path string) *day {
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
	if err := errors.Join(digest.Migrate(t.Context(), db, sixOClock), subscribers.Migrate(t.Context(), db, sixOClock)); err != nil {
		t.Fatal(err)
	}
	d := &day{now: sixOClock, db: db}
	now := func() time.Time { return d.now }
	if d.list, err = subscribers.NewList(t.Context(), db, subscribers.ListOptions{Now: now}); err != nil {
		t.Fatal(err)
	}
	d.store = digest.NewStore(db, digest.StoreOptions{Now: now})
	d.outbox = subscribers.NewOutbox(db, subscribers.OutboxOptions{Now: now})
	d.Pipeline = pipeline.New(d.store, d.outbox, pipeline.Options{
		BaseURL:  "https://news.example.org",
		Frame:    around,
		Deadline: func(t time.Time) time.Time { return t.Add(24 * time.Hour) },
		Now:      now,
	})
	return d
}

func (d *day) tell(t *testing.T, titles ...string) {
	t.Helper()
	var found []digest.Story
	for i, title := range titles {
		found = append(found, digest.Story{
			Title: title, URL: fmt.Sprintf("https://www.example.org/%d/%s", len(titles), strings.ReplaceAll(title, " ", "-")),
			Highlights: []string{"A fact."}, PublishedAt: d.now.Add(-time.Duration(i+1) * time.Minute),
		})
	}
	if _, err := d.store.AddStories(t.Context(), nil, found); err != nil {
		t.Fatal(err)
	}
}

func (d *day) subscribe(t *testing.T, addresses ...string) {
	t.Helper()
	for _, a := range addresses {
		if _, err := d.list.Add(t.Context(), a, "", "a friend"); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *day) planned(t *testing.T, issue digest.Issue) int {
	t.Helper()
	m, err := d.outbox.IssueMailing(t.Context(), issue.ID)
	if err != nil {
		t.Fatal(err)
	}
	account, err := d.outbox.Account(t.Context(), m.ID)
	if err != nil || !account.Balances() {
		t.Fatalf("the account is %+v (%v)", account, err)
	}
	return account.Planned
}

func TestPublishMakesOneIssueHoweverOftenItRuns(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first", "second")
	d.subscribe(t, "ann@example.org", "ben@example.org")
	var was digest.Issue
	for range 3 {
		issue, err := d.Publish(t.Context(), digest.Daily, today)
		if err != nil {
			t.Fatal(err)
		}
		if was.ID != 0 && (issue.ID != was.ID || issue.Markdown != was.Markdown || !issue.FrozenAt.Equal(was.FrozenAt)) {
			t.Errorf("publishing again made %+v of %+v", issue, was)
		}
		was = issue
		d.tell(t, "too late for today")
		d.subscribe(t, "late@example.org")
		d.now = d.now.Add(time.Minute)
	}
	if n := d.planned(t, was); n != 2 {
		t.Errorf("%d readers are planned, want the 2 who had confirmed when it was frozen", n)
	}
	if was.Number != 1 || len(was.Stories) != 2 {
		t.Errorf("the issue is number %d with %d stories", was.Number, len(was.Stories))
	}
}

func TestPromise1TwoProcessesMakeOneIssue(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redigest.db")
	one, other := dayAt(t, path), dayAt(t, path)
	one.tell(t, "a story", "another")
	one.subscribe(t, "ann@example.org")
	var issues [8]digest.Issue
	var wg sync.WaitGroup
	for i := range issues {
		wg.Go(func() {
			var err error
			if issues[i], err = []*day{one, other}[i%2].Publish(t.Context(), digest.Daily, today); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, issue := range issues {
		if issue.ID != issues[0].ID || issue.Number != 1 {
			t.Errorf("there are two issues of one day: %v and %v", issue.ID, issues[0].ID)
		}
	}
	if n := one.planned(t, issues[0]); n != 1 {
		t.Errorf("one reader is planned %d times", n)
	}
}

func TestPublishGoesOnAfterItWasCutOff(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Compose(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	// Frozen, and then the process died before it ordered the mailing.
	if _, err := d.store.Freeze(t.Context(), issue); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(time.Hour)
	issue, err = d.Publish(t.Context(), digest.Daily, today)
	if err != nil || d.planned(t, issue) != 1 {
		t.Errorf("it went on with %v, %d planned", err, d.planned(t, issue))
	}
}

func TestWithTooFewStoriesThereIsNoIssueAndItSaysWhy(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	_, err := d.Publish(t.Context(), digest.Daily, today)
	if !errors.Is(err, pipeline.ErrTooFew) || !strings.Contains(err.Error(), "0 of at least 1") {
		t.Errorf("it says %v", err)
	}
	if _, err := d.store.Issue(t.Context(), digest.Daily, today); !errors.Is(err, digest.ErrNoIssue) {
		t.Errorf("and stored an issue: %v", err)
	}
}

func TestADayToComeHasNoIssue(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	if _, err := d.Publish(t.Context(), digest.Daily, today.Add(1)); err == nil || !strings.Contains(err.Error(), "still to come") {
		t.Errorf("it says %v", err)
	}
}

func TestPromise6CancellingBeforeAnythingWentOutFreesTheStories(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	d.subscribe(t, "ann@example.org")
	if _, err := d.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Fatal(err)
	}
	issue, err := d.Cancel(t.Context(), digest.Daily, today, "wrong")
	if err != nil || issue.State != digest.Cancelled {
		t.Fatalf("it is %s: %v", issue.State, err)
	}
	m, err := d.outbox.IssueMailing(t.Context(), issue.ID)
	if err != nil || m.CancelledAt.IsZero() {
		t.Errorf("its mailing goes on: %v", err)
	}
	if _, err := d.Publish(t.Context(), digest.Daily, today); !errors.Is(err, pipeline.ErrCancelled) {
		t.Errorf("the cancelled day was published: %v", err)
	}
	d.now = d.now.AddDate(0, 0, 1)
	next, err := d.Publish(t.Context(), digest.Daily, today.Add(1))
	if err != nil || len(next.Stories) != 1 {
		t.Errorf("the next issue has %d stories (%v), want the one that is free again", len(next.Stories), err)
	}
}

// A run that found the issue frozen, and is cancelled before it orders the
// mailing, must not order it afterwards.
func TestCancellingBeatsARunThatIsAboutToOrder(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	d.subscribe(t, "ann@example.org")
	composed, err := d.Compose(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	issue, err := d.store.Freeze(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cancel(t.Context(), digest.Daily, today, "wrong"); err != nil {
		t.Fatal(err)
	}
	m, err := d.outbox.EnqueueIssue(t.Context(), subscribers.Order{IssueID: issue.ID, Edition: "daily", CutoffAt: issue.FrozenAt})
	if err != nil || m.CancelledAt.IsZero() {
		t.Errorf("the mailing is %+v (%v), want a cancelled one", m, err)
	}
}

func TestATestCopyCountsAsNothing(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	if _, _, err := d.Test(t.Context(), digest.Daily, today, "me@example.org"); err != nil {
		t.Fatal(err)
	}
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil || len(issue.Stories) != 1 || issue.State != digest.Sending {
		t.Errorf("after a test copy the issue is %+v (%v)", issue, err)
	}
}

func TestASourceThatFailsDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	sources := []digest.Source{
		{URL: "http://127.0.0.1:1/feed", Name: "Private", Own: true, Every: time.Hour},
		{URL: "https://nowhere.invalid/feed", Name: "Gone", Own: true, Every: time.Hour},
	}
	if err := d.store.SaveSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	gathered, err := d.Gather(ctx, feed.NewFetcher(feed.FetcherOptions{Agent: "test", Now: func() time.Time { return d.now }}), true)
	if err != nil || len(gathered) != 2 || gathered[0].Err == nil || gathered[1].Err == nil {
		t.Fatalf("gathered %+v (%v)", gathered, err)
	}
	stored, err := d.store.Sources(t.Context())
	if err != nil || stored[0].LastError == "" || stored[0].Failures != 1 || !stored[0].NextAt.After(d.now) {
		t.Errorf("the source is %+v (%v)", stored[0], err)
	}
}

// The run that froze it died, and the machine was away for longer than an issue
// may be late: its stories count as mailed, so it must go out all the same.
func TestPromise6SettleOrdersAnIssueWhoseRunDied(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	d.subscribe(t, "ann@example.org")
	composed, err := d.Compose(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	issue, err := d.store.Freeze(t.Context(), composed)
	if err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(7 * time.Hour)
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := d.planned(t, issue); n != 1 {
		t.Errorf("%d readers are planned, want 1", n)
	}
	m, err := d.outbox.IssueMailing(t.Context(), issue.ID)
	if err != nil || !m.DeadlineAt.Equal(issue.FrozenAt.Add(24*time.Hour)) {
		t.Errorf("its deadline is %v (%v), want a day after it was frozen", m.DeadlineAt, err)
	}
}

// A process died between withdrawing the mail and cancelling the issue.
func TestPromise6SettleCancelsAnIssueThatWasWithdrawn(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "a story")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.outbox.CancelIssue(t.Context(), subscribers.Order{IssueID: issue.ID, Edition: "daily", CutoffAt: issue.FrozenAt}); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := d.store.IssueByID(t.Context(), issue.ID)
	if err != nil || got.State != digest.Cancelled || len(got.Stories) != 0 {
		t.Errorf("it is %s with %d stories (%v), want cancelled and its story free", got.State, len(got.Stories), err)
	}
}

// Two issues are left over, and the first cannot be settled: the second is all
// the same, and the trouble is told with the day it is of.
func TestSettleGoesOnPastAnIssueInTrouble(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.subscribe(t, "ann@example.org")
	var issues []digest.Issue
	for i, day := range []digest.Day{today, today.Add(1)} {
		d.now = sixOClock.AddDate(0, 0, i)
		d.tell(t, "a story of "+string(day))
		composed, err := d.Compose(t.Context(), digest.Daily, day)
		if err != nil {
			t.Fatal(err)
		}
		issue, err := d.store.Freeze(t.Context(), composed)
		if err != nil {
			t.Fatal(err)
		}
		issues = append(issues, issue)
	}
	err := d.db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), fmt.Sprintf(
			"CREATE TRIGGER full BEFORE INSERT ON mailings WHEN NEW.issue_id = %d BEGIN SELECT RAISE(ABORT, 'no room'); END", issues[0].ID))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err == nil || !strings.Contains(err.Error(), string(today)) {
		t.Errorf("of the issue in trouble it says %v", err)
	}
	if n := d.planned(t, issues[1]); n != 1 {
		t.Errorf("%d readers are planned for the other, want 1", n)
	}
}

func TestADayOfDamagedStoriesSaysSo(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	damaged := digest.Story{Title: "Half a story", PublishedAt: d.now, Body: "x", Damaged: true}
	if _, err := d.store.AddStories(t.Context(), nil, []digest.Story{damaged}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Publish(t.Context(), digest.Daily, today); !errors.Is(err, pipeline.ErrTooFew) || !strings.Contains(err.Error(), "characters of it are lost: Half a story") {
		t.Errorf("it says %v", err)
	}
}

const oneStoryFeed = `<?xml version="1.0"?><rss version="2.0"><channel><title>Own</title>
<item><title>From the feed</title><link>https://www.example.org/feed-story/</link><pubDate>Tue, 03 Feb 2026 05:00:00 +0000</pubDate>
<description>&lt;p&gt;Highlights&lt;/p&gt;&lt;ul&gt;&lt;li&gt;A fact.&lt;/li&gt;&lt;/ul&gt;</description></item></channel></rss>`

func TestGatherStoresWhatAFeedBringsAndAsksPolitely(t *testing.T) {
	t.Parallel()
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("If-None-Match"))
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(w, oneStoryFeed)
	}))
	t.Cleanup(server.Close)
	d := newDay(t)
	if err := d.store.SaveSources(t.Context(), []digest.Source{{URL: server.URL, Name: "Own", Own: true, Every: time.Hour}}); err != nil {
		t.Fatal(err)
	}
	fetcher := feed.NewFetcher(feed.FetcherOptions{Agent: "test", AllowLoopback: true, Now: func() time.Time { return d.now }})
	gather := func(all bool) []pipeline.Gathering {
		gathered, err := d.Gather(t.Context(), fetcher, all)
		if err != nil {
			t.Fatal(err)
		}
		return gathered
	}
	if first := gather(false); len(first) != 1 || first[0].Err != nil || len(first[0].Stories) != 1 || first[0].Stories[0].Result != digest.ResultAdded {
		t.Fatalf("the first fetch brought %+v", first)
	}
	if early := gather(false); len(early) != 0 {
		t.Errorf("it was fetched again before its time: %+v", early)
	}
	if again := gather(true); len(again) != 1 || again[0].Err != nil || len(again[0].Stories) != 0 {
		t.Errorf("the second fetch brought %+v", again)
	}
	if !slices.Equal(asked, []string{"", `"1"`}) {
		t.Errorf("the server was asked with %q", asked)
	}
	issue, err := d.Compose(t.Context(), digest.Daily, today)
	if err != nil || len(issue.Stories) != 1 {
		t.Errorf("the issue has %d stories (%v)", len(issue.Stories), err)
	}
}

func TestNoStoryIsLostToAFullTransaction(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	var titles []string
	for i := range 130 {
		titles = append(titles, fmt.Sprintf("story number %d of many", i))
	}
	d.tell(t, titles...)
	due, err := d.store.Due(t.Context(), digest.Daily, d.now)
	if err != nil || len(due) != 130 {
		t.Errorf("%d are due (%v)", len(due), err)
	}
}
