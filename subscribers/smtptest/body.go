package smtptest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// data takes a message.
func (x *session) data() bool {
	if len(x.message.To) == 0 {
		return x.send("554 5.5.1 no valid recipients", false)
	}
	x.event.Stage = Data
	a := x.server.opts.Script(x.event)
	if a.CutBody > 0 {
		return x.cutBody(a)
	}
	reply := "354 go ahead"
	if a.Reply != "" {
		reply = a.Reply
	}
	if !x.perform(a, reply) {
		return false
	}
	if !strings.HasPrefix(reply, "354") {
		return true
	}
	size, err := x.readBody()
	if err != nil {
		return false
	}
	return x.settle(size)
}

// settle answers a whole message, and remembers it unless it is refused. It
// does so before it answers: what was taken was taken, heard or not.
func (x *session) settle(size int64) bool {
	x.event.Stage = Body
	a := x.server.opts.Script(x.event)
	reply := "250 2.0.0 taken"
	if a.Reply != "" {
		reply = a.Reply
	}
	if refused := reply[0] == '4' || reply[0] == '5'; !refused && !a.Lost {
		x.message.Conn, x.message.TLS, x.message.User = x.event.Conn, x.tls, x.user
		x.server.take(x.message, size, x.server.opts.Keep)
	}
	open := x.perform(a, reply)
	x.forget()
	return open
}

func (x *session) cutBody(a Answer) bool {
	if !x.send("354 go ahead", false) {
		return false
	}
	if _, err := io.CopyN(io.Discard, x.in, int64(a.CutBody)); err == nil && a.Reply != "" {
		x.send(a.Reply, false)
	}
	return false
}

// readBody reads up to the final dot. Strictly, that is a line with a dot
// alone between two CRLF; a lenient server takes less for it.
func (x *session) readBody() (size int64, err error) {
	lineStart := true
	for {
		line, err := x.in.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return size, err
		}
		if lineStart && x.isFinalDot(line) {
			return size, nil
		}
		whole := line
		if lineStart && line[0] == '.' {
			line = line[1:]
		}
		size += int64(len(line))
		if x.server.opts.Keep {
			x.message.Data = append(x.message.Data, line...)
		}
		lineStart = bytes.HasSuffix(whole, []byte("\r\n")) || x.server.opts.Lenient && bytes.HasSuffix(whole, []byte("\n"))
	}
}

func (x *session) isFinalDot(line []byte) bool {
	return string(line) == ".\r\n" || x.server.opts.Lenient && string(line) == ".\n"
}
