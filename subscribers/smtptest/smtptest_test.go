package smtptest_test

import (
	"bufio"
	"net"
	"slices"
	"strings"
	"testing"

	"redigest/subscribers/smtptest"
)

// say sends lines to a server as they are and returns its answers, one for
// each of them, until the line ends.
func say(t *testing.T, s *smtptest.Server, lines ...string) []string {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(strings.Join(lines, ""))); err != nil {
		t.Fatal(err)
	}
	var answers []string
	r := bufio.NewScanner(c)
	for r.Scan() {
		answers = append(answers, r.Text())
	}
	return answers
}

const start = "HELO x\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"

func TestItKnowsWhatItTook(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, smtptest.Options{Keep: true})
	answers := say(t, s, start, "Subject: x\r\n\r\n..dot\r\n.\r\n", "RSET\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\nDATA\r\n.\r\nQUIT\r\n")
	if last := answers[len(answers)-1]; !strings.HasPrefix(last, "221 ") {
		t.Errorf("it ended with %q", last)
	}
	m := s.Messages()
	if len(m) != 2 || string(m[0].Data) != "Subject: x\r\n\r\n.dot\r\n" || m[0].From != "a@example.org" || len(m[1].To) != 2 {
		t.Errorf("messages: %+v", m)
	}
	if s.Taken()["b@example.com"] != 2 || s.Recipients() != 2 || !slices.Equal(s.Twice(), []string{"b@example.com"}) || s.Named("c@example.com") != 1 {
		t.Errorf("taken: %v, twice: %v", s.Taken(), s.Twice())
	}
}

func TestARefusedOrLostMessageIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]smtptest.Answer{
		"refused": {Reply: "554 5.7.1 no", Close: true}, "deferred": {Reply: "451 4.3.0 later", Close: true}, "lost": {Lost: true, Drop: true},
	} {
		s := smtptest.Start(t, smtptest.Options{Script: smtptest.At(smtptest.Body, a)})
		say(t, s, start, "x\r\n.\r\n")
		if len(s.Taken()) != 0 {
			t.Errorf("%s: it says that it took %v", name, s.Taken())
		}
	}
	s := smtptest.Start(t, smtptest.Options{Script: smtptest.At(smtptest.Body, smtptest.Answer{Drop: true})})
	if answers := say(t, s, start, "x\r\n.\r\n"); len(s.Taken()) != 1 || !strings.HasPrefix(answers[len(answers)-1], "354 ") {
		t.Errorf("taken %v after %q; want it taken without an answer", s.Taken(), answers)
	}
}

// Only against a server that can be fooled does a test of fooling it mean something.
func TestALenientServerCanBeFooled(t *testing.T) {
	t.Parallel()
	smuggled := "x\r\n\n.\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<c@example.com>\r\nDATA\r\ny\r\n.\r\nQUIT\r\n"
	for lenient, want := range map[bool]int{false: 1, true: 2} {
		s := smtptest.Start(t, smtptest.Options{Lenient: lenient})
		say(t, s, start, smuggled)
		if got := s.Recipients(); got != want {
			t.Errorf("lenient %v: %d recipients, want %d", lenient, got, want)
		}
	}
}
