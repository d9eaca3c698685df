package delivery_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// cancel cancels m in mid-send.
func (b *bed) cancel(m subscribers.Mailing) {
	b.Helper()
	if err := b.outbox.Cancel(b.Context(), m.ID); err != nil {
		b.Fatal(err)
	}
}

// wantFinished fails when something of m may still go out.
func (b *bed) wantFinished(m subscribers.Mailing) {
	b.Helper()
	if m, err := b.outbox.Mailing(b.Context(), m.ID); err != nil || m.FinishedAt.IsZero() {
		b.Errorf("the mailing is not finished (%v)", err)
	}
}

// What is denied its mark is counted down once: while another line still waits
// for the dot, something of the mailing is under way.
func TestWhatComesBackDeferredBehindADeniedMarkIsEndedToo(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		answer, goOn := make(chan struct{}), make(chan struct{})
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			switch {
			case e.Stage == smtptest.Body && e.To == reader(1):
				return smtptest.Answer{Until: answer, Reply: "451 4.3.0 Try later"}
			case e.Stage == smtptest.Data && e.To == reader(2):
				return smtptest.Answer{Until: goOn}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(2)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 2, Handed: 1, Queued: 1})
		b.cancel(m)
		time.Sleep(5 * time.Second)
		close(goOn) // the second line asks for its mark, and is denied
		time.Sleep(5 * time.Second)
		close(answer) // the first hears its answer
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 2, Withdrawn: 2})
		b.wantFinished(m)
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestWhatIsCancelledUsesUpNoLeaveOfARelay(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 2, delivery.Rate{PerSecond: 1, PerDay: 150})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.paced(far))
		time.Sleep(10 * time.Second)
		b.cancel(m)
		time.Sleep(20 * time.Second)
		b.wantFinished(m)
		for i := range 100 {
			if _, err := b.outbox.EnqueueTest(b.Context(), b.issue.ID, reader(i)); err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(10 * time.Minute)
		if d, err := b.outbox.Depth(b.Context()); err != nil || d.Queued > 0 {
			b.Errorf("the relay was offered %d messages of 150 a day, and %d wait (%v)", len(far.offered), d.Queued, err)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// greylist puts every recipient off once.
func greylist(e smtptest.Event) smtptest.Answer {
	if e.Stage == smtptest.Rcpt && e.Attempt == 1 {
		return smtptest.Answer{Reply: "450 4.2.0 Greylisted"}
	}
	return smtptest.Answer{}
}

// A relay is down until a mailing's time is over; then the operator has the
// failed ones sent again, with a new deadline.
func TestWhatIsSentAgainLateIsTriedUntilTheNewDeadline(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(greylist)
		defer far.Close()
		far.down.Store(true)
		b.readers(20)
		start := time.Now()
		m, err := b.outbox.EnqueueIssue(b.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning, DeadlineAt: start.Add(time.Hour)})
		if err != nil {
			b.Fatal(err)
		}
		stop := run(b, b.virtual(far, 2))
		time.Sleep(61 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 20, Failed: 20})
		n, err := b.outbox.Resend(b.Context(), subscribers.Resend{Mailing: m.ID, States: []subscribers.State{subscribers.Failed}, Until: start.Add(24 * time.Hour)})
		if err != nil || n.Queued != 20 {
			b.Fatalf("%+v are sent again (%v)", n, err)
		}
		far.down.Store(false)
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 20})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// What was put off before some others were sent again is not to profit from that.
func TestSendingSomeAgainGivesTheOthersNoMoreTime(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			switch {
			case e.Stage == smtptest.Body && e.To == reader(1):
				return smtptest.Answer{Drop: true}
			case e.Stage == smtptest.Rcpt && (e.To != reader(1) || e.Attempt > 1):
				return smtptest.Answer{Reply: "450 4.2.0 Greylisted"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(3)
		m := b.orderNow()
		stop := run(b, b.impatient(far))
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 3, Uncertain: 1, Deferred: 2})
		if _, err := b.outbox.Resend(b.Context(), subscribers.Resend{Mailing: m.ID, States: []subscribers.State{subscribers.Uncertain}}); err != nil {
			b.Fatal(err)
		}
		time.Sleep(30 * time.Minute) // the fourth attempt would be followed by one after three hours
		b.wantAccount(m, subscribers.Account{Planned: 3, Deferred: 1, Failed: 2})
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 3, Uncertain: 1, Failed: 2})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestWhatIsOwedAtTheDeadlineFails(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Greylisted")})
	b.readers(3)
	deadline := morning.Add(24 * time.Hour)
	m, err := b.outbox.EnqueueIssue(t.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning, DeadlineAt: deadline})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.move(24 * time.Hour)
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(m, subscribers.Account{Planned: 3, Failed: 3})
	if far.Conns() != 0 {
		t.Error("a line was opened although nothing was to go out")
	}
}

func TestAHeldMailingWaitsAndACancelledOneEnds(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var once sync.Once
	var m subscribers.Mailing
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body && readerNumber(e.To) == 50 {
			once.Do(func() {
				if err := b.outbox.Hold(context.Background(), m.ID); err != nil {
					t.Error(err)
				}
			})
		}
		return smtptest.Answer{}
	}})
	b.readers(1500)
	m = b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 2))
	b.drain(w)
	held := b.account(m)
	if held.Accepted < 49 || held.Accepted > 52 || held.Queued != 1500-held.Accepted {
		t.Fatalf("held at the fiftieth mail: %+v", held)
	}
	if err := b.outbox.Release(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.outbox.Hold(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.drain(w)
	b.wantAccount(m, held)
	if err := b.outbox.Cancel(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.drain(w)
	b.wantAccount(m, subscribers.Account{Planned: 1500, Accepted: held.Accepted, Withdrawn: 1500 - held.Accepted})
	if m, _ = b.outbox.Mailing(t.Context(), m.ID); m.FinishedAt.IsZero() {
		t.Error("a cancelled mailing is not finished")
	}
}

func TestAReleasedMailingGoesOn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(20)
	m := b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 2))
	for _, step := range []struct {
		do   func(context.Context, subscribers.ID) error
		want subscribers.Account
	}{
		{b.outbox.Hold, subscribers.Account{Planned: 20, Queued: 20}},
		{b.outbox.Release, subscribers.Account{Planned: 20, Accepted: 20}},
	} {
		if err := step.do(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		b.drain(w)
		b.wantAccount(m, step.want)
	}
}

func TestRunGoesOnWithWhatIsReleased(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 100 * time.Millisecond}))
		defer far.Close()
		b.readers(2000)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(10 * time.Second)
		if err := b.outbox.Hold(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		held := b.account(m)
		if held.Accepted < 150 || held.Accepted > 250 || held.Queued != 2000-held.Accepted {
			b.Errorf("held after ten seconds at 20 a second: %+v", held)
		}
		if err := b.outbox.Release(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(3 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 2000, Accepted: 2000})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// What waits for the dot when its mailing is ended may come back deferred, after
// everything else was ended.
func TestWhatComesBackDeferredAfterItsMailingEndedIsEndedToo(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		answer := make(chan struct{})
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Until: answer, Reply: "451 4.3.0 Try later"}))
		defer far.Close()
		b.readers(5)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(10 * time.Second)
		if err := b.outbox.Cancel(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 5, Handed: 2, Withdrawn: 3})
		close(answer)
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 5, Withdrawn: 5})
		if m, _ = b.outbox.Mailing(b.Context(), m.ID); m.FinishedAt.IsZero() {
			b.Error("the cancelled mailing is not finished")
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
