package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

// maxAnswer bounds what a relay may send for one command, TLS included, so
// that a broken one cannot fill the memory.
const maxAnswer = 256 << 10

var errTooMuch = errors.New("the relay's answer does not end")

// A line is the connection under a conversation. It knows how much went out,
// which is how we know whether a final dot was begun.
type line struct {
	net.Conn
	gauge *gauge
	left  int   // how much may still be read for the command at hand
	wrote int64 // octets that the system took

	pieces net.Buffers // of writeBoth; consumed as they are written
	room   [2][]byte
}

func newLine(c net.Conn) *line { return &line{Conn: c, gauge: newGauge(c)} }

// allow begins a new command's share.
func (l *line) allow() { l.left = maxAnswer }

func (l *line) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooMuch
	}
	n, err := l.Conn.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (l *line) Write(p []byte) (int, error) {
	n, err := l.Conn.Write(p)
	l.wrote += int64(n)
	return n, err
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
		err = io.ErrShortWrite
	}
	return int(n), err
}

// abort ends whatever waits on the line.
func (l *line) abort() { l.Conn.Close() }

// cause says why the line died, where err alone would say less.
func cause(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("no answer in time: %w", err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("the relay closed it: %w", err)
	}
	return err
}
