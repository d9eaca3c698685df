//go:build unix

package delivery_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// BenchmarkDrainSigned sends an issue of 56 kB with both DKIM signatures, in
// turns with as many RSA signatures on all processors and nothing else. Its
// shares of those, by the clock and by our processor's time, are the medians of
// the rounds; the clock sees the far end too, which is another process.
//
//	go test ./subscribers/delivery -run - -bench DrainSigned -benchtime 5x
func BenchmarkDrainSigned(b *testing.B) {
	const readers = 2000
	url := "smtp+plain://" + smtptest.StartApart(b, smtptest.SinkOptions{}).Addr
	key, signer := signingKey(b)
	for name, connections := range map[string]int{"10 lines": 10, "50 lines": 50} {
		b.Run(name, func(b *testing.B) {
			var shares, processor []float64
			var sending time.Duration
			for b.Loop() {
				before := smtptest.CPU(b)
				alone := signAlone(b, key, readers)
				aloneProcessor := smtptest.CPU(b) - before
				bed := newBed(b)
				bed.signer = signer
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
				began, before := time.Now(), smtptest.CPU(b)
				bed.drain(w)
				took, busy := time.Since(began), smtptest.CPU(b)-before
				bed.wantAccount(m, subscribers.Account{Planned: readers, Accepted: readers})
				shares, sending = append(shares, float64(alone)/float64(took)), sending+took
				processor = append(processor, float64(aloneProcessor)/float64(busy))
			}
			b.ReportMetric(100*median(shares), "%of-RSA")
			b.ReportMetric(100*median(processor), "%of-RSA-by-CPU")
			b.ReportMetric(float64(readers*len(shares))/sending.Seconds(), "messages/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func signingKey(b *testing.B) (*rsa.PrivateKey, *mail.Signer) {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	_, second, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	signer, err := mail.NewSigner("example.org", []mail.SigningKey{{Selector: "a", Key: key}, {Selector: "b", Key: second}})
	if err != nil {
		b.Fatal(err)
	}
	return key, signer
}

// signAlone returns how long n RSA signatures take on all processors.
func signAlone(b *testing.B, key *rsa.PrivateKey, n int) time.Duration {
	b.Helper()
	sum := sha256.Sum256(nil)
	processors := runtime.GOMAXPROCS(0)
	began := time.Now()
	var running sync.WaitGroup
	for range processors {
		running.Go(func() {
			for range n / processors {
				if _, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	running.Wait()
	return time.Since(began)
}
