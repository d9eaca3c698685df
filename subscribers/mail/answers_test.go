package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"redigest/subscribers/mail"
)

// A scripted line says what it has to say, however it is asked, and then ends.
// It remembers what it was told.
type scripted struct {
	says  io.Reader
	heard bytes.Buffer
}

func (s *scripted) Read(p []byte) (int, error)       { return s.says.Read(p) }
func (s *scripted) Write(p []byte) (int, error)      { return s.heard.Write(p) }
func (s *scripted) Close() error                     { return nil }
func (s *scripted) LocalAddr() net.Addr              { return &net.IPAddr{} }
func (s *scripted) RemoteAddr() net.Addr             { return &net.IPAddr{} }
func (s *scripted) SetDeadline(time.Time) error      { return nil }
func (s *scripted) SetReadDeadline(time.Time) error  { return nil }
func (s *scripted) SetWriteDeadline(time.Time) error { return nil }
func (s *scripted) said() []string                   { return slices.Collect(strings.Lines(s.heard.String())) }
func (s *scripted) dial(context.Context, string, string) (net.Conn, error) {
	return s, nil
}

// newScripted makes a line whose reads bring one of these each.
func newScripted(says ...string) *scripted {
	var all []io.Reader
	for _, s := range says {
		all = append(all, strings.NewReader(s))
	}
	return &scripted{says: io.MultiReader(all...)}
}

// scriptedLine offers one message to a line that answers as it is told.
func scriptedLine(t *testing.T, offers []string, answers string, e mail.Envelope) *scripted {
	t.Helper()
	hello := "250-far.example\r\n250-" + strings.Join(offers, "\r\n250-") + "\r\n250 HELP\r\n"
	// An answer a read: what is said too early would be taken for unasked.
	s := newScripted(slices.Concat([]string{"220 far.example\r\n", hello}, slices.Collect(strings.Lines(answers)))...)
	c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: s.dial})
	if err != nil {
		t.Fatal(err)
	}
	must(t, c.Offer(e, 1))
	if err := c.Ready(t.Context()); outcome(err) != "refused at data" {
		t.Fatal(err)
	}
	c.Drop()
	return s
}

// FuzzAnswers lets a relay say anything at all. Whatever is said to be accepted
// must have been answered with yes, go-ahead and yes, as another reader of
// replies reads them.
func FuzzAnswers(f *testing.F) {
	f.Add("250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 taken as 4711\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", true)
	f.Add("250-a\r\n250 b\r\n550-5.1.1 a\r\n550 5.1.1 b\r\n554 5.5.1 c\r\n250 ok\r\n", true)
	f.Add("250\n250\n354\n250\n", false)
	f.Add("421 4.3.2 bye\r\n", true)
	f.Add("250 \xff\x00\r\n250-\r\n251 \r\n2500\r\n25", false)
	f.Fuzz(func(t *testing.T, answers string, together bool) {
		hello := "250 HELP\r\n"
		if together {
			hello = "250-far.example\r\n250 PIPELINING\r\n"
		}
		s := newScripted("220 far.example\r\n", hello, answers)
		c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: s.dial})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Drop()
		known := sendAll(t.Context(), c, 1, false)
		if strings.HasPrefix(known[0], "unforeseen") {
			t.Errorf("known: %q", known)
		}
		codes, exact := replyCodes(answers)
		if known[0] == "accepted" && exact && (len(codes) < 4 || codes[0]/100 != 2 || codes[1]/100 != 2 || codes[2]/100 != 3 || codes[3]/100 != 2) {
			t.Errorf("accepted after %v", codes)
		}
		if body := bytes.Contains(s.heard.Bytes(), []byte("Subject:")); !body && known[0] == "uncertain" {
			t.Error("uncertain, though no message was written")
		}
	})
}

// replyCodes reads replies in another way. It is not exact where more is let
// pass here or there: a reply that is a code alone, and lines without one.
func replyCodes(s string) (codes []int, exact bool) {
	for l := range strings.Lines(s) {
		if l = strings.TrimRight(l, "\r\n"); len(l) < 4 || strings.Trim(l[:3], "0123456789") != "" {
			return nil, false
		}
	}
	r := textproto.NewReader(bufio.NewReader(strings.NewReader(s)))
	for {
		code, _, err := r.ReadResponse(0)
		if err != nil {
			return codes, true
		}
		codes = append(codes, code)
	}
}
