package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"sync"
)

// A stamp makes the HMACs of one key and has the room that a token is made in.
// Each mail takes two tokens, so nothing of it is thrown away.
type stamp struct {
	hmac hash.Hash
	raw  [rawLength]byte
	sum  [sha256.Size]byte
	text [Length]byte
}

// mac returns the shortened HMAC of the head of raw: 128 bits, as RFC 8058 §6
// and good sense ask for. It is good until the next one.
func (s *stamp) mac() []byte {
	s.hmac.Reset()
	s.hmac.Write(s.raw[:macAt])
	return s.hmac.Sum(s.sum[:0])[:macLength]
}

// stamps are those of one key, for many goroutines.
type stamps struct {
	idle sync.Pool
}

func newStamps(secret []byte) *stamps {
	return &stamps{idle: sync.Pool{New: func() any { return &stamp{hmac: hmac.New(sha256.New, secret)} }}}
}

func (p *stamps) take() *stamp  { return p.idle.Get().(*stamp) }
func (p *stamps) give(s *stamp) { p.idle.Put(s) }

// made reports whether the octets of a token were signed with the key.
func (p *stamps) made(raw []byte) bool {
	s := p.take()
	defer p.give(s)
	copy(s.raw[:], raw)
	return hmac.Equal(raw[macAt:], s.mac())
}
