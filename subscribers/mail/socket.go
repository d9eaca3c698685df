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

// A socket is the connection under a conversation. It knows how much went out,
// which is how we know whether a final dot was begun.
type socket struct {
	net.Conn
	gauge *gauge
	left  int   // how much may still be read for the command at hand
	wrote int64 // octets that the system took

	pieces net.Buffers // of writeBoth; consumed as they are written
	room   [2][]byte
}

func newSocket(c net.Conn) *socket { return &socket{Conn: c, gauge: newGauge(c)} }

// allow begins a new command's share.
func (s *socket) allow() { s.left = maxAnswer }

func (s *socket) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errTooMuch
	}
	n, err := s.Conn.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

func (s *socket) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	s.wrote += int64(n)
	return n, err
}

// writeBoth writes two pieces and returns how many octets the system took.
func (s *socket) writeBoth(first, second []byte) (int, error) {
	s.pieces = append(s.room[:0], first)
	if len(second) > 0 {
		s.pieces = append(s.pieces, second)
	}
	n, err := s.pieces.WriteTo(s.Conn)
	s.room[0], s.room[1] = nil, nil
	s.wrote += n
	if err == nil && n < int64(len(first)+len(second)) {
		err = io.ErrShortWrite
	}
	return int(n), err
}

// abort ends whatever waits on the line.
func (s *socket) abort() { s.Conn.Close() }

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
