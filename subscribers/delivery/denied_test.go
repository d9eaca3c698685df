package delivery_test

import (
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/smtptest"
)

// The policy is that of one organisation, for readers who stand together in the
// list. The relay is stopped for them, and then tried with others.
func TestReadersWhoseHostDeniesUsDoNotHoldUpTheOthers(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && readerNumber(e.To) <= 20 {
				return smtptest.Answer{Reply: "554 5.7.1 We take no mail from you"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		time.Sleep(2 * time.Hour)
		if a := b.account(m); a.Accepted != 80 || a.Accepted+a.Refused+a.Queued != 100 {
			b.Errorf("account %+v", a)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// While a relay denies us, trying it again costs no reader the mail; and when it
// is put right, everybody else gets it.
func TestTryingARelayThatDeniesUsCostsNobody(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var denies atomic.Bool
		denies.Store(true)
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && denies.Load() {
				return smtptest.Answer{Reply: "554 5.7.1 Relay access denied"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(62 * time.Minute) // between two tries
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 9, Queued: 91})
		if n := far.dials.Load(); n < 10 {
			b.Errorf("it was tried %d times in an hour", n)
		}
		denies.Store(false)
		time.Sleep(10 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 9, Accepted: 91})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// A relay whose table of users is broken refuses the whole list, and each reader
// it refuses is suppressed until a person lifts that.
func TestPromise3ARelayThatKnowsNobodyDoesNotSuppressTheList(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var broken atomic.Bool
		broken.Store(true)
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && broken.Load() {
				return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(62 * time.Minute) // between two tries
		a := b.account(m)
		if a.Refused != 19 || a.Queued+a.Deferred != 81 {
			b.Errorf("account %+v", a)
		}
		broken.Store(false)
		time.Sleep(6 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 19, Accepted: 81})
		if n := b.suppressions(); n != 19 {
			b.Errorf("%d readers are suppressed", n)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// Where it is the list after all, with many in a row who are gone, the others
// still get their mail.
func TestManyReadersInARowWhoAreGoneHoldNobodyUp(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && readerNumber(e.To) <= 30 {
				return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(90 * time.Minute)
		if a := b.account(m); a.Accepted != 70 {
			b.Errorf("account %+v", a)
		}
		time.Sleep(24 * time.Hour)
		if a := b.account(m); a.Accepted != 70 || a.Refused+a.Failed != 30 {
			b.Errorf("account %+v", a)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
