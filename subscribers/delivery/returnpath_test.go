package delivery_test

import (
	"log/slog"
	netmail "net/mail"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
	"redigest/templates"
)

// returning is the bed's publication with a return path.
func (b *bed) returning() *delivery.Letters {
	b.Helper()
	back, err := mail.ParseReturnPath("bounce.example.org")
	if err != nil {
		b.Fatal(err)
	}
	return delivery.NewLetters(b.list, b.store, delivery.LettersOptions{
		BaseURL:    "https://digest.example.org",
		ReturnPath: back,
		Publication: delivery.Publication{
			Publication: templates.Publication{Name: "The Magnet", URL: "https://example.org", Language: "en", PostalAddress: "1 Ore Street, Perth"},
			From:        netmail.Address{Name: "The Magnet", Address: "editor@example.org"},
		},
	})
}

func TestEachMailComesBackToAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	b.readers(5)
	m := b.order()
	opts := delivery.Options{Now: b.clock.Now, Log: slog.New(slog.DiscardHandler)}
	b.drain(delivery.NewWorker(b.outbox, b.returning(), []mail.Relay{relayOf(t, far, 2)}, opts))
	if len(far.Messages()) != 5 {
		t.Fatalf("%d mails arrived, want 5", len(far.Messages()))
	}
	for _, message := range far.Messages() {
		id := subscribers.ID(readerNumber(message.To[0]))
		token := b.list.ReturnedToken(subscribers.Key{Mailing: m.ID, Subscriber: id})
		if want := "b+" + token + "@bounce.example.org"; message.From != want {
			t.Errorf("the mail to %s is from %s, want %s", message.To[0], message.From, want)
		}
		leave := b.list.UnsubscribeToken(id)
		want := "<https://digest.example.org/unsubscribe/" + leave + ">, <mailto:u+" + leave + "@bounce.example.org>"
		if got := field(t, message.Data, "List-Unsubscribe"); got != want {
			t.Errorf("List-Unsubscribe of %s is %s, want %s", message.To[0], got, want)
		}
	}
}

func TestWithoutAReturnPathMailIsFromTheEditor(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	claim := subscribers.Claim{Mailing: &subscribers.Mailing{ID: 7, Kind: subscribers.IssueMailing}, Subscriber: 9}
	if got, want := b.letters().Envelope(claim), (mail.Envelope{From: "editor@example.org"}); got != want {
		t.Errorf("the envelope is %+v, want %+v", got, want)
	}
	if got, want := b.returning().Envelope(claim).ID, b.list.ReturnedToken(claim.Key()); got != want {
		t.Errorf("the envelope's ID is %q, want the token %q", got, want)
	}
}
