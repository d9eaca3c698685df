package delivery_test

import (
	"errors"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

func TestRunFindsWhatIsOrderedWhileItRuns(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(time.Minute)
		if far.dials.Load() != 0 {
			b.Error("a line was opened without mail")
		}
		b.readers(30)
		m := b.orderNow()
		time.Sleep(2 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 30, Accepted: 30})
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestRunSendsPutOffMailWhenItIsDue(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var tries []time.Time
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage != smtptest.Rcpt {
				return smtptest.Answer{}
			}
			tries = append(tries, time.Now())
			if e.Attempt < 4 {
				return smtptest.Answer{Reply: "450 4.2.0 Greylisted"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(4 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		for i, limits := range [][2]time.Duration{{5 * time.Minute, 15 * time.Minute}, {15 * time.Minute, 30 * time.Minute}, {time.Hour, 2 * time.Hour}} {
			if i+1 >= len(tries) {
				b.Fatalf("only %d tries", len(tries))
			}
			if d := tries[i+1].Sub(tries[i]); d < limits[0] || d > limits[1]+2*time.Second {
				b.Errorf("try %d came after %v, want between %v and %v", i+2, d, limits[0], limits[1])
			}
		}
	})
}

func TestRunOutlivesARelayThatIsDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(20)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 5))
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 20, Queued: 20})
		// Five at once, then one after 1, 2, 4 … 256 s, then every five minutes.
		if n := far.dials.Load(); n < 15 || n > 30 {
			b.Errorf("%d attempts to reach the relay in an hour", n)
		}
		far.down.Store(false)
		time.Sleep(6 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 20})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// The one who goes first after a pause may find that there is nothing to send
// after all; that must not keep the others waiting.
func TestWhoGoesFirstWithoutMailLetsTheOthersFollow(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(10 * time.Second)
		b.exec(`UPDATE subscribers SET status = 'unsubscribed'`)
		far.down.Store(false)
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 1, Withdrawn: 1})
		test, err := b.outbox.EnqueueTest(b.Context(), b.issue.ID, "chief@example.com")
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		b.wantAccount(test, subscribers.Account{Planned: 1, Accepted: 1})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestDrainGivesUpOnARelayThatIsDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(20)
		m := b.orderNow()
		began := time.Now()
		err := b.virtual(far, 5).Drain(b.Context())
		if !errors.Is(err, delivery.ErrUnreachable) {
			b.Errorf("Drain returned %v, want ErrUnreachable", err)
		}
		if took := time.Since(began); took < 10*time.Second || took > 20*time.Second {
			b.Errorf("it gave up after %v", took)
		}
		b.wantAccount(m, subscribers.Account{Planned: 20, Queued: 20})
	})
}

func TestDrainWithoutMailNeedsNoRelay(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		if err := b.virtual(far, 5).Drain(b.Context()); err != nil {
			b.Errorf("Drain returned %v", err)
		}
	})
}
