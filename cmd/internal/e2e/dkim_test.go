//go:build e2e

package e2e

import (
	"regexp"
	"strings"
	"testing"

	"redigest/subscribers/smtptest"
)

// bothSignatures are what holds on a mail that nobody has touched.
var bothSignatures = []string{"e2e-ed25519 ed25519-sha256", "e2e-rsa rsa-sha256"}

// TestThreeJudgesFindBothSignaturesGood makes keys as the operator does,
// publishes what the program says, and has mail judged as it leaves, after a
// hop through Postfix, and as Postfix stored it.
func TestThreeJudgesFindBothSignaturesGood(t *testing.T) {
	w := newWorld(t)
	p, zone := signing(t, strictDoor)
	if out, code := p.run("dkim", "check"); code == 0 {
		t.Errorf("keys that are nowhere published are found right: %s", out)
	}
	publish(t, zone)
	p.must("dkim", "check")

	leaving := smtptest.Start(t, smtptest.Options{Keep: true})
	p.copyTo(t, leaving.URL()).send()
	sent := one(t, leaving)
	t.Run("as it leaves", func(t *testing.T) { requireDKIM(t, sent, bothSignatures...) })
	judge(t, sent)
	for name, change := range careless {
		t.Run(name, func(t *testing.T) { misjudge(t, sent, change(sent)) })
	}

	arriving := smtptest.Start(t, smtptest.Options{Addr: onwardTo, Keep: true})
	p.copyTo(t, onwardDoor).send()
	p.eventually("Postfix hands it on", func() bool { return arriving.Recipients() > 0 })
	t.Run("after a hop", func(t *testing.T) { requireDKIM(t, one(t, arriving), bothSignatures...) })

	p.send()
	stored := w.comes(t, "inbox/signed1", 1)[0]
	t.Run("as it is stored", func(t *testing.T) { requireDKIM(t, stored, bothSignatures...) })

	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			changed := change(sent)
			if changed == sent {
				t.Fatal("the mail was not changed")
			}
			requireDKIM(t, changed)
		})
	}
}

// changes are what somebody on the way may do to a mail, each of which breaks
// both signatures.
var changes = map[string]func(string) string{
	"another From":             func(m string) string { return "From: other@example.com\r\n" + m },
	"another From below":       func(m string) string { return strings.Replace(m, "\r\n\r\n", "\r\nFrom: other@example.com\r\n\r\n", 1) },
	"another Subject":          func(m string) string { return "Subject: Other\r\n" + m },
	"another Reply-To":         func(m string) string { return "Reply-To: other@example.com\r\n" + m },
	"another List-Unsubscribe": func(m string) string { return "List-Unsubscribe: <https://example.com/>\r\n" + m },
	"a changed List-Unsubscribe": func(m string) string {
		return strings.Replace(m, "List-Unsubscribe: <http", "List-Unsubscribe: <HTTP", 1)
	},
	"no List-Unsubscribe-Post": func(m string) string {
		return regexp.MustCompile(`List-Unsubscribe-Post:.*\r\n`).ReplaceAllString(m, "")
	},
	"a changed body":               func(m string) string { return strings.Replace(m, "Postfix", "Somebody", 1) },
	"something behind the body":    func(m string) string { return m + "More.\r\n" },
	"another type of the contents": func(m string) string { return "Content-Type: text/html\r\n" + m },
}

// careless are faults of a signature that no judge of signatures minds; the
// base check must.
var careless = map[string]func(string) string{
	"a signature of part of the body": replacing(`(\s)(t=\d+;)`, "${1}l=100; $2"),
	"no time of the signature":        replacing(`\st=\d+;`, ""),
	"a From that can be added":        replacing(`(?i)([:=]\s*from):\s*from:`, "$1:"),
	"one signature alone":             func(m string) string { return strings.Replace(m, signatureField.FindString(m), "", 1) },
}

func replacing(pattern, with string) func(string) string {
	return func(m string) string { return regexp.MustCompile(pattern).ReplaceAllString(m, with) }
}

// signing returns a program with keys of its own, named in its configuration,
// and what it says must be published.
func signing(t *testing.T, relay string) (*program, string) {
	t.Helper()
	p := newsletter(t, relay, "", "signed1@inbox.example")
	return p, p.sign("e2e")
}

// one returns the one mail that a far end has kept.
func one(t *testing.T, far *smtptest.Server) string {
	t.Helper()
	kept := far.Messages()
	if len(kept) != 1 {
		t.Fatalf("%d mails came, not one", len(kept))
	}
	return string(kept[0].Data)
}
