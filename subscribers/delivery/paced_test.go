package delivery_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A pacedEnd is a relay with a bound, and when it was offered messages.
type pacedEnd struct {
	*farEnd
	relay mail.Relay
	rate  delivery.Rate

	mu      sync.Mutex
	offered []time.Time
}

// newPacedEnd makes a relay whose lines take some time for each message.
func newPacedEnd(name string, connections int, rate delivery.Rate) *pacedEnd {
	p := &pacedEnd{rate: rate, relay: mail.Relay{Name: name, Host: name, Port: 25, Security: mail.Plain, Connections: connections}}
	p.farEnd = &farEnd{Server: smtptest.NewPiped(smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		switch e.Stage {
		case smtptest.Mail:
			p.mu.Lock()
			p.offered = append(p.offered, time.Now())
			p.mu.Unlock()
		case smtptest.Body:
			return smtptest.Answer{Delay: 70 * time.Millisecond}
		}
		return smtptest.Answer{}
	}})}
	return p
}

// paced returns a worker for relays with bounds.
func (b *bed) paced(ends ...*pacedEnd) *delivery.Worker {
	byName := map[string]*pacedEnd{}
	var relays []mail.Relay
	for _, e := range ends {
		byName[e.relay.Name] = e
		relays = append(relays, e.relay)
	}
	return b.worker(delivery.Options{
		Now: time.Now,
		Pace: func(r mail.Relay) delivery.Pace {
			if rate := byName[r.Name].rate; rate != (delivery.Rate{}) {
				return delivery.NewPacer(b.outbox, r.Account(), rate, nil)
			}
			return nil
		},
		Dial: mail.DialOptions{DialContext: dialEach(byName)},
	}, relays...)
}

// dialEach connects to the relay that is named.
func dialEach(ends map[string]*pacedEnd) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return ends[host].dial(ctx, network, address)
	}
}

func TestTheLinesToARelayKeepToItsBoundTogether(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 8, delivery.Rate{PerSecond: 20})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		began := time.Now()
		b.drain(b.paced(far))
		b.wantAccount(m, subscribers.Account{Planned: 100, Accepted: 100})
		if took := time.Since(began); took > 6*time.Second {
			b.Errorf("100 mails took %s, at 20 a second", took)
		}
		slices.SortFunc(far.offered, time.Time.Compare)
		for i := 20; i < len(far.offered); i++ {
			if d := far.offered[i].Sub(far.offered[i-20]); d < time.Second {
				b.Fatalf("21 messages were offered within %s", d)
			}
		}
	})
}

// Leave that lines have asked for in vain is not used up in one burst later.
func TestAfterAPauseThereIsNoBurst(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 10, delivery.Rate{PerSecond: 2})
		defer far.Close()
		stop := run(b, b.paced(far))
		for i := range 6 {
			if _, err := b.outbox.EnqueueTest(b.Context(), b.issue.ID, reader(i)); err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		b.readers(20)
		m := b.orderNow()
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 20})
		slices.SortFunc(far.offered, time.Time.Compare)
		for i := 1; i < len(far.offered); i++ {
			if d := far.offered[i].Sub(far.offered[i-1]); d < 499*time.Millisecond {
				b.Fatalf("messages %d and %d were offered within %s", i, i+1, d)
			}
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestDrainEndsWhenTheDayOfTheOnlyRelayIsUsedUp(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 3, delivery.Rate{PerDay: 7})
		defer far.Close()
		b.readers(20)
		m := b.orderNow()
		ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
		defer cancel()
		if err := b.paced(far).Drain(ctx); !errors.As(err, new(*delivery.UsedUpError)) || errors.Is(err, delivery.ErrUnreachable) {
			b.Errorf("Drain returned %v", err)
		}
		// Leave of lines whose turn ends before they have used it is lost.
		if a := b.account(m); a.Accepted > 7 || a.Accepted < 7-3 || a.Accepted+a.Queued != 20 {
			b.Errorf("the account is %+v", a)
		}
	})
}

func TestWhatOneRelayMayNotBeGivenGoesToTheOther(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		full, other := newPacedEnd("full.example", 3, delivery.Rate{PerDay: 7}), newPacedEnd("other.example", 3, delivery.Rate{})
		defer full.Close()
		defer other.Close()
		b.readers(60)
		m := b.orderNow()
		b.drain(b.paced(full, other))
		b.wantAccount(m, subscribers.Account{Planned: 60, Accepted: 60})
		if full.Recipients() != 7 || other.Recipients() != 53 {
			b.Errorf("one took %d, the other %d", full.Recipients(), other.Recipients())
		}
	})
}

func TestRunGoesOnWhenTheRelaysDayIsOver(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 3, delivery.Rate{PerDay: 7})
		defer far.Close()
		// Five minutes less than a day ago another sender used all but one up.
		then := time.Now().Add(5*time.Minute - 24*time.Hour).Truncate(time.Minute)
		use := subscribers.RelayUse{Minutes: []subscribers.Minute{{At: then, Offered: 6}}}
		if err := b.outbox.SaveRelayUse(b.Context(), far.relay.Account(), use, then); err != nil {
			b.Fatal(err)
		}
		b.readers(20)
		m := b.orderNow()
		stop := run(b, b.paced(far))
		for i, want := range []int{1, 1, 7, 7} {
			time.Sleep(3 * time.Minute)
			if got := far.Recipients(); got != want {
				b.Errorf("after %d minutes it has taken %d, want %d", 3*(i+1), got, want)
			}
		}
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 7, Queued: 13})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// A turn that ends while lines wait for leave, or for a day, ends at once.
func TestRunEndsWhileItsLinesWaitForLeave(t *testing.T) {
	t.Parallel()
	for name, rate := range map[string]delivery.Rate{"a second": {PerSecond: 1}, "a day": {PerDay: 1}} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newPacedEnd("relay.example", 5, rate)
				defer far.Close()
				b.readers(50)
				m := b.orderNow()
				stop := run(b, b.paced(far))
				time.Sleep(2500 * time.Millisecond)
				began := time.Now()
				if err := stop(); err != nil {
					b.Errorf("Run returned %v", err)
				}
				if took := time.Since(began); took > time.Second {
					b.Errorf("it took %s to end", took)
				}
				if a := b.account(m); a.Uncertain+a.Handed > 0 || a.Accepted == 0 {
					b.Errorf("the account is %+v", a)
				}
			})
		})
	}
}

// impatient returns a worker that gives up after three hours, and tries at 0, 5,
// 20 and 80 minutes.
func (b *bed) impatient(far *farEnd) *delivery.Worker {
	relay := mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 1}
	return b.worker(delivery.Options{Now: time.Now, GiveUp: 3 * time.Hour, Spread: func() float64 { return 0 }, Dial: mail.DialOptions{DialContext: far.dial}}, relay)
}

// The time for which a mail is tried counts from when it is sent again.
func TestAMailThatIsSentAgainIsTriedAgain(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Greylisted"))
		defer far.Close()
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.impatient(far))
		time.Sleep(90 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 1, Failed: 1})
		if _, err := b.outbox.Resend(b.Context(), subscribers.Resend{Mailing: m.ID, States: []subscribers.State{subscribers.Failed}}); err != nil {
			b.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 1, Deferred: 1})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
