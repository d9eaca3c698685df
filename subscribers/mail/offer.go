package mail

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// An Envelope is who a message is really from and to.
type Envelope struct {
	From string // empty: the null sender
	To   string

	// ID comes back in reports about the message, if the relay does DSN
	// (ENVID, RFC 3461 section 4.4): at most 100 of a–z and 0–9. Empty: none.
	ID string
}

// extensions are what a relay offers.
type extensions struct {
	limit      int64 // of a message's size, 0: none known
	size       bool
	utf8       bool
	dsn        bool
	pipelining bool
}

func offeredBy(client *smtp.Client) (x extensions) {
	x.limit, x.size = sizeLimit(client)
	x.utf8, _ = client.Extension("SMTPUTF8")
	x.dsn, _ = client.Extension("DSN")
	x.pipelining, _ = client.Extension("PIPELINING")
	return x
}

// Offer queues the commands of the next message, whose size is in octets
// before dot-stuffing. Nothing is written yet. The error is a local *[Refusal]
// when no relay could take it; then nothing is queued and the line goes on. On
// a broken line it is a *[LineError].
func (c *Conn) Offer(e Envelope, size int) error {
	switch {
	case c.isBroken:
		return c.died(StageMail, nil)
	case c.offered != nothing:
		return c.died(StageMail, errOutOfOrder)
	}
	from, to, err := c.addresses(e)
	if err != nil {
		return err
	}
	if c.can.limit > 0 && int64(size) > c.can.limit {
		return c.local(StageMail, 552, "5.3.4", fmt.Sprintf("the message has %d octets, and the relay takes %d", size, c.can.limit))
	}
	if len(e.ID) > maxEnvelopeID || strings.Trim(e.ID, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return c.local(StageMail, 501, "5.5.4", fmt.Sprintf("%q is not an envelope ID", e.ID))
	}
	c.resets = c.begun
	c.commands = c.appendCommands(c.commands[:0], Envelope{from, to, e.ID}, size)
	c.offered = queued
	return nil
}

// addresses returns an envelope's addresses as they are written.
func (c *Conn) addresses(e Envelope) (from, to string, err error) {
	if to, err = onTheWire(e.To); err != nil {
		return "", "", badRecipient(e.To, err)
	}
	if e.From != "" {
		if from, err = onTheWire(e.From); err != nil {
			return "", "", c.local(StageMail, 553, "5.1.7", fmt.Sprintf("%q is not an address: %v", e.From, err))
		}
	}
	if !c.can.utf8 && (NeedsSMTPUTF8(to) || NeedsSMTPUTF8(from)) {
		return "", "", c.local(StageRcpt, 553, "5.6.7", "the relay takes no addresses beyond ASCII, and this one is: "+to)
	}
	return from, to, nil
}

const maxEnvelopeID = 100 // RFC 3461 section 4.4

func (c *Conn) appendCommands(b []byte, e Envelope, size int) []byte {
	if c.resets {
		b = append(b, "RSET\r\n"...)
	}
	// To the null sender nobody reports anything.
	dsn := c.can.dsn && e.From != ""
	b = append(append(append(b, "MAIL FROM:<"...), e.From...), '>')
	if c.can.size {
		b = strconv.AppendInt(append(b, " SIZE="...), int64(size), 10)
	}
	if NeedsSMTPUTF8(e.To) || NeedsSMTPUTF8(e.From) {
		b = append(b, " SMTPUTF8 BODY=8BITMIME"...) // RFC 6531 section 3.6 offers both together
	}
	if dsn {
		b = append(b, " RET=HDRS"...)
		if e.ID != "" {
			b = append(append(b, " ENVID="...), e.ID...)
		}
	}
	b = append(append(append(b, "\r\nRCPT TO:<"...), e.To...), '>')
	if dsn {
		b = append(b, " NOTIFY=FAILURE,DELAY"...)
		b = appendORCPT(b, e.To)
	}
	return append(b, "\r\nDATA\r\n"...)
}

// appendORCPT names the recipient for reports in xtext (RFC 3461 section 4.2).
// One that is not ASCII would need another form (RFC 6533), which fewer relays
// read than offer; reports then go without.
func appendORCPT(b []byte, to string) []byte {
	if !isASCII(to) {
		return b
	}
	b = append(b, " ORCPT=rfc822;"...)
	for i := range len(to) {
		switch to[i] {
		case '+':
			b = append(b, "+2B"...)
		case '=':
			b = append(b, "+3D"...)
		default:
			b = append(b, to[i])
		}
	}
	return b
}

func (c *Conn) local(s Stage, code int, enhanced, text string) *Refusal {
	return &Refusal{Stage: s, Local: true, Reply: Reply{Code: code, Enhanced: enhanced, Text: cut(text, maxReplyText)}}
}
