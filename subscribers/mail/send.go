package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

var errOutOfOrder = errors.New("the calls for a message came out of order")

// Ready writes what is queued and hears the answers to the commands of the
// message that was offered. Nil: the relay waits for its body. A *[Refusal]:
// it does not want it, and the line goes on unless it is broken. A *[LineError]:
// another line may do better. With an error, nothing of the message went out.
func (c *Conn) Ready(ctx context.Context) error {
	c.heed(ctx)
	defer c.rest(ctx)
	if c.body != nil {
		c.hearBody(ctx)
	}
	if err := c.ready(ctx); err != nil {
		c.offered = nothing
		return err
	}
	c.offered = awaited
	return nil
}

// Body queues the message that the relay waits for, dot-stuffed and ending
// with CRLF, and its final dot. Nothing is written yet; wire must stay as it
// is until Answer or the next Ready. With an error, nothing is queued and the
// line is broken.
func (c *Conn) Body(wire []byte) error {
	switch {
	case c.isBroken:
		return c.died(StageBody, nil)
	case c.offered != awaited:
		return c.died(StageBody, errOutOfOrder)
	case !bytes.HasSuffix(wire, []byte("\r\n")):
		c.Drop()
		return c.local(StageBody, 554, "5.6.0", "the message does not end with a line end")
	}
	c.body, c.offered = wire, nothing
	return nil
}

// Answer writes what is queued and hears what became of the oldest body. Nil:
// the relay took responsibility for it; the reply then often names it in the
// relay's own log. A *[Refusal]: it was not taken. A *[LineError]: its dot had
// not gone out, so it was not delivered. Else the error is [ErrUncertain].
func (c *Conn) Answer(ctx context.Context) (Reply, error) {
	if len(c.answers) == 0 {
		if c.body == nil {
			return Reply{}, c.died(StageBody, errOutOfOrder)
		}
		c.heed(ctx)
		c.hearBody(ctx)
		c.rest(ctx)
	}
	a := c.answers[0]
	c.answers = c.answers[:copy(c.answers, c.answers[1:])]
	return a.reply, a.err
}

// hearBody writes the body that was given, hears the answer, and keeps it.
func (c *Conn) hearBody(ctx context.Context) {
	a, over := c.flushBody(ctx)
	if !over {
		a.reply, a.err = c.hearDot(ctx)
	}
	c.body = nil
	c.answers = append(c.answers, a)
}

// hearDot hears the answer to a dot that went out.
func (c *Conn) hearDot(ctx context.Context) (Reply, error) {
	r, err := c.read(c.wait.Dot, true)
	switch {
	case err != nil:
		return Reply{}, c.uncertain(cause(ctx, err))
	case r.Code < 300:
		return r, nil
	case r.Code < 400:
		return Reply{}, c.uncertain(fmt.Errorf("it answered %s", r.Codes()))
	case r.Code == 421:
		c.hangUp(closing(r))
	}
	return r, &Refusal{Stage: StageBody, Reply: r}
}

func (c *Conn) uncertain(err error) error {
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
