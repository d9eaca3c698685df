package mailbox

import (
	"net"
	"sync"
	"time"
)

// A listener knows its lines, so that idle ones can be ended while those in
// the midst of a message go on to its end.
type listener struct {
	net.Listener

	closed func() error // once

	mu       sync.Mutex
	lines    map[*line]bool
	stopping bool
}

func newListener(l net.Listener) *listener {
	return &listener{Listener: l, closed: sync.OnceValue(l.Close), lines: map[*line]bool{}}
}

func (l *listener) Close() error { return l.closed() }

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	x := &line{Conn: c, of: l}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines[x] = true
	if l.stopping {
		x.interrupt()
	}
	return x, nil
}

// stop makes every line end at its next wait for a command.
func (l *listener) stop() {
	_ = l.Close() // Shutdown reports it
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopping = true
	for x := range l.lines {
		if !x.taking {
			x.interrupt()
		}
	}
}

// drop closes every line at once.
func (l *listener) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for x := range l.lines {
		x.Conn.Close()
	}
}

// A line is one sender's connection.
type line struct {
	net.Conn
	of     *listener
	taking bool // a message is on its way; of.mu guards it
}

// interrupt ends a wait for the next command, now or to come. What is written
// still goes out.
func (x *line) interrupt() { _ = x.Conn.SetReadDeadline(time.Unix(1, 0)) }

// take marks the time between DATA and its answer.
func (x *line) take(taking bool) {
	x.of.mu.Lock()
	defer x.of.mu.Unlock()
	x.taking = taking
	if !taking && x.of.stopping {
		x.interrupt()
	}
}

func (x *line) Close() error {
	x.of.mu.Lock()
	delete(x.of.lines, x)
	x.of.mu.Unlock()
	return x.Conn.Close()
}
