//go:build e2e

package e2e

import (
	"encoding/json"
	"net/smtp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWhatPostfixReturnsIsReadOverIMAP mails to people whom Postfix takes at
// the door and does not find behind it. Its reports come to the VERP addresses,
// into a mailbox that serve empties over Dovecot's IMAP.
func TestWhatPostfixReturnsIsReadOverIMAP(t *testing.T) {
	for name, url := range map[string]string{"STARTTLS": "imap://returned@localhost", "TLS from the start": "imaps://returned@localhost"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.empty(t, "returned")
			dovecot(t, w, "returned")
			b := newBack(t, "bounce.example.org", "    mailbox: "+url+"\n    password: secret\n    every: 1m\n")
			b.accepts()
			w.comes(t, "returned", 2)
			b.answer(w)
			w.trust(b.program)
			b.serve()
			b.settles()
			p := b.program
			p.eventually("the mailbox holds what is for a person alone", func() bool { return len(w.files(t, "returned")) == 1 })
		})
	}
}

// TestWhatPostfixReturnsComesStraightIn has Postfix hand its reports to the
// program itself.
func TestWhatPostfixReturnsComesStraightIn(t *testing.T) {
	w := newWorld(t)
	b := newBack(t, "direct.example.org", "    listen: 127.0.0.1:2601\n")
	b.serve()
	b.accepts()
	b.answer(w)
	b.settles()
}

// A back is a program whose mail comes back.
type back struct {
	*program
	domain string
}

func newBack(t *testing.T, domain, returned string) *back {
	t.Helper()
	more := "  return_path: " + domain + "\n  returned:\n" + returned
	return &back{newsletter(t, strictDoor, more, "back1@inbox.example", "back2@inbox.example", "back3@inbox.example",
		"ghost@inbox.example", "brimful@inbox.example", "x@dead.example"), domain}
}

// accepts sends, and requires that Postfix takes all but one.
func (b *back) accepts() {
	b.Helper()
	if a := b.send(); a.Accepted != 5 || a.Refused != 1 {
		b.Fatalf("the account is %+v", a)
	}
}

// answer has readers and their providers answer what they got: the first
// complains; the second is away, and somebody forges a report about them; the
// third leaves by mail.
func (b *back) answer(w world) {
	b.Helper()
	first, second, third := b.got(w, "back1"), b.got(w, "back2"), b.got(w, "back3")
	b.mail(first.returnPath, "feedback@inbox.example", `From: feedback@inbox.example
To: `+first.returnPath+`
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary=part

--part
Content-Type: text/plain

This is an abuse report for a message received from 127.0.0.1.

--part
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--part
Content-Type: text/rfc822-headers

Subject: withheld

--part--
`)
	b.mail(second.returnPath, "", `From: back2@inbox.example
To: `+second.returnPath+`
Subject: Out of office
Auto-Submitted: auto-replied

I am away until Monday.
`)
	forged := forgedToken(second.returnPath)
	b.mail(forged, "", undelivered(forged, "back2@inbox.example"))
	b.mail(third.leave, "back3@inbox.example", "From: back3@inbox.example\nTo: "+third.leave+"\n\nno more\n")
}

// undelivered is a report that somebody could not be reached.
func undelivered(to, reader string) string {
	return `From: MAILER-DAEMON@inbox.example
To: ` + to + `
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain

No such person.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.inbox.example

Final-Recipient: rfc822; ` + reader + `
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--part--
`
}

// forgedToken changes one letter of an address's token.
func forgedToken(address string) string {
	i := strings.Index(address, "@") - 1
	letter := "a"
	if address[i:i+1] == letter {
		letter = "b"
	}
	return address[:i] + letter + address[i+1:]
}

func (b *back) mail(to, from, text string) {
	b.Helper()
	if err := smtp.SendMail("127.0.0.1:25", nil, from, []string{to}, []byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		b.Fatalf("mail to %s: %v", to, err)
	}
}

// A received mail has two ways back.
type received struct{ returnPath, leave string }

// got returns the ways back of the newest mail in a reader's mailbox.
func (b *back) got(w world, name string) received {
	b.Helper()
	var mail string
	b.eventually(name+" gets the mail", func() bool {
		for _, m := range w.mailbox(b.T, "inbox/"+name) {
			if strings.Contains(m, "@"+b.domain) && strings.Contains(m, b.base) {
				mail = m
			}
		}
		return mail != ""
	})
	way := func(pattern string) string {
		found := regexp.MustCompile(pattern).FindStringSubmatch(mail)
		if found == nil {
			b.Fatalf("%s finds nothing in\n%s", pattern, mail)
		}
		return found[1]
	}
	domain := regexp.QuoteMeta(b.domain)
	return received{way(`(?m)^Return-Path: <(b\+[a-z0-9]+@` + domain + `)>`), way(`<mailto:(u\+[a-z0-9]+@` + domain + `)`)}
}

// serve runs the program until the test ends.
func (b *back) serve() {
	b.Helper()
	cmd := b.command("serve")
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || b.Failed() {
			b.Errorf("serve ended with %v\n%s", err, log.String())
		}
	})
	b.eventually("serve answers", func() bool { return answers(b.base + "/readyz") })
}

// settles waits until everything has had its effect, and nothing else.
func (b *back) settles() {
	b.Helper()
	for address, want := range map[string]string{
		"ghost@inbox.example":   "confirmed bounce",
		"x@dead.example":        "confirmed bounce",
		"back1@inbox.example":   "unsubscribed complaint unsubscribed",
		"back3@inbox.example":   "unsubscribed unsubscribed",
		"back2@inbox.example":   "confirmed",
		"brimful@inbox.example": "confirmed",
	} {
		got := b.standing(address)
		for deadline := time.Now().Add(20 * time.Second); got != want && time.Now().Before(deadline); got = b.standing(address) {
			time.Sleep(100 * time.Millisecond)
		}
		if got != want {
			b.Errorf("%s is %s, not %s", address, got, want)
		}
	}
	for _, address := range []string{"ghost@inbox.example", "brimful@inbox.example"} {
		if out := b.must("subscriber", "show", address); !strings.Contains(out, "5.") {
			b.Errorf("it does not show what came back for %s:\n%s", address, out)
		}
	}
}

// standing returns a subscriber's status and the reasons that they are
// suppressed for.
func (b *back) standing(address string) string {
	b.Helper()
	var s struct {
		Status     string
		Suppressed []struct{ Reason string }
	}
	out := b.must("subscriber", "show", address, "--json")
	if err := json.Unmarshal([]byte(out), &s); err != nil {
		b.Fatalf("%v in %s", err, out)
	}
	words := []string{s.Status}
	for _, x := range s.Suppressed {
		words = append(words, x.Reason)
	}
	slices.Sort(words[1:])
	return strings.Join(words, " ")
}
