// Package link makes and reads the signed tokens that stand in the links of our
// mails: what the link is for, whose it is, and until when it is good.
//
// A token is its own record: nothing is stored for it, and a forged one is
// found out before any database is asked. It rides in URLs and mails that get
// forwarded, logged and scanned, so it names a subscriber by ID alone and
// never an address, and whoever holds it may do no more than its purpose says.
package link

import (
	"crypto/hmac"
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
	Unsubscribe Purpose = 2 // leaves; works for ever
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
}

// Where a token's parts stand. All tokens are of one length, so that a mail
// rendered once can be given each reader's token without being encoded anew.
const (
	purposeAt    = 0
	keyAt        = 1
	subscriberAt = 2
	generationAt = 10
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
	newest Key
	secret map[byte][]byte
}

// NewKeys returns the keys given; the last one signs. It returns an error when
// there is none, when one is weak, or when two share a number.
func NewKeys(keys ...Key) (*Keys, error) {
	if len(keys) == 0 {
		return nil, errors.New("no key to sign links with")
	}
	k := &Keys{newest: keys[len(keys)-1], secret: make(map[byte][]byte, len(keys))}
	for _, key := range keys {
		if len(key.Secret) < sha256.Size {
			return nil, fmt.Errorf("link key %d is too short: %d octets", key.Number, len(key.Secret))
		}
		if _, twice := k.secret[key.Number]; twice {
			return nil, fmt.Errorf("two link keys have the number %d", key.Number)
		}
		k.secret[key.Number] = key.Secret
	}
	return k, nil
}

// Sign returns the token of l: [Length] characters of lower-case base32.
func (k *Keys) Sign(l Link) string {
	raw := make([]byte, macAt, rawLength)
	raw[purposeAt] = byte(l.Purpose)
	raw[keyAt] = k.newest.Number
	binary.BigEndian.PutUint64(raw[subscriberAt:], uint64(l.Subscriber))
	binary.BigEndian.PutUint32(raw[generationAt:], uint32(l.Generation))
	if !l.Expires.IsZero() {
		binary.BigEndian.PutUint32(raw[expiresAt:], uint32(l.Expires.Unix()))
	}
	return encoding.EncodeToString(append(raw, mac(k.newest.Secret, raw)...))
}

// Parse reads a token that was made for purpose, in either case of letters. It
// returns [ErrInvalid] for every other text. Whether the link has expired is
// the caller's question.
func (k *Keys) Parse(token string, purpose Purpose) (Link, error) {
	raw, ok := decode(token)
	if !ok {
		return Link{}, ErrInvalid
	}
	secret, known := k.secret[raw[keyAt]]
	if !known || !hmac.Equal(raw[macAt:], mac(secret, raw[:macAt])) || Purpose(raw[purposeAt]) != purpose {
		return Link{}, ErrInvalid
	}
	l := Link{
		Purpose:    purpose,
		Subscriber: int64(binary.BigEndian.Uint64(raw[subscriberAt:])),
		Generation: int(binary.BigEndian.Uint32(raw[generationAt:])),
	}
	if s := binary.BigEndian.Uint32(raw[expiresAt:]); s != 0 {
		l.Expires = time.Unix(int64(s), 0).UTC()
	}
	return l, nil
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

// mac returns the shortened HMAC of a token's head: 128 bits, as RFC 8058 §6
// and good sense ask for.
func mac(secret, head []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write(head)
	return h.Sum(nil)[:macLength]
}
