//go:build unix

package delivery_test

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

// BenchmarkDrain sends an issue of 56 kB to 10,000 readers through the outbox,
// to a server on loopback that discards it. The server is another process, so
// the processor's time is ours alone.
func BenchmarkDrain(b *testing.B) {
	const readers = 10_000
	_, url := startOther(b, sinkVariable, "1")
	for name, connections := range map[string]int{"10 lines": 10, "50 lines": 50} {
		b.Run(name, func(b *testing.B) {
			var took, cpu time.Duration
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				bed := newBed(b)
				bed.readers(readers)
				bed.exec(`UPDATE issues SET html = $1`, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Magnets</title></head><body>`+
					filler(50_000)+`<a href="`+unsubscribe+`">Leave</a></body></html>`)
				m := bed.order()
				relay, err := mail.ParseRelay(url)
				if err != nil {
					b.Fatal(err)
				}
				relay.Connections, relay.PerConnection = connections, 0
				w := bed.worker(delivery.Options{Now: time.Now}, relay)
				b.StartTimer()
				began, before := time.Now(), processorTime(b)
				bed.drain(w)
				took, cpu = took+time.Since(began), cpu+processorTime(b)-before
				bed.wantAccount(m, subscribers.Account{Planned: readers, Accepted: readers})
			}
			sent := float64(readers * b.N)
			b.ReportMetric(sent/took.Seconds(), "messages/s")
			b.ReportMetric(float64(cpu.Microseconds())/sent, "CPU-µs/message")
			b.ReportMetric(0, "ns/op")
		})
	}
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

func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
