package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/backend/memory"
	"github.com/emersion/go-imap/client"
	imapserver "github.com/emersion/go-imap/server"

	"redigest/subscribers"
	"redigest/subscribers/smtptest"
)

// mailed is a program that has mailed an issue to ann, with a return path.
func mailed(t *testing.T, more string) (p *program, back, leave string) {
	t.Helper()
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	p = newProgram(t, "mail:\n  relays: [{url: "+far.URL()+"}]\n  return_path: bounce.example.org\n"+more)
	p.run(exitDone, "subscriber", "add", "ann@example.com", "--consent", "a friend")
	p.run(exitDone, "story", "add", p.write("story.md", "---\ntitle: Terbium Gets Dearer\nurl: https://www.example.org/terbium/\nhighlights: [A first fact]\n---\nThe text.\n"))
	p.run(exitDone, "issue", "send")
	if n := len(far.Messages()); n != 1 {
		t.Fatalf("%d mails arrived, want 1", n)
	}
	m := far.Messages()[0]
	for _, part := range strings.Split(string(m.Data), "<mailto:") {
		if address, _, ok := strings.Cut(part, ">"); ok && strings.HasPrefix(address, "u+") {
			leave = address
		}
	}
	return p, m.From, leave
}

// gone is a report that ann's address is no good, sent to an address.
func gone(to string) string {
	return strings.ReplaceAll("From: Mail System <MAILER-DAEMON@mx.example.com>\nTo: "+to+"\nSubject: Your mail came back\n"+
		"Date: Tue, 03 Feb 2026 06:05:00 +0000\nMessage-ID: <gone.1@mx.example.com>\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=delivery-status; boundary=cut\n\n--cut\nContent-Type: message/delivery-status\n\n"+
		"Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; ann@example.com\nAction: failed\nStatus: 5.1.1\n"+
		"Diagnostic-Code: smtp; 550 5.1.1 nobody of that name lives here\n\n--cut--\n", "\n", "\r\n")
}

func note(to string) string {
	return "From: Ann <ann@example.com>\r\nTo: " + to + "\r\nSubject: a question\r\nMessage-ID: <note.1@example.com>\r\n\r\nWhat does terbium cost?\r\n"
}

// pipe runs “bounce read -” as a mail server does.
func (p *program) pipe(want int, raw string, args ...string) string {
	p.t.Helper()
	cmd := p.command(p.t.Context(), append([]string{"bounce", "read", "-"}, args...)...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(raw), &said, &said
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		p.t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		p.t.Errorf("bounce read - ended with code %d, want %d\n%s", code, want, &said)
	}
	return said.String()
}

func (p *program) suppressed() (reasons []subscribers.Reason) {
	p.t.Helper()
	var r subscribers.Record
	p.read(&r, "subscriber", "show", "ann@example.com")
	for _, s := range r.Suppressed {
		reasons = append(reasons, s.Reason)
	}
	return reasons
}

func TestPromise3AMailServerPipesInWhatComesBack(t *testing.T) {
	t.Parallel()
	p, back, _ := mailed(t, "")
	if said := p.pipe(exitDone, gone("b+"+strings.Repeat("a", 55)+"@bounce.example.org")); !strings.Contains(said, "forged") {
		t.Errorf("a forged one: %s", said)
	}
	if said := p.pipe(exitDone, gone("editor@example.org")); !strings.Contains(said, "nothing is written down") {
		t.Errorf("one without a token: %s", said)
	}
	if said := p.pipe(exitNoReport, note(back)); !strings.Contains(said, "write to the address that the mail is from") {
		t.Errorf("a person is told %s", said)
	}
	p.pipe(exitKeep, gone(back), "--config", "nowhere.yaml")
	if got := p.suppressed(); got != nil {
		t.Fatalf("ann is suppressed for %v by what must not count", got)
	}

	if said := p.pipe(exitDone, gone("editor@example.org"), "--to", back); !strings.Contains(said, "not mailed any more") || !strings.Contains(said, "userunknown") {
		t.Errorf("it says %s", said)
	}
	if said := p.pipe(exitDone, gone("editor@example.org"), "--to", back); !strings.Contains(said, "taken in before") {
		t.Errorf("the second time it says %s", said)
	}
	shown := p.run(exitDone, "subscriber", "show", "ann@example.com")
	for _, want := range []string{"not mailed since", "bounce (returned mail <gone.1@mx.example.com>", "bounced (userunknown 5.1.1 550): suppressed", "the mail: issue, daily of 20", "told by <gone.1@mx.example.com>"} {
		if !strings.Contains(shown, want) {
			t.Errorf("subscriber show does not say %q:\n%s", want, shown)
		}
	}
	p.run(exitDone, "subscriber", "allow", "ann@example.com")
	if got := p.suppressed(); got != nil {
		t.Errorf("ann is suppressed for %v, though allowed", got)
	}
}

func TestAPipeIntoTheWrongInstallationSaysThatNothingIsWrittenDown(t *testing.T) {
	t.Parallel()
	p, back, _ := mailed(t, "")
	other := newProgram(t, "")
	said := p.pipe(exitDone, gone(back), "--config", other.path("config.yaml"))
	for _, want := range []string{"nothing is written down", other.path("config.yaml"), "--config", "userunknown"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q:\n%s", want, said)
		}
	}
	if got := p.suppressed(); got != nil {
		t.Errorf("ann is suppressed for %v", got)
	}
}

func TestPromise3ARelayThatReturnsEveryMailIsNotBelievedForLong(t *testing.T) {
	t.Parallel()
	const readers = 22
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	p := newProgram(t, "mail:\n  relays: [{url: "+far.URL()+"}]\n  return_path: bounce.example.org\n")
	list := "email\n"
	for i := range readers {
		list += fmt.Sprintf("r%d@example.com\n", i)
	}
	p.run(exitDone, "subscriber", "import", p.write("list.csv", list), "--consent", "an old list")
	p.run(exitDone, "story", "add", p.write("story.md", "---\ntitle: Terbium Gets Dearer\nurl: https://www.example.org/terbium/\nhighlights: [A first fact]\n---\nThe text.\n"))
	p.run(exitDone, "issue", "send")
	alarms := 0
	for i, m := range far.Messages() {
		raw := strings.NewReplacer("ann@example.com", m.To[0], "gone.1", fmt.Sprint("gone.", i)).Replace(gone(m.From))
		said := p.pipe(exitDone, raw)
		alarms += strings.Count(said, "level=ERROR")
		if doubted := strings.Contains(said, "not believed, and the address is still mailed"); doubted != (i >= 19) {
			t.Errorf("of mail %d it says %s", i, said)
		}
	}
	if alarms != 1 {
		t.Errorf("there were %d alarms", alarms)
	}
	status := p.run(exitDone, "issue", "status", "--returned")
	for _, want := range []string{"22 of the accepted came back", "not believed, and nobody is suppressed", "redigest subscriber suppress ADDRESS", "--returned"} {
		if !strings.Contains(status, want) {
			t.Errorf("the status does not say %q:\n%s", want, status)
		}
	}
	if a, b := strings.Count(status, "550): suppressed\n"), strings.Count(status, "550): not believed\n"); a != 19 || b != readers-19 {
		t.Errorf("it lists %d who are suppressed and %d who are not:\n%s", a, b, status)
	}
	last := far.Messages()[readers-1].To[0]
	if shown := p.run(exitDone, "subscriber", "show", last); !strings.Contains(shown, "not believed") || !strings.Contains(shown, "subscriber suppress") || strings.Contains(shown, "not mailed since") {
		t.Errorf("of the last it shows %s", shown)
	}
	var account struct {
		CameBack int `json:"came_back"`
		Returned []struct{ Address, Effect string }
	}
	if p.read(&account, "issue", "status", "--returned"); account.CameBack != readers || len(account.Returned) != readers || account.Returned[0].Address == "" {
		t.Errorf("as JSON it is %+v", account)
	}
}

func TestWhoeverSendsIsWarnedOfAReturnPathElsewhere(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{})
	p := newProgram(t, "mail:\n  relays: [{url: "+far.URL()+"}]\n  return_path: bounce.provider.example\n")
	if _, stderr, code := p.try("issue", "send"); code != exitDone || !strings.Contains(stderr, "bounce.provider.example") || !strings.Contains(stderr, "SPF") {
		t.Errorf("it ends with %d and says %s", code, stderr)
	}
}

func TestTheRecordSaysWhatCountsNothingAndIsInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	p, back, _ := mailed(t, "")
	for _, change := range [][]string{{"failed", "delayed", "5.1.1", "4.4.1"}, {"5.1.1", "5.2.2"}, {}} {
		p.pipe(exitDone, strings.NewReplacer(change...).Replace(gone(back)))
	}
	shown := p.run(exitDone, "subscriber", "show", "ann@example.com")
	rest := shown
	for _, want := range []string{"  added", "  reported (", "4.4.1 550): counts nothing\n", "  bounced (", "5.2.2 550): counts nothing\n", "5.1.1 550): suppressed\n"} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("it does not say %q in its turn:\n%s", want, shown)
		}
		rest = after
	}
}

// A mail server takes a code that it does not know for a refusal, and the mail is
// lost.
func TestAPipeThatBreaksLosesNoMail(t *testing.T) {
	t.Parallel()
	p, back, _ := mailed(t, "")
	folder, err := os.Open(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	cmd := p.command(t.Context(), "bounce", "read", "-")
	cmd.Stdin = folder // which cannot be read
	_ = cmd.Run()
	if code := cmd.ProcessState.ExitCode(); code != exitKeep {
		t.Errorf("what cannot be read ends with code %d", code)
	}
	cmd = p.command(t.Context(), "bounce", "read", "-")
	cmd.Stdin, cmd.Stdout = strings.NewReader(gone(back)), folder // which cannot be written
	_ = cmd.Run()
	if got := fmt.Sprint(p.suppressed()); got != "[bounce]" {
		t.Errorf("ann is suppressed for %s by a mail that could not be printed", got)
	}
}

func TestServeTakesInWhatComesBack(t *testing.T) {
	t.Parallel()
	imap := freeAddress(t)
	door := freeAddress(t)
	p, back, leave := mailed(t, "  returned: {mailbox: \"imap+plain://username@"+imap+"\", password: password, every: 5s, listen: \""+door+"\"}\n")
	startMailbox(t, imap, gone(back))
	s := p.serve()
	p.eventually("ann is suppressed by what lay in the mailbox", func() bool {
		return fmt.Sprint(p.suppressed()) == "[bounce]"
	})
	p.eventually("the listener takes mail", func() bool { return give(door, leave, note(leave)) == nil })
	if got := fmt.Sprint(p.suppressed()); got != "[bounce unsubscribed]" {
		t.Errorf("ann is suppressed for %s", got)
	}
	s.stop()
	if said := s.errs.String(); strings.Contains(said, "ann@") || strings.Contains(said, back) || strings.Contains(said, leave) || !strings.Contains(said, "taken=1") {
		t.Errorf("the log names a reader, or does not say what was taken:\n%s", said)
	}
}

// startMailbox starts an IMAP server with a mail in its mailbox.
func startMailbox(t *testing.T, address, raw string) {
	t.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := imapserver.New(memory.New())
	s.AllowInsecureAuth = true
	s.ErrorLog = log.New(io.Discard, "", 0)
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { s.Close() })
	c, err := client.Dial(address)
	if err == nil {
		err = errors.Join(c.Login("username", "password"), c.Append("INBOX", nil, time.Time{}, strings.NewReader(raw)), c.Logout())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// give gives a mail to a listener.
func give(listener, to, raw string) error {
	return smtp.SendMail(listener, nil, "ann@example.com", []string{to}, []byte(raw))
}
