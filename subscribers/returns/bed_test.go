package returns_test

import (
	"bytes"
	"database/sql"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/mail"
	"redigest/subscribers/returns"
)

var morning = time.Date(2026, time.February, 3, 6, 0, 0, 0, time.UTC)

// A bed is a publisher's machine: a list with ann and bob, and an issue that
// was mailed to both.
type bed struct {
	testing.TB
	db      *database.DB
	list    *subscribers.List
	returns *returns.Returns
	mailing subscribers.ID
	log     *logged
}

// logged is what stands in the log.
type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newBed(tb testing.TB) *bed {
	tb.Helper()
	b := &bed{TB: tb, log: &logged{}}
	now := func() time.Time { return morning }
	var err error
	if b.db, err = database.Open(tb.Context(), filepath.Join(tb.TempDir(), "redigest.db")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { b.db.Close() })
	if err := subscribers.Migrate(tb.Context(), b.db, morning); err != nil {
		tb.Fatal(err)
	}
	if b.list, err = subscribers.NewList(tb.Context(), b.db, subscribers.ListOptions{Now: now}); err != nil {
		tb.Fatal(err)
	}
	for _, address := range []string{"ann@example.net", "bob@example.net"} {
		if _, err := b.list.Add(tb.Context(), address, "", "at the fair"); err != nil {
			tb.Fatal(err)
		}
	}
	m, err := subscribers.NewOutbox(b.db, subscribers.OutboxOptions{Now: now}).
		EnqueueIssue(tb.Context(), subscribers.Order{IssueID: 1, Edition: "daily", CutoffAt: morning})
	if err != nil || m.Planned != 2 {
		tb.Fatalf("the issue is mailed to %d: %v", m.Planned, err)
	}
	b.mailing = m.ID
	path, err := mail.ParseReturnPath("bounce.example.org")
	if err != nil {
		tb.Fatal(err)
	}
	b.returns = returns.New(b.list, returns.Options{ReturnPath: path, Log: slog.New(slog.NewTextHandler(b.log, nil))})
	tb.Cleanup(b.checkLog)
	return b
}

// checkLog holds the rule that nothing in the log names a reader.
func (b *bed) checkLog() {
	for _, trace := range []string{"ann@", "bob@", "b+", "u+"} {
		if strings.Contains(b.log.String(), trace) {
			b.Errorf("the log holds %q:\n%s", trace, b.log)
		}
	}
}

func (b *bed) find(address string) subscribers.Record {
	b.Helper()
	r, err := b.list.Find(b.Context(), address)
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// token names the copy of the issue that was mailed to an address.
func (b *bed) token(address string) string {
	b.Helper()
	return b.list.ReturnedToken(subscribers.Key{Mailing: b.mailing, Subscriber: b.find(address).ID})
}

func (b *bed) back(address string) string { return "b+" + b.token(address) + "@bounce.example.org" }
func (b *bed) leave(address string) string {
	return "u+" + b.leaveToken(address) + "@bounce.example.org"
}

func (b *bed) leaveToken(address string) string {
	b.Helper()
	return b.list.UnsubscribeToken(b.find(address).ID)
}

// forged is a token that is almost one of ours.
func (b *bed) forged(address string) string {
	token := []byte(b.token(address))
	if token[20]++; token[20] > 'z' || token[20] < 'a' {
		token[20] = 'a'
	}
	return string(token)
}

func (b *bed) take(raw string, to ...string) returns.Outcome {
	b.Helper()
	out, err := b.returns.Take(b.Context(), []byte(raw), to)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// suppressed reports whether an address is, and for what.
func (b *bed) suppressed(address string) (reasons []subscribers.Reason) {
	b.Helper()
	for _, s := range b.find(address).Suppressed {
		reasons = append(reasons, s.Reason)
	}
	return reasons
}

// A report is a returned mail as a server writes it.
type report struct {
	to         string // the address it is sent to
	envelopeID string
	recipient  string
	action     string // failed if empty
	status     string // 5.1.1 if empty
	copied     string // header fields of the returned copy
	id         string
}

func or(s, preset string) string {
	if s == "" {
		return preset
	}
	return s
}

func (r report) String() string {
	recipient, action, status := or(r.recipient, "ann@example.net"), or(r.action, "failed"), or(r.status, "5.1.1")
	said := "smtp; 550 5.1.1 <" + recipient + ">: nobody here has that name"
	if strings.HasPrefix(status, "4") {
		said = "smtp; 451 " + status + " <" + recipient + ">: the time to deliver is over"
	}
	text := "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\n" +
		"To: " + or(r.to, "postmaster@example.org") + "\n" +
		"Subject: Your mail could not be delivered\n" +
		"Date: Tue, 03 Feb 2026 06:05:00 +0000\n" +
		"Message-ID: <" + or(r.id, "report.1") + "@mx.example.net>\n" +
		"Auto-Submitted: auto-replied\n" +
		"MIME-Version: 1.0\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=\"=_cut\"\n\n" +
		"--=_cut\nContent-Type: text/plain; charset=us-ascii\n\n" +
		"This is the mail system at mx.example.net. The mail did not get through.\n\n" +
		"--=_cut\nContent-Type: message/delivery-status\n\n" +
		"Reporting-MTA: dns; mx.example.net\n"
	if r.envelopeID != "" {
		text += "Original-Envelope-Id: " + r.envelopeID + "\n"
	}
	text += "\nFinal-Recipient: rfc822; " + recipient + "\nAction: " + action + "\nStatus: " + status + "\nDiagnostic-Code: " + said + "\n\n" +
		"--=_cut\nContent-Type: text/rfc822-headers\n\n" +
		r.copied + "From: The Magnet <editor@example.org>\nTo: " + recipient + "\nSubject: Magnets, and what they cost\n\n" +
		"--=_cut--\n"
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// complaint is a feedback report (RFC 5965), all addresses taken out.
func complaint(feedback, copied string) string {
	return strings.ReplaceAll("From: Feedback <feedback@mbox.example.com>\nTo: abuse@example.org\nSubject: a complaint\n"+
		"Date: Tue, 03 Feb 2026 06:07:00 +0000\nMessage-ID: <fbl.1@mbox.example.com>\nMIME-Version: 1.0\n"+
		"Content-Type: multipart/report; report-type=feedback-report; boundary=\"=_fbl\"\n\n"+
		"--=_fbl\nContent-Type: text/plain\n\nOne of our customers called this mail spam.\n\n"+
		"--=_fbl\nContent-Type: message/feedback-report\n\nFeedback-Type: "+feedback+"\nUser-Agent: Loop/1\nVersion: 1\n\n"+
		"--=_fbl\nContent-Type: message/rfc822\n\n"+copied+"From: The Magnet <editor@example.org>\nTo: redacted@example.net\nSubject: Magnets\n\nMagnets.\n\n--=_fbl--\n",
		"\n", "\r\n")
}

// away is a vacation notice.
func away(to string) string {
	return strings.ReplaceAll("From: Ann <ann@example.net>\nTo: "+to+"\nSubject: Out of office: Magnets\nAuto-Submitted: auto-replied\n"+
		"Date: Tue, 03 Feb 2026 06:08:00 +0000\nMessage-ID: <away.1@example.net>\n\nI am away until Monday.\n", "\n", "\r\n")
}

// letter is a mail that a person wrote.
func letter(to string) string {
	return strings.ReplaceAll("From: Ann <ann@example.net>\nTo: "+to+"\nSubject: a question\n"+
		"Date: Tue, 03 Feb 2026 06:09:00 +0000\nMessage-ID: <letter.1@example.net>\n\nWhat does dysprosium cost?\n", "\n", "\r\n")
}

func (b *bed) exec(query string) {
	b.Helper()
	err := b.db.Transact(b.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(b.Context(), query)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}
