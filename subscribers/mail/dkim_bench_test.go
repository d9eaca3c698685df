//go:build unix

package mail_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// BenchmarkSigned measures copies with both signatures against RSA signing
// alone, on all processors, in turns: the shares, by the clock and by the
// processors' time, are the medians of the rounds.
//
//	go test ./subscribers/mail -run - -bench Signed -benchtime 10x
func BenchmarkSigned(b *testing.B) {
	const perRound = 400
	l := heavy()
	l.Signer = signerOf(b, "example.org")
	template := build(b, l)
	key := keys()[0].Key.(*rsa.PrivateKey)
	var alone, signed efforts
	for b.Loop() {
		alone.add(onAllProcessors(b, perRound, func(times int) { signSums(b, key, times) }))
		signed.add(onAllProcessors(b, perRound, func(times int) { signCopies(b, template, times) }))
	}
	b.ReportMetric(100*share(alone.clock, signed.clock), "%of-RSA")
	b.ReportMetric(100*share(alone.processor, signed.processor), "%of-RSA-by-CPU")
	b.ReportMetric(perRound/alone.median().Seconds(), "RSA/s")
	b.ReportMetric(perRound/signed.median().Seconds(), "copies/s")
	b.ReportMetric(0, "ns/op")
}

// efforts are what rounds took.
type efforts struct{ clock, processor []time.Duration }

func (e *efforts) add(clock, processor time.Duration) {
	e.clock, e.processor = append(e.clock, clock), append(e.processor, processor)
}

func (e *efforts) median() time.Duration {
	return slices.Sorted(slices.Values(e.clock))[len(e.clock)/2]
}

// share returns the median of what a took of what b took, round by round.
func share(a, b []time.Duration) float64 {
	var shares []float64
	for i := range a {
		shares = append(shares, float64(a[i])/float64(b[i]))
	}
	slices.Sort(shares)
	return shares[len(shares)/2]
}

// onAllProcessors has something done n times, by twice as many lines as there
// are processors, and returns how long that took.
func onAllProcessors(b *testing.B, n int, line func(times int)) (clock, processor time.Duration) {
	lines := 2 * runtime.GOMAXPROCS(0)
	began, before := time.Now(), smtptest.CPU(b)
	var running sync.WaitGroup
	for range lines {
		running.Go(func() { line(n / lines) })
	}
	running.Wait()
	return time.Since(began), smtptest.CPU(b) - before
}

func signSums(b *testing.B, key *rsa.PrivateKey, times int) {
	sum := sha256.Sum256(nil)
	for range times {
		if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Error(err)
		}
	}
}

func signCopies(b *testing.B, template *mail.Template, times int) {
	var buf []byte
	for range times {
		var err error
		if buf, err = template.AppendWire(buf[:0], copyFor("reader@example.com")); err != nil {
			b.Error(err)
		}
	}
}
