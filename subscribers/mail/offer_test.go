package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

func TestReportsAreAskedForWhereTheyAreOffered(t *testing.T) {
	t.Parallel()
	utf8 := []string{"DSN", "SMTPUTF8"}
	tests := map[string]struct {
		offers     []string
		e          mail.Envelope
		mail, rcpt string
	}{
		"offered":           {[]string{"DSN"}, mail.Envelope{From: "b@example.org", To: "r@example.com", ID: "abc234"}, "MAIL FROM:<b@example.org> RET=HDRS ENVID=abc234", "RCPT TO:<r@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;r@example.com"},
		"not offered":       {[]string{"HELP"}, mail.Envelope{From: "b@example.org", To: "r@example.com", ID: "abc234"}, "MAIL FROM:<b@example.org>", "RCPT TO:<r@example.com>"},
		"no ID":             {[]string{"DSN"}, mail.Envelope{From: "b@example.org", To: "r@example.com"}, "MAIL FROM:<b@example.org> RET=HDRS", "RCPT TO:<r@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;r@example.com"},
		"to nobody":         {[]string{"DSN"}, mail.Envelope{To: "r@example.com", ID: "abc234"}, "MAIL FROM:<>", "RCPT TO:<r@example.com>"},
		"in xtext":          {[]string{"DSN"}, mail.Envelope{From: "b@example.org", To: "r+a=b@example.com"}, "MAIL FROM:<b@example.org> RET=HDRS", "RCPT TO:<r+a=b@example.com> NOTIFY=FAILURE,DELAY ORCPT=rfc822;r+2Ba+3Db@example.com"},
		"not in that xtext": {utf8, mail.Envelope{From: "b@example.org", To: "jürgen@example.com"}, "MAIL FROM:<b@example.org> SMTPUTF8 BODY=8BITMIME RET=HDRS", "RCPT TO:<jürgen@example.com> NOTIFY=FAILURE,DELAY"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := commandsOf(t, test.offers, test.e)
			if want := []string{test.mail, test.rcpt, "DATA"}; !slices.Equal(said, want) {
				t.Errorf("said %q\nwant %q", said, want)
			}
		})
	}
}

func TestAnIDThatCouldSayMoreIsRefused(t *testing.T) {
	t.Parallel()
	c, over := listen(t, func(f talk) { f.hear("QUIT"); f.say("221 bye\r\n") })
	for _, id := range []string{"a b", "A", "a\r\nRSET", "a=b", "é", strings.Repeat("a", 101)} {
		if err := c.Offer(mail.Envelope{To: "r@example.com", ID: id}, 1); outcome(err) != "refused at mail" {
			t.Errorf("%q: %v", id, err)
		}
	}
	must(t, c.Close())
	over()
}

func TestAnAddressCannotSayMore(t *testing.T) {
	t.Parallel()
	c, over := listen(t, func(f talk) { f.hear("QUIT"); f.say("221 bye\r\n") })
	for _, bad := range []string{
		"a@example.com>\r\nRCPT TO:<b@example.com", "a\r\nb@example.com", "a@example.com\r\nDATA", "a@exam\x00ple.com", "a>@example.com", "<a@example.com",
		"a b@example.com", "a@b c", "a@example.com SIZE=1", "\"a\r\n\"@example.com", "a@[127.0.0.1]\r\n", "a\u2028@example.com", "a@example.com\n",
	} {
		if err := c.Offer(mail.Envelope{To: bad}, 1); outcome(err) != "refused at rcpt" {
			t.Errorf("to %q: %v", bad, err)
		}
		if err := c.Offer(mail.Envelope{From: bad, To: "r@example.com"}, 1); outcome(err) != "refused at mail" {
			t.Errorf("from %q: %v", bad, err)
		}
	}
	must(t, c.Close())
	over()
}

// commandsOf returns what a message is offered with.
func commandsOf(t *testing.T, offers []string, e mail.Envelope) (said []string) {
	t.Helper()
	for _, s := range scriptedLine(t, offers, "250 ok\r\n250 ok\r\n554 no\r\n", e).said() {
		said = append(said, strings.TrimRight(s, "\r\n"))
	}
	if len(said) < 1 || !strings.HasPrefix(said[0], "EHLO ") {
		t.Fatal(fmt.Sprint(said))
	}
	return said[1:]
}
