package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"redigest/digest/database"
)

// A postRoom is an outbox, and the handle to its database.
type postRoom struct {
	testing.TB
	*Outbox
	db    *database.DB
	clock *wallClock
}

func newPostRoom(t testing.TB) *postRoom {
	t.Helper()
	return openPostRoom(t, filepath.Join(t.TempDir(), "outbox.db"))
}

func openPostRoom(t testing.TB, path string) *postRoom {
	t.Helper()
	p := &postRoom{TB: t, db: openFile(t, path), clock: &wallClock{now: monday}}
	if err := Migrate(t.Context(), p.db, monday); err != nil {
		t.Fatal(err)
	}
	p.Outbox = NewOutbox(p.db, OutboxOptions{Now: p.clock.Now})
	return p
}

func (p *postRoom) exec(query string, args ...any) {
	p.Helper()
	err := p.db.Transact(p.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(p.Context(), query, args...)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}

const insertManyReaders = `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
INSERT INTO subscribers (id, address, address_hash, name, status, edition, generation, created_at, asked_at, confirmed_at, paused_until)
SELECT i, 'reader' || i || '@example.net', 'hash' || i, '', 'confirmed', 'daily', 1, $2, 0, $2, 0
FROM n`

// readers adds confirmed readers 1 … n.
func (p *postRoom) readers(n int) {
	p.Helper()
	p.exec(insertManyReaders, n, database.Millis(monday.Add(-time.Hour)))
}

func (p *postRoom) order() Order {
	return Order{IssueID: 7, Edition: "daily", CutoffAt: p.clock.Now()}
}

func (p *postRoom) enqueue() Mailing {
	p.Helper()
	m, err := p.EnqueueIssue(p.Context(), p.order())
	if err != nil {
		p.Fatal(err)
	}
	return m
}

func (p *postRoom) wantAccount(m Mailing, want Account) {
	p.Helper()
	got, err := p.Account(p.Context(), m.ID)
	if err != nil {
		p.Fatal(err)
	}
	if got != want {
		p.Errorf("account:\n got %+v\nwant %+v", got, want)
	}
}

// claimed returns the subscribers that ClaimQueued gives, all of them.
func (p *postRoom) claimed(m Mailing, limit int) (ids []ID) {
	p.Helper()
	for after := ID(-1); ; {
		claims, err := p.ClaimQueued(p.Context(), &m, after, limit)
		if err != nil {
			p.Fatal(err)
		}
		for _, c := range claims {
			ids = append(ids, c.Subscriber)
			after = c.Subscriber
		}
		if len(claims) < limit {
			return ids
		}
	}
}

func TestPromise3RecipientsAreThoseWhoWantTheIssue(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(20)
	cutoff := database.Millis(p.clock.Now())
	for _, change := range []string{
		`UPDATE subscribers SET status = 'pending' WHERE id = 2`,
		`UPDATE subscribers SET status = 'unsubscribed' WHERE id = 3`,
		`UPDATE subscribers SET status = 'erased' WHERE id = 4`,
		`UPDATE subscribers SET edition = 'weekly' WHERE id = 5`,
		`UPDATE subscribers SET confirmed_at = $1 + 1 WHERE id = 6`,
		`UPDATE subscribers SET paused_until = $1 + 1 WHERE id = 7`,
		`INSERT INTO suppressions VALUES ('hash8', 'bounce', '', $1), ('hash9', 'complaint', '', $1), ('hash10', 'manual', '', $1),
			('hash11', 'unsubscribed', '', $1), ('hash12', 'erased', '', $1)`,
		`UPDATE subscribers SET confirmed_at = $1 WHERE id = 13`,
		`UPDATE subscribers SET paused_until = $1 WHERE id = 14`,
	} {
		p.exec(change, cutoff)
	}
	m := p.enqueue()
	want := []ID{1, 13, 14, 15, 16, 17, 18, 19, 20}
	if got := p.claimed(m, 1000); !slices.Equal(got, want) {
		t.Errorf("recipients %v, want %v", got, want)
	}
	p.wantAccount(m, Account{Planned: len(want), Queued: len(want)})
}

func TestPromise2OrderingAnIssueAgainChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(3)
	first := p.enqueue()
	p.clock.Pass(time.Hour)
	p.exec(`UPDATE subscribers SET confirmed_at = $1 WHERE id = 3`, database.Millis(p.clock.Now()))
	p.exec(insertManyReaders+` WHERE i > 3`, 9, database.Millis(p.clock.Now()))
	if again := p.enqueue(); again != first {
		t.Errorf("ordered again:\n got %+v\nwant %+v", again, first)
	}
	p.wantAccount(first, Account{Planned: 3, Queued: 3})
}

// Every window is one transaction, so a kill falls between two of them.
func TestPromise2EnqueuingGoesOnWhereItWasKilled(t *testing.T) {
	t.Parallel()
	const all = 3*enqueueWindow + enqueueWindow/2
	for windows := range 5 {
		p := newPostRoom(t)
		p.readers(all)
		m, err := p.open()
		for range windows {
			if err == nil {
				_, err = p.enqueueNext(t.Context(), m.ID)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		next := openPostRoom(t, p.db.Path())
		half, err := next.Account(t.Context(), m.ID)
		if err != nil || !half.Balances() || half.Planned != min(windows*enqueueWindow, all) {
			t.Errorf("after %d windows the account is %+v, %v", windows, half, err)
		}
		m = next.enqueue()
		if got := next.claimed(m, 1000); len(got) != all || slices.Max(got) != ID(all) {
			t.Errorf("killed after %d windows: %d recipients", windows, len(got))
		}
		next.wantAccount(m, Account{Planned: all, Queued: all})
	}
}

func TestPromise2TwoProcessesEnqueueOneMailing(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(5000)
	results := make(chan error)
	for range 2 {
		other := openPostRoom(t, p.db.Path())
		go func() {
			_, err := other.EnqueueIssue(t.Context(), p.order())
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	m, err := p.IssueMailing(t.Context(), 7)
	if err != nil {
		t.Fatal(err)
	}
	p.wantAccount(m, Account{Planned: 5000, Queued: 5000})
}

func TestNothingGoesOutBeforeAllRecipientsAreWritten(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(enqueueWindow + 500)
	m, err := p.open()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = p.enqueueNext(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if g := p.hand(m, 1); g.OK {
		t.Error("a delivery was handed over while recipients were still being written")
	}
	p.wantAccount(m, Account{Planned: enqueueWindow, Queued: enqueueWindow})
	m = p.enqueue()
	if g := p.hand(m, 1); !g.OK {
		t.Error("a delivery of the planned mailing was not handed over")
	}
}

func TestAMailingCancelledWhileItIsWrittenGetsNoMoreRecipients(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(enqueueWindow + 1500)
	m, err := p.open()
	if err == nil {
		_, err = p.enqueueNext(t.Context(), m.ID)
	}
	if err == nil {
		err = p.Cancel(t.Context(), m.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	m = p.enqueue()
	p.wantAccount(m, Account{Planned: enqueueWindow, Withdrawn: enqueueWindow})
	if m.PlannedAt.IsZero() {
		t.Error("its account is not closed")
	}
}

// open makes the mailing of the issue, with no recipients written.
func (p *postRoom) open() (m Mailing, err error) {
	p.Helper()
	err = p.db.Transact(p.Context(), func(tx *sql.Tx) (err error) {
		m, err = p.openIssueMailing(p.Context(), tx, p.order(), p.clock.Now())
		return err
	})
	return m, err
}

func (p *postRoom) cancelIssue() Account {
	p.Helper()
	a, err := p.CancelIssue(p.Context(), p.order())
	if err != nil {
		p.Fatal(err)
	}
	if !a.Balances() {
		p.Errorf("the account does not balance: %+v", a)
	}
	return a
}

func TestAnIssueCancelledBeforeItIsOrderedIsMailedToNobody(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(3)
	if a := p.cancelIssue(); a != (Account{}) {
		t.Errorf("cancelled before it was ordered: %+v", a)
	}
	m := p.enqueue()
	if m.CancelledAt.IsZero() || m.PlannedAt.IsZero() {
		t.Errorf("an order after that found %+v, want it ended", m)
	}
	p.wantAccount(m, Account{})
	if a := p.cancelIssue(); a != (Account{}) {
		t.Errorf("cancelled again: %+v", a)
	}
	if done, err := p.Finish(t.Context(), m); !done || err != nil {
		t.Errorf("not finished: %v", err)
	}
}

// The process that wrote the recipients may be dead: the account must close
// without it.
func TestAnIssueCancelledWhileItIsWrittenIsEndedAtOnce(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(enqueueWindow + 1500)
	m, err := p.open()
	if err == nil {
		_, err = p.enqueueNext(t.Context(), m.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	want := Account{Planned: enqueueWindow, Withdrawn: enqueueWindow}
	if a := p.cancelIssue(); a != want {
		t.Errorf("account %+v, want %+v", a, want)
	}
	if m, err = p.Mailing(t.Context(), m.ID); err != nil || m.PlannedAt.IsZero() {
		t.Errorf("it waits for recipients that never come: %+v, %v", m, err)
	}
	after, err := p.enqueueNext(t.Context(), m.ID)
	if err != nil || after != m {
		t.Errorf("one who was writing its recipients changed it to %+v, %v", after, err)
	}
	p.wantAccount(m, want)
}

func TestCancellingAnIssueTellsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(4)
	m := p.enqueue()
	p.hand(m, 1)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Accepted})
	p.hand(m, 2)
	if a, want := p.cancelIssue(), (Account{Planned: 4, Accepted: 1, Handed: 1, Withdrawn: 2}); a != want {
		t.Errorf("account %+v, want %+v", a, want)
	}
}

func TestRecoverMakesUncertainWhatWasBeingHandedOver(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(5)
	m := p.enqueue()
	for id := range ID(3) {
		if !p.hand(m, id+1).OK {
			t.Fatal("not granted")
		}
	}
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Accepted})
	next := openPostRoom(t, p.db.Path())
	if n, err := next.Recover(t.Context()); n != 2 || err != nil {
		t.Errorf("Recover found %d, %v; want 2", n, err)
	}
	next.wantAccount(m, Account{Planned: 5, Queued: 2, Accepted: 1, Uncertain: 2})
	if n, err := next.Recover(t.Context()); n != 0 || err != nil {
		t.Errorf("Recover again found %d, %v", n, err)
	}
}

func TestAMailingIsFinishedWhenNothingOfItIsOwed(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(2)
	m := p.enqueue()
	finish := func() bool {
		t.Helper()
		done, err := p.Finish(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	p.hand(m, 1)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Accepted})
	if finish() {
		t.Error("finished with one queued")
	}
	p.hand(m, 2)
	if finish() {
		t.Error("finished with one being handed over")
	}
	p.settle(Settlement{Key: Key{m.ID, 2}, State: Deferred, DueAt: p.clock.Now()})
	if finish() {
		t.Error("finished with one deferred")
	}
	p.hand(m, 2)
	p.settle(Settlement{Key: Key{m.ID, 2}, State: Refused})
	p.exec(`UPDATE mailings SET refilled = refilled + 1`)
	if finish() {
		t.Error("finished by one who had not seen that it was refilled")
	}
	m, _ = p.Mailing(t.Context(), m.ID)
	if !finish() {
		t.Error("not finished with nothing owed")
	}
	if open, err := p.Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("still open: %v, %v", open, err)
	}
}

func TestAccountsOfMailingsThatAreNotThere(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	for name, ask := range map[string]func() error{
		"account": func() error { _, err := p.Account(t.Context(), 1); return err },
		"mailing": func() error { _, err := p.Mailing(t.Context(), 1); return err },
		"issue":   func() error { _, err := p.IssueMailing(t.Context(), 1); return err },
		"cancel":  func() error { return p.Cancel(t.Context(), 1) },
		"hold":    func() error { return p.Hold(t.Context(), 1) },
		"release": func() error { return p.Release(t.Context(), 1) },
	} {
		if err := ask(); !errors.Is(err, ErrNoMailing) {
			t.Errorf("%s: %v, want ErrNoMailing", name, err)
		}
	}
}

// An outbox without recipients is a mailing with an empty account, not an error.
func TestAnIssueForNobodyIsPlannedAndEmpty(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.enqueue()
	p.wantAccount(m, Account{})
	if done, err := p.Finish(t.Context(), m); !done || err != nil {
		t.Errorf("not finished: %v", err)
	}
}

func TestAnErrorOfTheOutboxSaysWhatItWasDoing(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	tests := map[string]func() error{
		"finish mailing " + m.ID.String(): func() error { _, err := p.Finish(gone, m); return err },
		"finish mailings":                 func() error { return p.FinishSingles(gone) },
		"list open mailings":              func() error { _, err := p.Open(gone); return err },
		"claim deliveries":                func() error { _, err := p.ClaimQueued(gone, &m, -1, 1); return err },
		"count what is owed":              func() error { _, err := p.Depth(gone); return err },
	}
	for verb, do := range tests {
		if err := do(); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), verb) {
			t.Errorf("it says %q, want it to begin with %q", err, verb)
		}
	}
}
