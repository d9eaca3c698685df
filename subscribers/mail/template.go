package mail

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Copy is what differs from reader to reader.
type Copy struct {
	To        string    // the one address, domain as typed or in A-labels; see [NeedsSMTPUTF8]
	Token     string    // of len(TokenPlace); not looked at when the letter has no place for one
	Since     string    // the day on which the reader signed up, as 2026-02-03; likewise
	MessageID string    // "id@domain" without brackets: each reader's own, the same in every attempt
	Date      time.Time // when the first attempt was made, in the zone to show
}

// dateLayout is RFC 5322's, with a numeric zone.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// A Template is a letter in its final octets, but for what differs per reader.
// It may be used by many goroutines.
type Template struct {
	plain   octets // the message
	wire    octets // the same with its dots stuffed
	token   bool   // it has places for a token
	since   bool   // it has places for the day of signing up
	signing *signing
	bare    *Template // the same without signatures
}

// Unsigned returns the same letter without its signatures, for a relay that
// signs by itself.
func (t *Template) Unsigned() *Template {
	if t.bare != nil {
		return t.bare
	}
	return t
}

// octets are those of a message, but for what differs per reader.
type octets struct {
	pieces []piece
	tail   []byte // what follows the last piece
	size   int    // when filled in, without address and Message-ID
}

// Append appends the message for one reader to dst and returns the result, with
// its signatures where the letter has a [Signer]. For an address that cannot be
// mailed the error is a *Refusal; dst is then returned as it was. The same copy
// has the same octets each time, its signatures too: their time is its Date.
//
// Only an international domain and an RSA signature make it allocate, where dst
// has the room. With a signature it takes about a millisecond of a processor,
// and waits while all of them make one.
func (t *Template) Append(dst []byte, c Copy) ([]byte, error) {
	return t.fill(dst, c, &t.plain)
}

// AppendWire is Append for [Conn.Body]: the message as it goes over the wire,
// a dot before every line that begins with one (RFC 5321 section 4.5.2).
func (t *Template) AppendWire(dst []byte, c Copy) ([]byte, error) {
	return t.fill(dst, c, &t.wire)
}

// Size returns how many octets the message for one reader has, as a relay is to
// be told (RFC 1870): dots not stuffed. An international domain makes it a little
// longer.
func (t *Template) Size(c Copy) int {
	size := t.plain.size + len(c.To) + len(c.MessageID)
	if t.signing != nil {
		size += t.signing.size
	}
	return size
}

func (t *Template) fill(dst []byte, c Copy, o *octets) ([]byte, error) {
	to, err := onTheWire(c.To)
	if err != nil {
		return dst, badRecipient(c.To, err)
	}
	if err := t.check(c); err != nil {
		return dst, fmt.Errorf("fill in the message: %w", err)
	}
	f := filling{Copy: c}
	f.To = to
	size := o.size + len(to) + len(c.MessageID)
	if t.signing == nil {
		return o.append(slices.Grow(dst, size), &f), nil
	}
	message, err := t.signing.append(slices.Grow(dst, size+t.signing.size), &f)
	if err != nil {
		return dst, fmt.Errorf("fill in the message: %w", err)
	}
	return o.append(message, &f), nil
}

// A filling is what goes into the places of one copy.
type filling struct {
	Copy     // its address is fit for the wire
	bodyHash []byte
}

// append fills in the places.
func (o *octets) append(dst []byte, f *filling) []byte {
	for i := range o.pieces {
		p := &o.pieces[i]
		dst = append(dst, p.literal...)
		switch p.place {
		case toPlace:
			dst = append(dst, f.To...)
		case messageIDPlace:
			dst = append(dst, f.MessageID...)
		case datePlace:
			dst = f.Date.AppendFormat(dst, dateLayout)
		case tokenPlace:
			dst = append(dst, f.Token[p.from:p.to]...)
		case sincePlace:
			dst = append(dst, f.Since[p.from:p.to]...)
		case timePlace:
			dst = strconv.AppendInt(dst, f.Date.Unix(), 10)
		case bodyHashPlace:
			dst = append(dst, f.bodyHash...)
		}
	}
	return append(dst, o.tail...)
}

// check refuses what would not be the same octets after encoding, or would
// break a header line.
func (t *Template) check(c Copy) error {
	if t.token && !isToken(c.Token) {
		return fmt.Errorf("%q is not a token", c.Token)
	}
	if t.since && !isDay(c.Since) {
		return fmt.Errorf("%q is not a day such as 2026-02-03", c.Since)
	}
	if !isMessageID(c.MessageID) {
		return fmt.Errorf("%q is not a Message-ID", c.MessageID)
	}
	if y := c.Date.Year(); y < 1971 || y > 9999 {
		return errors.New("the date is not set")
	}
	return nil
}

func isToken(s string) bool {
	if len(s) != len(TokenPlace) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return false
		}
	}
	return true
}

// isDay accepts four digits, two and two, with hyphens between them.
func isDay(s string) bool {
	if len(s) != len(SincePlace) {
		return false
	}
	for i := range len(s) {
		if isHyphen := i == 4 || i == 7; isHyphen && s[i] != '-' || !isHyphen && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// isMessageID accepts dot-atom@dot-atom; it must fit a line beside its name.
func isMessageID(s string) bool {
	left, right, ok := strings.Cut(s, "@")
	return ok && len(s) < 250 && isDotAtom(left) && isDotAtom(right)
}

func isDotAtom(s string) bool {
	for i := range len(s) {
		if c := rune(s[i]); c >= 0x80 || !isAtext(c) && c != '.' {
			return false
		}
	}
	return s != "" && s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..")
}
