package delivery_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// What is known of a relay outlives a turn that ends for another reason.
func TestAPassingFaultOfTheDatabaseDoesNotForgetThatARelayIsSilent(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var mended atomic.Bool
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Drop: e.Stage == smtptest.Body && !mended.Load()}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 3, Queued: 97})
		b.exec(`ALTER TABLE mailings RENAME TO away`) // a few turns fail
		time.Sleep(10 * time.Second)
		b.exec(`ALTER TABLE away RENAME TO mailings`)
		time.Sleep(3 * time.Minute) // within the five after the third
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 3, Queued: 97})
		mended.Store(true)
		time.Sleep(10 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 3, Accepted: 97})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// An answer that cannot be written down does not keep the others from being.
func TestOneAnswerThatCannotBeWrittenDownHoldsUpNoOther(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		b.readers(300)
		m := b.orderNow()
		b.exec(`CREATE TRIGGER never BEFORE UPDATE ON deliveries WHEN NEW.subscriber_id = 100 AND NEW.state = 'accepted'
			BEGIN SELECT raise(ABORT, 'never'); END`)
		stop := run(b, b.virtual(far, 4))
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 300, Accepted: 299, Handed: 1})
		b.exec(`DROP TRIGGER never`)
		time.Sleep(2 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 300, Accepted: 300})
		if twice := far.Twice(); len(twice) > 0 {
			b.Errorf("got two copies: %v", twice)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestWhoIsSentTheMailAgainCountsOnceInProgress(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Drop: e.Stage == smtptest.Body && e.Attempt == 1 && readerNumber(e.To)%2 == 0}
		})
		defer far.Close()
		b.readers(20)
		m := b.orderNow()
		var last delivery.Progress
		relay := mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 1}
		stop := run(b, b.worker(delivery.Options{
			Now: time.Now, Dial: mail.DialOptions{DialContext: far.dial}, Progress: func(p delivery.Progress) { last = p },
		}, relay))
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 10, Uncertain: 10})
		if _, err := b.outbox.Resend(b.Context(), subscribers.Resend{Mailing: m.ID, States: []subscribers.State{subscribers.Uncertain}}); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Hour)
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		if b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 20}); last.Settled != 20 || last.Accepted != 20 || last.Planned != 20 {
			b.Errorf("the last report is %+v", last)
		}
	})
}

func TestRunOutlivesADatabaseThatCannotBeWritten(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		b.readers(300)
		m := b.orderNow()
		b.exec(`CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.subscriber_id >= 100 AND NEW.state = 'accepted'
			BEGIN SELECT raise(ABORT, 'no room'); END`)
		stop := run(b, b.virtual(far, 4))
		time.Sleep(time.Minute)
		stuck := b.account(m)
		if stuck.Handed == 0 || stuck.Accepted < 90 || stuck.Accepted > 110 {
			b.Errorf("with a database that refuses: %+v", stuck)
		}
		b.exec(`DROP TRIGGER full`)
		time.Sleep(10 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 300, Accepted: 300})
		if twice := far.Twice(); len(twice) > 0 {
			b.Errorf("got two copies: %v", twice)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestDrainSaysWhatItCouldNotWriteDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		b.readers(10)
		m := b.orderNow()
		b.exec(`CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'accepted' BEGIN SELECT raise(ABORT, 'no room'); END`)
		err := b.virtual(far, 1).Drain(b.Context())
		if err == nil || !strings.Contains(err.Error(), "1 answers could not be written down") {
			b.Errorf("Drain returned %v, want that of one mail nobody wrote down what became of it", err)
		}
		b.exec(`DROP TRIGGER full`)
		if err := b.virtual(far, 1).Drain(b.Context()); err != nil {
			b.Errorf("the next Drain returned %v", err)
		}
		b.wantAccount(m, subscribers.Account{Planned: 10, Accepted: 9, Uncertain: 1})
		if twice := far.Twice(); len(twice) > 0 {
			b.Errorf("got two copies: %v", twice)
		}
	})
}

func TestProgressEndsWithEverybody(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 100 * time.Millisecond}))
		defer far.Close()
		b.readers(100)
		b.orderNow()
		b.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id <= 10`)
		var seen []delivery.Progress
		w := b.worker(delivery.Options{
			Now: time.Now, Dial: mail.DialOptions{DialContext: far.dial},
			Progress: func(p delivery.Progress) { seen = append(seen, p) },
		}, mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 5})
		if err := w.Drain(b.Context()); err != nil {
			b.Fatal(err)
		}
		if len(seen) < 5 {
			b.Fatalf("%d reports in two seconds", len(seen))
		}
		last := seen[len(seen)-1]
		if last.Planned != 100 || last.Accepted != 90 || last.Settled != 100 || last.PerSecond < 45 || last.PerSecond > 55 {
			b.Errorf("the last report is %+v", last)
		}
	})
}
