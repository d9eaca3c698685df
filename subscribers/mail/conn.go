package mail

import (
	"bufio"
	"net"

	"github.com/wneessen/go-mail/smtp"
)

// A Conn is one open line to a relay. One goroutine uses it at a time.
//
// A message goes over it in four calls: Offer says who it is for, Ready hears
// that the relay waits for it, Body gives it, Answer hears what became of it.
// Nothing of it goes out before Body, so what Ready has said yes to can still
// be taken back, by [Conn.Drop]. The next message may be offered as soon as
// this one's Body is given; a relay that takes commands in groups (PIPELINING,
// RFC 2920) then gets both in one write, and one message costs one round trip:
//
//	Offer(1) Ready  Body(1) Offer(2) Answer(1) Ready  Body(2) Offer(3) Answer(2) …
//
// Ready may come before Answer: what the relay said of earlier messages is kept
// until Answer asks for it, oldest first, even when the line is broken by then.
type Conn struct {
	relay  Relay
	client *smtp.Client
	in     *bufio.Reader
	socket *socket
	wait   Timeouts
	can    extensions

	offered  progress
	commands []byte   // of the message that is offered
	resets   bool     // they begin with RSET
	body     []byte   // of the message that is given, until its answer is heard
	tail     []byte   // what is written behind it
	begun    bool     // the relay holds a transaction that came to nothing
	answers  []answer // to bodies, until they are asked for
	last     lastReply

	attention
	isBroken bool
	why      error // it is broken
}

// progress is how far the message that is offered has come.
type progress int

const (
	nothing progress = iota // none is offered
	queued
	written
	awaited // the relay waits for its body
)

// An answer is what Answer returns.
type answer struct {
	reply Reply
	err   error
}

func newConn(r Relay, client *smtp.Client, s *socket, wait Timeouts) *Conn {
	return &Conn{relay: r, client: client, in: client.Text.R, socket: s, wait: wait, can: offeredBy(client)}
}

// Broken reports whether the line is of no more use: open another. What was
// given over it can still be asked for.
func (c *Conn) Broken() bool { return c.isBroken }

// Drop hangs up without a word. It is the way to take back a message that is
// offered or ready: nobody gets it.
func (c *Conn) Drop() { c.hangUp(net.ErrClosed) }

// Close says QUIT, if that can be said, and closes the line.
func (c *Conn) Close() error {
	if c.isBroken {
		return nil
	}
	if c.body != nil || c.offered > queued {
		c.Drop() // in the middle of a message, QUIT would be a line of it
		return nil
	}
	c.socket.allow()
	if c.client.UpdateDeadline(c.wait.Quit) == nil {
		if _, err := c.write([]byte("QUIT\r\n"), nil); err == nil {
			// Read, so that the relay does not find a reset where it expects an end.
			_, _ = c.read(c.wait.Quit, false)
		}
	}
	c.hangUp(net.ErrClosed)
	return nil
}

// hangUp drops the line without a word: after a half-written message, any
// command would be read as its end.
func (c *Conn) hangUp(why error) {
	if c.isBroken {
		return
	}
	c.isBroken, c.why = true, why
	c.ignore()
	c.socket.Close()
}
