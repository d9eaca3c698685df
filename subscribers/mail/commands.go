package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

// A step is a command of a transaction and what answers it.
type step struct {
	stage Stage
	wait  time.Duration
	class int // 2 or 3, of a yes
}

func (c *Conn) steps() [3]step {
	return [3]step{{StageMail, c.wait.Mail, 2}, {StageRcpt, c.wait.Rcpt, 2}, {StageData, c.wait.Data, 3}}
}

func (c *Conn) ready(ctx context.Context) error {
	switch {
	case c.isBroken:
		return c.died(StageMail, nil)
	case c.offered != queued && c.offered != written:
		return c.died(StageMail, errOutOfOrder)
	case c.offered == queued && c.in.Buffered() > 0:
		return c.unasked(ctx, StageMail)
	case !c.can.pipelining:
		return c.oneByOne(ctx)
	case c.offered == queued:
		if err := c.put(c.wait.Mail, c.commands); err != nil {
			return c.died(StageMail, cause(ctx, err))
		}
	}
	return c.together(ctx)
}

// oneByOne says the commands to a relay that wants to answer each.
func (c *Conn) oneByOne(ctx context.Context) error {
	rest := c.commands
	if c.resets {
		if err := c.say(ctx, StageMail, c.wait.Hello, &rest); err != nil {
			return err
		}
		if err := c.hearReset(ctx); err != nil {
			return err
		}
	}
	for _, s := range c.steps() {
		if err := c.say(ctx, s.stage, s.wait, &rest); err != nil {
			return err
		}
		if err := c.hear(ctx, s); err != nil {
			return err
		}
		c.begun = true
	}
	c.begun = false
	return nil
}

// say writes one of several commands.
func (c *Conn) say(ctx context.Context, s Stage, wait time.Duration, commands *[]byte) error {
	// A relay that has had enough of waiting says so unasked: its word is the
	// answer to whatever we were about to say.
	if c.in.Buffered() > 0 {
		return c.unasked(ctx, s)
	}
	n := bytes.IndexByte(*commands, '\n') + 1
	command := (*commands)[:n]
	*commands = (*commands)[n:]
	if err := c.put(wait, command); err != nil {
		return c.died(s, cause(ctx, err))
	}
	return nil
}

// together hears the answers to commands that went out together. The first no
// is the answer, and what was said after it only tells how the line stands; but
// when that shows that relay and we are not talking of the same command, the no
// may have meant another one.
func (c *Conn) together(ctx context.Context) error {
	if c.resets {
		if err := c.hearReset(ctx); err != nil {
			return err
		}
	}
	var no error
	var yes [3]bool // to MAIL, RCPT, DATA
	for i, s := range c.steps() {
		err := c.hear(ctx, s)
		yes[i] = err == nil
		if no == nil || errors.Is(err, errOutOfTurn) {
			no = err
		}
		if c.isBroken {
			return no
		}
	}
	c.begun = no != nil && yes[0]
	if no != nil && yes[2] {
		c.takeBack(ctx, yes[1])
	}
	return no
}

// takeBack ends a message that the relay waits for although it refused what
// came before: with a lone dot (RFC 2920 section 3.1), unless the relay took
// the recipient, who would get an empty message.
func (c *Conn) takeBack(ctx context.Context, recipient bool) {
	if recipient {
		c.hangUp(errors.New("the relay waits for a message whose sender it refused"))
		return
	}
	c.begun = false
	err := c.put(c.wait.Block, []byte(dot))
	var r Reply
	if err == nil {
		r, err = c.read(c.wait.Dot, false)
	}
	if err == nil && r.Code == 421 {
		err = closing(r)
	}
	if err != nil {
		c.hangUp(cause(ctx, err))
	}
}

// hearReset hears the answer to RSET, which is said before the next message
// rather than after the one that came to nothing: so nobody waits for it.
func (c *Conn) hearReset(ctx context.Context) error {
	c.begun = false
	err := c.hear(ctx, step{StageMail, c.wait.Hello, 2})
	if refused, ok := err.(*Refusal); ok && refused.Code != 421 {
		return c.died(StageMail, fmt.Errorf("RSET: refused: %s", refused.Codes())) // no refusal of this message
	}
	return err
}

// hear hears the answer to one command.
func (c *Conn) hear(ctx context.Context, s step) error {
	r, err := c.read(s.wait, false)
	switch {
	case err != nil:
		return c.died(s.stage, cause(ctx, err))
	case r.Code/100 == s.class:
		return nil
	case r.Code == 421:
		c.hangUp(closing(r))
	case r.Code < 400:
		return c.died(s.stage, outOfTurn(r))
	}
	return &Refusal{Stage: s.stage, Reply: r}
}

// unasked hears what the relay said before we said anything.
func (c *Conn) unasked(ctx context.Context, s Stage) error {
	r, err := c.read(lastWordsWait, true)
	switch {
	case err != nil:
		return c.died(s, cause(ctx, err))
	case r.Code == 421, s == StageBody && r.Code >= 400:
		c.hangUp(closing(r))
		return &Refusal{Stage: s, Reply: r}
	}
	return c.died(s, outOfTurn(r))
}

var errOutOfTurn = errors.New("the relay spoke out of turn")

func outOfTurn(r Reply) error { return fmt.Errorf("%w: %s", errOutOfTurn, r.Codes()) }

func closing(r Reply) error { return fmt.Errorf("the relay closed the line: %s", r.Codes()) }
