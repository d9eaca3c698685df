package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

var errOutOfOrder = errors.New("the calls for a message came out of order")

// Ready writes what is queued and hears the answers to the commands of the
// message that was offered. Nil: the relay waits for its body. A *[Refusal]:
// it does not want it, and the line goes on unless it is broken. A *[LineError]:
// another line may do better. In either case nothing of the message went out.
func (c *Conn) Ready(ctx context.Context) (err error) {
	c.during(ctx, func(ctx context.Context) {
		if c.given != nothing {
			c.hearBody(ctx)
		}
		err = c.ready(ctx)
		if c.offered = nothing; err == nil {
			c.offered = awaited
		}
	})
	return err
}

// Body queues the message that the relay waits for, dot-stuffed and ending
// with CRLF, and its final dot. Nothing is written yet; wire must stay as it
// is until Answer or the next Ready.
func (c *Conn) Body(wire []byte) error {
	switch {
	case c.isBroken:
		c.offered = nothing
		return c.died(StageBody, nil)
	case c.offered != awaited || c.given != nothing:
		return c.died(StageBody, errOutOfOrder)
	case !bytes.HasSuffix(wire, []byte("\r\n")):
		return c.died(StageBody, errors.New("the message does not end with a line end"))
	}
	c.body, c.given, c.offered = wire, queued, nothing
	return nil
}

// Answer writes what is queued and hears what became of the oldest body. Nil:
// the relay took responsibility for it; the reply then often names it in the
// relay's own log. A *[Refusal]: it was not taken. A *[LineError]: its dot had
// not gone out, so it was not delivered. Else the error is [ErrUncertain].
func (c *Conn) Answer(ctx context.Context) (Reply, error) {
	if len(c.answers) == 0 {
		if c.given == nothing {
			return Reply{}, c.died(StageBody, errOutOfOrder)
		}
		c.during(ctx, c.hearBody)
	}
	a := c.answers[0]
	c.answers = c.answers[:copy(c.answers, c.answers[1:])]
	return a.reply, a.err
}

// hearBody hears the answer to the body that was given, and keeps it.
func (c *Conn) hearBody(ctx context.Context) {
	var a answer
	if c.given == queued {
		a = c.flush(ctx)
	}
	if a.err == nil {
		a = c.afterDot(ctx)
	}
	c.given, c.body = nothing, nil
	c.answers = append(c.answers, a)
}

// afterDot hears the answer to a dot that went out.
func (c *Conn) afterDot(ctx context.Context) answer {
	if c.isBroken {
		return answer{err: c.uncertain(ctx, c.why)}
	}
	r, err := c.read(c.wait.Dot, true)
	switch {
	case err != nil:
		return answer{err: c.uncertain(ctx, err)}
	case r.Code/100 == 2:
		return answer{reply: r}
	case r.Code/100 == 3:
		return answer{err: c.uncertain(ctx, fmt.Errorf("it answered %s", r.Codes()))}
	case r.Code == 421:
		c.hangUp(closing(r))
	}
	return answer{r, &Refusal{Stage: StageBody, Reply: r}}
}

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
		if a := c.flush(ctx); a.err != nil {
			return a.err
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
	err := c.client.UpdateDeadline(wait)
	if err == nil {
		_, err = c.write((*commands)[:n], nil)
	}
	*commands = (*commands)[n:]
	if err != nil {
		return c.died(s, cause(ctx, err))
	}
	return nil
}

// together hears the answers to commands that went out together. The first no
// is the answer; what was said after it only tells how the line stands.
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
		if no == nil {
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
	err := c.client.UpdateDeadline(c.wait.Dot)
	if err == nil {
		_, err = c.write([]byte(".\r\n"), nil)
	}
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
		return c.died(s.stage, fmt.Errorf("the relay spoke out of turn: %s", r.Codes()))
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
	return c.died(s, fmt.Errorf("the relay spoke out of turn: %s", r.Codes()))
}

func closing(r Reply) error { return fmt.Errorf("the relay closed the line: %s", r.Codes()) }

func (c *Conn) uncertain(ctx context.Context, err error) error {
	err = cause(ctx, err)
	c.hangUp(err)
	return fmt.Errorf("%w: %w", ErrUncertain, err)
}

// died breaks the line, for err if it was not broken before, and says so.
func (c *Conn) died(s Stage, err error) *LineError {
	c.hangUp(err)
	if err == nil {
		err = c.why
	}
	return &LineError{s, c.relay.Name, err}
}
