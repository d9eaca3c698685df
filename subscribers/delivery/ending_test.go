package delivery_test

import (
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/smtptest"
)

// A line that waits for the word about its next message has nothing in flight.
func TestNobodyWaitsForTheWordAboutWhatIsNotToGoOut(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		never := make(chan struct{})
		far := newFarEnd(smtptest.At(smtptest.Data, smtptest.Answer{Until: never}))
		defer far.Close()
		defer close(never)
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 1, Queued: 1})
		began := time.Now()
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		if took := time.Since(began); took > time.Second {
			b.Errorf("Run took %s to end with nothing in flight", took)
		}
		b.wantAccount(m, subscribers.Account{Planned: 1, Queued: 1})
	})
}

// The mail in flight when Run is told to end may take as long as the grace.
func TestRunFinishesWhatIsInFlight(t *testing.T) {
	tests := map[string]struct {
		answerAfter time.Duration
		want        subscribers.Account
		took        time.Duration
	}{
		"a mail answered within the grace is accepted": {20 * time.Second, subscribers.Account{Planned: 9, Accepted: 3, Queued: 6}, 20 * time.Second},
		"a mail not answered by then is uncertain":     {9 * time.Minute, subscribers.Account{Planned: 9, Uncertain: 3, Queued: 6}, 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: tt.answerAfter}))
				defer far.Close()
				b.readers(9)
				m := b.orderNow()
				stop := run(b, b.virtual(far, 3))
				time.Sleep(time.Second)
				began := time.Now()
				if err := stop(); err != nil {
					b.Errorf("Run returned %v", err)
				}
				if took := time.Since(began); took < tt.took-2*time.Second || took > tt.took+2*time.Second {
					b.Errorf("Run took %v to end, want about %v", took, tt.took)
				}
				b.wantAccount(m, tt.want)
			})
		})
	}
}
