package smtptest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"testing"
)

// Options are what a server offers and does. The zero value takes every mail
// and discards it.
type Options struct {
	Addr   string             // where to listen; 127.0.0.1 and any free port if empty
	Script func(Event) Answer // called from many goroutines, one per connection
	Keep   bool               // keep messages, see [Server.Messages]

	// Lenient makes the server end a message at a dot between bare line feeds
	// too, as some real ones do. What follows it is then read as commands.
	Lenient bool

	// Extensions are the lines of its EHLO answer; nil: PIPELINING, 8BITMIME,
	// SMTPUTF8, SIZE and ENHANCEDSTATUSCODES.
	Extensions []string
	NoEHLO     bool // it knows HELO alone

	TLS      *tls.Config // it offers STARTTLS
	FromTLS  bool        // TLS from the first octet instead
	User     string      // it demands AUTH by this user; it offers PLAIN and LOGIN unless Extensions say
	Password string
}

// A Server is the far end. Close it; the server of [Start] closes itself.
type Server struct {
	opts     Options
	listener net.Listener
	running  sync.WaitGroup
	closing  chan struct{}
	record

	mu     sync.Mutex
	conns  map[net.Conn]bool
	opened int
	closed bool
}

// Listen starts a server on loopback.
func Listen(o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen for test mail: %w", err)
	}
	s := newServer(o)
	s.listener = l
	s.running.Go(s.accept)
	return s, nil
}

// Start starts a server on loopback that closes with the test.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s, err := Listen(o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(s.Close)
	return s
}

// NewPiped makes a server that is reached by [Server.DialContext] alone, without
// a socket, so that it can live in a synctest bubble.
func NewPiped(o Options) *Server { return newServer(o) }

func newServer(o Options) *Server {
	if o.Extensions == nil {
		o.Extensions = []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 36700160", "ENHANCEDSTATUSCODES"}
	}
	if o.Script == nil {
		o.Script = func(Event) Answer { return Answer{} }
	}
	return &Server{opts: o, closing: make(chan struct{}), conns: map[net.Conn]bool{}, record: newRecord()}
}

// Addr returns the host:port it listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port returns the port it listens on.
func (s *Server) Port() int { return s.listener.Addr().(*net.TCPAddr).Port }

// URL returns the address of the server as a relay in the clear.
func (s *Server) URL() string { return "smtp+plain://" + s.Addr() }

// DialContext connects over a pipe in memory, whatever the address.
func (s *Server) DialContext(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	if !s.serve(far) {
		near.Close()
		return nil, net.ErrClosed
	}
	return near, nil
}

// Close drops every line and waits until the server has forgotten them. What
// was taken can still be asked for.
func (s *Server) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	if s.listener != nil {
		s.listener.Close()
	}
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// Conns returns how many lines were ever opened.
func (s *Server) Conns() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Open returns how many lines are open.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil || !s.serve(c) {
			return
		}
	}
}

// serve talks on a line in a goroutine of its own; false once closed.
func (s *Server) serve(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.Close()
		return false
	}
	s.opened++
	s.conns[c] = true
	sess := newSession(s, c, s.opened)
	s.running.Go(func() {
		sess.run()
		c.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.conns, c)
	})
	return true
}
