package mail

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Copy is what differs from reader to reader.
type Copy struct {
	To        string    // the one address, domain as typed or in A-labels; see [NeedsSMTPUTF8]
	Token     string    // of len(TokenPlace); not looked at when the letter has no place for one
	MessageID string    // "id@domain" without brackets: each reader's own, the same in every attempt
	Date      time.Time // when the first attempt was made, in the zone to show
}

// dateLayout is RFC 5322's, with a numeric zone.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// A Template is a letter in its final octets, but for what differs per reader.
// It may be used by many goroutines.
type Template struct {
	plain octets // the message
	wire  octets // the same with its dots stuffed
	token bool   // it has places for a token
}

// octets are those of a message, but for what differs per reader.
type octets struct {
	pieces []piece
	tail   []byte // what follows the last piece
	size   int    // when filled in, without address and Message-ID
}

// Append appends the message for one reader to dst and returns the result. For
// an address that cannot be mailed the error is a *Refusal; dst is then
// returned as it was. Only an international domain makes it allocate, where
// dst has the room.
func (t *Template) Append(dst []byte, c Copy) ([]byte, error) {
	return t.fill(dst, c, &t.plain)
}

// AppendWire is Append for [Conn.Body]: the message as it goes over the wire,
// a dot before every line that begins with one (RFC 5321 section 4.5.2).
func (t *Template) AppendWire(dst []byte, c Copy) ([]byte, error) {
	return t.fill(dst, c, &t.wire)
}

func (t *Template) fill(dst []byte, c Copy, o *octets) ([]byte, error) {
	to, err := onTheWire(c.To)
	if err != nil {
		return dst, badRecipient(c.To, err)
	}
	if err := t.check(c); err != nil {
		return dst, fmt.Errorf("fill in the message: %w", err)
	}
	c.To = to
	return o.append(slices.Grow(dst, o.size+len(to)+len(c.MessageID)), &c), nil
}

// append fills in the places. The address in c is fit for the wire.
func (o *octets) append(dst []byte, c *Copy) []byte {
	for i := range o.pieces {
		p := &o.pieces[i]
		dst = append(dst, p.literal...)
		switch p.place {
		case toPlace:
			dst = append(dst, c.To...)
		case messageIDPlace:
			dst = append(dst, c.MessageID...)
		case datePlace:
			dst = c.Date.AppendFormat(dst, dateLayout)
		case tokenPlace:
			dst = append(dst, c.Token[p.from:p.to]...)
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
	if !isMessageID(c.MessageID) {
		return fmt.Errorf("%q is not a Message-ID", c.MessageID)
	}
	if y := c.Date.Year(); y < 1900 || y > 9999 {
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
