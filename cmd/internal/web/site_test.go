package web

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/subscribers"
)

const (
	baseURL   = "https://news.example.org"
	elsewhere = "https://www.example.com"
)

// morning is the present in these tests.
var morning = time.Date(2026, 2, 4, 13, 0, 0, 0, time.UTC)

// A site is the handler on a real list and a real store.
type site struct {
	http.Handler
	db    *database.DB
	list  *subscribers.List
	store *digest.Store
	log   *bytes.Buffer
	now   atomic.Pointer[time.Time]
	woken atomic.Int32
}

// newSite returns a site whose options the test may change.
func newSite(t *testing.T, change ...func(*Options)) *site {
	t.Helper()
	ctx := t.Context()
	db, err := database.Open(ctx, filepath.Join(t.TempDir(), "web.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := &site{db: db, log: &bytes.Buffer{}}
	s.setClock(morning)
	for _, migrate := range []func(context.Context, *database.DB, time.Time) error{digest.Migrate, subscribers.Migrate} {
		if err := migrate(ctx, db, morning); err != nil {
			t.Fatal(err)
		}
	}
	if s.list, err = subscribers.NewList(ctx, db, subscribers.ListOptions{Now: s.clock}); err != nil {
		t.Fatal(err)
	}
	s.store = digest.NewStore(db, digest.StoreOptions{Now: s.clock})
	o := Options{
		Publication: Publication{
			Name: "Rare Earth Daily", Tagline: "What moved in rare earths, every morning", URL: "https://www.example.org",
			From: "daily@news.example.org", PostalAddress: "12 Market Street\nSalt Lake City, UT 84101", Language: "en",
		},
		BaseURL:             baseURL,
		SignupOrigins:       []string{elsewhere},
		ConfirmationSubject: "Please confirm: Rare Earth Daily",
		Log:                 slog.New(slog.NewTextHandler(s.log, nil)),
		Wake:                func() { s.woken.Add(1) },
	}
	for _, f := range change {
		f(&o)
	}
	s.Handler = New(s.list, s.store, o)
	return s
}

func (s *site) clock() time.Time       { return *s.now.Load() }
func (s *site) setClock(now time.Time) { s.now.Store(&now) }

// A call is a request that a test makes.
type call struct {
	method, path string
	body         io.Reader
	header       map[string]string
}

func (s *site) do(t *testing.T, c call) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), c.method, baseURL+c.path, c.body)
	for name, value := range c.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func (s *site) get(t *testing.T, path string) *http.Response {
	t.Helper()
	return s.do(t, call{method: http.MethodGet, path: path})
}

// press posts as the button of one of our own pages does.
func (s *site) press(t *testing.T, path string, fields url.Values) *http.Response {
	t.Helper()
	return s.do(t, call{method: http.MethodPost, path: path, body: strings.NewReader(fields.Encode()), header: map[string]string{
		"Content-Type":   "application/x-www-form-urlencoded",
		"Origin":         baseURL,
		"Referer":        baseURL + "/?utm=1#signup",
		"Sec-Fetch-Site": "same-origin",
		"User-Agent":     "Reader/1.0",
	}})
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// wantPage checks the status and that all of the texts stand on the page.
func wantPage(t *testing.T, r *http.Response, status int, texts ...string) string {
	t.Helper()
	body := text(t, r)
	if r.StatusCode != status {
		t.Errorf("status %d, want %d:\n%s", r.StatusCode, status, body)
	}
	for _, want := range texts {
		if !strings.Contains(body, want) {
			t.Errorf("%q does not stand on the page:\n%s", want, body)
		}
	}
	return body
}

// record returns what is kept about an address.
func (s *site) record(t *testing.T, address string) subscribers.Record {
	t.Helper()
	r, err := s.list.Find(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pending signs an address up and returns its confirmation token.
func (s *site) pending(t *testing.T, address string) string {
	t.Helper()
	if err := s.list.SignUp(t.Context(), subscribers.SignUp{Address: address}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.list.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := s.record(t, address)
	if r.Status != subscribers.Pending {
		t.Fatalf("%s is %q after signing up", address, r.Status)
	}
	return s.list.ConfirmToken(r.ID, r.Generation, s.clock().Add(7*24*time.Hour))
}

// confirmed puts an address on the list and returns its token to leave.
func (s *site) confirmed(t *testing.T, address string) string {
	t.Helper()
	sub, err := s.list.Add(t.Context(), address, "", "asked for it on paper")
	if err != nil {
		t.Fatal(err)
	}
	if sub.Status != subscribers.Confirmed {
		t.Fatalf("%s is %q after it was added", address, sub.Status)
	}
	return s.list.UnsubscribeToken(sub.ID)
}

func (s *site) left(t *testing.T, address string) {
	t.Helper()
	if err := s.list.Unsubscribe(t.Context(), s.confirmed(t, address), subscribers.Step{}); err != nil {
		t.Fatal(err)
	}
}

// content returns all that is stored, to see that nothing of it changed.
func (s *site) content(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"signups", "subscribers", "consents", "suppressions", "mailings", "deliveries", "issues", "issue_stories"} {
		rows, err := s.db.Read().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s:\n%s", table, rowsAsText(t, rows))
	}
	return b.String()
}

func rowsAsText(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		for i, c := range cells {
			fmt.Fprintf(&b, "%s=%v ", columns[i], *c.(*any))
		}
		b.WriteString("\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// publish makes the issue of a day from stories and returns it as sent.
func (s *site) publish(t *testing.T, day digest.Day, stories ...digest.Story) digest.Issue {
	t.Helper()
	issue := s.freeze(t, day, stories...)
	if err := s.store.Finish(t.Context(), issue.ID); err != nil {
		t.Fatal(err)
	}
	return issue
}

// freeze makes the issue of a day from stories and returns it as sending.
func (s *site) freeze(t *testing.T, day digest.Day, stories ...digest.Story) digest.Issue {
	t.Helper()
	issue, err := s.store.Freeze(t.Context(), s.compose(t, day, stories...))
	if err != nil {
		t.Fatal(err)
	}
	return issue
}

func (s *site) compose(t *testing.T, day digest.Day, stories ...digest.Story) digest.Issue {
	t.Helper()
	for i := range stories {
		stories[i].PublishedAt = day.Noon(time.UTC).Add(-time.Duration(i) * time.Minute)
	}
	added, err := s.store.AddStories(t.Context(), nil, stories)
	if err != nil {
		t.Fatal(err)
	}
	in := digest.Input{Edition: digest.Daily, Day: day, CutoffAt: day.End(time.UTC), PageURL: baseURL + "/issues/" + string(day)}
	for _, a := range added {
		in.Stories = append(in.Stories, a.Story)
	}
	if in.Number, err = s.store.NextNumber(t.Context(), digest.Daily); err != nil {
		t.Fatal(err)
	}
	issue := digest.Compose(in, nil)
	issue.HTML, issue.Text = "<p>the mail, with a reader’s link in it</p>", "the mail, with a reader’s link in it"
	return issue
}
