package returns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// Bounds of the listener: it stands open to the world.
const (
	maxLines      = 100      // at a time
	maxRecipients = 20       // of one mail
	maxSMTPMail   = 10 << 20 // in octets; see maxMail for what is looked at
	maxLine       = 1 << 20  // bad reports have lines longer than mail may have
	smtpWait      = 5 * time.Minute
	takeWait      = time.Minute // for the database; the sender waits for our answer
)

// A Listener takes mail over SMTP, straight into the program: for addresses of
// the return path with a token of ours, from anyone, and for no other. It says
// that it has taken a mail once what follows from it is committed. It passes
// nothing on.
type Listener struct {
	returns *Returns
	smtp    *smtp.Server
	socket  net.Listener
	served  chan struct{}

	taking sync.RWMutex // read-locked while a mail is taken in
	closed bool
}

// errNoReturnPath guards against a listener that could take nothing.
var errNoReturnPath = errors.New("there is no return path that mail could come back to")

// Listen starts a listener on an address such as 127.0.0.1:2525. Close it.
func (r *Returns) Listen(addr string) (*Listener, error) {
	if r.path.IsZero() {
		return nil, errNoReturnPath
	}
	socket, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for returned mail on %s: %w", addr, err)
	}
	l := &Listener{returns: r, socket: socket, served: make(chan struct{})}
	l.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{listener: l, returns: r}, nil
	}))
	l.smtp.Domain = r.path.Domain()
	l.smtp.MaxMessageBytes = maxSMTPMail
	l.smtp.MaxRecipients = maxRecipients
	l.smtp.MaxLineLength = maxLine
	l.smtp.ReadTimeout, l.smtp.WriteTimeout = smtpWait, smtpWait
	l.smtp.EnableSMTPUTF8 = true
	l.smtp.ErrorLog = log.New(io.Discard, "", 0) // what strangers do wrong is theirs
	go func() {
		defer close(l.served)
		_ = l.smtp.Serve(netutil.LimitListener(socket, maxLines)) // it ends by Close
	}()
	return l, nil
}

// Addr returns the host:port it listens on.
func (l *Listener) Addr() string { return l.socket.Addr().String() }

// Close stops taking mail. A mail that is being taken in is finished; a line
// that is cut before its answer sends its mail again, and it counts once.
func (l *Listener) Close() error {
	err := l.smtp.Close()
	<-l.served
	l.taking.Lock()
	defer l.taking.Unlock()
	l.closed = true
	return err
}

// take takes a mail in for each of its recipients, and reports whether any of
// them made something of it.
func (l *Listener) take(raw []byte, to []string) (done bool, err error) {
	l.taking.RLock()
	defer l.taking.RUnlock()
	if l.closed {
		return false, net.ErrClosed
	}
	ctx, cancel := context.WithTimeout(context.Background(), takeWait)
	defer cancel()
	for _, address := range to {
		out, err := l.returns.Take(ctx, raw, []string{address})
		if err != nil {
			return false, err
		}
		done = done || out.Done()
	}
	return done, nil
}

// A session takes the mails of one line.
type session struct {
	listener *Listener
	returns  *Returns
	to       []string
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }

// Mail takes mail from anyone: what comes back has no sender (RFC 5321, section
// 4.5.5), and who leaves by mail has any.
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes mail for addresses that we have made.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	token, ok := s.returns.path.Holds(to)
	if !ok || !s.returns.list.TakesMail(token) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such address: only mail of ours that comes back is taken here"}
	}
	if !slices.Contains(s.to, to) {
		s.to = append(s.to, to)
	}
	return nil
}

// Data takes the mail in for each of its recipients, and answers once all
// of that is committed.
func (s *session) Data(body io.Reader) error {
	raw, err := readMail(body)
	if err != nil {
		return err
	}
	done, err := s.listener.take(raw, s.to)
	if err != nil {
		s.returns.log.Error("mail that came back is not taken; its sender keeps it", "error", err)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "not taken now, try again later"}
	}
	if !done {
		// So a person who wrote here hears of it, and nothing is lost in silence.
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "this is no report that can be read: write to the address that the mail is from"}
	}
	return nil
}
