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
	f.Add("250 ok\r\n250 ok\r\n354 go\r\n250 2.0.0 taken as 4711\r\n250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n", true, true)
	f.Add("250-a\r\n250 b\r\n550-5.1.1 a\r\n550 5.1.1 b\r\n554 5.5.1 c\r\n250 ok\r\n", true, true)
	f.Add("250\n250\n354\n250\n", false, true)
	f.Add("250 a\r\n250 b\r\n354 c\r\n354 d\r\n", true, false)
	f.Add("421 4.3.2 bye\r\n", true, true)
	f.Add("250 \xff\x00\r\n250-\r\n251 \r\n2500\r\n25", false, true)
	f.Fuzz(func(t *testing.T, answers string, together, late bool) {
		hello := "250 HELP\r\n"
		if together {
			hello = "250-far.example\r\n250 PIPELINING\r\n"
		}
		s := newScripted(slices.Concat([]string{"220 far.example\r\n", hello}, slices.Collect(strings.Lines(answers)))...)
		c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: s.dial})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Drop()
		known := sendAll(t.Context(), c, 2, late)
		if all := strings.Join(known, " "); strings.Contains(all, "unforeseen") {
			t.Errorf("known: %q", known)
		}
		codes, exact := replyCodes(answers)
		for i := 0; exact && i < len(known) && known[i] == "accepted"; i++ {
			if !isYes(codes, 4*i) {
				t.Errorf("known: %q after %v", known, codes)
			}
		}
		if bodies := bytes.Count(s.heard.Bytes(), []byte("Subject:")); bodies < strings.Count(strings.Join(known, " "), "uncertain") {
			t.Errorf("known: %q, though %d messages were written", known, bodies)
		}
	})
}

// isYes reports whether a message was taken with the four answers from there on.
func isYes(codes []int, from int) bool {
	for i, class := range []int{2, 2, 3, 2} {
		if from+i >= len(codes) || codes[from+i]/100 != class {
			return false
		}
	}
	return true
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
