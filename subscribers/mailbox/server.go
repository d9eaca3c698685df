package mailbox

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// maxMessage is far above what an issue may weigh, and small enough for memory.
const maxMessage = 32 << 20

// A Server takes mail on loopback and keeps it. Close it.
type Server struct {
	smtp     *smtp.Server
	listener *listener
	served   chan struct{}
	closing  sync.Once
}

// Listen starts a server on a loopback address, such as 127.0.0.1:0 for any
// free port, that keeps its mail in the Maildir dir, which is made if need be.
func Listen(addr, dir string) (*Server, error) {
	if err := onLoopback(addr); err != nil {
		return nil, err
	}
	keep, err := openMaildir(dir)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mail on %s: %w", addr, err)
	}
	s := &Server{listener: newListener(l), served: make(chan struct{})}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{keep: keep, line: c.Conn().(*line)}, nil
	}))
	s.smtp.Domain = "localhost"
	s.smtp.MaxMessageBytes = maxMessage
	s.smtp.EnableSMTPUTF8 = true
	s.smtp.ErrorLog = log.New(io.Discard, "", 0) // a line that breaks is the sender's to report
	go func() {
		defer close(s.served)
		_ = s.smtp.Serve(s.listener)
	}()
	return s, nil
}

// onLoopback refuses to take mail from other machines: nothing here asks who
// sends it, and it is never passed on.
func onLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("mailbox address %q is not host:port: %w", addr, err)
	}
	ip, err := netip.ParseAddr(host)
	if host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("mailbox address %q is not on loopback: the built-in mailbox takes mail from this machine alone, so use 127.0.0.1", addr)
	}
	return nil
}

// Addr returns the host:port it listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops taking mail. A message that is on its way is kept and answered
// first, if its sender is not slower than ten seconds.
func (s *Server) Close() error {
	const grace = 10 * time.Second
	var err error
	s.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		defer cancel()
		s.listener.stop()
		if err = s.smtp.Shutdown(ctx); ctx.Err() != nil {
			s.listener.drop()
			err = nil
		}
	})
	<-s.served
	return err
}
