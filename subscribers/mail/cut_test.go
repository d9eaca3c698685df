package mail_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A cutLine is a line that takes so many octets, once it is told to count, and
// then no more. What it took arrives.
type cutLine struct {
	net.Conn
	counts bool
	left   int
}

func (l *cutLine) Write(p []byte) (int, error) {
	if !l.counts || l.left >= len(p) {
		l.left -= len(p)
		return l.Conn.Write(p)
	}
	n := 0
	if l.left > 0 {
		n, _ = l.Conn.Write(p[:l.left])
	}
	l.left = 0
	return n, syscall.EPIPE
}

// A cut is a message that is given, with another offered behind it, over a line
// that breaks after so many octets.
type cut struct {
	r      mail.Relay
	opts   mail.DialOptions
	far    smtptest.Options
	after  int
	behind bool // the answer to the message is asked for after the next is awaited
}

func (x cut) run(t *testing.T) (known []string, far *smtptest.Server) {
	far = smtptest.NewPiped(x.far)
	defer far.Close()
	var line *cutLine
	x.opts.DialContext = func(ctx context.Context, n, a string) (net.Conn, error) {
		c, err := far.DialContext(ctx, n, a)
		line = &cutLine{Conn: c}
		return line, err
	}
	c, err := mail.Dial(t.Context(), x.r, x.opts)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known = make([]string, 2)
	must(t, c.Offer(reader(1), len(letter)))
	must(t, c.Ready(t.Context()))
	line.counts, line.left = true, x.after
	must(t, c.Body([]byte(letter)))
	must(t, c.Offer(reader(2), len(letter)))
	if x.behind {
		known[1] = outcome(c.Ready(t.Context()))
	}
	_, err = c.Answer(t.Context())
	known[0] = outcome(err)
	if !x.behind {
		known[1] = outcome(c.Ready(t.Context()))
	}
	if !c.Broken() {
		t.Error("the line is not broken")
	}
	far.Close()
	return known, far
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The line breaks after each octet of a message, its dot, and the commands of
// the next one behind it.
func TestALineThatBreaksInMidWrite(t *testing.T) {
	t.Parallel()
	for after := range len(letter) + 40 {
		for _, answers := range []bool{true, false} {
			for _, behind := range []bool{true, false} {
				t.Run(fmt.Sprintf("after=%d/answers=%v/behind=%v", after, answers, behind), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						x := cut{r: relay(t, "smtp+plain://127.0.0.1"), after: after, behind: behind}
						if !answers {
							x.far.Script = smtptest.At(smtptest.Body, smtptest.Answer{Silent: true})
						}
						known, far := x.run(t)
						want := []string{"line died at body", "line died at mail"}
						switch dots := after - len(letter); {
						case dots >= len(".\r\n") && answers:
							want[0] = "accepted"
						case dots > 0:
							want[0] = "uncertain"
						}
						if !slices.Equal(known, want) {
							t.Errorf("known: %q, want %q", known, want)
						}
						agree(t, known, far)
					})
				})
			}
		}
	}
}

// Under TLS nobody knows how many octets of a message lie in those that went
// out. What is said must be true all the same.
func TestATLSLineThatBreaksInMidWrite(t *testing.T) {
	t.Parallel()
	certificate, roots := smtptest.Certificate(t)
	for _, url := range []string{"smtp://127.0.0.1", "smtps://127.0.0.1"} {
		x := cut{r: relay(t, url), far: smtptest.Options{TLS: certificate, FromTLS: strings.HasPrefix(url, "smtps")}}
		x.opts.TLS = &tls.Config{RootCAs: roots}
		var seen sawEach
		t.Run(url, func(t *testing.T) {
			for after := 0; after < len(letter)+120; after += 1 + after%3 {
				t.Run(fmt.Sprint(after), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						x := x
						x.after = after
						known, far := x.run(t)
						if known[1] != "line died at mail" {
							t.Errorf("the message behind it: %q", known[1])
						}
						agree(t, known, far)
						seen.note(known[0])
					})
				})
			}
		})
		if !seen.died.Load() || !seen.uncertain.Load() || seen.others.Load() {
			t.Errorf("%s: died %v, uncertain %v, others %v", url, seen.died.Load(), seen.uncertain.Load(), seen.others.Load())
		}
	}
}

// sawEach makes sure that breaking here and there made a difference.
type sawEach struct{ died, uncertain, others atomic.Bool }

func (s *sawEach) note(known string) {
	switch known {
	case "line died at body":
		s.died.Store(true)
	case "uncertain":
		s.uncertain.Store(true)
	default:
		s.others.Store(true)
	}
}

// What a relay says before it has the whole dot is no yes.
func TestLastWordsOfARelayThatStopsListening(t *testing.T) {
	t.Parallel()
	tests := map[string][4]string{ // by how many octets of the dot went out
		"250 taken":         {"line died at body", "uncertain", "uncertain", "accepted"},
		"354 go on":         {"line died at body", "uncertain", "uncertain", "uncertain"},
		"452 4.3.1 full":    {"deferred at body", "deferred at body", "deferred at body", "deferred at body"},
		"421 4.3.2 bye":     {"deferred at body", "deferred at body", "deferred at body", "deferred at body"},
		"552 5.3.4 too big": {"refused at body", "refused at body", "refused at body", "refused at body"},
		"well":              {"line died at body", "uncertain", "uncertain", "uncertain"},
		"":                  {"line died at body", "uncertain", "uncertain", "uncertain"},
	}
	for words, wants := range tests {
		for dots, want := range wants {
			line := &cutLine{Conn: newScripted("220 far.example\r\n", "250-far.example\r\n250 PIPELINING\r\n", goAhead, words+"\r\n")}
			c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{
				DialContext: func(context.Context, string, string) (net.Conn, error) { return line, nil }})
			if err != nil {
				t.Fatal(err)
			}
			must(t, c.Offer(reader(1), len(letter)))
			must(t, c.Ready(t.Context()))
			line.counts, line.left = true, len(letter)+dots
			must(t, c.Body([]byte(letter)))
			must(t, c.Offer(reader(2), len(letter)))
			if _, err := c.Answer(t.Context()); outcome(err) != want {
				t.Errorf("%q after %d octets of the dot: %v, want %s", words, dots, err, want)
			}
		}
	}
}
