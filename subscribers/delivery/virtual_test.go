package delivery_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A farEnd is a relay reached over pipes, for tests in virtual time.
type farEnd struct {
	*smtptest.Server
	dials atomic.Int64
	down  atomic.Bool
}

func newFarEnd(script func(smtptest.Event) smtptest.Answer) *farEnd {
	return &farEnd{Server: smtptest.NewPiped(smtptest.Options{Script: script})}
}

func (f *farEnd) dial(ctx context.Context, network, address string) (net.Conn, error) {
	f.dials.Add(1)
	if f.down.Load() {
		return nil, errors.New("connection refused")
	}
	return f.DialContext(ctx, network, address)
}

// inVirtualTime runs a test with a clock that jumps to the next thing to happen.
func inVirtualTime(t *testing.T, test func(b *bed)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.outbox = subscribers.NewOutbox(b.db, subscribers.OutboxOptions{Now: time.Now})
		test(b)
		b.db.Close()
		synctest.Wait()
	})
}

func (b *bed) virtual(far *farEnd, connections int) *delivery.Worker {
	relay := mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: connections}
	return b.worker(delivery.Options{Now: time.Now, Dial: mail.DialOptions{DialContext: far.dial}}, relay)
}

// run starts Run and returns what ends it and gives its result.
func run(b *bed, w *delivery.Worker) (stop func() error) {
	ctx, cancel := context.WithCancel(b.Context())
	result := make(chan error, 1)
	go func() { result <- w.Run(ctx) }()
	return func() error {
		cancel()
		return <-result
	}
}

func (b *bed) orderNow() subscribers.Mailing {
	b.Helper()
	m, err := b.outbox.EnqueueIssue(b.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning})
	if err != nil {
		b.Fatal(err)
	}
	return m
}
