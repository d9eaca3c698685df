//go:build unix

package mail_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// BenchmarkConn measures lines against the baseline (smtptest.Flood) in turns:
// the same message to the same sink in another process. The figures are medians
// of at least five turns: messages a second, microseconds of this process's CPU
// a message, and the part of the baseline's speed.
func BenchmarkConn(b *testing.B) {
	msg := readyMessage(b)
	for _, delay := range []time.Duration{0, 20 * time.Millisecond} {
		for _, lines := range []int{1, 10, 50} {
			b.Run(fmt.Sprintf("delay=%v/lines=%d", delay, lines), func(b *testing.B) {
				sink := smtptest.StartApart(b, smtptest.SinkOptions{Delay: delay})
				n := 5_000
				if delay > 0 {
					n = 20 * lines
				}
				smtptest.Compare(b, n, func() smtptest.Turn {
					return sink.Timed(b, n, func() error { return smtptest.Flood(b.Context(), sink.Addr, lines, n, msg) })
				}, func() smtptest.Turn {
					return sink.Timed(b, n, func() error { return pour(b.Context(), sink.Addr, lines, n, msg) })
				})
			})
		}
	}
}

func TestAMessageOverALineAllocatesNothing(t *testing.T) {
	sink := smtptest.StartApart(t, smtptest.SinkOptions{})
	c := dialTo(t, "smtp+plain://"+sink.Addr)
	msg := readyMessage(t)
	must(t, c.Offer(envelope, len(msg)))
	must(t, c.Ready(t.Context()))
	n := testing.AllocsPerRun(200, func() {
		must(t, c.Body(msg))
		must(t, c.Offer(envelope, len(msg)))
		_, err := c.Answer(t.Context())
		must(t, err)
		must(t, c.Ready(t.Context()))
	})
	if n != 0 {
		t.Errorf("%v allocations a message", n)
	}
}

// readyMessage is a letter of a full day's weight as it goes over the wire.
func readyMessage(b testing.TB) []byte {
	b.Helper()
	msg, err := build(b, heavy()).AppendWire(nil, copyFor("reader@example.com"))
	if err != nil {
		b.Fatal(err)
	}
	return msg
}

// pour does with a Conn what Flood does without one.
func pour(ctx context.Context, addr string, lines, n int, msg []byte) error {
	r, err := mail.ParseRelay("smtp+plain://" + addr)
	if err != nil {
		return err
	}
	var running sync.WaitGroup
	errs := make([]error, lines)
	for i := range lines {
		running.Go(func() { errs[i] = pourOne(ctx, r, n/lines, msg) })
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func pourOne(ctx context.Context, r mail.Relay, n int, msg []byte) error {
	c, err := mail.Dial(ctx, r, mail.DialOptions{HELO: "flood.example"})
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Offer(envelope, len(msg)); err != nil {
		return err
	}
	var wire []byte
	for i := range n {
		if err := c.Ready(ctx); err != nil {
			return err
		}
		wire = append(wire[:0], msg...) // as the baseline copies it
		if err := c.Body(wire); err != nil {
			return err
		}
		if i < n-1 {
			if err := c.Offer(envelope, len(msg)); err != nil {
				return err
			}
		}
		if _, err := c.Answer(ctx); err != nil {
			return err
		}
	}
	return nil
}
