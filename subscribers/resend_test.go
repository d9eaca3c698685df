package subscribers

import (
	"errors"
	"slices"
	"testing"
	"time"

	"redigest/digest/database"
)

// sent returns a mailing of which everything is settled: readers 1 to 4 are
// uncertain, 5 to 8 failed, the others accepted.
func (p *postRoom) sent() Mailing {
	p.Helper()
	p.readers(12)
	m := p.enqueue()
	p.exec(`UPDATE deliveries SET attempts = 1, dated_at = 1000, handed_at = 1000, settled_at = 2000, reply = 'said',
		state = CASE WHEN subscriber_id <= 4 THEN 'uncertain' WHEN subscriber_id <= 8 THEN 'failed' ELSE 'accepted' END`)
	if done, err := p.Finish(p.Context(), m); err != nil || !done {
		p.Fatalf("the mailing is finished: %v (%v)", done, err)
	}
	return m
}

func (p *postRoom) mailing(id ID) Mailing {
	p.Helper()
	m, err := p.Mailing(p.Context(), id)
	if err != nil {
		p.Fatal(err)
	}
	return m
}

func TestWhatIsUncertainOrFailedIsOwedAgainByTheOperatorsWordAlone(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.sent()
	n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain}})
	if err != nil || n != (Resent{Queued: 4}) {
		t.Fatalf("of the uncertain ones %+v are sent again (%v)", n, err)
	}
	p.wantAccount(m, Account{Planned: 12, Queued: 4, Failed: 4, Accepted: 4})
	if got := p.claimed(m, 100); !slices.Equal(got, []ID{1, 2, 3, 4}) {
		t.Errorf("claimed are %v", got)
	}
	reopened := p.mailing(m.ID)
	if !reopened.FinishedAt.IsZero() || reopened.Refilled <= m.Refilled || !reopened.ResentAt.Equal(p.clock.Now()) {
		t.Errorf("the mailing is not open again: %+v", reopened)
	}
	if n, err = p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain, Failed}}); err != nil || n != (Resent{Queued: 4}) {
		t.Errorf("of the others %+v are sent again (%v)", n, err)
	}
	for d, err := range p.Deliveries(t.Context(), m.ID, Queued) {
		if err != nil {
			t.Fatal(err)
		}
		// The date is that of the first attempt, and the reply says why.
		if d.DatedAt.UnixMilli() != 1000 || d.Attempts != 1 || d.Reply.Text != "said" {
			t.Errorf("sent again is %+v", d)
		}
	}
}

// A relay that took the content for spam has refused the first readers, who are
// no worse than the others.
func TestWhatWasRefusedIsOwedAgainByTheOperatorsWordIfItsReaderMayBeMailed(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.sent()
	p.exec(`UPDATE deliveries SET state = 'refused' WHERE subscriber_id <= 2`)
	p.exec(`INSERT INTO suppressions (address_hash, reason, source, created_at) SELECT address_hash, 'bounce', '', 1 FROM subscribers WHERE id = 2`)
	n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Refused}})
	if err != nil || n != (Resent{Queued: 1, Unwanted: 1}) {
		t.Errorf("of the refused ones %+v are sent again (%v)", n, err)
	}
	p.wantAccount(m, Account{Planned: 12, Queued: 1, Refused: 1, Uncertain: 2, Failed: 4, Accepted: 4})
}

func TestNothingToSendAgainLeavesTheMailingFinished(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	p.exec(`UPDATE deliveries SET state = 'accepted'`)
	if _, err := p.Finish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain, Failed}})
	if err != nil || n != (Resent{}) || p.mailing(m.ID).FinishedAt.IsZero() {
		t.Errorf("%+v are sent again (%v)", n, err)
	}
	if _, err := p.Resend(t.Context(), Resend{Mailing: m.ID + 1}); !errors.Is(err, ErrNoMailing) {
		t.Errorf("of no mailing it returns %v", err)
	}
}

func TestPromise3OnlyThoseWhoStillWantItGetItAgain(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.sent()
	now := database.Millis(p.clock.Now())
	for _, change := range []string{
		`UPDATE subscribers SET status = 'unsubscribed' WHERE id = 1`,
		`INSERT INTO suppressions (address_hash, reason, source, created_at) VALUES ('hash2', 'bounce', '', 0)`,
		`UPDATE subscribers SET paused_until = $1 + 1 WHERE id = 3`,
		`UPDATE subscribers SET edition = 'weekly' WHERE id = 5`,
		`UPDATE subscribers SET status = 'erased', address = '' WHERE id = 6`,
	} {
		p.exec(change, now)
	}
	n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain, Failed}})
	if err != nil || n != (Resent{Queued: 3, Unwanted: 5}) {
		t.Errorf("%+v are sent again (%v)", n, err)
	}
	// What nobody can know of the others is as it was.
	p.wantAccount(m, Account{Planned: 12, Queued: 3, Uncertain: 3, Failed: 2, Accepted: 4})
	if got := p.claimed(m, 100); !slices.Equal(got, []ID{4, 7, 8}) {
		t.Errorf("claimed are %v", got)
	}
}

func TestNothingIsSentAgainOnceItsTimeIsOverUnlessThatIsSaid(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(3)
	order := p.order()
	order.DeadlineAt = p.clock.Now().Add(24 * time.Hour)
	m, err := p.EnqueueIssue(t.Context(), order)
	if err != nil {
		t.Fatal(err)
	}
	// One is uncertain, one failed, and one was put off and never ended.
	p.exec(`UPDATE deliveries SET state = CASE subscriber_id WHEN 1 THEN 'uncertain' WHEN 2 THEN 'failed' ELSE 'deferred' END`)
	again := Resend{Mailing: m.ID, States: []State{Uncertain}}
	p.clock.Pass(24 * time.Hour)
	for _, until := range []time.Time{{}, p.clock.Now()} {
		again.Until = until
		if n, err := p.Resend(t.Context(), again); !errors.Is(err, ErrOver) || n.Queued > 0 {
			t.Errorf("after the deadline %+v are sent again (%v)", n, err)
		}
	}
	again.Until = p.clock.Now().Add(time.Hour)
	if n, err := p.Resend(t.Context(), again); err != nil || n.Queued != 1 {
		t.Errorf("with a new deadline %+v are sent again (%v)", n, err)
	}
	if got := p.mailing(m.ID).DeadlineAt; !got.Equal(again.Until) {
		t.Errorf("the new deadline is %s", got)
	}
	p.wantAccount(m, Account{Planned: 3, Queued: 1, Failed: 2})
}

func TestOfACancelledMailingNothingIsSentAgain(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.sent()
	if err := p.Cancel(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain}}); !errors.Is(err, ErrCancelled) || n.Queued > 0 {
		t.Errorf("%+v are sent again (%v)", n, err)
	}
}

// A first copy may have arrived, and that is not forgotten: its stories would
// be free for the next issue.
func TestPromise6WhatWasUncertainAndDoesNotGoOutAgainIsUncertain(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	m := p.sent()
	if _, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Uncertain, Failed}}); err != nil {
		t.Fatal(err)
	}
	p.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id IN (1, 5)`)
	open := p.mailing(m.ID)
	for _, id := range []ID{1, 5} {
		if g := p.hand(open, id); g.OK {
			t.Errorf("reader %s, who has left, is mailed", id)
		}
	}
	p.wantAccount(m, Account{Planned: 12, Queued: 6, Uncertain: 1, Withdrawn: 1, Accepted: 4})
	// The second copy of one could not be delivered; the first may have been.
	p.exec(`UPDATE deliveries SET state = 'failed' WHERE subscriber_id = 2`)
	if n, err := p.Resend(t.Context(), Resend{Mailing: m.ID, States: []State{Failed}}); err != nil || n.Queued != 1 {
		t.Fatalf("%+v are sent again (%v)", n, err)
	}
	if err := p.Cancel(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	p.wantAccount(m, Account{Planned: 12, Uncertain: 4, Withdrawn: 4, Accepted: 4})
}
