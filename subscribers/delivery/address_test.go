package delivery_test

import (
	netmail "net/mail"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// FuzzWhoIsOnTheListCanBeMailed holds two rules together that stand apart: the
// list takes no address that a message or an envelope could not hold.
func FuzzWhoIsOnTheListCanBeMailed(f *testing.F) {
	for _, seed := range []string{"reader@example.org", "Jürgen+x@Müller.example", "a@xn--mller-kva.example", "\uFFFD@example.org", "ⅷ@ⅷ.example", "a@faß.example", "o'neil@example.org", "\u0301a@example.org"} {
		f.Add(seed)
	}
	letter, err := mail.Build(mail.Letter{From: netmail.Address{Address: "daily@example.org"}, Subject: "Magnets", Text: "Text", HTML: "<p>Text</p>"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := subscribers.ParseAddress(typed)
		if err != nil {
			return
		}
		for _, to := range []string{a.Typed, a.Envelope()} {
			if _, err := letter.Append(nil, mail.Copy{To: to, MessageID: "1@example.org", Date: time.Unix(1e9, 0)}); err != nil {
				t.Errorf("%q is taken for the list, and as %q it cannot be mailed: %v", typed, to, err)
			}
		}
	})
}
