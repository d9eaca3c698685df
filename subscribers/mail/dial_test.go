package mail_test

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

func TestDialingSaysWhereItWentWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		far  smtptest.Options
		want string
	}{
		"all is well":               {smtptest.Options{}, "accepted"},
		"a server that knows HELO":  {smtptest.Options{NoEHLO: true}, "accepted"},
		"a greeting in many lines":  {smtptest.Options{Script: smtptest.Refuse(smtptest.Greeting, "220-far.example\r\n220-welcomes\r\n220 you")}, "accepted"},
		"a greeting octet by octet": {smtptest.Options{Script: smtptest.At(smtptest.Greeting, smtptest.Answer{Split: true})}, "accepted"},
		"busy":                      {smtptest.Options{Script: smtptest.Refuse(smtptest.Greeting, "421 4.3.2 too many lines")}, "deferred at greeting"},
		"unwanted":                  {smtptest.Options{Script: smtptest.Refuse(smtptest.Greeting, "554 5.7.1 you are listed")}, "refused at greeting"},
		"not a mail server":         {smtptest.Options{Script: smtptest.Refuse(smtptest.Greeting, "HTTP/1.1 400 Bad Request")}, "line died at greeting"},
		"closes at once":            {smtptest.Options{Script: smtptest.At(smtptest.Greeting, smtptest.Answer{Drop: true})}, "line died at greeting"},
		"EHLO and HELO deferred":    {smtptest.Options{Script: smtptest.Refuse(smtptest.Hello, "451 4.3.0 later")}, "deferred at hello"},
		"EHLO and HELO refused":     {smtptest.Options{Script: smtptest.Refuse(smtptest.Hello, "550 5.7.1 your name")}, "refused at hello"},
		"closes at EHLO":            {smtptest.Options{Script: smtptest.At(smtptest.Hello, smtptest.Answer{Drop: true})}, "line died at hello"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			far := smtptest.Start(t, test.far)
			err := sendOnce(t.Context(), relay(t, far.URL()), mail.DialOptions{})
			if got := outcome(err); got != test.want {
				t.Errorf("%s, want %s (%v)", got, test.want, err)
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		err = sendOnce(t.Context(), relay(t, "smtp+plain://"+l.Addr().String()), mail.DialOptions{})
		if got := outcome(err); got != "line died at connect" {
			t.Errorf("%s (%v)", got, err)
		}
	})
}

func TestWeGreetWithAName(t *testing.T) {
	t.Parallel()
	for helo, want := range map[string]string{
		"mail.example.org":              "EHLO mail.example.org",
		"[192.0.2.7]":                   "EHLO [192.0.2.7]",
		"two words":                     "EHLO localhost",
		"mail.example.org\r\nMAIL FROM": "EHLO localhost",
	} {
		said := make(chan string, 1)
		far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Hello {
				said <- e.Line
			}
			return smtptest.Answer{}
		}})
		if err := sendOnce(t.Context(), relay(t, far.URL()), mail.DialOptions{HELO: helo}); err != nil {
			t.Fatal(err)
		}
		if got := <-said; got != want {
			t.Errorf("%q: said %q, want %q", helo, got, want)
		}
	}
}

func TestTLSIsDemandedAndChecked(t *testing.T) {
	t.Parallel()
	certificate, roots := smtptest.Certificate(t)
	trusting := &tls.Config{RootCAs: roots}
	tests := map[string]struct {
		scheme string
		far    smtptest.Options
		tls    *tls.Config
		want   string
		says   string
	}{
		"STARTTLS":                              {"smtp", smtptest.Options{TLS: certificate}, trusting, "accepted", ""},
		"TLS from the start":                    {"smtps", smtptest.Options{TLS: certificate, FromTLS: true}, trusting, "accepted", ""},
		"STARTTLS not offered":                  {"smtp", smtptest.Options{}, trusting, "refused at starttls", "offers no STARTTLS"},
		"STARTTLS refused":                      {"smtp", smtptest.Options{TLS: certificate, Script: smtptest.Refuse(smtptest.StartTLS, "454 4.7.0 no TLS now")}, trusting, "deferred at starttls", "454 4.7.0 no TLS now"},
		"gone at STARTTLS":                      {"smtp", smtptest.Options{TLS: certificate, Script: smtptest.At(smtptest.StartTLS, smtptest.Answer{Drop: true})}, trusting, "line died at starttls", "EOF"},
		"an unknown certificate":                {"smtp", smtptest.Options{TLS: certificate}, nil, "line died at starttls", "certificate"},
		"an unknown certificate from the start": {"smtps", smtptest.Options{TLS: certificate, FromTLS: true}, nil, "line died at starttls", "certificate"},
		"a certificate for another host":        {"smtp", smtptest.Options{TLS: certificate}, &tls.Config{RootCAs: roots, ServerName: "other.example"}, "line died at starttls", "other.example"},
		"TLS at a port without":                 {"smtps", smtptest.Options{}, trusting, "line died at starttls", "TLS"},
		"sneaked in before TLS":                 {"smtp", smtptest.Options{TLS: certificate, Script: smtptest.Refuse(smtptest.StartTLS, "220 go\r\n250 far.example\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken")}, trusting, "accepted", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.far.Keep = true
			far := smtptest.Start(t, test.far)
			err := sendOnce(t.Context(), relay(t, test.scheme+"://"+far.Addr()), mail.DialOptions{TLS: test.tls})
			if got := outcome(err); got != test.want {
				t.Fatalf("%s, want %s (%v)", got, test.want, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			if got := far.Messages(); err == nil && (len(got) != 1 || !got[0].TLS) {
				t.Errorf("arrived: %+v, want one message over TLS", got)
			} else if err != nil && len(got) != 0 {
				t.Error("a message arrived all the same")
			}
		})
	}
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	certificate, roots := smtptest.Certificate(t)
	right := smtptest.Options{TLS: certificate, User: "news@example.org", Password: "pass word"}
	refused := right
	refused.Script = smtptest.Refuse(smtptest.Auth, "454 4.7.0 try later")
	gone := right
	gone.Script = smtptest.At(smtptest.Auth, smtptest.Answer{Drop: true})
	none := smtptest.Options{TLS: certificate}
	strange := smtptest.Options{TLS: certificate, Extensions: []string{"AUTH GSSAPI X-OWN"}}
	login := right
	login.Extensions = []string{"AUTH LOGIN"}
	tests := map[string]struct {
		far      smtptest.Options
		password string
		want     string
		says     string
	}{
		"PLAIN":               {right, "pass word", "accepted", ""},
		"the wrong password":  {right, "password", "refused at auth", "535 5.7.8 credentials not accepted"},
		"not now":             {refused, "pass word", "deferred at auth", "454"},
		"gone":                {gone, "pass word", "line died at auth", "EOF"},
		"AUTH is not offered": {none, "pass word", "refused at auth", "offers no way to sign in"},
		"nothing we know":     {strange, "pass word", "refused at auth", `"GSSAPI X-OWN"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.far.Keep = true
			far := smtptest.Start(t, test.far)
			r := relay(t, "smtp://news%40example.org@"+far.Addr())
			r.Password = test.password
			err := sendOnce(t.Context(), r, mail.DialOptions{TLS: &tls.Config{RootCAs: roots}})
			if got := outcome(err); got != test.want {
				t.Fatalf("%s, want %s (%v)", got, test.want, err)
			}
			if err == nil {
				if got := far.Messages(); len(got) != 1 || got[0].User != "news@example.org" {
					t.Errorf("arrived: %+v", got)
				}
				return
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("%q does not say %q", err, test.says)
			}
			if strings.Contains(err.Error(), test.password) {
				t.Errorf("%q holds the password", err)
			}
		})
	}
	t.Run("LOGIN where there is no PLAIN", func(t *testing.T) {
		t.Parallel()
		far := smtptest.Start(t, login)
		r := relay(t, "smtp://news%40example.org@"+far.Addr())
		r.Password = "pass word"
		if err := sendOnce(t.Context(), r, mail.DialOptions{TLS: &tls.Config{RootCAs: roots}}); err != nil {
			t.Error(err)
		}
	})
}

func TestParseRelay(t *testing.T) {
	t.Parallel()
	usual := func(host string, port int, s mail.Security) mail.Relay {
		return mail.Relay{Host: host, Port: port, Security: s, Connections: 10, PerConnection: 100}
	}
	named := func(r mail.Relay, name string) mail.Relay { r.Name = name; return r }
	signedIn := func(r mail.Relay, user, password string) mail.Relay {
		r.User, r.Password = user, password
		return r
	}
	good := map[string]mail.Relay{
		"smtp://mail.example.org":                    named(usual("mail.example.org", 587, mail.StartTLS), "mail.example.org:587"),
		"smtp://mail.example.org:2587/":              named(usual("mail.example.org", 2587, mail.StartTLS), "mail.example.org:2587"),
		"smtps://mail.example.org":                   named(usual("mail.example.org", 465, mail.ImplicitTLS), "mail.example.org:465"),
		"smtp+plain://127.0.0.1:2525":                named(usual("127.0.0.1", 2525, mail.Plain), "127.0.0.1:2525"),
		"smtp+plain://[::1]":                         named(usual("::1", 25, mail.Plain), "[::1]:25"),
		"smtp+plain://localhost":                     named(usual("localhost", 25, mail.Plain), "localhost:25"),
		"smtp://news%40example.org@mail.example.org": signedIn(named(usual("mail.example.org", 587, mail.StartTLS), "mail.example.org:587"), "news@example.org", ""),
		"smtps://news:s%3Acret@mail.example.org":     signedIn(named(usual("mail.example.org", 465, mail.ImplicitTLS), "mail.example.org:465"), "news", "s:cret"),
		"smtp://post.bücher.example":                 named(usual("post.xn--bcher-kva.example", 587, mail.StartTLS), "post.xn--bcher-kva.example:587"),
	}
	for url, want := range good {
		if got, err := mail.ParseRelay(url); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", url, got, err, want)
		}
	}
	bad := map[string]string{
		"":                               "must begin with smtp://",
		"mail.example.org:587":           "must begin with smtp://",
		"http://mail.example.org":        "must begin with smtp://",
		"smtp://":                        "names no host",
		"smtp://:25":                     "names no host",
		"smtp://mail.example.org:0":      "not between 1 and 65535",
		"smtp://mail.example.org:99999":  "not between 1 and 65535",
		"smtp://mail.example.org/x":      "must end after host and port",
		"smtp://mail.example.org?x=1":    "must end after host and port",
		"smtp://under_score..example":    "is not a host name",
		"smtp+plain://mail.example.org":  "for loopback only",
		"smtp+plain://192.0.2.1:25":      "for loopback only",
		"smtp://u:secret@host:port":      "not a URL of the form",
		"smtp://u:secret@[::1":           "not a URL of the form",
		"smtp+plain://127.0.0.1.evil.eu": "for loopback only",
	}
	for url, want := range bad {
		_, err := mail.ParseRelay(url)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error saying %q", url, err, want)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error holds the password: %v", url, err)
		}
	}
}

// elsewhere is a line to this machine that says it leads to another.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 25} }

// A relay on this machine needs no arming, so its name must not lead elsewhere.
func TestANameForThisMachineMustLeadToIt(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"smtp+plain://x.localhost:25", "smtp://x.localhost", "smtps://x.localhost", "smtps://127.0.0.1"} {
		here, there := net.Pipe()
		defer there.Close()
		_, err := mail.Dial(t.Context(), relay(t, url), mail.DialOptions{
			DialContext: func(context.Context, string, string) (net.Conn, error) { return elsewhere{here}, nil },
			Timeouts:    mail.Timeouts{Greeting: time.Second, Hello: time.Second},
		})
		if got := outcome(err); got != "line died at connect" {
			t.Errorf("%s: %v, want no line", url, err)
		}
	}
}
