package mail

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"runtime"
	"slices"
	"strings"
)

// A SigningKey is one of the keys that mail is signed with (DKIM, RFC 6376).
type SigningKey struct {
	Selector string        // under which the public key stands in the DNS; one key each
	Key      crypto.Signer // *rsa.PrivateKey (rsa-sha256) or ed25519.PrivateKey (ed25519-sha256, RFC 8463)
}

// A Signer signs the mail of one domain, once with each of its keys. It may be
// used by many goroutines.
type Signer struct {
	domain string
	keys   []SigningKey

	// As many signatures are made at a time as there are processors: of a
	// hundred lines that all want one, the others wait here, and those that
	// have something to read or write find a processor free.
	free chan *signingRoom
}

// A signingRoom is what the making of a signature needs. It is used again.
type signingRoom struct {
	hash hash.Hash
	text []byte
	sums [2][sha256.Size]byte
	b64  [base64Length]byte
}

// base64Length is that of a SHA-256 sum in base64.
const base64Length = 44

// NewSigner returns what signs mail from addresses of a domain. At least one
// key must be RSA, which every receiver can verify; RFC 8301 section 3.2 wants
// 2048 bits of it, and receivers need take no more than 4096.
func NewSigner(domain string, keys []SigningKey) (*Signer, error) {
	// The domain is written as the From field has it, so that both are the same
	// (strict alignment in DMARC, RFC 9989).
	wire, err := onTheWire("a@" + domain)
	if err != nil {
		return nil, fmt.Errorf("sign mail from %q: %w", domain, err)
	}
	for i, k := range keys {
		if err := k.check(); err != nil {
			return nil, fmt.Errorf("signing key %q: %w", k.Selector, err)
		}
		if slices.ContainsFunc(keys[:i], func(other SigningKey) bool { return strings.EqualFold(other.Selector, k.Selector) }) {
			return nil, fmt.Errorf("signing key %q: another key has the same selector", k.Selector)
		}
	}
	if !slices.ContainsFunc(keys, SigningKey.isRSA) {
		return nil, errors.New("sign mail: one of the keys must be RSA: many receivers verify nothing else")
	}
	s := &Signer{domain: strings.ToLower(strings.TrimPrefix(wire, "a@")), keys: slices.Clone(keys), free: make(chan *signingRoom, runtime.GOMAXPROCS(0))}
	for range cap(s.free) {
		s.free <- &signingRoom{hash: sha256.New()}
	}
	return s, nil
}

// Domain returns the domain that signs, in A-labels.
func (s *Signer) Domain() string { return s.domain }

func (k SigningKey) isRSA() bool {
	_, ok := k.Key.(*rsa.PrivateKey)
	return ok
}

func (k SigningKey) check() error {
	if err := CheckSelector(k.Selector); err != nil {
		return err
	}
	switch key := k.Key.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < 2048 || bits > 4096 {
			return fmt.Errorf("it is an RSA key of %d bits, and 2048 to 4096 are verified by all", bits)
		}
		return nil
	case ed25519.PrivateKey:
		return nil
	}
	return errors.New("it is neither an RSA nor an Ed25519 key")
}

// CheckSelector reports what keeps s from being a selector (RFC 6376 section 3.1).
func CheckSelector(s string) error {
	const longest = 150 // leaves room for a domain in a DNS name
	if err := checkDomain(s); err != nil || len(s) > longest {
		return errors.New("a selector is letters, digits and hyphens, perhaps with dots between them")
	}
	return nil
}

// algorithm is the signature's a= (RFC 6376 section 3.3, RFC 8463 section 3).
func (k SigningKey) algorithm() string {
	if k.isRSA() {
		return "rsa-sha256"
	}
	return "ed25519-sha256"
}

// signatureLength is how many octets a signature has.
func (k SigningKey) signatureLength() int {
	if key, ok := k.Key.(*rsa.PrivateKey); ok {
		return key.Size()
	}
	return ed25519.SignatureSize
}

// sign appends the signature of a SHA-256 sum to dst.
func (k SigningKey) sign(dst []byte, sum []byte) ([]byte, error) {
	switch key := k.Key.(type) {
	case *rsa.PrivateKey:
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum)
		return append(dst, signature...), err
	case ed25519.PrivateKey:
		return append(dst, ed25519.Sign(key, sum)...), nil
	}
	return dst, errors.New("neither an RSA nor an Ed25519 key") // check has refused it
}

// sumAfter hashes what follows a beginning whose state was kept.
func (r *signingRoom) sumAfter(beginning, text []byte, to *[sha256.Size]byte) ([]byte, error) {
	r.hash.Reset()
	if beginning != nil {
		if err := r.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(beginning); err != nil {
			return nil, err
		}
	}
	r.hash.Write(text)
	return r.hash.Sum(to[:0]), nil
}

// stateAfter returns the state of a hash that has seen text.
func stateAfter(text []byte) ([]byte, error) {
	h := sha256.New()
	h.Write(text)
	return h.(encoding.BinaryMarshaler).MarshalBinary()
}

func appendBase64(dst, b []byte) []byte { return base64.StdEncoding.AppendEncode(dst, b) }
