//go:build unix

package delivery_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// BenchmarkDelivery sends an issue of 56 kB through the outbox, and in turns
// with it floods the same sink, in another process, with the same message as
// plainly as can be ([smtptest.Flood]). The figures are medians of at least five
// turns: messages a second, microseconds of this process's CPU a message, and
// the part of the baseline's speed.
func BenchmarkDelivery(b *testing.B) {
	for _, delay := range []time.Duration{0, 20 * time.Millisecond} {
		for _, lines := range []int{10, 50, 200} {
			for _, inFlight := range []int{1, 8} {
				if delay == 0 && lines > 50 || delay > 0 && inFlight > 1 {
					continue
				}
				n := 10_000
				if delay > 0 {
					n = 100 * lines
				}
				b.Run(fmt.Sprintf("delay=%v/lines=%d/inFlight=%d", delay, lines, inFlight), func(b *testing.B) {
					r := newRace(b, delay, lines, inFlight, n)
					turns := smtptest.Compare(b, n, r.flood, r.deliver)
					b.ReportMetric(float64(turns*n)/float64(r.commits.n.Load()), "msgs/commit")
				})
			}
		}
	}
}

// BenchmarkLength sends the same issue to lists of very different length: what
// one message costs must not depend on that.
//
//	go test ./subscribers/delivery -run - -bench Length -benchtime 1x
func BenchmarkLength(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprintf("readers=%d", n), func(b *testing.B) {
			r := newRace(b, 0, 50, 1, n)
			var own []smtptest.Turn
			for b.Loop() {
				own = append(own, r.deliver())
			}
			smtptest.ReportTurns(b, own, n)
		})
	}
}

// A race is one sink and what two senders have to bring to it.
type race struct {
	*bed
	sink     *smtptest.DistantSink
	relay    mail.Relay
	inFlight int
	n        int
	commits  commits
}

// commits counts them.
type commits struct {
	n atomic.Int64
}

func (c *commits) Committed(int, time.Duration) { c.n.Add(1) }

// The rest of what a worker tells is of no interest here.
func (c *commits) Settled(subscribers.State)                {}
func (c *commits) Answered(string, mail.Stage, int)         {}
func (c *commits) Waited(string, mail.Stage, time.Duration) {}
func (c *commits) RelayState(string, delivery.RelayState)   {}

func newRace(b *testing.B, delay time.Duration, lines, inFlight, n int) *race {
	b.Cleanup(database.SpareProcessor()) // as the program does
	r := &race{bed: newBed(b), sink: smtptest.StartApart(b, smtptest.SinkOptions{Delay: delay}), inFlight: inFlight, n: n}
	r.readers(n)
	r.heavy()
	var err error
	if r.relay, err = mail.ParseRelay("smtp+plain://" + r.sink.Addr); err != nil {
		b.Fatal(err)
	}
	r.relay.Connections, r.relay.PerConnection = lines, 0
	return r
}

// heavy makes the issue as large as those of a full day are, 56 kB on the wire.
func (b *bed) heavy() {
	b.Helper()
	b.exec(`UPDATE issues SET html = $1`, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Magnets</title></head><body>`+
		filler(50_000)+`<a href="`+unsubscribe+`">Leave</a></body></html>`)
}

func filler(n int) string {
	var s strings.Builder
	dice := rand.New(rand.NewPCG(5, 6))
	words := strings.Fields("neodymium praseodymium dysprosium terbium oxide magnet price tonne plant mine separation export licence")
	for s.Len() < n {
		s.WriteString("<p style=\"margin:0\">")
		for range 12 {
			s.WriteString(words[dice.IntN(len(words))] + " ")
		}
		s.WriteString("</p>\n")
	}
	return s.String()
}

// deliver sends the issue once more.
func (r *race) deliver() smtptest.Turn {
	r.Helper()
	r.exec(`DELETE FROM deliveries`)
	r.exec(`DELETE FROM mailings`)
	m := r.order()
	w := r.worker(delivery.Options{Now: time.Now, InFlight: r.inFlight, Meter: &r.commits}, r.relay)
	t := r.sink.Timed(r, r.n, func() error { return w.Drain(r.Context()) })
	r.wantAccount(m, subscribers.Account{Planned: r.n, Accepted: r.n})
	return t
}

// flood sends the message of one reader as often as there are readers.
func (r *race) flood() smtptest.Turn {
	r.Helper()
	letters := r.letters()
	m := subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing, IssueID: r.issue.ID}
	letter, err := letters.Template(r.Context(), &m)
	if err != nil {
		r.Fatal(err)
	}
	msg, err := letter.AppendWire(nil, letters.Copy(subscribers.Claim{Mailing: &m, Subscriber: 1}, reader(1), morning))
	if err != nil {
		r.Fatal(err)
	}
	return r.sink.Timed(r, r.n, func() error {
		return smtptest.Flood(r.Context(), r.sink.Addr, r.relay.Connections, r.n, msg)
	})
}
