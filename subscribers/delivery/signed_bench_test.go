//go:build unix

package delivery_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// BenchmarkSignedDelivery is BenchmarkDelivery with both DKIM signatures on each
// mail. Its baseline is what the RSA ones take by themselves, on all processors.
func BenchmarkSignedDelivery(b *testing.B) {
	const n = 6000
	for _, lines := range []int{10, 50} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			r := newRace(b, 0, lines, 1, n)
			var key *rsa.PrivateKey
			key, r.signer = signingKey(b)
			smtptest.Compare(b, n, func() smtptest.Turn { return signAlone(b, key, n) }, r.deliver)
		})
	}
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

// signAlone makes n RSA signatures on all processors.
func signAlone(b *testing.B, key *rsa.PrivateKey, n int) smtptest.Turn {
	b.Helper()
	sum := sha256.Sum256(nil)
	processors := runtime.GOMAXPROCS(0)
	began, before := time.Now(), smtptest.CPU(b)
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
	return smtptest.Turn{Wall: time.Since(began), CPU: smtptest.CPU(b) - before}
}
