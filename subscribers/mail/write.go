package mail

import (
	"context"
	"errors"
	"time"
)

// block is how much of a message goes out under one timeout.
const block = 64 << 10

// lastWordsWait is how long a relay that stopped listening is listened to.
const lastWordsWait = time.Second

const dot = ".\r\n"

var errGone = errors.New("the relay closed it while it waited for the message")

// flushBody writes the body that was given with its dot and, to a relay that
// takes commands in groups, the commands of what was offered behind it. When it
// is not over yet, all of that went out. Else the line is broken, and what is
// returned is all that will be known of the message.
//
// An octet of the dot that may have gone out makes the message uncertain. That
// commands behind it went out or not changes nothing: without its own body,
// what they offer reaches nobody.
func (c *Conn) flushBody(ctx context.Context) (a answer, over bool) {
	switch {
	case c.isBroken:
		return answer{err: c.died(StageBody, nil)}, true
	case c.in.Buffered() > 0:
		return answer{err: c.unasked(ctx, StageBody)}, true
	case c.socket.gauge.isGone():
		// The system would take the message and its dot all the same.
		return c.cutOff(0, errGone), true
	}
	c.tail = append(c.tail[:0], dot...)
	behind := c.can.pipelining && c.offered == queued
	if behind {
		c.tail = append(c.tail, c.commands...)
	}
	if dots, err := c.writeBody(); err != nil {
		return c.cutOff(dots, cause(ctx, err)), true
	}
	if behind {
		c.offered = written
	}
	return answer{}, false
}

// writeBody writes the message and what stands behind it. With an error, it
// tells how many octets of the dot may have gone out.
func (c *Conn) writeBody() (dots int, err error) {
	body := c.body
	for ; len(body) > block; body = body[block:] {
		if err := c.client.UpdateDeadline(c.wait.Block); err != nil {
			return 0, err
		}
		if _, err := c.write(body[:block], nil); err != nil {
			return 0, err
		}
	}
	if err := c.client.UpdateDeadline(c.wait.Block); err != nil {
		return 0, err
	}
	n, err := c.write(body, c.tail)
	return min(max(0, n-len(body)), len(dot)), err
}

// cutOff explains a message that the relay stopped taking. It may have said
// why before it did, and to a whole message it may have given its answer.
func (c *Conn) cutOff(dots int, why error) answer {
	r, err := c.read(lastWordsWait, true)
	switch {
	case err == nil && r.Code >= 400:
		c.hangUp(closing(r))
		return answer{r, &Refusal{Stage: StageBody, Reply: r}}
	case err == nil && r.Code < 300 && dots == len(dot):
		c.hangUp(why)
		return answer{reply: r}
	case dots > 0:
		return answer{err: c.uncertain(why)}
	}
	return answer{err: c.died(StageBody, why)}
}

// put writes commands, within wait.
func (c *Conn) put(wait time.Duration, commands []byte) error {
	if err := c.client.UpdateDeadline(wait); err != nil {
		return err
	}
	_, err := c.write(commands, nil)
	return err
}

// write writes first and then second, in one go where the system can. It
// returns how many octets may have gone out: exactly, but for TLS, where the
// first octet of a piece counts as gone once anything of it is.
func (c *Conn) write(first, second []byte) (n int, err error) {
	if c.relay.Security == Plain {
		return c.socket.writeBoth(first, second)
	}
	for _, piece := range [2][]byte{first, second} {
		if len(piece) == 0 {
			continue
		}
		before := c.socket.wrote
		if _, err = c.client.Text.W.Write(piece); err == nil {
			err = c.client.Text.W.Flush()
		}
		switch {
		case err == nil:
			n += len(piece)
		case c.socket.wrote != before:
			return n + 1, err
		default:
			return n, err
		}
	}
	return n, nil
}
