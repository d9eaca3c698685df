package delivery_test

import (
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

func TestSoManyMailsAreInFlightAndNoMore(t *testing.T) {
	t.Parallel()
	for inFlight, want := range map[int]int{0: 1, 1: 1, 3: 3, 8: 8, 100: 8} {
		b := newBed(t)
		most := 0
		var m subscribers.Mailing
		far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Body {
				most = max(most, b.account(m).Handed)
			}
			return smtptest.Answer{}
		}})
		b.readers(50)
		m = b.order()
		b.drain(b.worker(delivery.Options{InFlight: inFlight}, relayOf(t, far, 1)))
		b.wantAccount(m, subscribers.Account{Planned: 50, Accepted: 50})
		if most != want {
			t.Errorf("with %d in flight there were %d", inFlight, most)
		}
	}
}

// What is marked and has not gone out when Run is to end stands as if it had not
// been tried.
func TestRunTakesBackWhatIsMarkedAndHasNotGoneOut(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 10 * time.Second}))
		defer far.Close()
		b.readers(20)
		m := b.orderNow()
		stop := run(b, b.ofMany(far))
		time.Sleep(15 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 1, Handed: 8, Queued: 11})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 2, Queued: 18})
		for _, d := range b.in(m, subscribers.Queued) {
			if d.Attempts != 0 || !d.DatedAt.IsZero() {
				b.Errorf("%s counts %d attempts and is dated %v", d.Address, d.Attempts, d.DatedAt)
			}
		}
	})
}

// Of several marked together, each is judged by what the relay says of it.
func TestEachOfThoseInFlightHasItsOwnFate(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		switch i := readerNumber(e.To) % 10; {
		case e.Stage == smtptest.Rcpt && i == 3:
			return smtptest.Answer{Reply: "450 4.2.0 Later"}
		case e.Stage == smtptest.Rcpt && i == 4:
			return smtptest.Answer{Reply: "550 5.1.1 No such person"}
		case e.Stage == smtptest.Body && i == 5:
			return smtptest.Answer{Reply: "452 4.3.1 Full"}
		case e.Stage == smtptest.Body && readerNumber(e.To) == 47:
			return smtptest.Answer{Drop: true}
		}
		return smtptest.Answer{}
	}})
	b.readers(100)
	m := b.order()
	relay := relayOf(t, far, 2)
	relay.PerConnection = 13
	b.drain(b.worker(delivery.Options{InFlight: 8}, relay))
	b.wantAccount(m, subscribers.Account{Planned: 100, Accepted: 69, Deferred: 20, Refused: 10, Uncertain: 1})
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("got two copies: %v", twice)
	}
	for _, d := range b.in(m, subscribers.Accepted) {
		if d.Attempts != 1 {
			t.Errorf("%s was accepted at attempt %d", d.Address, d.Attempts)
		}
	}
}

func TestARelayThatTakesOneCommandAtATimeGetsEveryMailOnce(t *testing.T) {
	t.Parallel()
	for _, inFlight := range []int{1, 8} {
		b := newBed(t)
		far := smtptest.Start(t, smtptest.Options{Extensions: []string{"8BITMIME"}})
		b.readers(200)
		m := b.order()
		b.drain(b.worker(delivery.Options{InFlight: inFlight}, relayOf(t, far, 3)))
		b.wantAccount(m, subscribers.Account{Planned: 200, Accepted: 200})
		if twice := far.Twice(); len(twice) > 0 || far.Recipients() != 200 {
			t.Errorf("%d got a copy, %v two", far.Recipients(), twice)
		}
	}
}

// ofMany returns a worker with eight mails in flight on its only line.
func (b *bed) ofMany(far *farEnd) *delivery.Worker {
	relay := mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 1}
	return b.worker(delivery.Options{Now: time.Now, InFlight: 8, Dial: mail.DialOptions{DialContext: far.dial}}, relay)
}

// With many in flight, what is marked waits for its turn on the line.
func TestPromise3WhatIsMarkedAndNotGivenIsAskedForAgain(t *testing.T) {
	tests := map[string]struct {
		change func(b *bed, m subscribers.Mailing)
		want   subscribers.Account
	}{
		"readers leave": {
			func(b *bed, _ subscribers.Mailing) {
				b.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id >= 5`)
			},
			subscribers.Account{Planned: 20, Accepted: 4, Withdrawn: 16},
		},
		"readers are suppressed": {
			func(b *bed, _ subscribers.Mailing) {
				b.exec(`INSERT INTO suppressions SELECT address_hash, 'complaint', 'test', 0 FROM subscribers WHERE id >= 5`)
			},
			subscribers.Account{Planned: 20, Accepted: 4, Withdrawn: 16},
		},
		"the mailing is held": {
			func(b *bed, m subscribers.Mailing) {
				if err := b.outbox.Hold(b.Context(), m.ID); err != nil {
					b.Fatal(err)
				}
			},
			subscribers.Account{Planned: 20, Accepted: 2, Queued: 18},
		},
		"the mailing is cancelled": {
			func(b *bed, m subscribers.Mailing) { b.cancel(m) },
			subscribers.Account{Planned: 20, Accepted: 2, Withdrawn: 18},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 10 * time.Second}))
				defer far.Close()
				b.readers(20)
				m := b.orderNow()
				stop := run(b, b.ofMany(far))
				time.Sleep(12 * time.Second)
				tt.change(b, m)
				time.Sleep(5 * time.Minute)
				b.wantAccount(m, tt.want)
				if err := stop(); err != nil {
					b.Errorf("Run returned %v", err)
				}
			})
		})
	}
}

// An address that was changed after the mark is the one that gets the mail.
func TestWhatIsMarkedGoesToTheAddressOfItsMoment(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 10 * time.Second}))
		defer far.Close()
		b.readers(8)
		m := b.orderNow()
		stop := run(b, b.ofMany(far))
		time.Sleep(12 * time.Second)
		b.exec(`UPDATE subscribers SET address = 'new@example.net' WHERE id = 6`)
		time.Sleep(5 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 8, Accepted: 8})
		if got := far.Taken(); got["new@example.net"] != 1 || got[reader(6)] != 0 {
			b.Errorf("mail went to %v", got)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// Where the relay is quick, a mail that is marked is not asked for again.
func TestAQuickRelayCostsOneCommitForAllInFlight(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 20 * time.Millisecond}))
		defer far.Close()
		b.readers(80)
		m := b.orderNow()
		b.exec(`CREATE TABLE marks AS SELECT 0 AS n`)
		b.exec(`CREATE TRIGGER count_marks AFTER UPDATE ON deliveries WHEN NEW.state = 'handed' BEGIN UPDATE marks SET n = n + 1; END`)
		b.drain(b.ofMany(far))
		b.wantAccount(m, subscribers.Account{Planned: 80, Accepted: 80})
		var n int
		if err := b.db.Read().QueryRowContext(b.Context(), `SELECT n FROM marks`).Scan(&n); err != nil || n != 80 {
			b.Errorf("80 mails were marked %d times (%v)", n, err)
		}
	})
}
