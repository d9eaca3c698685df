package smtptest

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// SinkOptions are what a sink offers. The zero value is on loopback, does
// PIPELINING, and answers at once.
type SinkOptions struct {
	Addr       string        // where to listen; 127.0.0.1 and any free port if empty
	Extensions []string      // the lines of its EHLO answer; nil: PIPELINING and 8BITMIME
	ReadSize   int           // how many octets it reads at once, as a sender's socket feels it; 4096 if zero, as Postfix and most servers read
	Delay      time.Duration // from a command, or the end of a message, to the answer: how far away it is
}

// A Sink is a far end that takes every mail, keeps nothing and understands next
// to nothing, so that a sender's speed can be measured. It reads a message up
// to CRLF.CRLF and answers what has come together together.
type Sink struct {
	opts     SinkOptions
	hello    []byte
	listener net.Listener
	taken    atomic.Int64
	running  sync.WaitGroup
	closing  chan struct{}

	mu     sync.Mutex
	conns  map[net.Conn]bool
	closed bool
}

// ListenSink starts a sink. Close it.
func ListenSink(o SinkOptions) (*Sink, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Extensions == nil {
		o.Extensions = []string{"PIPELINING", "8BITMIME"}
	}
	o.ReadSize = cmp.Or(o.ReadSize, 4096)
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail to discard: %w", err)
	}
	s := &Sink{opts: o, listener: l, closing: make(chan struct{}), conns: map[net.Conn]bool{}}
	s.hello = ehlo(append([]string{"sink.example"}, o.Extensions...))
	s.running.Go(s.accept)
	return s, nil
}

func ehlo(lines []string) (answer []byte) {
	for i, l := range lines {
		sep := "-"
		if i == len(lines)-1 {
			sep = " "
		}
		answer = append(answer, "250"+sep+l+"\r\n"...)
	}
	return answer
}

// Addr returns the host:port it listens on.
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Taken returns how many messages ended.
func (s *Sink) Taken() int64 { return s.taken.Load() }

// Close drops every line and waits until they are gone.
func (s *Sink) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.listener.Close()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

func (s *Sink) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			c.Close()
			return
		}
		s.conns[c] = true
		s.running.Go(func() {
			(&drain{sink: s, conn: c}).run()
			c.Close()
			s.mu.Lock()
			defer s.mu.Unlock()
			delete(s.conns, c)
		})
		s.mu.Unlock()
	}
}

// A drain is one line to a sink.
type drain struct {
	sink   *Sink
	conn   net.Conn
	out    []byte // answers to what came together
	late   chan lateAnswer
	inBody bool
	done   bool
}

func (d *drain) run() {
	if d.sink.opts.Delay > 0 {
		var running sync.WaitGroup
		d.late = make(chan lateAnswer, 8)
		running.Go(d.delay)
		defer running.Wait()
		defer close(d.late)
	}
	d.out = append(d.out, "220 sink.example ESMTP\r\n"...)
	buf := make([]byte, d.sink.opts.ReadSize)
	have := 0
	for d.flush() && !d.done {
		n, err := d.conn.Read(buf[have:])
		if err != nil {
			return
		}
		have += n
		rest := d.swallow(buf[:have])
		if len(rest) == len(buf) {
			return // a line without end
		}
		have = copy(buf, rest)
	}
}

// swallow takes what is whole in b and returns what is not.
func (d *drain) swallow(b []byte) []byte {
	for {
		end := d.body
		if !d.inBody {
			end = d.command
		}
		n := end(b)
		if n == 0 {
			return b
		}
		b = b[n:]
	}
}

var final = []byte("\r\n.\r\n")

// body returns how many octets of b belong to the message and are done with.
func (d *drain) body(b []byte) int {
	if i := bytes.Index(b, final); i >= 0 {
		d.inBody = false
		d.sink.taken.Add(1)
		d.out = append(d.out, "250 2.0.0 taken\r\n"...)
		return i + len(final)
	}
	return max(0, len(b)-len(final)+1)
}

func (d *drain) command(b []byte) int {
	end := bytes.IndexByte(b, '\n') + 1
	if end == 0 || d.done {
		return 0
	}
	switch b[0] | 0x20 {
	case 'e', 'h':
		d.out = append(d.out, d.sink.hello...)
	case 'd':
		d.inBody = true
		d.out = append(d.out, "354 go ahead\r\n"...)
		return max(1, end-2) // the CRLF may begin the end of an empty message
	case 'q':
		d.done = true
		d.out = append(d.out, "221 2.0.0 bye\r\n"...)
	default:
		d.out = append(d.out, "250 2.0.0 ok\r\n"...)
	}
	return end
}

// flush gives the answers. False: the line is over.
func (d *drain) flush() bool {
	if len(d.out) == 0 {
		return true
	}
	out := d.out
	d.out = d.out[:0]
	if d.late == nil {
		_, err := d.conn.Write(out)
		return err == nil
	}
	select {
	case d.late <- lateAnswer{time.NewTimer(d.sink.opts.Delay), bytes.Clone(out)}:
		return true
	case <-d.sink.closing:
		return false
	}
}

// A lateAnswer is on its way.
type lateAnswer struct {
	arrives *time.Timer
	words   []byte
}

// delay gives each answer when it arrives, however many are on their way.
func (d *drain) delay() {
	for a := range d.late {
		select {
		case <-a.arrives.C:
		case <-d.sink.closing:
			return
		}
		if _, err := d.conn.Write(a.words); err != nil {
			d.conn.Close()
		}
	}
}
