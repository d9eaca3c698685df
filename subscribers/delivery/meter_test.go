package delivery_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A notebook is a meter that writes everything down.
type notebook struct {
	mu       sync.Mutex
	settled  map[subscribers.State]int
	answered map[string]int // "rcpt 5"
	waited   map[mail.Stage]int
	entries  int
	states   []delivery.RelayState
}

func newNotebook() *notebook {
	return &notebook{settled: map[subscribers.State]int{}, answered: map[string]int{}, waited: map[mail.Stage]int{}}
}

func (n *notebook) note(what func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	what()
}

func (n *notebook) Settled(s subscribers.State) { n.note(func() { n.settled[s]++ }) }
func (n *notebook) Answered(_ string, s mail.Stage, class int) {
	n.note(func() { n.answered[fmt.Sprint(s, " ", class)]++ })
}
func (n *notebook) Waited(_ string, s mail.Stage, _ time.Duration) {
	n.note(func() { n.waited[s]++ })
}
func (n *notebook) Committed(entries int, _ time.Duration) { n.note(func() { n.entries += entries }) }
func (n *notebook) RelayState(_ string, s delivery.RelayState) {
	n.note(func() { n.states = append(n.states, s) })
}

func TestAMeterIsToldWhatHappens(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		switch i := readerNumber(e.To); {
		case e.Stage == smtptest.Rcpt && i == 3:
			return smtptest.Answer{Reply: "450 4.2.0 Later"}
		case e.Stage == smtptest.Rcpt && i == 4:
			return smtptest.Answer{Reply: "550 5.1.1 No such person"}
		case e.Stage == smtptest.Body && i == 5:
			return smtptest.Answer{Drop: true}
		}
		return smtptest.Answer{}
	}})
	b.readers(10)
	b.order()
	b.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id = 8`)
	n := newNotebook()
	b.drain(b.worker(delivery.Options{Meter: n}, relayOf(t, far, 1)))
	for s, want := range map[subscribers.State]int{
		subscribers.Accepted: 6, subscribers.Deferred: 1, subscribers.Refused: 1, subscribers.Uncertain: 1, subscribers.Withdrawn: 1,
	} {
		if n.settled[s] != want {
			t.Errorf("%d settled as %s, want %d", n.settled[s], s, want)
		}
	}
	for answer, want := range map[string]int{"body 2": 6, "rcpt 4": 1, "rcpt 5": 1, "body 0": 1} {
		if n.answered[answer] != want {
			t.Errorf("%d answers %q, want %d", n.answered[answer], answer, want)
		}
	}
	if n.waited[mail.StageBody] != 7 || n.waited[mail.StageConnect] != 2 || n.waited[mail.StageData] < 9 {
		t.Errorf("it waited %v", n.waited)
	}
	if n.entries < 8 {
		t.Errorf("%d entries were committed", n.entries)
	}
	if len(n.states) == 0 || n.states[0] != delivery.RelayOpen {
		t.Errorf("the relay was in the states %v", n.states)
	}
}

func TestAMeterIsToldWhatADeadSenderLeftUncertain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(5)
	b.order()
	b.exec(`UPDATE deliveries SET state = 'handed' WHERE subscriber_id IN (2, 3)`)
	n := newNotebook()
	b.drain(b.worker(delivery.Options{Meter: n}, relayOf(t, far, 1)))
	if n.settled[subscribers.Uncertain] != 2 || n.settled[subscribers.Accepted] != 3 {
		t.Errorf("it was told of %v", n.settled)
	}
}

func TestAMeterSeesARelayRestAndComeBack(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(3)
		m := b.orderNow()
		n := newNotebook()
		stop := run(b, b.worker(delivery.Options{Now: time.Now, Meter: n, Dial: mail.DialOptions{DialContext: far.dial}},
			mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 1}))
		time.Sleep(10 * time.Second)
		far.down.Store(false)
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 3, Accepted: 3})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		want := fmt.Sprint([]delivery.RelayState{delivery.RelayOpen, delivery.RelayResting, delivery.RelayResting, delivery.RelayResting, delivery.RelayResting, delivery.RelayOpen})
		if got := fmt.Sprint(n.states); got != want {
			b.Errorf("the relay was in the states %s, want %s", got, want)
		}
	})
}
