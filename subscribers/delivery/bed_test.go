package delivery_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
	"redigest/templates"
)

// morning is when the tests' issue is published.
var morning = time.Date(2026, time.February, 3, 6, 0, 0, 0, time.UTC)

// A clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A bed is a publisher's machine: the database, the list, one frozen issue.
type bed struct {
	testing.TB
	path   string
	db     *database.DB
	list   *subscribers.List
	store  *digest.Store
	outbox *subscribers.Outbox
	clock  *clock
	issue  digest.Issue
	signer *mail.Signer // nil: mail is not signed
}

func newBed(tb testing.TB) *bed {
	tb.Helper()
	b := &bed{TB: tb, path: filepath.Join(tb.TempDir(), "redigest.db"), clock: &clock{now: morning}}
	b.open()
	tb.Cleanup(func() { b.db.Close() })
	if err := digest.Migrate(tb.Context(), b.db, morning); err != nil {
		tb.Fatal(err)
	}
	if err := subscribers.Migrate(tb.Context(), b.db, morning); err != nil {
		tb.Fatal(err)
	}
	b.use()
	issue, err := b.store.Freeze(tb.Context(), digest.Issue{
		Edition: digest.Daily, Day: "2026-02-03", Number: 1, Subject: "Magnets, and what they cost", CutoffAt: morning,
		Markdown: "Magnets.", Text: "Magnets.\n\nLeave: " + unsubscribe + "\n",
		HTML: `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Magnets</title></head><body><p>Magnets.</p><a href="` + unsubscribe + `">Leave</a></body></html>`,
	})
	if err != nil {
		tb.Fatal(err)
	}
	b.issue = issue
	return b
}

const unsubscribe = "https://digest.example.org/unsubscribe/" + mail.TokenPlace

func (b *bed) open() {
	b.Helper()
	var err error
	if b.db, err = database.Open(b.Context(), b.path); err != nil {
		b.Fatal(err)
	}
}

// use makes the stores of the open database.
func (b *bed) use() {
	b.Helper()
	var err error
	if b.list, err = subscribers.NewList(b.Context(), b.db, subscribers.ListOptions{Now: b.clock.Now}); err != nil {
		b.Fatal(err)
	}
	b.store = digest.NewStore(b.db, digest.StoreOptions{Now: b.clock.Now})
	b.outbox = subscribers.NewOutbox(b.db, subscribers.OutboxOptions{Now: b.clock.Now})
}

// reopen is what a new process finds after the last one died.
func (b *bed) reopen() {
	b.Helper()
	b.db.Close()
	b.open()
	b.use()
}

func (b *bed) letters() *delivery.Letters {
	return delivery.NewLetters(b.list, b.store, delivery.LettersOptions{
		BaseURL: "https://digest.example.org",
		Signer:  b.signer,
		Publication: delivery.Publication{
			Publication: templates.Publication{Name: "The Magnet", URL: "https://example.org", Language: "en", PostalAddress: "1 Ore Street, Perth"},
			From:        netmail.Address{Name: "The Magnet", Address: "editor@example.org"},
		},
	})
}

// worker returns a worker for the relays, which take what options say.
func (b *bed) worker(opts delivery.Options, relays ...mail.Relay) *delivery.Worker {
	if opts.Now == nil {
		opts.Now = b.clock.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return delivery.NewWorker(b.outbox, b.letters(), relays, opts)
}

// relayOf returns a test server as a relay.
func relayOf(tb testing.TB, s *smtptest.Server, connections int) mail.Relay {
	tb.Helper()
	r, err := mail.ParseRelay(s.URL())
	if err != nil {
		tb.Fatal(err)
	}
	r.Connections = connections
	return r
}

const insertReaders = `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
INSERT INTO subscribers (id, address, address_hash, name, status, edition, generation, created_at, asked_at, confirmed_at, paused_until)
SELECT i, 'reader' || i || '@example.net', 'hash' || i, '', 'confirmed', 'daily', 1, $2, 0, $2, 0
FROM n`

// readers adds confirmed readers 1 … n.
func (b *bed) readers(n int) {
	b.Helper()
	b.exec(insertReaders, n, database.Millis(morning.Add(-24*time.Hour)))
}

// exec changes the database by hand.
func (b *bed) exec(query string, args ...any) {
	b.Helper()
	err := b.db.Transact(b.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.Context(), query, args...)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

func reader(i int) string { return fmt.Sprintf("reader%d@example.net", i) }

// order enqueues the issue.
func (b *bed) order() subscribers.Mailing {
	b.Helper()
	m, err := b.outbox.EnqueueIssue(b.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: b.clock.Now()})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func (b *bed) drain(w *delivery.Worker) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	if err := w.Drain(ctx); err != nil {
		b.Fatalf("drain: %v", err)
	}
}

func (b *bed) account(m subscribers.Mailing) subscribers.Account {
	b.Helper()
	a, err := b.outbox.Account(b.Context(), m.ID)
	if err != nil {
		b.Fatal(err)
	}
	if !a.Balances() {
		b.Errorf("the account does not balance: %+v", a)
	}
	return a
}

// wantAccount compares the account of m.
func (b *bed) wantAccount(m subscribers.Mailing, want subscribers.Account) {
	b.Helper()
	if got := b.account(m); got != want {
		b.Errorf("account:\n got %+v\nwant %+v", got, want)
	}
}

// in returns the deliveries of m in a state.
func (b *bed) in(m subscribers.Mailing, s subscribers.State) []subscribers.Delivery {
	b.Helper()
	var found []subscribers.Delivery
	for d, err := range b.outbox.Deliveries(b.Context(), m.ID, s) {
		if err != nil {
			b.Fatal(err)
		}
		found = append(found, d)
	}
	return found
}

// field returns a header field of a message, unfolded.
func field(tb testing.TB, data []byte, name string) string {
	tb.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		tb.Fatal(err)
	}
	return m.Header.Get(name)
}
