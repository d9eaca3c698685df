package mail

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// A Security says how the line to a relay is protected.
type Security string

const (
	StartTLS    Security = "starttls" // smtp://: STARTTLS is demanded, the certificate is checked
	ImplicitTLS Security = "tls"      // smtps://: TLS from the first octet, the certificate is checked
	Plain       Security = "plain"    // smtp+plain://: in the clear, loopback only
)

// A Relay is the SMTP server that takes our mail, and how to use it.
type Relay struct {
	Name     string // for accounts and logs: host:port, never a secret
	Host     string // a name (A-labels) or an IP address without brackets
	Port     int
	Security Security
	User     string // empty: no AUTH
	Password string

	Connections   int // how many lines may be open at once; 10 from ParseRelay
	PerConnection int // after how many messages a line is closed; 100 from ParseRelay, 0: no limit

	Unsigned bool // the relay signs by itself (DKIM): it gets what [Template.Unsigned] fills in
}

// Addr returns the relay's host:port, ready for a dialer.
func (r Relay) Addr() string { return net.JoinHostPort(r.Host, strconv.Itoa(r.Port)) }

// Account names whom the relay knows us as: user@host:port, or host:port without
// a user. What a relay allows, it allows to that one.
func (r Relay) Account() string {
	if r.User == "" {
		return r.Addr()
	}
	return r.User + "@" + r.Addr()
}

// Loopback reports whether the relay is on this machine, so that mail for it
// does not leave by itself.
func (r Relay) Loopback() bool { return loopback(r.Host) }

// ParseRelay reads a relay's URL: smtp://user@host:587 demands STARTTLS,
// smtps://user@host is TLS from the start, smtp+plain://127.0.0.1:2525 is in
// the clear and for loopback only. The ports are 587, 465 and 25 unless named.
// An @ in a user name is written %40. The password may stand in the URL; it is
// better kept elsewhere and set on the result.
func ParseRelay(rawURL string) (Relay, error) {
	u, err := url.Parse(strings.TrimSpace(rawURL))
	if err != nil {
		// The parser's error quotes the URL, and with it a password.
		return Relay{}, errors.New("relay is not a URL of the form smtp://user@host:587")
	}
	r := Relay{Host: u.Hostname(), Connections: 10, PerConnection: 100}
	if r.Security, r.Port, err = scheme(u.Scheme); err != nil {
		return Relay{}, err
	}
	if u.User != nil {
		r.User = u.User.Username()
		r.Password, _ = u.User.Password()
	}
	if u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return Relay{}, errors.New("relay URL must end after host and port")
	}
	if r.Host, err = relayHost(r.Host); err != nil {
		return Relay{}, err
	}
	if p := u.Port(); p != "" {
		if r.Port, err = strconv.Atoi(p); err != nil || r.Port < 1 || r.Port > 65535 {
			return Relay{}, errors.New("relay port " + strconv.Quote(p) + " is not between 1 and 65535")
		}
	}
	if r.Security == Plain && !r.Loopback() {
		return Relay{}, errors.New("smtp+plain:// is for loopback only: use smtp:// (STARTTLS) or smtps:// for " + r.Host)
	}
	r.Name = r.Addr()
	return r, nil
}

func scheme(s string) (Security, int, error) {
	switch s {
	case "smtp":
		return StartTLS, 587, nil
	case "smtps":
		return ImplicitTLS, 465, nil
	case "smtp+plain":
		return Plain, 25, nil
	}
	return "", 0, errors.New("relay URL must begin with smtp://, smtps:// or smtp+plain://")
}

func relayHost(host string) (string, error) {
	if host == "" {
		return "", errors.New("relay URL names no host")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", errors.New("relay host " + strconv.Quote(host) + " is not a host name")
	}
	return ascii, nil
}

func loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
