package returns_test

import (
	"errors"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/returns"
)

func (b *bed) listen() *returns.Listener {
	b.Helper()
	l, err := b.returns.Listen("127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

// A sender is a mail server that has something for us.
type sender struct {
	testing.TB
	line *textproto.Conn
}

func send(tb testing.TB, l *returns.Listener) *sender {
	tb.Helper()
	conn, err := net.Dial("tcp", l.Addr())
	if err != nil {
		tb.Fatal(err)
	}
	s := &sender{tb, textproto.NewConn(conn)}
	tb.Cleanup(func() { s.line.Close() })
	s.expect(220)
	s.say(250, "EHLO mx.example.net")
	return s
}

func (s *sender) expect(code int) string {
	s.Helper()
	got, text, err := s.line.ReadResponse(0)
	if got != code {
		s.Errorf("answered %d %s (%v), want %d", got, text, err, code)
	}
	return text
}

func (s *sender) say(code int, command string) string {
	s.Helper()
	if err := s.line.PrintfLine("%s", command); err != nil {
		s.Fatal(err)
	}
	return s.expect(code)
}

// give says one transaction and returns the answer's text.
func (s *sender) give(code int, raw string, to ...string) string {
	s.Helper()
	s.say(250, "MAIL FROM:<>")
	for _, address := range to {
		s.say(250, "RCPT TO:<"+address+">")
	}
	s.say(354, "DATA")
	w := s.line.DotWriter()
	if _, err := io.WriteString(w, raw); err != nil {
		s.Fatal(err)
	}
	w.Close()
	return s.expect(code)
}

func TestTheListenerTakesWhatIsOurs(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := send(t, b.listen())
	s.give(250, report{}.String(), b.back("ann@example.net"))
	if got := b.suppressed("ann@example.net"); !slices.Equal(got, []subscribers.Reason{subscribers.ReasonBounce}) {
		t.Errorf("ann is suppressed for %v", got)
	}
	s.say(250, "MAIL FROM:<bob@example.net>")
	s.say(250, "RCPT TO:<"+strings.ToUpper(b.leave("bob@example.net"))+">")
	s.say(354, "DATA")
	s.say(250, "\r\n.")
	if got := b.find("bob@example.net").Status; got != subscribers.Unsubscribed {
		t.Errorf("bob is %s", got)
	}
}

func TestTheListenerTakesNothingElse(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := send(t, b.listen())
	s.say(250, "MAIL FROM:<>")
	for _, to := range []string{
		"ann@example.net", "postmaster@bounce.example.org", "b@bounce.example.org",
		"b+" + b.forged("ann@example.net") + "@bounce.example.org",
		"x+" + b.token("ann@example.net") + "@bounce.example.org",
		"b+" + b.token("ann@example.net") + "@example.net",
		"b+" + b.list.ConfirmToken(b.find("ann@example.net").ID, 1, morning) + "@bounce.example.org",
	} {
		s.say(550, "RCPT TO:<"+to+">")
	}
	s.say(502, "DATA")
}

func TestAMailToSeveralReadersCountsForEach(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	send(t, b.listen()).give(250, report{recipient: "all@example.net"}.String(), b.back("ann@example.net"), b.back("bob@example.net"))
	for _, name := range []string{"ann@example.net", "bob@example.net"} {
		if got := b.suppressed(name); !slices.Equal(got, []subscribers.Reason{subscribers.ReasonBounce}) {
			t.Errorf("%s is suppressed for %v", name, got)
		}
	}
}

// The sender keeps what is not written down, and the address that a person
// wrote to by mistake says so.
func TestTheListenerSaysThatItTookAMailOnlyWhenItDid(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	s := send(t, b.listen())
	back := b.back("ann@example.net")
	b.exec("ALTER TABLE returned RENAME TO lost")
	s.give(451, report{}.String(), back)
	b.exec("ALTER TABLE lost RENAME TO returned")
	s.give(250, report{}.String(), b.back("ann@example.net"))
	s.give(250, report{}.String(), b.back("ann@example.net"))
	if got := len(b.find("ann@example.net").Returned); got != 1 {
		t.Errorf("%d mails counted, want 1", got)
	}
	if text := s.give(550, letter(b.back("bob@example.net")), b.back("bob@example.net")); !strings.Contains(text, "write to the address that the mail is from") {
		t.Errorf("a person is told %q", text)
	}
	s.give(552, strings.Repeat(strings.Repeat("x", 1000)+"\r\n", 11<<10), b.back("bob@example.net"))
}

func TestAReportWithEndlessLinesIsTaken(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	raw := strings.Replace(report{}.String(), "This is the mail system", strings.Repeat("long ", 20000)+"This is the mail system", 1)
	send(t, b.listen()).give(250, raw, b.back("ann@example.net"))
}

func TestAClosedListenerTakesNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	l := b.listen()
	s := send(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.line.ReadResponse(0); !errors.Is(err, io.EOF) && err == nil {
		t.Errorf("the line goes on: %v", err)
	}
	if _, err := net.Dial("tcp", l.Addr()); err == nil {
		t.Error("a new line is taken")
	}
}

func TestAListenerNeedsAReturnPath(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	if l, err := returns.New(b.list, returns.Options{}).Listen("127.0.0.1:0"); err == nil {
		l.Close()
		t.Error("it listens for nothing")
	}
}
