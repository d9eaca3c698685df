// Package link makes and reads the signed tokens that stand in the links of our
// mails: what the link is for, whose it is, and until when it is good.
//
// A token is its own record: nothing is stored for it, and a forged one is
// found out before any database is asked. It rides in URLs and mails that get
// forwarded, logged and scanned, so it names a subscriber by ID alone and
// never an address, and whoever holds it may do no more than its purpose says.
package link

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Purpose is the one thing that a token may be used for.
type Purpose byte

const (
	Confirm     Purpose = 1 // confirms one sign-up; expires
	Unsubscribe Purpose = 2 // leaves, and names a reader in mail that comes back without a Returned one; works for ever
	Returned    Purpose = 3 // names one delivery, in the return path of its mail; works for ever
)

// ErrInvalid means that a token was not made by us for this purpose: forged,
// cut short, or of another kind.
var ErrInvalid = errors.New("the link is not one of ours, or was not copied whole")

// A Link is what a token says.
type Link struct {
	Purpose    Purpose
	Subscriber int64
	Generation int       // of the subscriber when the link was made; 0 where it does not matter
	Expires    time.Time // whole seconds; zero: never

	// Mailing is what came back, of a Returned one alone. It stands in the
	// place of Generation and Expires, which such a link has not.
	Mailing int64
}

// Where a token's parts stand. All tokens are of one length, so that a mail
// rendered once can be given each reader's token without being encoded anew.
const (
	purposeAt    = 0
	keyAt        = 1
	subscriberAt = 2
	generationAt = 10
	mailingAt    = generationAt
	expiresAt    = 14
	macAt        = 18
	macLength    = 16
	rawLength    = macAt + macLength

	// Length is the length of every token in characters.
	Length = (rawLength*8 + 4) / 5
)

// encoding is base32 in lower case: some systems fold the case of what stands
// in an address, and a token may stand there too.
var encoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// A Key signs tokens. Its number stands in each of them.
type Key struct {
	Number byte
	Secret []byte // 32 octets of chance
}

// Keys signs tokens with the newest of several keys and reads those signed with
// any of them: a key that once signed is never dropped, or the links to leave
// in old mails would die.
type Keys struct {
	newest byte
	stamps map[byte]*stamps
}

// NewKeys returns the keys given; the last one signs. It returns an error when
// there is none, when one is weak, or when two share a number.
func NewKeys(keys ...Key) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("no key to sign links with")
	}
	k := &Keys{newest: keys[len(keys)-1].Number, stamps: make(map[byte]*stamps, len(keys))}
	for _, key := range keys {
		if len(key.Secret) < sha256.Size {
			return nil, fmt.Errorf("link key %d is too short: %d octets", key.Number, len(key.Secret))
		}
		if _, twice := k.stamps[key.Number]; twice {
			return nil, fmt.Errorf("two link keys have the number %d", key.Number)
		}
		k.stamps[key.Number] = newStamps(key.Secret)
	}
	return k, nil
}

// Sign returns the token of l: [Length] characters of lower-case base32. It
// allocates nothing but the token.
func (k *Keys) Sign(l Link) string {
	stamps := k.stamps[k.newest]
	s := stamps.take()
	defer stamps.give(s)
	l.write(s.raw[:macAt])
	s.raw[keyAt] = k.newest
	copy(s.raw[macAt:], s.mac())
	encoding.Encode(s.text[:], s.raw[:])
	return string(s.text[:])
}

// write writes all of l but its key and HMAC.
func (l Link) write(raw []byte) {
	clear(raw)
	raw[purposeAt] = byte(l.Purpose)
	binary.BigEndian.PutUint64(raw[subscriberAt:], uint64(l.Subscriber))
	if l.Purpose == Returned {
		binary.BigEndian.PutUint64(raw[mailingAt:], uint64(l.Mailing))
		return
	}
	binary.BigEndian.PutUint32(raw[generationAt:], uint32(l.Generation))
	if !l.Expires.IsZero() {
		binary.BigEndian.PutUint32(raw[expiresAt:], uint32(l.Expires.Unix()))
	}
}

// Parse reads a token that was made for purpose, in either case of letters. It
// returns [ErrInvalid] for every other text. Whether the link has expired is
// the caller's question.
func (k *Keys) Parse(token string, purpose Purpose) (Link, error) {
	raw, ok := decode(token)
	if !ok {
		return Link{}, ErrInvalid
	}
	stamps, known := k.stamps[raw[keyAt]]
	if !known || !stamps.made(raw) || Purpose(raw[purposeAt]) != purpose {
		return Link{}, ErrInvalid
	}
	return read(raw), nil
}

// read returns what the octets of a token say.
func read(raw []byte) Link {
	l := Link{
		Purpose:    Purpose(raw[purposeAt]),
		Subscriber: int64(binary.BigEndian.Uint64(raw[subscriberAt:])),
	}
	if l.Purpose == Returned {
		l.Mailing = int64(binary.BigEndian.Uint64(raw[mailingAt:]))
		return l
	}
	l.Generation = int(binary.BigEndian.Uint32(raw[generationAt:]))
	if s := binary.BigEndian.Uint32(raw[expiresAt:]); s != 0 {
		l.Expires = time.Unix(int64(s), 0).UTC()
	}
	return l
}

// decode returns the octets of a token.
func decode(token string) (raw []byte, ok bool) {
	if len(token) != Length {
		return nil, false
	}
	folded := strings.ToLower(token)
	raw, err := encoding.DecodeString(folded)
	// The decoder skips line breaks and the spare bits of the last character;
	// a token has one spelling.
	return raw, err == nil && encoding.EncodeToString(raw) == folded
}
