package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// An Envelope is who a message is really from and to.
type Envelope struct {
	From string // empty: the null sender
	To   string
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

// transact speaks one transaction. Whatever fails before its dot leaves the
// message undelivered, and that is certain.
func (c *Conn) transact(ctx context.Context, t transaction) (Reply, error) {
	if err := c.reset(ctx); err != nil {
		return Reply{}, err
	}
	for _, step := range []struct {
		stage   Stage
		wait    time.Duration
		command string
		class   int
	}{
		{StageMail, c.wait.Mail, t.mail, 2},
		{StageRcpt, c.wait.Rcpt, t.rcpt, 2},
		{StageData, c.wait.Data, "DATA", 3},
	} {
		if _, err := c.command(ctx, step.stage, step.wait, step.command, step.class); err != nil {
			return Reply{}, err
		}
		c.begun = true
	}
	if err := c.writeBody(t.stuffed); err != nil {
		return Reply{}, c.interrupted(ctx, err)
	}
	c.begun = false
	return c.dot(ctx)
}

// reset makes the relay forget a transaction that came to nothing. It is done
// before the next message rather than after that one, whose answer need not wait.
func (c *Conn) reset(ctx context.Context) error {
	if !c.begun {
		return nil
	}
	c.begun = false
	_, err := c.command(ctx, StageMail, c.wait.Hello, "RSET", 2)
	if refused := (*Refusal)(nil); errors.As(err, &refused) && refused.Code != 421 {
		return c.died(ctx, StageMail, fmt.Errorf("RSET: %v", err)) // no refusal of this message
	}
	return err
}

// command says one command and reads its answer, which must be of a class
// (2 or 3) or a refusal.
func (c *Conn) command(ctx context.Context, s Stage, wait time.Duration, text string, class int) (Reply, error) {
	if err := c.client.UpdateDeadline(wait); err != nil {
		return Reply{}, c.died(ctx, s, err)
	}
	c.line.allow()
	// A relay that has had enough of waiting says so unasked: its word is the
	// answer to whatever we were about to say.
	if c.client.Text.R.Buffered() == 0 {
		if err := c.write([]byte(text), []byte("\r\n")); err != nil {
			return Reply{}, c.died(ctx, s, err)
		}
	} else {
		class = 0
	}
	return c.answer(ctx, s, class)
}

func (c *Conn) write(parts ...[]byte) error {
	for _, p := range parts {
		if _, err := c.client.Text.W.Write(p); err != nil {
			return err
		}
	}
	return c.client.Text.W.Flush()
}

func (c *Conn) answer(ctx context.Context, s Stage, class int) (Reply, error) {
	r, err := c.read()
	switch {
	case err != nil:
		return r, c.died(ctx, s, err)
	case r.Code == 421:
		c.hangUp()
		return r, &Refusal{Stage: s, Reply: r}
	case class == 0 || r.Code/100 < 4 && r.Code/100 != class:
		return r, c.died(ctx, s, fmt.Errorf("the relay spoke out of turn: %s", r))
	case r.Code/100 == class:
		return r, nil
	}
	return r, &Refusal{Stage: s, Reply: r}
}

var errNotAReply = errors.New("the relay's answer has no code between 200 and 599")

func (c *Conn) read() (Reply, error) {
	code, text, err := c.client.Text.ReadResponse(0)
	if err != nil {
		return Reply{}, err
	}
	if code < 200 || code > 599 {
		return Reply{}, errNotAReply
	}
	return parseReply(code, text), nil
}

// block is how much of a message goes out under one timeout.
const block = 64 << 10

func (c *Conn) writeBody(stuffed []byte) error {
	for b := range slices.Chunk(stuffed, block) {
		if err := c.client.UpdateDeadline(c.wait.Block); err != nil {
			return err
		}
		if err := c.write(b); err != nil {
			return err
		}
	}
	if c.client.Text.R.Buffered() > 0 {
		return errors.New("the relay answered before the message ended")
	}
	return nil
}

// interrupted explains a message that the relay stopped taking. It may have
// said why before it did.
func (c *Conn) interrupted(ctx context.Context, cause error) error {
	const lastWords = time.Second
	c.line.allow()
	if c.client.UpdateDeadline(lastWords) == nil {
		if r, err := c.read(); err == nil && r.Code/100 >= 4 {
			c.hangUp()
			return &Refusal{Stage: StageBody, Reply: r}
		}
	}
	return c.died(ctx, StageBody, cause)
}

// dot ends the message. From its first octet on, only the relay knows whether
// it has taken it.
func (c *Conn) dot(ctx context.Context) (Reply, error) {
	if err := c.client.UpdateDeadline(c.wait.Dot); err != nil {
		return Reply{}, c.died(ctx, StageBody, err)
	}
	c.line.allow()
	before := c.line.wrote
	if err := c.write([]byte(".\r\n")); err != nil {
		if c.line.wrote == before {
			return Reply{}, c.died(ctx, StageBody, err)
		}
		return Reply{}, c.uncertain(ctx, err)
	}
	r, err := c.read()
	switch {
	case err != nil:
		return Reply{}, c.uncertain(ctx, err)
	case r.Code/100 == 2:
		return r, nil
	case r.Code/100 == 3:
		return Reply{}, c.uncertain(ctx, fmt.Errorf("it answered %s", r))
	case r.Code == 421:
		c.hangUp()
	}
	return r, &Refusal{Stage: StageBody, Reply: r}
}

func (c *Conn) uncertain(ctx context.Context, err error) error {
	c.hangUp()
	return fmt.Errorf("%w: %w", ErrUncertain, cause(ctx, err))
}

func (c *Conn) died(ctx context.Context, s Stage, err error) error {
	c.hangUp()
	return &LineError{s, c.relay.Name, cause(ctx, err)}
}

// hangUp drops the line without a word: after a half-written message, any
// command would be read as its end.
func (c *Conn) hangUp() {
	c.isBroken = true
	c.line.Close()
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

// stuff appends a message as it goes over the wire, a dot before every line
// that begins with one. It refuses octets that some relays would take for line
// ends of their own, and so for the end of the message.
func stuff(dst, msg []byte) ([]byte, error) {
	switch {
	case !bytes.HasSuffix(msg, []byte("\r\n")):
		return dst, errors.New("the message does not end with a line end")
	case bytes.IndexByte(msg, 0) >= 0:
		return dst, errors.New("the message holds a NUL")
	}
	for len(msg) > 0 {
		if msg[0] == '.' {
			dst = append(dst, '.')
		}
		n := bytes.IndexByte(msg, '\n')
		if n < 1 || msg[n-1] != '\r' || bytes.IndexByte(msg[:n-1], '\r') >= 0 {
			return dst, errors.New("the message holds a bare CR or LF")
		}
		dst, msg = append(dst, msg[:n+1]...), msg[n+1:]
	}
	return dst, nil
}
