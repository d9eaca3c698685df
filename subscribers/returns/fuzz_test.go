package returns_test

import (
	"strings"
	"testing"

	"redigest/subscribers/returns"
)

// Whatever a mail says, without a token of ours it changes nothing, and
// nothing in it ends the program.
func FuzzTake(f *testing.F) {
	b := newBed(f)
	for _, seed := range []string{
		"", "\r", report{}.String(), complaint("abuse", "List-Unsubscribe: <https://x/"+b.forged("ann@example.net")+">\n"),
		away("b+" + b.forged("ann@example.net") + "@bounce.example.org"), letter("u+" + strings.Repeat("a", 55) + "@bounce.example.org"),
	} {
		f.Add([]byte(seed), "b+"+strings.Repeat("a", 55)+"@bounce.example.org")
	}
	f.Fuzz(func(t *testing.T, raw []byte, to string) {
		out, err := b.returns.Take(t.Context(), raw, []string{to})
		if err != nil || out.Done() || out.Claim == returns.Proven || out.Effect != "" {
			t.Errorf("taken as %+v, %v", out, err)
		}
		if out.Claim == returns.Forged && !returns.Concerns(raw, []string{to}) {
			t.Error("it concerns nobody, and is forged")
		}
	})
}

func FuzzParseAccount(f *testing.F) {
	f.Add("imaps://back%40example.org@imap.example.org:993")
	f.Add("imap+plain://a@[::1]")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := returns.ParseAccount(text)
		if err == nil && (a.Host == "" || a.User == "" || a.Port < 1 || a.Port > 65535 || a.Password != "") {
			t.Errorf("%q is read as %+v", text, a)
		}
	})
}
