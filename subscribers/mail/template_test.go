package mail

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
)

// What goes over the wire is the message with its dots stuffed, wherever lines
// begin with a dot and wherever the reader's token stands.
func TestTheWireHasTheMessageWithItsDotsStuffed(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("ab2cd3ef4gh", 5)
	c := Copy{To: "reader@example.com", Token: token, MessageID: "3.77@example.org", Date: time.Unix(1770100000, 0).UTC()}
	for name, text := range map[string]string{
		"the end of a message": "a\r\n.\r\nb\n.\nc\r.\rd\n",
		"dots alone":           ".\n..\n...\n",
		"a dot first of all":   ".hidden\n",
		"beside a token":       "." + TokenPlace + "\n." + TokenPlace + ".\n.\n",
		"after a soft break":   strings.Repeat("x", 75) + "." + strings.Repeat(".", 200) + "\n",
	} {
		tmpl, err := Build(Letter{
			From: netmail.Address{Address: "news@example.org"}, Subject: "Dots",
			Text: text, HTML: "<p>\n" + text + "\n</p>\n",
		})
		if err != nil {
			t.Fatal(err)
		}
		msg, err := tmpl.Append(nil, c)
		if err != nil {
			t.Fatal(err)
		}
		want := []byte("before" + strings.ReplaceAll(string(msg), "\r\n.", "\r\n.."))
		got, err := tmpl.AppendWire([]byte("before"), c)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v\n%q\nwant\n%q", name, err, got, want)
		}
		if !bytes.Contains(got, []byte("\r\n..")) {
			t.Errorf("%s: no dot stands at the beginning of a line", name)
		}
	}
}
