package returns_test

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/backend/memory"
	"github.com/emersion/go-imap/client"
	"github.com/emersion/go-imap/server"

	"redigest/subscribers/mail"
	"redigest/subscribers/returns"
	"redigest/subscribers/smtptest"
)

// An imapServer is a mailbox of the library's own server.
type imapServer struct {
	testing.TB
	account returns.Account
	addr    string // of the server, where the account's leads elsewhere
}

// startIMAP starts a server whose one mailbox is empty.
func startIMAP(tb testing.TB, security mail.Security) *imapServer {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	settings, roots := smtptest.Certificate(tb)
	s := server.New(memory.New())
	s.ErrorLog = log.New(io.Discard, "", 0)
	s.AllowInsecureAuth = security == mail.Plain
	at := &imapServer{TB: tb, addr: listener.Addr().String()}
	switch security {
	case mail.StartTLS:
		s.TLSConfig = settings
	case mail.ImplicitTLS:
		s.TLSConfig = settings
		listener = tls.NewListener(listener, settings)
	}
	go func() { _ = s.Serve(listener) }()
	tb.Cleanup(func() { s.Close() })
	at.account = returns.Account{Host: "127.0.0.1", Port: port(tb, at.addr), Security: security, User: "username", Password: "password", Roots: roots}
	at.with(func(c *client.Client) { // the server begins with a mail of its own
		all := new(imap.SeqSet)
		all.AddRange(1, 0)
		at.must(c.Store(all, imap.FormatFlagsOp(imap.AddFlags, true), []any{imap.DeletedFlag}, nil))
		at.must(c.Expunge(nil))
	})
	return at
}

func port(tb testing.TB, addr string) int {
	tb.Helper()
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		tb.Fatal(err)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

func (s *imapServer) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// with does something as a person at the mailbox would.
func (s *imapServer) with(do func(c *client.Client)) {
	s.Helper()
	settings := &tls.Config{ServerName: "127.0.0.1", RootCAs: s.account.Roots}
	var c *client.Client
	var err error
	if s.account.Security == mail.ImplicitTLS {
		c, err = client.DialTLS(s.addr, settings)
	} else {
		c, err = client.Dial(s.addr)
	}
	s.must(err)
	if s.account.Security == mail.StartTLS {
		s.must(c.StartTLS(settings))
	}
	s.must(c.Login("username", "password"))
	_, err = c.Select("INBOX", false)
	s.must(err)
	do(c)
	s.must(c.Logout())
}

// put puts mails into the mailbox.
func (s *imapServer) put(mails ...string) {
	s.Helper()
	s.with(func(c *client.Client) {
		for _, m := range mails {
			s.must(c.Append("INBOX", nil, time.Time{}, strings.NewReader(m)))
		}
	})
}

// flags returns the flags of the mails in the mailbox, each sorted and in one
// string.
func (s *imapServer) flags() (all []string) {
	s.Helper()
	s.with(func(c *client.Client) {
		set := new(imap.SeqSet)
		set.AddRange(1, 0)
		messages := make(chan *imap.Message, 1000)
		s.must(c.Fetch(set, []imap.FetchItem{imap.FetchFlags}, messages))
		for m := range messages {
			slices.Sort(m.Flags)
			all = append(all, strings.Join(m.Flags, " "))
		}
	})
	return all
}

// throughCut leads the account through a line that is cut when the client first
// says word.
func (s *imapServer) throughCut(word string) {
	s.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	s.Cleanup(func() { listener.Close() })
	go func() {
		near, err := listener.Accept()
		if err != nil {
			return
		}
		defer near.Close()
		far, err := net.Dial("tcp", s.addr)
		if err != nil {
			return
		}
		defer far.Close()
		go func() { _, _ = io.Copy(near, far) }()
		for buf := make([]byte, 64<<10); ; {
			n, err := near.Read(buf)
			if err != nil || strings.Contains(string(buf[:n]), word) {
				return
			}
			if _, err := far.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	s.account.Port = port(s, listener.Addr().String())
}

// direct leads the account to the server again.
func (s *imapServer) direct() { s.account.Port = port(s, s.addr) }
