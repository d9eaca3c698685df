package mail

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"github.com/wneessen/go-mail/smtp"
)

// An Envelope is who a message is really from and to.
type Envelope struct {
	From string // empty: the null sender
	To   string
	ID   string // ENVID for a relay that reports (RFC 3461 section 4.4), of [a-z0-9] only; empty: none
}

// A Conn is one open line to a relay. One goroutine uses it at a time.
type Conn struct {
	relay  Relay
	client *smtp.Client
	line   *line
	wait   Timeouts

	limit    int64 // of a message's size, 0: none known
	hasSize  bool
	hasUTF8  bool
	stuffed  []byte // the message at hand, dots doubled
	begun    bool   // the relay holds a transaction that came to nothing
	isBroken bool
}

func newConn(r Relay, client *smtp.Client, l *line, wait Timeouts) *Conn {
	c := &Conn{relay: r, client: client, line: l, wait: wait}
	c.limit, c.hasSize = sizeLimit(client)
	c.hasUTF8, _ = client.Extension("SMTPUTF8")
	return c
}

// Broken reports whether the line is of no more use: open another.
func (c *Conn) Broken() bool { return c.isBroken }

// Send hands one message over. A nil error means that the relay took
// responsibility for it; the reply then often names it in the relay's own log.
// Else the error is a *[Refusal], [ErrUncertain] (wrapped), or a *[LineError]:
// the message was not delivered, but another line may do. When ctx is done,
// Send stops waiting and the line is broken.
func (c *Conn) Send(ctx context.Context, e Envelope, msg []byte) (Reply, error) {
	if err := ctx.Err(); err != nil {
		return Reply{}, &LineError{StageMail, c.relay.Name, context.Cause(ctx)}
	}
	if c.isBroken {
		return Reply{}, &LineError{StageMail, c.relay.Name, net.ErrClosed}
	}
	t, err := c.prepare(e, msg)
	if err != nil {
		return Reply{}, err
	}
	stop := context.AfterFunc(ctx, c.line.abort)
	reply, err := c.transact(ctx, t)
	if !stop() {
		c.hangUp()
	}
	return reply, err
}

// A transaction is one message on its way: what the commands say.
type transaction struct {
	mail, rcpt string
	stuffed    []byte
}

// prepare does all that needs no relay, and refuses what no relay could take.
func (c *Conn) prepare(e Envelope, msg []byte) (transaction, error) {
	to, err := onTheWire(e.To)
	if err != nil {
		return transaction{}, badRecipient(e.To, err)
	}
	from := ""
	if e.From != "" {
		if from, err = onTheWire(e.From); err != nil {
			return transaction{}, c.local(StageMail, 553, "5.1.7", fmt.Sprintf("%q is not an address: %v", e.From, err))
		}
	}
	utf8 := NeedsSMTPUTF8(to) || NeedsSMTPUTF8(from)
	if utf8 && !c.hasUTF8 {
		return transaction{}, c.local(StageRcpt, 553, "5.6.7", "the relay takes no addresses beyond ASCII, and this one is: "+to)
	}
	if c.limit > 0 && int64(len(msg)) > c.limit {
		return transaction{}, c.local(StageMail, 552, "5.3.4", fmt.Sprintf("the message has %d octets, and the relay takes %d", len(msg), c.limit))
	}
	if c.stuffed, err = stuff(c.stuffed[:0], msg); err != nil {
		return transaction{}, c.local(StageBody, 554, "5.6.0", err.Error())
	}
	t := transaction{mail: "MAIL FROM:<" + from + ">", rcpt: "RCPT TO:<" + to + ">", stuffed: c.stuffed}
	if c.hasSize {
		t.mail += " SIZE=" + strconv.Itoa(len(msg))
	}
	if utf8 {
		t.mail += " SMTPUTF8 BODY=8BITMIME" // RFC 6531 section 3.6 offers both together
	}
	return t, nil
}

func (c *Conn) local(s Stage, code int, enhanced, text string) *Refusal {
	return &Refusal{Stage: s, Local: true, Reply: Reply{Code: code, Enhanced: enhanced, Text: cut(text, maxReplyText)}}
}

// Close says QUIT, if the line still stands, and closes it.
func (c *Conn) Close() error {
	if c.isBroken {
		return nil
	}
	c.isBroken = true
	c.line.allow()
	if c.client.UpdateDeadline(c.wait.Quit) == nil && c.write([]byte("QUIT\r\n")) == nil {
		// Read, so that the relay does not find a reset where it expects an end.
		_, _, _ = c.client.Text.ReadResponse(0)
	}
	return c.client.Close()
}
