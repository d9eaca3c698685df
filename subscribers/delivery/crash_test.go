package delivery_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

const crashReaders = 300

// A crash takes the database away from a worker at any point of any
// conversation. From then on the worker can write nothing down, while its mails
// in flight still reach the relay: no death of a process leaves more open.
type crash struct {
	*bed
	far  *smtptest.Server
	left atomic.Int64 // events until the next crash

	inFlight int
}

func newCrash(t *testing.T) *crash {
	c := &crash{bed: newBed(t)}
	c.far = smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if c.left.Add(-1) == 0 {
			c.db.Close()
		}
		return smtptest.Answer{}
	}})
	c.readers(crashReaders)
	return c
}

// die delivers until the crash and reports whether it came before the end.
func (c *crash) die(after int64, connections int) bool {
	c.Helper()
	c.left.Store(after)
	err := c.worker(delivery.Options{InFlight: c.inFlight}, relayOf(c, c.far, connections)).Drain(c.Context())
	c.left.Store(0)
	return err != nil
}

func TestPromise2ACrashLosesNobodyAndMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 2))
			connections := 1 + dice.IntN(10)
			c := newCrash(t)
			c.inFlight = 1 + int(seed%2)*7
			m := c.order()
			crashes := 0
			for range 3 {
				if c.die(1+dice.Int64N(crashReaders*4/3), connections) {
					crashes++
				}
				c.reopen()
			}
			c.drain(c.worker(delivery.Options{InFlight: c.inFlight}, relayOf(t, c.far, connections)))

			a := c.account(m)
			if a.Accepted+a.Uncertain != crashReaders || a.Planned != crashReaders {
				t.Errorf("somebody is neither accepted nor uncertain: %+v", a)
			}
			if a.Uncertain > crashes*connections*c.inFlight {
				t.Errorf("%d uncertain after %d crashes on %d lines", a.Uncertain, crashes, connections)
			}
			if twice := c.far.Twice(); len(twice) > 0 {
				t.Errorf("got two copies: %v", twice)
			}
			uncertain := map[string]bool{}
			for _, d := range c.in(m, subscribers.Uncertain) {
				uncertain[d.Address] = true
			}
			taken := c.far.Taken()
			for i := 1; i <= crashReaders; i++ {
				if taken[reader(i)] == 0 && !uncertain[reader(i)] {
					t.Errorf("%s got nothing and is not uncertain", reader(i))
				}
			}
		})
	}
}

// The control of the test above: a sender that takes what was being handed over
// for unsent, as one without the mark would, is caught mailing twice.
func TestPromise2WithoutTheMarkPeopleWouldBeMailedTwice(t *testing.T) {
	t.Parallel()
	c := newCrash(t)
	c.order()
	for after := int64(100); after < 1000; after += 150 {
		c.die(after, 10)
		c.reopen()
		c.exec(`UPDATE deliveries SET state = 'queued' WHERE state = 'handed'`)
	}
	c.drain(c.worker(delivery.Options{}, relayOf(t, c.far, 10)))
	if len(c.far.Twice()) == 0 {
		t.Error("nobody was mailed twice, so the test of crashes sees nothing")
	}
}

func TestPromise2TheAccountBalancesAtEveryMoment(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body {
			return smtptest.Answer{}
		}
		switch i := readerNumber(e.To); {
		case i%100 == 50:
			return smtptest.Answer{Drop: true}
		case i%7 == 0:
			return smtptest.Answer{Reply: "450 4.2.0 Later"}
		case i%11 == 0:
			return smtptest.Answer{Reply: "550 5.1.1 No such person"}
		}
		return smtptest.Answer{}
	}})
	b.readers(500)
	m := b.order()
	over, looked := make(chan struct{}), make(chan int)
	go func() {
		n := 0
		for {
			select {
			case <-over:
				looked <- n
				return
			default:
			}
			a, err := b.outbox.Account(t.Context(), m.ID)
			if err != nil || !a.Balances() || a.Planned != 500 || a.Handed > 5 {
				t.Errorf("in mid-send: %+v, %v", a, err)
			}
			n++
		}
	}()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 5)))
	close(over)
	if n := <-looked; n < 10 {
		t.Errorf("looked only %d times", n)
	}
	a := b.account(m)
	if a.Owed() != a.Deferred || a.Accepted == 0 || a.Refused == 0 || a.Uncertain == 0 || a.Deferred == 0 {
		t.Errorf("in the end: %+v", a)
	}
}
