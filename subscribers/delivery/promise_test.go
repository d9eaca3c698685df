package delivery_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A tap keeps what goes out over each connection, in the order of dialing.
type tap struct {
	mu    sync.Mutex
	lines []*tapped
}

type tapped struct {
	net.Conn
	tap  *tap
	sent bytes.Buffer
}

func (t *tap) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	line := &tapped{Conn: c, tap: t}
	t.lines = append(t.lines, line)
	return line, nil
}

func (c *tapped) Write(p []byte) (int, error) {
	c.tap.mu.Lock()
	c.sent.Write(p)
	c.tap.mu.Unlock()
	return c.Conn.Write(p)
}

// sent returns what went out over the connections, each on its own.
func (t *tap) sent() (all []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, line := range t.lines {
		all = append(all, line.sent.String())
	}
	return all
}

// A message may be offered to the relay before it is marked. When the mark is
// not granted, the relay waits for a body of which not one octet comes.
func TestPromise3WhatIsOfferedAndNotGrantedHasNoBody(t *testing.T) {
	t.Parallel()
	const between = 30 // the reader of whom it turns out
	tests := map[string]struct {
		change string // while the relay is being told of that reader
		want   subscribers.Account
	}{
		"a reader who left": {`UPDATE subscribers SET status = 'unsubscribed' WHERE id = 30`,
			subscribers.Account{Planned: 60, Accepted: 59, Withdrawn: 1}},
		"a reader who is suppressed": {`INSERT INTO suppressions VALUES ('hash30', 'manual', '', 0)`,
			subscribers.Account{Planned: 60, Accepted: 59, Withdrawn: 1}},
		"a reader who was erased": {`UPDATE subscribers SET status = 'erased', address = '' WHERE id = 30`,
			subscribers.Account{Planned: 60, Accepted: 59, Withdrawn: 1}},
		"a reader who moved": {`UPDATE subscribers SET address = 'moved@example.net' WHERE id = 30`,
			subscribers.Account{Planned: 60, Accepted: 60}},
		"an issue that is held": {`UPDATE mailings SET held_at = 1`,
			subscribers.Account{Planned: 60, Accepted: 29, Queued: 31}},
		"an issue that is cancelled": {`UPDATE mailings SET cancelled_at = 1`,
			subscribers.Account{Planned: 60, Accepted: 29, Withdrawn: 31}},
		"a database without room": {`CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.subscriber_id = 30
			BEGIN SELECT raise(ABORT, 'no room'); END`,
			subscribers.Account{Planned: 60, Accepted: 29, Queued: 31}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			var once sync.Once
			far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
				if e.Stage == smtptest.Data && e.To == reader(between) {
					once.Do(func() { b.exec(tt.change) })
				}
				return smtptest.Answer{}
			}})
			b.readers(60)
			m := b.order()
			var wire tap
			w := b.worker(delivery.Options{Dial: mail.DialOptions{DialContext: wire.dial}}, relayOf(t, far, 1))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := w.Drain(ctx); err != nil && !strings.Contains(err.Error(), "no room") {
				t.Fatal(err)
			}
			b.wantAccount(m, tt.want)
			for i, sent := range wire.sent() {
				if offer := fmt.Sprintf("RCPT TO:<%s>\r\nDATA\r\n", reader(between)); i == 0 && !strings.HasSuffix(sent, offer) {
					t.Errorf("after the offer it was not granted for, the line said more: %q", sent[max(0, len(sent)-200):])
				}
				if strings.Contains(sent, "To: <"+reader(between)+">") {
					t.Error("a message went out to who was not granted")
				}
			}
		})
	}
}
