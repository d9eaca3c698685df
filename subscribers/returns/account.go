package returns

import (
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"redigest/subscribers/mail"
)

// An Account is a mailbox that is emptied over IMAP.
type Account struct {
	Host     string
	Port     int
	Security mail.Security
	User     string
	Password string
	Folder   string         // INBOX if empty
	Roots    *x509.CertPool // who vouches for the server; those of this machine if nil
}

// ParseAccount reads an account's URL: imaps://user@host is TLS from the start,
// imap://user@host demands STARTTLS, imap+plain://user@127.0.0.1:1143 is in the
// clear and for loopback only. The ports are 993, 143 and 143 unless named. An @
// in a user name is written %40. The password is set on the result; none may
// stand in the URL.
func ParseAccount(rawURL string) (Account, error) {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		// The parser's error quotes the URL, and so a password by mistake.
		return Account{}, errors.New("the mailbox is not a URL of the form imaps://user@host")
	}
	a := Account{Host: u.Hostname(), User: u.User.Username()}
	if a.Security, a.Port, err = imapScheme(u.Scheme); err != nil {
		return Account{}, err
	}
	if _, set := u.User.Password(); set {
		return Account{}, errors.New("the mailbox's password must not stand in its URL")
	}
	if a.Host == "" || a.User == "" {
		return Account{}, errors.New("the mailbox's URL must name a user and a host, as in imaps://user@imap.example.org")
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return Account{}, errors.New("the mailbox's URL must end after host and port")
	}
	if p := u.Port(); p != "" {
		if a.Port, err = strconv.Atoi(p); err != nil || a.Port < 1 || a.Port > 65535 {
			return Account{}, errors.New("the mailbox's port is not between 1 and 65535")
		}
	}
	if a.Security == mail.Plain && !loopback(a.Host) {
		return Account{}, errors.New("imap+plain:// is for this machine alone; use imaps:// (TLS) or imap:// (STARTTLS)")
	}
	return a, nil
}

func imapScheme(s string) (mail.Security, int, error) {
	switch s {
	case "imaps":
		return mail.ImplicitTLS, 993, nil
	case "imap":
		return mail.StartTLS, 143, nil
	case "imap+plain":
		return mail.Plain, 143, nil
	}
	return "", 0, errors.New("the mailbox's URL must begin with imaps://, imap:// or imap+plain://")
}

// loopback is stricter than that of relays, for which names below localhost will
// do: nothing here looks at where a line has led.
func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// addr returns the host:port of the server.
func (a Account) addr() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

func (a Account) folder() string {
	if a.Folder == "" {
		return "INBOX"
	}
	return a.Folder
}
