package mailbox_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"redigest/subscribers/mail"
	"redigest/subscribers/mailbox"
)

// BenchmarkKeep hands over mails on one line; each is on disk before its answer.
func BenchmarkKeep(b *testing.B) {
	s, err := mailbox.Listen("127.0.0.1:0", filepath.Join(b.TempDir(), "mailbox"))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	r, err := mail.ParseRelay("smtp+plain://" + s.Addr())
	if err != nil {
		b.Fatal(err)
	}
	c, err := mail.Dial(b.Context(), r, mail.DialOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	msg := fmt.Sprintf(two, "x")
	for b.Loop() {
		if err := handOver(b.Context(), c, msg); err != nil {
			b.Fatal(err)
		}
	}
}
