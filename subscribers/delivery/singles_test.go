package delivery_test

import (
	"errors"
	"strings"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

func TestATestMailGoesToAnyAddressAndIsMarked(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	m, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "chief@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
	messages := far.Messages()
	if len(messages) != 1 || messages[0].To[0] != "chief@example.com" {
		t.Fatalf("%d messages: %+v", len(messages), messages)
	}
	if got, want := field(t, messages[0].Data, "Subject"), "[Test] "+b.issue.Subject; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
	if _, err := b.outbox.IssueMailing(t.Context(), b.issue.ID); !errors.Is(err, subscribers.ErrNoMailing) {
		t.Errorf("a test made a mailing of the issue: %v", err)
	}
}

// A test is sent to see one mail, and must not set the list's mail going.
func TestOneMailingIsDeliveredAloneOnDemand(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(20)
	order := b.order()
	other, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "deputy@example.com")
	if err != nil {
		t.Fatal(err)
	}
	test, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "chief@example.com")
	if err != nil {
		t.Fatal(err)
	}
	w := b.worker(delivery.Options{}, relayOf(t, far, 3))
	if err := w.DrainOnly(t.Context(), test.ID); err != nil {
		t.Fatal(err)
	}
	b.wantAccount(test, subscribers.Account{Planned: 1, Accepted: 1})
	b.wantAccount(other, subscribers.Account{Planned: 1, Queued: 1})
	b.wantAccount(order, subscribers.Account{Planned: 20, Queued: 20})
	if got := far.Taken(); len(got) != 1 || got["chief@example.com"] != 1 {
		t.Errorf("mail went to %v, want to chief@example.com alone", got)
	}
	if err := w.DrainOnly(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	b.wantAccount(order, subscribers.Account{Planned: 20, Accepted: 20})
	b.wantAccount(other, subscribers.Account{Planned: 1, Queued: 1})
}

func TestAConfirmationGoesFirstAndItsLinkConfirms(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	b.readers(300)
	b.order()
	err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: "Ada@Example.com"})
	if err == nil {
		_, err = b.list.Admit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	first := far.Messages()[0]
	if first.To[0] != "Ada@example.com" && first.To[0] != "Ada@Example.com" {
		t.Fatalf("the first mail went to %s, want the confirmation", first.To[0])
	}
	if field(t, first.Data, "List-Unsubscribe-Post") != "" || field(t, first.Data, "Auto-Submitted") != "auto-generated" {
		t.Error("a confirmation must be marked as automatic and offers no one-click leaving")
	}
	text := strings.ReplaceAll(string(first.Data), "=\r\n", "")
	_, token, found := strings.Cut(text, "https://digest.example.org/confirm/")
	if !found {
		t.Fatalf("no link to confirm in:\n%s", text)
	}
	s, err := b.list.Confirm(t.Context(), token[:len(mail.TokenPlace)], subscribers.Step{})
	if err != nil || s.Status != subscribers.Confirmed {
		t.Errorf("the mailed link gave %+v, %v", s.Status, err)
	}
}

func TestAConfirmationThatIsOutOfDateIsWithdrawn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	ask := func(address string) {
		t.Helper()
		err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: address})
		if err == nil {
			_, err = b.list.Admit(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask("left@example.com")
	b.exec(`UPDATE subscribers SET generation = generation + 1`)
	ask("complained@example.com")
	if err := b.list.Suppress(t.Context(), "complained@example.com", "by hand"); err != nil {
		t.Fatal(err)
	}
	ask("wanted@example.com")
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	if got := far.Taken(); len(got) != 1 || got["wanted@example.com"] != 1 {
		t.Errorf("confirmations went to %v", got)
	}
}
