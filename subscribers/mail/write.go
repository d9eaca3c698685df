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

// flush writes what is queued: the body that was given with its dot and, to a
// relay that takes commands in groups, the commands of what was offered behind
// it. Without an error, all of it went out. Else the line is broken, and the
// answer is that to the body, or to the offer if there is no body.
//
// An octet of the dot that may have gone out makes the message uncertain. That
// commands behind it went out or not changes nothing: without its body, what
// they offer reaches nobody.
func (c *Conn) flush(ctx context.Context) answer {
	c.tail = c.tail[:0]
	if c.given == queued {
		c.tail = append(c.tail, dot...)
	}
	if c.can.pipelining && c.offered == queued {
		c.tail = append(c.tail, c.commands...)
	}
	switch {
	case c.given != queued:
		return c.flushCommands(ctx)
	case c.isBroken:
		return answer{err: c.died(StageBody, nil)}
	case c.in.Buffered() > 0:
		return answer{err: c.unasked(ctx, StageBody)}
	}
	dots, err := c.writeBody()
	if err != nil {
		return c.cutOff(ctx, dots, err)
	}
	c.given = written
	if c.can.pipelining && c.offered == queued {
		c.offered = written
	}
	return answer{}
}

func (c *Conn) flushCommands(ctx context.Context) answer {
	err := c.client.UpdateDeadline(c.wait.Mail)
	if err == nil {
		_, err = c.write(c.tail, nil)
	}
	if err != nil {
		return answer{err: c.died(StageMail, cause(ctx, err))}
	}
	c.offered = written
	return answer{}
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
func (c *Conn) cutOff(ctx context.Context, dots int, why error) answer {
	c.line.allow()
	r, err := c.read(lastWordsWait, true)
	why = cause(ctx, why)
	switch {
	case err == nil && r.Code >= 400:
		c.hangUp(closing(r))
		return answer{r, &Refusal{Stage: StageBody, Reply: r}}
	case err == nil && r.Code < 300 && dots == len(dot):
		c.hangUp(why)
		return answer{reply: r}
	case dots > 0:
		return answer{err: c.uncertain(ctx, why)}
	}
	return answer{err: c.died(StageBody, why)}
}

// write writes first and then second, in one go where the system can. It
// returns how many octets may have gone out: exactly, but for TLS, of which a
// piece counts as gone once an octet of it is.
func (c *Conn) write(first, second []byte) (n int, err error) {
	if c.relay.Security == Plain {
		return c.line.writeBoth(first, second)
	}
	for _, piece := range [2][]byte{first, second} {
		if len(piece) == 0 {
			continue
		}
		before := c.line.wrote
		if _, err = c.client.Text.W.Write(piece); err == nil {
			err = c.client.Text.W.Flush()
		}
		if err == nil || c.line.wrote != before {
			n += len(piece)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// writeBoth writes two pieces and returns how many octets the system took.
func (l *line) writeBoth(first, second []byte) (int, error) {
	l.pieces = append(l.room[:0], first)
	if len(second) > 0 {
		l.pieces = append(l.pieces, second)
	}
	n, err := l.pieces.WriteTo(l.Conn)
	l.room[0], l.room[1] = nil, nil
	l.wrote += n
	if err == nil && n < int64(len(first)+len(second)) {
		err = errors.New("the system took less than it was given")
	}
	return int(n), err
}
