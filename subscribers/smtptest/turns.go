//go:build unix

package smtptest

import (
	"slices"
	"testing"
	"time"
)

// A Turn is what sending a number of messages took: by the clock, and of the
// processors' time for this process alone.
type Turn struct{ Wall, CPU time.Duration }

// Timed returns what send takes, which must bring n messages to the sink.
func (s *DistantSink) Timed(tb testing.TB, n int, send func() error) Turn {
	tb.Helper()
	before, began, cpu := s.Taken(tb), time.Now(), CPU(tb)
	if err := send(); err != nil {
		tb.Fatal(err)
	}
	t := Turn{time.Since(began), CPU(tb) - cpu}
	if got := s.Taken(tb) - before; got != int64(n) {
		tb.Fatalf("the sink took %d messages, want %d", got, n)
	}
	return t
}

// leastTurns is how many turns a median is of at least.
const leastTurns = 5

// Compare takes turns between a baseline and what is measured, so that both
// find the machine in the same mood, and reports the medians of at least five
// turns of n messages each. It returns how many turns there were.
func Compare(b *testing.B, n int, baseline, measured func() Turn) (turns int) {
	var base, own []Turn
	once := func() {
		base = append(base, baseline())
		own = append(own, measured())
	}
	for b.Loop() {
		once()
	}
	for len(own) < leastTurns {
		once()
	}
	ReportTurns(b, own, n)
	baseRate, baseCPU := medians(base, n)
	rate, _ := medians(own, n)
	b.ReportMetric(baseRate, "base-msgs/s")
	b.ReportMetric(baseCPU, "base-µs-CPU/msg")
	b.ReportMetric(100*rate/baseRate, "%-of-base")
	return len(own)
}

// ReportTurns reports the medians of turns of n messages each.
func ReportTurns(b *testing.B, turns []Turn, n int) {
	rate, cpu := medians(turns, n)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "msgs/s")
	b.ReportMetric(cpu, "µs-CPU/msg")
}

func medians(turns []Turn, n int) (perSecond, cpu float64) {
	median := func(of func(Turn) time.Duration) float64 {
		all := make([]float64, len(turns))
		for i, t := range turns {
			all[i] = of(t).Seconds()
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	wall := median(func(t Turn) time.Duration { return t.Wall })
	return float64(n) / wall, median(func(t Turn) time.Duration { return t.CPU }) * 1e6 / float64(n)
}
