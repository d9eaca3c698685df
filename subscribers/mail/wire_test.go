package mail_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

const letter = "Date: Sun, 01 Feb 2026 06:00:00 +0000\r\nFrom: <news@example.org>\r\n" +
	"To: <reader@example.com>\r\nSubject: Two mines open\r\n\r\nTwo mines open this week.\r\n"

var envelope = mail.Envelope{From: "bounce@example.org", To: "reader@example.com"}

// dial opens a line to a scripted far end that closes with the test.
func dial(t *testing.T, far *smtptest.Server) *mail.Conn {
	t.Helper()
	return dialTo(t, far.URL())
}

func dialTo(t *testing.T, url string) *mail.Conn {
	t.Helper()
	c, err := mail.Dial(t.Context(), relay(t, url), mail.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func relay(t *testing.T, url string) mail.Relay {
	t.Helper()
	r, err := mail.ParseRelay(url)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send hands one message over, in the four calls that it takes.
func send(ctx context.Context, c *mail.Conn, e mail.Envelope, msg []byte) (mail.Reply, error) {
	if err := c.Offer(e, len(msg)); err != nil {
		return mail.Reply{}, err
	}
	if err := c.Ready(ctx); err != nil {
		return mail.Reply{}, err
	}
	wire := bytes.ReplaceAll(append([]byte("\r\n"), msg...), []byte("\r\n."), []byte("\r\n.."))
	if err := c.Body(wire[2:]); err != nil {
		return mail.Reply{}, err
	}
	return c.Answer(ctx)
}

// outcome puts what is known about a message in one line, so that tables can
// name it.
func outcome(err error) string {
	var refused *mail.Refusal
	var line *mail.LineError
	switch {
	case err == nil:
		return "accepted"
	case errors.Is(err, mail.ErrUncertain):
		return "uncertain"
	case errors.As(err, &refused) && refused.Temporary():
		return "deferred at " + string(refused.Stage)
	case errors.As(err, &refused):
		return "refused at " + string(refused.Stage)
	case errors.As(err, &line):
		return "line died at " + string(line.Stage)
	}
	return "unforeseen: " + err.Error()
}

// Answers too many, or too early. What the matrix holds is not said again.
func TestWhatIsKnownOfAMessage(t *testing.T) {
	t.Parallel()
	say := func(reply string) smtptest.Answer { return smtptest.Answer{Reply: reply} }
	tests := map[string]struct {
		at       smtptest.Stage
		answer   smtptest.Answer
		want     string // where commands are said one by one
		together string // where they are said together; empty: the same
		taken    int
	}{
		"taken":                            {at: smtptest.Body, want: "accepted", taken: 1},
		"taken with an odd 2xx":            {at: smtptest.Body, answer: say("252 fine"), want: "accepted", taken: 1},
		"an answer too many after MAIL":    {at: smtptest.Mail, answer: say("250 ok\r\n250 ok"), want: "line died at rcpt", together: "line died at data"},
		"an answer too many after RCPT":    {at: smtptest.Rcpt, answer: say("250 ok\r\n250 ok"), want: "line died at data"},
		"an answer too many after DATA":    {at: smtptest.Data, answer: say("354 go\r\n250 taken"), want: "line died at body"},
		"an answer too many after the dot": {at: smtptest.Body, answer: say("250 ok\r\n250 ok"), want: "accepted", taken: 1},
		"unasked goodbye before RCPT":      {at: smtptest.Mail, answer: say("250 ok\r\n421 4.4.2 too slow"), want: "deferred at rcpt"},
		"unasked goodbye before the body":  {at: smtptest.Data, answer: say("354 go\r\n421 4.4.2 too slow"), want: "deferred at body"},
		"a no before the body":             {at: smtptest.Data, answer: say("354 go\r\n452 4.3.1 full"), want: "deferred at body"},
		"a no, and then a go-ahead":        {at: smtptest.Rcpt, answer: say("550 5.1.1 no\r\n354 go"), want: "refused at rcpt"},
		"a no, and then a yes":             {at: smtptest.Rcpt, answer: say("550 5.1.1 no\r\n250 yes"), want: "refused at rcpt", together: "line died at data"},
		"a no, and then garbage":           {at: smtptest.Rcpt, answer: say("550 5.1.1 no\r\nwell"), want: "refused at rcpt"},
		"a no, and then goodbye":           {at: smtptest.Rcpt, answer: say("550 5.1.1 no\r\n421 4.3.2 bye"), want: "refused at rcpt"},
	}
	for name, test := range tests {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/together=%v", name, together), func(t *testing.T) {
				t.Parallel()
				far := smtptest.Start(t, smtptest.Options{Extensions: offering(together), Script: smtptest.At(test.at, test.answer)})
				c := dial(t, far)
				_, err := send(t.Context(), c, envelope, []byte(letter))
				want := test.want
				if together {
					want = cmp.Or(test.together, want)
				}
				if got := outcome(err); got != want {
					t.Errorf("outcome: %s, want %s (%v)", got, want, err)
				}
				if got := far.Taken()[envelope.To]; got != test.taken {
					t.Errorf("the far end took %d, want %d", got, test.taken)
				}
				// Whatever is left of the answers is not taken for the next one's.
				next := sendAll(t.Context(), c, 2, false)
				agree(t, next, far)
			})
		}
	}
}

func TestARefusalNamesCodeAndReason(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt,
		"550-5.1.1 The account that you tried\r\n550-5.1.1 to reach\tdoes not\x1b[2J exist.\r\n550 5.1.1 https://help.example/")})
	_, err := send(t.Context(), dial(t, far), envelope, []byte(letter))
	var got *mail.Refusal
	if !errors.As(err, &got) {
		t.Fatal(err)
	}
	want := mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 550, Enhanced: "5.1.1",
		Text: "The account that you tried to reach does not [2J exist. https://help.example/"}}
	if *got != want {
		t.Errorf("got  %+v\nwant %+v", *got, want)
	}
}

func TestALineGoesOnAfterARefusal(t *testing.T) {
	t.Parallel()
	for _, stage := range []smtptest.Stage{smtptest.Mail, smtptest.Rcpt, smtptest.Data, smtptest.Body} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			far := smtptest.Start(t, smtptest.Options{Keep: true, Script: func(e smtptest.Event) smtptest.Answer {
				if e.Stage == stage && e.Message == 1 {
					return smtptest.Answer{Reply: "550 5.0.0 not this one"}
				}
				return smtptest.Answer{}
			}})
			c := dial(t, far)
			if _, err := send(t.Context(), c, mail.Envelope{To: "first@example.com"}, []byte(letter)); err == nil {
				t.Fatal("the first message was accepted")
			}
			if _, err := send(t.Context(), c, mail.Envelope{To: "second@example.com"}, []byte(letter)); err != nil {
				t.Fatal(err)
			}
			if got := far.Messages(); len(got) != 1 || len(got[0].To) != 1 || got[0].To[0] != "second@example.com" {
				t.Errorf("the far end took %+v, want one message for the second reader alone", got)
			}
			if far.Conns() != 1 {
				t.Errorf("%d lines were opened, want 1", far.Conns())
			}
		})
	}
}

func TestARefusedResetEndsTheLine(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		switch e.Stage {
		case smtptest.Rcpt:
			return smtptest.Answer{Reply: "550 5.1.1 nobody"}
		case smtptest.Reset:
			return smtptest.Answer{Reply: "500 5.5.1 what?"}
		}
		return smtptest.Answer{}
	}})
	c := dial(t, far)
	_, err := send(t.Context(), c, envelope, []byte(letter))
	if got := outcome(err); got != "refused at rcpt" {
		t.Fatal(got)
	}
	_, err = send(t.Context(), c, envelope, []byte(letter))
	if got := outcome(err); got != "line died at mail" || !c.Broken() {
		t.Errorf("got %s, broken %v; want the line to die", got, c.Broken())
	}
}

func TestARelayThatStopsTakingIsHeard(t *testing.T) {
	t.Parallel()
	big := []byte(letter + strings.Repeat("A line of text that makes the message long.\r\n", 400_000))
	t.Run("it says why", func(t *testing.T) {
		t.Parallel()
		far := smtptest.NewPiped(smtptest.Options{Script: smtptest.At(smtptest.Data,
			smtptest.Answer{CutBody: 100, Reply: "552 5.3.4 too big"})})
		t.Cleanup(far.Close)
		c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{
			DialContext: func(ctx context.Context, n, a string) (net.Conn, error) {
				c, err := far.DialContext(ctx, n, a)
				return &bursting{Conn: c, at: 10_000}, err
			}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = send(t.Context(), c, envelope, big)
		if got := outcome(err); got != "refused at body" || !c.Broken() {
			t.Errorf("got %v, broken %v; want what it said, and a broken line", err, c.Broken())
		}
	})
	t.Run("it says nothing", func(t *testing.T) {
		t.Parallel()
		far := smtptest.Start(t, smtptest.Options{Script: smtptest.At(smtptest.Data, smtptest.Answer{CutBody: 100})})
		c := dial(t, far)
		_, err := send(t.Context(), c, envelope, big)
		if got := outcome(err); got != "line died at body" {
			t.Errorf("got %s, want the line to die at body", got)
		}
	})
}

// bursting is a line whose other side stops reading: at the first write so
// large, a hundred octets arrive and no more.
type bursting struct {
	net.Conn
	at int
}

func (b *bursting) Write(p []byte) (int, error) {
	if len(p) < b.at {
		return b.Conn.Write(p)
	}
	n, err := b.Conn.Write(p[:100])
	return n, cmp.Or(err, error(syscall.EPIPE))
}

func TestDotsAndLineEndsStayInOneMessage(t *testing.T) {
	t.Parallel()
	for _, lenient := range []bool{false, true} {
		far := smtptest.Start(t, smtptest.Options{Keep: true, Lenient: lenient})
		c := dial(t, far)
		msg := letter + ".\r\n..\r\n.hidden\r\nMAIL FROM:<evil@example.net>\r\n.\r\n\r\n.\r\n"
		if _, err := send(t.Context(), c, envelope, []byte(msg)); err != nil {
			t.Fatal(err)
		}
		got := far.Messages()
		if len(got) != 1 || string(got[0].Data) != msg {
			t.Errorf("lenient %v: %d messages arrived, the first %q", lenient, len(got), got[0].Data)
		}
	}
}

// With the next message's commands right behind it, whatever ends a message too
// early is obeyed at once. Nothing that a feed or a reader can choose does: what
// arrives is the messages, one by one, and nothing else.
func TestNothingThatOthersWroteEndsAMessage(t *testing.T) {
	t.Parallel()
	ends := []string{"\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\r\n.\r", "\x00\r\n.\x00\r\n", "\r\n\x00.\r\n", "\n..\n", "\u2028.\u2029", "\u0085.\u0085"}
	const smuggled = "RSET\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nx\r\n.\r\n"
	for _, lenient := range []bool{false, true} {
		for _, together := range []bool{false, true} {
			far := smtptest.Start(t, smtptest.Options{Keep: true, Lenient: lenient, Extensions: offering(together)})
			c := dial(t, far)
			var want []string
			for i, end := range ends {
				l := issue()
				evil := "before" + end + smuggled
				l.Subject, l.From.Name, l.ReplyTo.Name, l.ListName = evil, evil, evil, evil
				l.Text, l.HTML = evil+l.Text+evil, evil+l.HTML+evil
				template := build(t, l)
				want = append(want, string(fill(t, template, reader(i).To)))
				wire, err := template.AppendWire(nil, copyFor(reader(i).To))
				must(t, err)
				must(t, c.Offer(reader(i), len(wire)))
				must(t, c.Ready(t.Context())) // with the body before it, in one write
				must(t, c.Body(wire))
			}
			for i := range ends {
				if _, err := c.Answer(t.Context()); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			}
			got := far.Messages()
			if len(got) != len(ends) {
				t.Fatalf("%d messages arrived, want %d", len(got), len(ends))
			}
			for i, m := range got {
				if string(m.Data) != want[i] || m.From != reader(i).From || !slices.Equal(m.To, []string{reader(i).To}) {
					t.Errorf("after %q: other octets, or to %v", ends[i], m.To)
				}
			}
		}
	}
}

func TestExtensionsAreUsedOnlyWhenOffered(t *testing.T) {
	t.Parallel()
	size := fmt.Sprintf("SIZE=%d", len(letter))
	tests := map[string]struct {
		extensions []string
		to         string
		params     string
		arrived    string
		want       string
	}{
		"nothing offered":            {[]string{"HELP"}, "reader@example.com", "", "reader@example.com", "accepted"},
		"SIZE":                       {[]string{"SIZE 9999"}, "reader@example.com", size, "reader@example.com", "accepted"},
		"SIZE without limit":         {[]string{"SIZE"}, "reader@example.com", size, "reader@example.com", "accepted"},
		"SIZE 0 is no limit":         {[]string{"SIZE 0"}, "reader@example.com", size, "reader@example.com", "accepted"},
		"too big":                    {[]string{"SIZE 100"}, "reader@example.com", "", "", "refused at mail"},
		"SMTPUTF8 not needed":        {[]string{"SMTPUTF8", "8BITMIME"}, "reader@example.com", "", "reader@example.com", "accepted"},
		"SMTPUTF8 needed":            {[]string{"SMTPUTF8", "8BITMIME"}, "jürgen@example.com", "SMTPUTF8 BODY=8BITMIME", "jürgen@example.com", "accepted"},
		"SMTPUTF8 needed, no offer":  {[]string{"8BITMIME"}, "jürgen@example.com", "", "", "refused at rcpt"},
		"a domain needs no SMTPUTF8": {[]string{"HELP"}, "reader@bücher.example", "", "reader@xn--bcher-kva.example", "accepted"},
		"not an address":             {nil, "a b@example.com", "", "", "refused at rcpt"},
		"a command in an address":    {nil, "a>\r\nRCPT TO:<b@example.com", "", "", "refused at rcpt"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			far := smtptest.Start(t, smtptest.Options{Keep: true, Extensions: test.extensions})
			c := dial(t, far)
			_, err := send(t.Context(), c, mail.Envelope{To: test.to}, []byte(letter))
			if got := outcome(err); got != test.want {
				t.Fatalf("%s, want %s (%v)", got, test.want, err)
			}
			var params, arrived string
			for _, m := range far.Messages() {
				params, arrived = m.Params, m.To[0]
			}
			if params != test.params || arrived != test.arrived {
				t.Errorf("MAIL said %q for %q, want %q for %q", params, arrived, test.params, test.arrived)
			}
			if c.Broken() {
				t.Error("the line is broken")
			}
		})
	}
}

func TestAManyMessageLineQuitsAtItsEnd(t *testing.T) {
	t.Parallel()
	quits := make(chan struct{}, 1)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Quit {
			quits <- struct{}{}
		}
		return smtptest.Answer{}
	}})
	c := dial(t, far)
	for range 100 {
		if _, err := send(t.Context(), c, envelope, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	<-quits
	if far.Taken()[envelope.To] != 100 || far.Conns() != 1 {
		t.Errorf("%d taken over %d lines", far.Taken()[envelope.To], far.Conns())
	}
	if _, err := send(t.Context(), c, envelope, []byte(letter)); outcome(err) != "line died at mail" {
		t.Errorf("a closed line says %v", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}
