package mail

import (
	"bufio"
	"bytes"
	"errors"
	"time"
)

var errNotAReply = errors.New("the relay's answer has no code between 200 and 599")

// lastReply remembers how the last words were understood: a relay says the same
// to many messages.
type lastReply struct {
	line  []byte
	reply Reply
}

// read reads one reply, within wait. Its words are kept when it is a no, and
// when they are asked for; so the usual answer to a command allocates nothing.
// An error never quotes the relay, which may have named an address.
func (c *Conn) read(wait time.Duration, words bool) (Reply, error) {
	c.socket.allow()
	if err := c.patience(wait); err != nil {
		return Reply{}, err
	}
	line, err := c.replyLine()
	if err != nil {
		return Reply{}, err
	}
	code, more, ok := replyCode(line)
	switch {
	case !ok:
		return Reply{}, errNotAReply
	case more:
		return c.readMore(code, line)
	case code < 400 && !words:
		return Reply{Code: code}, nil
	}
	return c.last.of(code, line), nil
}

// patience sets the deadline of a reply that is not here yet.
func (c *Conn) patience(wait time.Duration) error {
	if here, _ := c.in.Peek(c.in.Buffered()); bytes.IndexByte(here, '\n') >= 0 && isLast(here) {
		return nil
	}
	return c.client.UpdateDeadline(wait)
}

// isLast reports whether the reply in b does not go on after its first line.
func isLast(b []byte) bool { return len(b) > 3 && b[3] != '-' }

// readMore reads what follows the first line of a longer reply. All lines have
// the code of the first (RFC 5321 section 4.2.1).
func (c *Conn) readMore(code int, first []byte) (Reply, error) {
	text := append([]byte(nil), words(first)...)
	for {
		line, err := c.replyLine()
		if err != nil {
			return Reply{}, err
		}
		again, more, ok := replyCode(line)
		if !ok || again != code {
			return Reply{}, errNotAReply
		}
		if len(text) < 4*maxReplyText {
			text = append(append(text, '\n'), words(line)...)
		}
		if !more {
			return parseReply(code, string(text)), nil
		}
	}
}

// replyLine reads one line, without its end. Of one that is too long it
// returns the beginning. It is valid until the next read.
func (c *Conn) replyLine() ([]byte, error) {
	line, err := c.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line = bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = c.in.ReadSlice('\n')
		}
	}
	if err != nil {
		return nil, err
	}
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// replyCode reads the code of a line, and whether more lines follow.
func replyCode(line []byte) (code int, more, ok bool) {
	if len(line) < 3 {
		return 0, false, false
	}
	for _, d := range line[:3] {
		if d < '0' || d > '9' {
			return 0, false, false
		}
		code = code*10 + int(d-'0')
	}
	if code < 200 || code > 599 {
		return 0, false, false
	}
	if len(line) == 3 {
		return code, false, true
	}
	return code, line[3] == '-', line[3] == '-' || line[3] == ' '
}

func words(line []byte) []byte { return line[min(4, len(line)):] }

// of returns the reply of a single line.
func (w *lastReply) of(code int, line []byte) Reply {
	if !bytes.Equal(line, w.line) {
		w.line = append(w.line[:0], line...)
		w.reply = parseReply(code, string(words(line)))
	}
	return w.reply
}
