package delivery_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// A relay that swallows whole mails makes uncertain whatever it is given.
var swallows = map[string]smtptest.Answer{
	"closes after the dot":  {Drop: true},
	"answers with nonsense": {Reply: "what?"},
}

func TestDrainStopsARelayThatSwallowsMails(t *testing.T) {
	for name, answer := range swallows {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newFarEnd(smtptest.At(smtptest.Body, answer))
				defer far.Close()
				b.readers(100)
				m := b.orderNow()
				if err := b.virtual(far, 1).Drain(b.Context()); !errors.Is(err, delivery.ErrSilent) {
					b.Errorf("Drain returned %v, want ErrSilent", err)
				}
				b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 3, Queued: 97})
			})
		})
	}
}

func TestRunTriesARelayThatSwallowsMailsEverMoreRarely(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var mended atomic.Bool
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Drop: e.Stage == smtptest.Body && !mended.Load()}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		// Three at once, then after 5, 10, 20 and 40 minutes and an hour.
		time.Sleep(3 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 8, Queued: 92})
		mended.Store(true)
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 8, Accepted: 92})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// Without an answer to the final dot within its time a mail is uncertain; the
// worker goes on with the others.
func TestAStalledRelayLeavesOneUncertainPerLine(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Silent: e.Stage == smtptest.Body && e.Conn <= 2}
		})
		defer far.Close()
		b.readers(40)
		m := b.orderNow()
		if err := b.virtual(far, 2).Drain(b.Context()); err != nil {
			b.Errorf("Drain returned %v", err)
		}
		b.wantAccount(m, subscribers.Account{Planned: 40, Accepted: 38, Uncertain: 2})
	})
}
