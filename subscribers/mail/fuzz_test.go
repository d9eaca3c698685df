package mail_test

import (
	"bytes"
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

func FuzzBuild(f *testing.F) {
	f.Add("Two mines", "Rare Earth Daily", "text\n", "<p>html</p>")
	f.Add("=?utf-8?q?x?=\r\nBcc: a@b", "\"a\\b\" <x@y>", ".\r\n..\r\n\x00", "=3D\n.\n=\r\n")
	f.Add("日本語のとても長い件名がここに入ります。折り返しも必要です。", "👩🏽‍🔬", "trailing \t \r", "\u2028\u0085\xff\xfe")
	f.Fuzz(func(t *testing.T, subject, name, text, html string) {
		l := issue()
		l.Subject, l.From.Name, l.ReplyTo.Name, l.ListName = subject, name, name, name
		l.Text = text + "\n" + mail.TokenPlace + text + mail.SincePlace + text
		l.HTML = html + "\n" + mail.TokenPlace + html + mail.SincePlace + html
		template, err := mail.Build(l)
		if err != nil {
			if decodedText(subject) != "" {
				t.Fatal(err)
			}
			return
		}
		raw := fill(t, template, "reader@example.com")
		a := baseCheck(t, raw)
		checkWire(t, template, raw)
		if got, want := decodeField(t, a.header.Get("Subject")), decodedText(subject); got != want {
			t.Errorf("subject %q, want %q", got, want)
		}
		if from, err := a.header.AddressList("From"); err != nil || from[0].Name != decodedText(name) {
			t.Errorf("from %v, %v; want %q", from, err, decodedText(name))
		}
		filled := strings.NewReplacer(mail.TokenPlace, token, mail.SincePlace, "2025-11-30")
		for _, part := range []struct{ got, sent string }{{a.text, l.Text}, {a.html, l.HTML}} {
			if want := filled.Replace(decodedBody(part.sent)); part.got != want {
				t.Errorf("a part reads\n%q, want\n%q", part.got, want)
			}
		}
	})
}

// checkWire holds what goes over the wire to be the message, with no end in it
// in the eyes of any relay.
func checkWire(t *testing.T, template *mail.Template, raw []byte) {
	t.Helper()
	wire, err := template.AppendWire([]byte("\r\n"), copyFor("reader@example.com"))
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"\r\n.\r\n", "\n.\n", "\n.\r", "\r.\r", "\r.\n"} {
		if bytes.Contains(wire, []byte(end)) {
			t.Errorf("over the wire goes %q:\n%q", end, wire)
		}
	}
	if got := bytes.ReplaceAll(wire, []byte("\r\n."), []byte("\r\n")); !bytes.Equal(got[2:], raw) {
		t.Errorf("over the wire goes\n%q, of\n%q", wire, raw)
	}
}

// decodedText and decodedBody say in other words than the program what is left
// of text from elsewhere.
func decodedText(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "?") {
		switch {
		case strings.ContainsRune("\t\n\v\f\r \u0085\u2028\u2029", r):
			b.WriteByte(' ')
		case !isLineEnd(r):
			b.WriteRune(r)
		}
	}
	words := b.String()
	for strings.Contains(words, "  ") {
		words = strings.ReplaceAll(words, "  ", " ")
	}
	return strings.Trim(words, " ")
}

func decodedBody(s string) string {
	s = strings.ToValidUTF8(s, "?")
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString("\r\n")
		case r == '\t' || r == '\u2028' || r == '\u2029' || !isLineEnd(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}
