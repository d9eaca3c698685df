package pipeline_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/subscribers"
)

func (d *day) mailing(t *testing.T, issue digest.Issue) subscribers.Mailing {
	t.Helper()
	m, err := d.outbox.IssueMailing(t.Context(), issue.ID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (d *day) state(t *testing.T) digest.IssueState {
	t.Helper()
	issue, err := d.store.Issue(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	return issue.State
}

// settled brings all mails of the day's issue into a state, and the issue to
// its end.
func (d *day) settled(t *testing.T, issue digest.Issue, state subscribers.State) {
	t.Helper()
	err := d.db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE deliveries SET state = $1`, state)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.outbox.Finish(t.Context(), d.mailing(t, issue)); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAHeldDayIsLookedAtAndNotPublishedUntilItIsReleased(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	if issue, err := d.Hold(t.Context(), digest.Daily, today); err != nil || !issue.Held {
		t.Fatalf("held is %+v (%v)", issue, err)
	}
	if _, err := d.Publish(t.Context(), digest.Daily, today); !errors.Is(err, pipeline.ErrHeld) {
		t.Errorf("publishing a held day returns %v", err)
	}
	if issue, err := d.Preview(t.Context(), digest.Daily, today); err != nil || len(issue.Stories) != 1 {
		t.Errorf("the preview of a held day is %+v (%v)", issue, err)
	}
	if _, err := d.Release(t.Context(), digest.Daily, today); err != nil {
		t.Fatal(err)
	}
	if issue, err := d.Publish(t.Context(), digest.Daily, today); err != nil || issue.State != digest.Sending {
		t.Errorf("released and published is %+v (%v)", issue, err)
	}
}

func TestHoldingInMidSendHoldsTheMailing(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Hold(t.Context(), digest.Daily, today); err != nil || d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("the mailing is not held (%v)", err)
	}
	if _, err := d.Release(t.Context(), digest.Daily, today); err != nil || !d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("the mailing is held after its release (%v)", err)
	}
}

// A run may have frozen the issue and died before it ordered the mailing.
func TestAnIssueThatIsHeldBeforeItsMailingIsOrderedStaysHeld(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Compose(t.Context(), digest.Daily, today)
	if err == nil {
		issue, err = d.store.Freeze(t.Context(), issue)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Hold(t.Context(), digest.Daily, today); err != nil {
		t.Fatal(err)
	}
	if err := d.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := d.mailing(t, issue); m.HeldAt.IsZero() || m.Planned != 1 {
		t.Errorf("ordered by the next run the mailing is %+v", m)
	}
}

func TestWhatIsCutOffWhileItHoldsAnIssueIsFinishedByTheNextRun(t *testing.T) {
	t.Parallel()
	runs := map[string]func(*day) error{
		"settling":   func(d *day) error { return d.Settle(context.Background()) },
		"publishing": func(d *day) error { _, err := d.Publish(context.Background(), digest.Daily, today); return err },
	}
	for name, run := range runs {
		for _, ordered := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, ordered %t", name, ordered), func(t *testing.T) {
				t.Parallel()
				d := newDay(t)
				d.tell(t, "first")
				d.subscribe(t, "ann@example.org")
				issue, err := d.Compose(t.Context(), digest.Daily, today)
				if err == nil {
					issue, err = d.store.Freeze(t.Context(), issue)
				}
				if err == nil && ordered {
					issue, err = d.Publish(t.Context(), digest.Daily, today)
				}
				if err == nil {
					_, err = d.store.Hold(t.Context(), digest.Daily, today) // and here it was cut off
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := run(d); err != nil {
					t.Fatal(err)
				}
				if m := d.mailing(t, issue); m.HeldAt.IsZero() || m.Planned != 1 {
					t.Errorf("the issue is held and its mailing is %+v", m)
				}
			})
		}
	}
}

// fails lets every change of a column fail until the function returned is called.
func (d *day) fails(t *testing.T, table, column string) (repair func()) {
	t.Helper()
	do := func(statement string) {
		err := d.db.Transact(t.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(t.Context(), statement)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	do("CREATE TRIGGER broken BEFORE UPDATE OF " + column + " ON " + table + " BEGIN SELECT RAISE(ABORT, 'broken'); END")
	return func() { do("DROP TRIGGER broken") }
}

func TestAnIssueDoesNotSayThatItIsHeldWhileItsMailGoesOut(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	repair := d.fails(t, "mailings", "held_at")
	if _, err := d.Hold(t.Context(), digest.Daily, today); err == nil {
		t.Error("with a mailing that cannot be held holding returns no error")
	}
	repair()
	issue, err = d.store.IssueByID(t.Context(), issue.ID)
	if err != nil || issue.Held && d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("its mailing is not held and it says held: %t (%v)", issue.Held, err)
	}
}

func TestAReleaseThatWasCutOffIsFinishedByTheNext(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err == nil {
		_, err = d.Hold(t.Context(), digest.Daily, today)
	}
	if err != nil {
		t.Fatal(err)
	}
	repair := d.fails(t, "mailings", "held_at")
	if _, err := d.Release(t.Context(), digest.Daily, today); err == nil || d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("a mailing that cannot be released is %+v (%v)", d.mailing(t, issue), err)
	}
	repair()
	if err := d.Settle(t.Context()); err != nil || d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("nobody said so again, and the mailing is %+v (%v)", d.mailing(t, issue), err)
	}
	if issue, err = d.Release(t.Context(), digest.Daily, today); err != nil || issue.Held || !d.mailing(t, issue).HeldAt.IsZero() {
		t.Errorf("released again the mailing is %+v (%v)", d.mailing(t, issue), err)
	}
}

func TestASentIssueIsSendingWhileSomeOfItGoesOutAgain(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org", "ben@example.org")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	d.settled(t, issue, subscribers.Uncertain)
	failed := pipeline.Again{States: []subscribers.State{subscribers.Failed}}
	if n, err := d.Resend(t.Context(), issue, failed); err != nil || n.Queued != 0 || d.state(t) != digest.Sent {
		t.Errorf("with nothing to send again the issue is %s (%+v, %v)", d.state(t), n, err)
	}
	again := pipeline.Again{States: []subscribers.State{subscribers.Uncertain}}
	if n, err := d.Resend(t.Context(), issue, again); err != nil || n.Queued != 2 || d.state(t) != digest.Sending {
		t.Errorf("with mails that go out again the issue is %s (%+v, %v)", d.state(t), n, err)
	}
	d.settled(t, issue, subscribers.Accepted)
	if d.state(t) != digest.Sent {
		t.Errorf("with all accepted it is %s", d.state(t))
	}
}

func TestAfterTheNextIssueNothingGoesOutAgainUnlessThatIsSaid(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	d.settled(t, issue, subscribers.Failed)
	d.now = d.now.Add(25 * time.Hour)
	again := pipeline.Again{States: []subscribers.State{subscribers.Failed}}
	if _, err := d.Resend(t.Context(), issue, again); !errors.Is(err, subscribers.ErrOver) || d.state(t) != digest.Sent {
		t.Errorf("a day later it returns %v, and the issue is %s", err, d.state(t))
	}
	again.Late = true
	if n, err := d.Resend(t.Context(), issue, again); err != nil || n.Queued != 1 {
		t.Errorf("said to be late it returns %+v (%v)", n, err)
	}
	if got := d.mailing(t, issue).DeadlineAt; !got.Equal(d.now.Add(24 * time.Hour)) {
		t.Errorf("the new deadline is %s", got)
	}
}

func TestACancelledIssueIsNotSentAgain(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org")
	issue, err := d.Publish(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Cancel(t.Context(), digest.Daily, today, "wrong lead"); err != nil {
		t.Fatal(err)
	}
	_, err = d.Resend(t.Context(), issue, pipeline.Again{States: []subscribers.State{subscribers.Failed}})
	if !errors.Is(err, subscribers.ErrCancelled) || d.state(t) != digest.Cancelled {
		t.Errorf("it returns %v, and the issue is %s", err, d.state(t))
	}
}

// What readers have got is mailed, however often the rest is withdrawn.
func TestPromise6CancellingTwiceDoesNotFreeStoriesThatWereMailed(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	d.subscribe(t, "ann@example.org")
	d.subscribe(t, "ben@example.org")
	if _, err := d.Publish(t.Context(), digest.Daily, today); err != nil {
		t.Fatal(err)
	}
	err := d.db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE deliveries SET state = 'accepted' WHERE subscriber_id = (SELECT min(id) FROM subscribers)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range []string{"wrong lead", "wrong lead, again"} {
		issue, err := d.Cancel(t.Context(), digest.Daily, today, why)
		if err != nil || len(issue.Stories) != 1 || issue.Reason != why {
			t.Errorf("cancelled as %q it has %d stories and the reason %q (%v)", why, len(issue.Stories), issue.Reason, err)
		}
	}
}

func TestAnIssueThatIsHeldWhileItIsMadeIsNotFrozen(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	d.tell(t, "first")
	var once sync.Once
	slow := pipeline.New(d.store, d.outbox, pipeline.Options{BaseURL: "https://news.example.org", Frame: around, Now: func() time.Time {
		once.Do(func() {
			if _, err := d.Hold(t.Context(), digest.Daily, today); err != nil {
				t.Error(err)
			}
		})
		return d.now
	}})
	if _, err := slow.Publish(t.Context(), digest.Daily, today); !errors.Is(err, pipeline.ErrHeld) || d.state(t) != digest.Draft {
		t.Errorf("it returns %v, and the issue is %s", err, d.state(t))
	}
}
