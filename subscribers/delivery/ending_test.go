package delivery_test

import (
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
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
