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
)

// onAllProcessors has something done n times, by twice as many lines as there are
// processors, and returns how long that took.
func onAllProcessors(n int, line func(times int)) time.Duration {
	lines := 2 * runtime.GOMAXPROCS(0)
	start := time.Now()
	var running sync.WaitGroup
	for range lines {
		running.Go(func() { line(n / lines) })
	}
	running.Wait()
	return time.Since(start)
}

// BenchmarkSigned measures copies with both signatures against RSA signing
// alone, on all processors, in turns: the share is the median of its rounds.
//
//	go test ./subscribers/mail -run - -bench Signed -benchtime 10x
func BenchmarkSigned(b *testing.B) {
	const perRound = 400
	l := heavy()
	l.Signer = signerOf(b, "example.org")
	template := build(b, l)
	key := keys()[0].Key.(*rsa.PrivateKey)
	sum := sha256.Sum256(nil)
	var shares []float64
	var alone, signed time.Duration
	for b.Loop() {
		a := onAllProcessors(perRound, func(times int) {
			for range times {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
					b.Error(err)
				}
			}
		})
		s := onAllProcessors(perRound, func(times int) { signCopies(b, template, times) })
		shares = append(shares, float64(a)/float64(s))
		alone, signed = alone+a, signed+s
	}
	slices.Sort(shares)
	rounds := float64(len(shares))
	b.ReportMetric(100*shares[len(shares)/2], "%of-RSA")
	b.ReportMetric(perRound*rounds/alone.Seconds(), "RSA/s")
	b.ReportMetric(perRound*rounds/signed.Seconds(), "copies/s")
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
