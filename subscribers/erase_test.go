package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// mailTo gives an address everything that quotes it: an issue with the server's
// reply, test mails, an open sign-up.
func mailTo(t *testing.T, l *List, clock *wallClock, address string) {
	t.Helper()
	outbox := NewOutbox(l.db, OutboxOptions{Now: clock.Now})
	if _, err := outbox.EnqueueIssue(t.Context(), Order{IssueID: 1, Edition: "daily", CutoffAt: clock.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{strings.ToUpper(address), "bob@example.org"} {
		if _, err := outbox.EnqueueTest(t.Context(), 1, to); err != nil {
			t.Fatal(err)
		}
	}
	change(t, l, `
UPDATE deliveries
SET state = 'refused', code = 550, enhanced = '5.1.1',
    reply = '5.1.1 <' || (SELECT s.address FROM subscribers AS s WHERE s.id = subscriber_id) || '> is not known'
WHERE subscriber_id <> 0`)
	if err := l.SignUp(t.Context(), SignUp{Address: address}); err != nil {
		t.Fatal(err)
	}
}

func TestErasingLeavesNothingThatNamesAnybody(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "Alice.Quill@example.org")
	s := confirm(t, l, "alice.quill@example.org")
	signUp(t, l, "bob@example.org")
	confirm(t, l, "bob@example.org")
	suppressAs(t, l, "alice.quill@example.org", ReasonManual)
	if _, err := l.Allow(t.Context(), "alice.quill@example.org"); err != nil {
		t.Fatal(err)
	}
	mailTo(t, l, clock, "alice.quill@example.org")
	suppressAs(t, l, "alice.quill@example.org", ReasonBounce)
	bob := find(t, l, "bob@example.org")
	states := number(t, l, "SELECT count(*) FROM deliveries WHERE subscriber_id = $1 AND state = 'refused' AND code = 550", int64(s.ID))

	if err := l.Erase(t.Context(), "ALICE.quill@example.org"); err != nil {
		t.Fatal(err)
	}
	kept := dump(t, l)
	for _, trace := range []string{"quill", "192.0.2.7", "Browser/2"} {
		for line := range strings.Lines(strings.ToLower(kept)) {
			if strings.Contains(line, trace) && !strings.Contains(line, "bob@") {
				t.Errorf("there is still %q in %s", trace, line)
			}
		}
	}
	r := find(t, l, "alice.quill@example.org")
	same(t, r.Subscriber, Subscriber{ID: s.ID, Status: Erased, Edition: "daily", Generation: 2, CreatedAt: s.CreatedAt, AskedAt: s.AskedAt, Suppressed: r.Suppressed})
	var reasons []Reason
	for _, x := range r.Suppressed {
		reasons = append(reasons, x.Reason)
	}
	if slices.Sort(reasons); !slices.Equal(reasons, []Reason{ReasonBounce, ReasonErased}) || len(r.Consents) != 0 {
		t.Errorf("suppressed for %v, consents %v; want bounce and erased, none", reasons, r.Consents)
	}
	if n := number(t, l, "SELECT count(*) FROM deliveries WHERE subscriber_id = $1 AND state = 'refused' AND code = 550", int64(s.ID)); n != states || n == 0 {
		t.Errorf("%d deliveries are left with their states, want %d", n, states)
	}
	if n := number(t, l, "SELECT count(*) FROM deliveries WHERE subscriber_id = 0 AND recipient = '' AND state = 'withdrawn' AND settled_at > 0"); n != 1 {
		t.Errorf("%d test mails to nobody are withdrawn, want 1", n)
	}
	if n := number(t, l, "SELECT count(*) FROM deliveries WHERE recipient = 'bob@example.org' AND state = 'queued'"); n != 1 {
		t.Error("bob's test mail is gone too")
	}
	same(t, find(t, l, "bob@example.org").Subscriber, bob.Subscriber)
	if n := number(t, l, "SELECT count(*) FROM deliveries WHERE subscriber_id = $1 AND reply <> ''", int64(bob.ID)); n == 0 {
		t.Error("bob's replies are gone too")
	}
	if n, err := l.Admit(t.Context()); n != 0 || err != nil {
		t.Errorf("Admit = %d, %v; the open sign-up should be gone", n, err)
	}

	if err := l.Erase(t.Context(), "alice.quill@example.org"); err != nil {
		t.Errorf("erasing twice: %v", err)
	}
	if dump(t, l) != kept {
		t.Error("erasing twice wrote something")
	}
}

func TestErasingWhoIsNotOnTheList(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	if err := l.Erase(t.Context(), "alice@example.org"); !errors.Is(err, ErrNoSubscriber) {
		t.Errorf("nothing known: %v, want ErrNoSubscriber", err)
	}
	if dump(t, l, "suppressions", "subscribers") != "" {
		t.Error("something was written about somebody unknown")
	}
	if err := l.SignUp(t.Context(), SignUp{Address: "alice@example.org"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
		t.Errorf("an open sign-up: %v", err)
	}
	if n := number(t, l, "SELECT count(*) FROM signups"); n != 0 {
		t.Error("the sign-up is still there")
	}
	if report := importFrom(t, l, "alice@example.org"); report.Suppressed != 1 {
		t.Errorf("an import after that: %+v, want her suppressed", report)
	}
}

func TestWhoWasErasedCanComeBack(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	old := confirmLink(t, l, "alice@example.org")
	id := confirm(t, l, "alice@example.org").ID
	if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
		t.Fatal(err)
	}
	clock.Pass(24 * time.Hour)
	signUp(t, l, "Alice@example.org")
	if _, err := l.Confirm(t.Context(), old, Step{}); !errors.Is(err, ErrGone) {
		t.Errorf("the link from before: %v, want ErrGone", err)
	}
	s := confirm(t, l, "alice@example.org")
	if !s.Mailable() || s.ID != id || s.Address != "Alice@example.org" || !s.CreatedAt.Equal(monday.AddDate(0, 0, 1)) {
		t.Errorf("she is %+v, want her back, new from today", s)
	}
}

func TestErasingThatWasCutOffIsFinishedTheNextTime(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	s := confirm(t, l, "alice@example.org")
	mailTo(t, l, clock, "alice@example.org")
	// The kill comes after the first commit.
	a, err := ParseAddress("alice@example.org")
	if err != nil {
		t.Fatal(err)
	}
	err = l.db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := l.bury(context.Background(), tx, l.keys.hash(a))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const replies = "SELECT count(*) FROM deliveries WHERE subscriber_id = $1 AND reply <> ''"
	if number(t, l, replies, int64(s.ID)) == 0 {
		t.Fatal("there is nothing left to finish")
	}
	if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
		t.Fatal(err)
	}
	if n := number(t, l, replies, int64(s.ID)); n != 0 {
		t.Errorf("%d replies are still there", n)
	}
}

func TestErasingWhomOnlyATestMailKnows(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	if _, err := NewOutbox(l.db, OutboxOptions{Now: clock.Now}).EnqueueTest(t.Context(), 1, "Colleague@example.org"); err != nil {
		t.Fatal(err)
	}
	if err := l.Erase(t.Context(), "colleague@example.org"); err != nil {
		t.Errorf("Erase: %v", err)
	}
	if kept := dump(t, l); strings.Contains(strings.ToLower(kept), "colleague") {
		t.Errorf("the address is still in\n%s", kept)
	}
	if err := l.Erase(t.Context(), "colleague@example.org"); !errors.Is(err, ErrNoSubscriber) {
		t.Errorf("Erase, again: %v, want ErrNoSubscriber: nothing is left", err)
	}
}
