package delivery_test

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
	"redigest/templates"
)

// parts returns the decoded parts of a message, by media type.
func parts(tb testing.TB, data []byte) map[string]string {
	tb.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		tb.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		tb.Fatal(err)
	}
	found := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return found
		}
		if err != nil {
			tb.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			tb.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		found[kind] = string(text)
	}
}

func TestEveryReaderGetsTheirOwnLinkToLeave(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	b.readers(5)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	ids := map[string]bool{}
	for _, message := range far.Messages() {
		id := subscribers.ID(readerNumber(message.To[0]))
		url := "https://digest.example.org/unsubscribe/" + b.list.UnsubscribeToken(id)
		if got := field(t, message.Data, "List-Unsubscribe"); got != "<"+url+">" {
			t.Errorf("List-Unsubscribe of %s is %s", message.To[0], got)
		}
		if got := field(t, message.Data, "List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
			t.Errorf("List-Unsubscribe-Post is %q", got)
		}
		if got := field(t, message.Data, "List-Id"); !strings.Contains(got, "<digest.example.org>") {
			t.Errorf("List-Id is %q", got)
		}
		if got := field(t, message.Data, "Feedback-Id"); got != "2026-02-03:digest.example.org:daily:redigest" {
			t.Errorf("Feedback-ID is %q", got)
		}
		if got := field(t, message.Data, "To"); got != "<"+message.To[0]+">" && got != message.To[0] {
			t.Errorf("To is %q, and the mail went to %s", got, message.To[0])
		}
		for kind, text := range parts(t, message.Data) {
			if !strings.Contains(text, url) || strings.Contains(text, mail.TokenPlace) {
				t.Errorf("the %s part of %s has not their link", kind, message.To[0])
			}
		}
		ids[field(t, message.Data, "Message-Id")] = true
	}
	if len(ids) != 5 {
		t.Errorf("%d Message-IDs for 5 readers", len(ids))
	}
	token := b.list.UnsubscribeToken(3)
	if err := b.list.Unsubscribe(t.Context(), token, subscribers.Step{}); err != nil {
		t.Fatal(err)
	}
	var status subscribers.Status
	if err := b.db.Read().QueryRow(`SELECT status FROM subscribers WHERE id = 3`).Scan(&status); err != nil || status != subscribers.Unsubscribed {
		t.Errorf("the mailed link left reader 3 %s, %v", status, err)
	}
	b.wantAccount(m, subscribers.Account{Planned: 5, Accepted: 5})
}

func TestConfirmationsAreMadeOfThePublishersOwnTemplates(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	set, err := templates.Load(fstest.MapFS{
		"mail/confirmation.txt.tmpl": {Data: []byte("Good day.\n{{.ConfirmURL}}\n{{.Publication.PostalAddress}}\n")},
	}, templates.Colours{})
	if err != nil {
		t.Fatal(err)
	}
	letters := delivery.NewLetters(b.list, b.store, delivery.LettersOptions{
		Publication: delivery.Publication{
			Publication: templates.Publication{Name: "The Magnet", PostalAddress: "1 Ore Street, Perth"},
			From:        netmail.Address{Address: "editor@example.org"},
		},
		BaseURL:   "https://digest.example.org",
		Templates: set,
	})
	m := &subscribers.Mailing{ID: 1, Kind: subscribers.ConfirmationMailing, Generation: 1, DeadlineAt: morning}
	letter, err := letters.Template(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	data, err := letter.Append(nil, letters.Copy(subscribers.Claim{Mailing: m, Subscriber: 3}, reader(3), morning))
	if err != nil {
		t.Fatal(err)
	}
	found := parts(t, data)
	if !strings.HasPrefix(found["text/plain"], "Good day.") || !strings.Contains(found["text/html"], "One step left") {
		t.Errorf("the confirmation is\n%s", found)
	}
}

// The day is that of the publisher's zone, like all days in a mail.
func TestEveryReaderReadsSinceWhenTheyAreOne(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.store = digest.NewStore(b.db, digest.StoreOptions{Zone: time.FixedZone("", 9*60*60), Now: b.clock.Now})
	b.exec(`UPDATE issues SET html = html || $1, text = text || $1`, "since "+mail.SincePlace+"\n")
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	b.readers(2)
	late := time.Date(2025, time.November, 30, 21, 15, 0, 0, time.UTC)
	b.exec(`UPDATE subscribers SET confirmed_at = $1 WHERE id = 2`, database.Millis(late))
	b.order()
	if _, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "chief@example.org"); err != nil {
		t.Fatal(err)
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	want := map[string]string{reader(1): "2026-02-02", reader(2): "2025-12-01", "chief@example.org": "2026-02-03"}
	for _, message := range far.Messages() {
		for kind, text := range parts(t, message.Data) {
			if !strings.Contains(text, "since "+want[message.To[0]]) || strings.Contains(text, mail.SincePlace) {
				t.Errorf("the %s part to %s does not say %s:\n%s", kind, message.To[0], want[message.To[0]], text)
			}
		}
	}
	if n := len(far.Messages()); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

// An order for an issue that has no mail is a fault to tell; it holds up nobody
// else's mail.
func TestALetterThatCannotBeWrittenHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(3)
	m := b.order()
	b.exec(`UPDATE issues SET html = ''`)
	if err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.list.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := b.worker(delivery.Options{}, relayOf(t, far, 2)).Drain(t.Context())
	if err == nil || !strings.Contains(err.Error(), "2026-02-03") {
		t.Errorf("Drain returned %v, want an error that names the issue", err)
	}
	b.wantAccount(m, subscribers.Account{Planned: 3, Queued: 3})
	if far.Taken()["ada@example.com"] != 1 {
		t.Error("the confirmation was held up")
	}
	b.exec(`UPDATE issues SET html = '<p>Magnets.</p><a href="` + unsubscribe + `">Leave</a>'`)
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 2)))
	b.wantAccount(m, subscribers.Account{Planned: 3, Accepted: 3})
}

func TestAConfirmationIsGivenUpWhenItsLinkIsDead(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	if err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: "ada@example.com"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.list.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	open, err := b.outbox.Open(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("%d mailings are open, %v", len(open), err)
	}
	b.clock.move(7 * 24 * time.Hour)
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(open[0], subscribers.Account{Planned: 1, Failed: 1})
	if open, err = b.outbox.Open(t.Context()); len(open) != 0 {
		t.Errorf("%d mailings are still open, %v", len(open), err)
	}
}
