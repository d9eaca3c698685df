package mailbox

import (
	"strings"
	"testing"
)

// Whatever lies in the folder, it is shown or said to be damaged, and what is
// shown is all there.
func FuzzRead(f *testing.F) {
	f.Add("Subject: x\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--c--\r\n")
	f.Add("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n--\r\n")
	f.Add("Content-Transfer-Encoding: base64\r\nContent-Type: text/html; charset=utf-16\r\n\r\nPGh0\r\n")
	f.Add("\x00")
	f.Fuzz(func(t *testing.T, source string) {
		m := Message{Source: []byte(source)}
		m.parse()
		at := headStart(m.HTML)
		if got := linksToTop(m.HTML); at < 0 || at > len(m.HTML) || strings.Replace(got, `<base target="_top">`, "", 1) != m.HTML && !strings.Contains(m.HTML, "<base") {
			t.Errorf("%q became %q", m.HTML, got)
		}
	})
}
