package returns

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-imap/client"

	"redigest/subscribers/mail"
)

// A Tally says what became of the mails in a mailbox.
type Tally struct {
	Taken int // understood, written down, and deleted
	Kept  int // left where they are, and flagged
}

// How long a server may take, and what it may take it for.
const (
	dialWait    = 30 * time.Second
	commandWait = 2 * time.Minute
)

var (
	errNoStartTLS = errors.New("the server offers no STARTTLS: use imaps:// if it has TLS from the start")
	errLogin      = errors.New("the server refuses the user or the password")
	errReadOnly   = errors.New("the folder may be read only, so nothing could be deleted or flagged")
)

// Empty works through a mailbox once. Each mail that is understood and ours is
// deleted, after what follows from it is committed. Every other one is flagged,
// so that it is not read again, and left unread for a person. When the line
// dies between the two, the mail is found again, and counts once all the same.
// On an error the tally holds what was done before it.
func (r *Returns) Empty(ctx context.Context, a Account) (Tally, error) {
	t, err := r.visit(ctx, a)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // what the client says then is that its line was cut
	}
	if err != nil {
		return t, fmt.Errorf("empty the mailbox at %s: %w", a.addr(), err)
	}
	return t, nil
}

func (r *Returns) visit(ctx context.Context, a Account) (t Tally, err error) {
	conn, err := connect(ctx, a)
	if err != nil {
		return t, err
	}
	// The client knows no context: it stops when its line is cut. After a good
	// end it is closed already.
	cut := func() { _ = conn.Close() }
	defer context.AfterFunc(ctx, cut)()
	defer cut()
	// In the greeting the client waits for ever.
	late := time.AfterFunc(dialWait, cut)
	c, err := client.New(conn)
	late.Stop()
	if err != nil {
		return t, fmt.Errorf("greeting: %w", err)
	}
	c.Timeout = commandWait
	c.ErrorLog = log.New(io.Discard, "", 0) // what goes wrong is returned
	if err := signIn(c, a); err != nil {
		return t, err
	}
	if t, err = r.empty(ctx, c, a.folder()); err != nil {
		return t, err
	}
	return t, c.Logout()
}

// connect opens the line, with TLS when it begins with that. The greeting must
// come within the time for dialling.
func connect(ctx context.Context, a Account) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialWait)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", a.addr())
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		err = conn.SetDeadline(deadline)
	}
	if err == nil && a.Security == mail.ImplicitTLS {
		line := tls.Client(conn, a.tls())
		if err = line.HandshakeContext(ctx); err == nil {
			return line, nil
		}
		err = fmt.Errorf("TLS: %w", err)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

func (a Account) tls() *tls.Config {
	return &tls.Config{ServerName: a.Host, RootCAs: a.Roots, MinVersion: tls.VersionTLS12}
}

// signIn sends the password, and never before the line is safe.
func signIn(c *client.Client, a Account) error {
	if a.Security == mail.StartTLS {
		offered, err := c.SupportStartTLS()
		if err != nil {
			return err
		}
		if !offered {
			return errNoStartTLS
		}
		if err := c.StartTLS(a.tls()); err != nil {
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if err := c.Login(a.User, a.Password); err != nil {
		if cut := (net.Error)(nil); errors.As(err, &cut) || errors.Is(err, io.EOF) {
			return err
		}
		return errLogin // the server's words may quote what it was sent
	}
	return nil
}
