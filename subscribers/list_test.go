package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/digest/database"
	"redigest/subscribers/link"
)

// A wallClock is the time that a test sets.
type wallClock struct {
	mu   sync.Mutex
	now  time.Time
	tick time.Duration // passes each time somebody looks
}

func (c *wallClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.tick)
	return c.now
}

func (c *wallClock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// openFile opens the database at path as a process of its own would.
func openFile(t testing.TB, path string) *database.DB {
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
	return db
}

// openList returns the list in the database at path, on a handle of its own.
func openList(t testing.TB, path string, clock *wallClock) *List {
	t.Helper()
	db := openFile(t, path)
	if err := Migrate(t.Context(), db, monday); err != nil {
		t.Fatal(err)
	}
	l, err := NewList(t.Context(), db, ListOptions{Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// newList returns an empty list, and the clock it lives by.
func newList(t testing.TB) (*List, *wallClock) {
	t.Helper()
	clock := &wallClock{now: monday}
	return openList(t, filepath.Join(t.TempDir(), "list.db"), clock), clock
}

// The next functions are what people do, each in one call.

func signUp(t testing.TB, l *List, address string) {
	t.Helper()
	if err := l.SignUp(t.Context(), SignUp{Address: address, Name: "Reader", Network: "192.0.2.7", Agent: "Browser/1", Form: "https://news.example/", Wording: "One mail a day."}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// confirmLink returns the token that the newest confirmation mail holds.
func confirmLink(t testing.TB, l *List, address string) string {
	t.Helper()
	s := find(t, l, address)
	mails := confirmations(t, l, s.ID)
	if len(mails) == 0 {
		t.Fatalf("no confirmation mail is owed to %s", address)
	}
	m := mails[len(mails)-1]
	return l.ConfirmToken(s.ID, m.Generation, m.DeadlineAt)
}

func confirm(t testing.TB, l *List, address string) Subscriber {
	t.Helper()
	s, err := l.Confirm(t.Context(), confirmLink(t, l, address), Step{Network: "192.0.2.8", Agent: "Browser/2"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func leave(t testing.TB, l *List, address string) {
	t.Helper()
	if err := l.Unsubscribe(t.Context(), l.UnsubscribeToken(find(t, l, address).ID), Step{Agent: "Mail/1"}); err != nil {
		t.Fatal(err)
	}
}

func find(t testing.TB, l *List, address string) Record {
	t.Helper()
	r, err := l.Find(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// suppressAs suppresses an address for a reason that only other parts of the
// program give.
func suppressAs(t testing.TB, l *List, address string, reason Reason) {
	t.Helper()
	a, err := ParseAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	err = l.db.Transact(t.Context(), func(tx *sql.Tx) error {
		return addSuppression(t.Context(), tx, l.keys.hash(a), Suppression{Reason: reason, Source: "550 no such reader " + address, CreatedAt: l.moment()})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// confirmations returns the confirmation mailings to a subscriber, oldest first.
func confirmations(t testing.TB, l *List, id ID) (list []Mailing) {
	t.Helper()
	rows, err := l.db.Read().QueryContext(t.Context(), `
SELECT m.id, m.kind, m.generation, m.deadline_at, m.created_at
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id
WHERE d.subscriber_id = $1
ORDER BY m.id`, int64(id))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m Mailing
		var deadline, created int64
		if err := rows.Scan(&m.ID, &m.Kind, &m.Generation, &deadline, &created); err != nil {
			t.Fatal(err)
		}
		m.DeadlineAt, m.CreatedAt = database.Time(deadline), database.Time(created)
		list = append(list, m)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// number returns the one number that a query is about.
func number(t testing.TB, l *List, query string, args ...any) (n int) {
	t.Helper()
	if err := l.db.Read().QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// change runs statements that the program itself does not have.
func change(t testing.TB, l *List, statements ...string) {
	t.Helper()
	err := l.db.Transact(t.Context(), func(tx *sql.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var allTables = []string{"keys", "subscribers", "signups", "consents", "suppressions", "mailings", "deliveries"}

// dump returns all that the database holds, as text.
func dump(t testing.TB, l *List, tables ...string) string {
	t.Helper()
	if len(tables) == 0 {
		tables = allTables
	}
	var text strings.Builder
	for _, table := range tables {
		rows, err := l.db.Read().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		for rows.Next() {
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&text, "%s:", table)
			for i := range values {
				fmt.Fprintf(&text, " %s=%v", columns[i], *values[i].(*any))
			}
			text.WriteByte('\n')
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return text.String()
}

func TestPromise4LookingAtALinkChangesNothing(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	id := find(t, l, "alice@example.org").ID
	token := confirmLink(t, l, "alice@example.org")
	for _, status := range []Status{Pending, Confirmed, Unsubscribed} {
		switch status {
		case Confirmed:
			confirm(t, l, "alice@example.org")
		case Unsubscribed:
			leave(t, l, "alice@example.org")
		}
		before := dump(t, l)
		for range 2 {
			h, err := l.Peek(t.Context(), token, link.Confirm)
			if (status == Unsubscribed) != errors.Is(err, ErrGone) {
				t.Errorf("%s: Peek at the confirmation link: %+v, %v", status, h, err)
			}
			h, err = l.Peek(t.Context(), l.UnsubscribeToken(id), link.Unsubscribe)
			if err != nil || h.Masked != "a…e@e…e.org" || h.Status != status {
				t.Errorf("%s: Peek at the link to leave: %+v, %v", status, h, err)
			}
		}
		if after := dump(t, l); after != before {
			t.Errorf("%s: looking at a link changed the database from\n%s\nto\n%s", status, before, after)
		}
	}
	clock.Pass(time.Hour)
	if h, err := l.Peek(t.Context(), l.UnsubscribeToken(id+1), link.Unsubscribe); err != nil || h != (Holder{}) {
		t.Errorf("a link to leave of somebody unknown: %+v, %v; want nothing and no error", h, err)
	}
	if _, err := l.Peek(t.Context(), l.ConfirmToken(id+1, 1, monday.AddDate(1, 0, 0)), link.Confirm); !errors.Is(err, ErrGone) {
		t.Errorf("a confirmation link of somebody unknown: %v, want ErrGone", err)
	}
	if _, err := l.Peek(t.Context(), l.UnsubscribeToken(id), link.Confirm); !errors.Is(err, link.ErrInvalid) {
		t.Errorf("a link to leave, used to confirm: %v, want ErrInvalid", err)
	}
}

func TestWhatIsReadTogetherIsOfOneMoment(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	signUp(t, l, "alice@example.org")
	s := confirm(t, l, "alice@example.org")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			// She leaves and is back, each in one transaction.
			change(t, l, "UPDATE subscribers SET status = 'unsubscribed'",
				"INSERT INTO suppressions (address_hash, reason, source, created_at) SELECT address_hash, 'unsubscribed', '', 1 FROM subscribers")
			change(t, l, "UPDATE subscribers SET status = 'confirmed'", "DELETE FROM suppressions")
		}
	}()
	defer func() { close(stop); <-stopped }()
	for range 1000 {
		r := find(t, l, s.Address)
		if (r.Status == Confirmed) != (len(r.Suppressed) == 0) {
			t.Fatalf("Find: %s and suppressed for %v", r.Status, r.Suppressed)
		}
		for s, err := range l.Subscribers(t.Context(), Filter{}) {
			if err != nil || (s.Status == Confirmed) != (len(s.Suppressed) == 0) {
				t.Fatalf("Subscribers: %s and suppressed for %v (%v)", s.Status, s.Suppressed, err)
			}
		}
	}
}

func TestPeekFindsAnExpiredLinkGone(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	token := confirmLink(t, l, "alice@example.org")
	clock.Pass(7*24*time.Hour - time.Second)
	if _, err := l.Peek(t.Context(), token, link.Confirm); err != nil {
		t.Errorf("just before seven days: %v", err)
	}
	clock.Pass(time.Second)
	if _, err := l.Peek(t.Context(), token, link.Confirm); !errors.Is(err, ErrGone) {
		t.Errorf("after seven days: %v, want ErrGone", err)
	}
}

func TestProcessesThatStartAtOnceUseTheSameKeys(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "list.db")
	clock := &wallClock{now: monday}
	if err := Migrate(t.Context(), openFile(t, path), monday); err != nil {
		t.Fatal(err)
	}
	lists := make([]*List, 4)
	var start sync.WaitGroup
	for i := range lists {
		db := openFile(t, path)
		start.Go(func() {
			var err error
			if lists[i], err = NewList(context.Background(), db, ListOptions{Now: clock.Now}); err != nil {
				t.Error(err)
			}
		})
	}
	start.Wait()
	if t.Failed() {
		return
	}
	a, err := ParseAddress("alice@example.org")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lists[1:] {
		if l.keys.hash(a) != lists[0].keys.hash(a) {
			t.Error("two processes hash an address differently")
		}
		if _, err := l.Peek(t.Context(), lists[0].UnsubscribeToken(7), link.Unsubscribe); err != nil {
			t.Errorf("a link of one process is refused by another: %v", err)
		}
	}
	if n := number(t, lists[0], "SELECT count(*) FROM keys"); n != 2 {
		t.Errorf("there are %d keys, want 2", n)
	}
}

func TestLinksOutliveTheirKey(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	token := l.UnsubscribeToken(7)
	change(t, l, "INSERT INTO keys (id, purpose, secret, created_at, retired_at) VALUES (9, 'link', '"+newSecret()+"', 1, 0)",
		"UPDATE keys SET retired_at = 5 WHERE id = 1")
	again := openList(t, l.db.Path(), clock)
	if _, err := again.Peek(t.Context(), token, link.Unsubscribe); err != nil {
		t.Errorf("a link signed with a retired key: %v", err)
	}
	if again.UnsubscribeToken(7) == token {
		t.Error("the retired key still signs")
	}
}

func TestAListThatLostItsAddressKeyIsNotOpened(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	if err := l.Suppress(t.Context(), "alice@example.org", "asked by telephone"); err != nil {
		t.Fatal(err)
	}
	change(t, l, "DELETE FROM keys WHERE purpose = 'address'")
	if _, err := NewList(t.Context(), l.db, ListOptions{Now: clock.Now}); !errors.Is(err, errKeyLost) {
		t.Errorf("NewList = %v, want errKeyLost: with a new key alice would be mailed", err)
	}
}
