package delivery_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

// most returns how many of some moments lie within one second.
func most(moments []time.Time) (most int) {
	slices.SortFunc(moments, time.Time.Compare)
	for i, first := range moments {
		n := 0
		for _, at := range moments[i:] {
			if at.Sub(first) < time.Second {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// Leave to offer is asked for when there is a line to offer over: while a relay
// is slow to let us in, every line would have leave by the time it does.
func TestLinesThatAreLetInTogetherMakeNoBurst(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newPacedEnd("relay.example", 20, delivery.Rate{PerSecond: 2})
		defer far.Close()
		b.readers(60)
		m := b.orderNow()
		open := make(chan struct{})
		time.AfterFunc(25*time.Second, func() { close(open) })
		b.drain(b.worker(delivery.Options{
			Now:  time.Now,
			Pace: func(r mail.Relay) delivery.Pace { return delivery.NewPacer(b.outbox, r.Account(), far.rate, nil) },
			Dial: mail.DialOptions{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				<-open
				return far.dial(ctx, network, address)
			}},
		}, far.relay))
		b.wantAccount(m, subscribers.Account{Planned: 60, Accepted: 60})
		if n := most(far.offered); n > 2 {
			b.Errorf("%d messages were offered within a second; the bound is 2", n)
		}
	})
}

func TestOneMailIsDialledForOnce(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		stop := run(b, b.virtual(far, 10))
		m := b.test()
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
		if n := far.dials.Load(); n != 1 {
			b.Errorf("%d lines were opened for one mail", n)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// test orders one mail that somebody waits for.
func (b *bed) test() subscribers.Mailing {
	b.Helper()
	m, err := b.outbox.EnqueueTest(b.Context(), b.issue.ID, "chief@example.com")
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// What somebody waits for does not wait for a relay that lets nobody in, while
// another one works.
func TestAMailDoesNotWaitForARelayThatLetsNobodyIn(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		works, hangs := newPacedEnd("works.example", 1, delivery.Rate{}), newPacedEnd("hangs.example", 3, delivery.Rate{})
		defer works.Close()
		defer hangs.Close()
		dial := dialEach(map[string]*pacedEnd{"works.example": works})
		w := b.worker(delivery.Options{
			Now: time.Now,
			Dial: mail.DialOptions{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == "hangs.example:25" {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return dial(ctx, network, address)
			}},
		}, hangs.relay, works.relay)
		stop := run(b, w)
		for range 6 {
			m := b.test()
			time.Sleep(20 * time.Second)
			b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
