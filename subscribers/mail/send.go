package mail

import (
	"context"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"time"
)

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
		return c.died(ctx, StageMail, fmt.Errorf("RSET: refused: %s", refused.Codes())) // no refusal of this message
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
		return r, c.died(ctx, s, fmt.Errorf("the relay spoke out of turn: %s", r.Codes()))
	case r.Code/100 == class:
		return r, nil
	}
	return r, &Refusal{Stage: s, Reply: r}
}

var errNotAReply = errors.New("the relay's answer has no code between 200 and 599")

func (c *Conn) read() (Reply, error) {
	code, text, err := c.client.Text.ReadResponse(0)
	if garbled := textproto.ProtocolError(""); errors.As(err, &garbled) {
		return Reply{}, errNotAReply // the error would quote it, and that an address
	}
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
		return Reply{}, c.uncertain(ctx, fmt.Errorf("it answered %s", r.Codes()))
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
