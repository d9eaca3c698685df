//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/subscribers/smtptest"
)

// forged is what a smuggler wants read as commands. The mark in its subject
// must be found inside the mail that carried it.
func forged(end, mark string) string {
	return end + strings.ReplaceAll("MAIL FROM:<daily@example.org>\nRCPT TO:<lax9@inbox.example>\nDATA\nSubject: "+mark+"\n\nforged", "\n", "\r\n") + end
}

// ends are what some servers take for the end of a message.
var ends = []string{"\r\n.\r\n", "\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n\x00.\r\n", "\r.\r\n"}

// TestNothingIsSmuggledIntoAPostfixThatAcceptsBareNewlines fills everything
// that ends up in a mail with ends of messages and commands behind them. Each
// reader gets one mail, octet by octet the one that was sent, and nobody else
// gets any.
func TestNothingIsSmuggledIntoAPostfixThatAcceptsBareNewlines(t *testing.T) {
	w := newWorld(t)
	readers := []string{"lax1@inbox.example", "lax2@inbox.example", "lax3@inbox.example"}
	halfway, marks := hostileIssue(t, readers)

	far := smtptest.Start(t, smtptest.Options{Keep: true})
	if a := halfway.copyTo(t, far.URL()).send(); a.Accepted != len(readers) {
		t.Fatalf("to a server that keeps them: %+v", a)
	}
	if a := halfway.copyTo(t, laxDoor).send(); a.Accepted != len(readers) {
		t.Fatalf("to Postfix: %+v", a)
	}
	sent := map[string]string{}
	for _, m := range far.Messages() {
		sent[m.To[0]] = string(m.Data)
	}
	for i, address := range readers {
		got := untraced(w.comes(t, fmt.Sprintf("inbox/lax%d", i+1), 1)[0])
		if diff := cmp.Diff(bounded(sent[address]), bounded(got)); diff != "" {
			t.Errorf("%s got another mail than was sent: %s", address, diff)
		}
		text := decoded(t, got)
		for _, mark := range marks {
			if !strings.Contains(text, mark) {
				t.Errorf("%s lacks %q:\n%s", address, mark, text)
			}
		}
	}
	if forged := w.mailbox(t, "inbox/lax9"); len(forged) > 0 {
		t.Errorf("forged mail was taken: %s", forged)
	}
}

// bounded gives a mail a fixed boundary; each process makes its own.
func bounded(mail string) string {
	_, boundary, _ := strings.Cut(mail, "boundary=")
	boundary, _, _ = strings.Cut(boundary, "\r\n")
	return strings.ReplaceAll(mail, boundary, "boundary")
}

// hostileIssue returns a program whose issue is half sent, and the marks to be
// found in it: every reader was put off once, so the dates of their mails are
// fixed.
func hostileIssue(t *testing.T, readers []string) (*program, []string) {
	t.Helper()
	busy := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.1 later")})
	p := newsletter(t, busy.URL(), "", readers[1:]...)
	p.write("named.csv", "email,name\r\n"+readers[0]+",\"Lax\r\n.\r\nQUIT\"\r\n")
	p.must("subscriber", "import", "named.csv", "--consent", "a friend")
	p.configure(func(config string) string {
		return strings.Replace(config, "publication:\n", fmt.Sprintf("publication:\n  postal_address: %q\n", "Street"+forged("\n.\r\n", "streetmark")), 1)
	})
	marks := []string{"titlemark", "streetmark", "highmark0", "highmark1", "highmark2"}
	for i, end := range ends {
		mark := fmt.Sprintf("mark%d", i)
		marks = append(marks, mark)
		story := fmt.Sprintf("---\ntitle: %q\ndate: 2026-02-03\nurl: https://www.example.org/body%d/\n", "Title"+forged(end, mark), i)
		if i == 0 { // of the story that leads, and of no other, more than a sentence is shown
			story += fmt.Sprintf("rank: 9\nhighlights: [%q, %q, %q]\n", forged(ends[0], "highmark0"), forged(ends[1], "highmark1"), forged(ends[4], "highmark2"))
		}
		p.write(fmt.Sprintf("body%d.md", i), story+"---\nBefore it."+forged(end, "bodymark")+"\nAfter it.\n")
		p.must("story", "add", fmt.Sprintf("body%d.md", i))
	}
	feed := `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item><title>Title` + entities(forged("\r\n.\r\n", "titlemark")) +
		`</title><link>https://www.example.org/feed/1</link><pubDate>Tue, 03 Feb 2026 06:00:00 +0000</pubDate><description>Summary` +
		entities(forged("\n.\n", "summarymark")) + `</description></item></channel></rss>`
	p.write("feed.xml", feed)
	p.must("story", "add", "feed.xml")
	if a := p.send(); a.Deferred != len(readers) {
		t.Fatalf("the mails are not put off: %+v", a)
	}
	p.later()
	return p, marks
}

// entities writes line ends so that a reader of XML keeps them as they are.
func entities(s string) string {
	return strings.NewReplacer("\r", "&#13;", "\n", "&#10;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// decoded returns subject and parts of a mail as people read them.
func decoded(t *testing.T, raw string) string {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, page := partsOf(t, raw)
	return m.Header.Get("Subject") + "\n" + text + page
}

// TestPostfixCanBeSmuggledInto shows that the door is as lax as the test above
// needs it: a careless sender's line ends are obeyed.
func TestPostfixCanBeSmuggledInto(t *testing.T) {
	w := newWorld(t)
	c, err := net.Dial("tcp", strings.TrimPrefix(laxDoor, "smtp+plain://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(c)
	say := func(line string) {
		if line != "" {
			if _, err := io.WriteString(c, line+"\r\n"); err != nil {
				t.Fatal(err)
			}
		}
		for {
			answer, err := answers.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			if len(answer) > 3 && answer[3] == ' ' {
				return
			}
		}
	}
	for _, line := range []string{"", "HELO careless.example", "MAIL FROM:<daily@example.org>", "RCPT TO:<lax7@inbox.example>", "DATA"} {
		say(line)
	}
	say("Subject: carrier\r\n\r\nText" + strings.Replace(forged("\n.\n", "smuggled"), "lax9", "lax8", 1) + "\r\n.")
	if forged := w.comes(t, "inbox/lax8", 1)[0]; !strings.Contains(forged, "Subject: smuggled") {
		t.Errorf("another mail came: %s", forged)
	}
}
