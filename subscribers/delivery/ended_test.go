package delivery_test

import (
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
		time.Sleep(5 * time.Hour)
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
		time.Sleep(4 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 3, Uncertain: 1, Failed: 2})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
