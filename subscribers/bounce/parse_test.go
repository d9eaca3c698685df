package bounce

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/templates/golden"
)

// mails are the returned mails that we wrote, by name.
func mails(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d mails, %v", len(names), err)
	}
	all := map[string][]byte{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".eml")] = raw
	}
	return all
}

// To add a case, put a mail into testdata/mails, run with -update, and read
// what was understood.
func TestReturnedMailIsUnderstood(t *testing.T) {
	t.Parallel()
	for name, raw := range mails(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Parse(raw)
			r.Copy = nil
			got, err := json.MarshalIndent(r, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, "mails/"+name+".json", string(got)+"\n")
		})
	}
}

func TestLineEndsMakeNoDifference(t *testing.T) {
	t.Parallel()
	for name, raw := range mails(t) {
		want := Parse(raw)
		for ends, end := range lineEnds {
			if diff := cmp.Diff(want, Parse(bytes.ReplaceAll(raw, []byte("\n"), end))); diff != "" {
				t.Errorf("%s with %s: %s", name, ends, diff)
			}
		}
	}
}

var lineEnds = map[string][]byte{"CRLF": []byte("\r\n"), "CR": []byte("\r"), "CR CR LF": []byte("\r\r\n")}

// A mail may be cut off anywhere: what is left is read, and never called hard
// for an address that the whole mail does not call hard.
func TestAMailMayBeCutAtAnyByte(t *testing.T) {
	t.Parallel()
	for name, raw := range mails(t) {
		hard := map[string]bool{}
		for _, p := range Parse(raw).Reports {
			hard[p.Recipient] = p.Hard
		}
		for n := 0; n < len(raw); n += cutStep(5) {
			for _, p := range Parse(raw[:n]).Reports {
				if whole, known := hard[p.Recipient]; known && p.Hard && !whole {
					t.Fatalf("%s: cut at %d, %s is hard", name, n, p.Recipient)
				}
			}
		}
	}
}

// cutStep returns at which distance mails are cut: at every byte, which takes
// its time, when REDIGEST_EVERY_BYTE is set.
func cutStep(usual int) int {
	if os.Getenv("REDIGEST_EVERY_BYTE") != "" {
		return 1
	}
	return usual
}

func TestWhatIsNoMailIsOther(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"nothing":    "",
		"one byte":   "\x00",
		"empty line": "\n",
		"noise":      "\xff\xfe\x1b$B\r\r\n--\n--",
		"a sentence": "user unknown: ann@inbox.example could not be delivered",
		"brackets":   strings.Repeat("<", 100_000),
		"boundaries": "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n", 50_000),
	} {
		if r := Parse([]byte(raw)); r.Kind != Other || len(r.Reports) > 0 {
			t.Errorf("%s: %v", name, r)
		}
	}
}

func TestTheReturnPathIsFoundInTheHeader(t *testing.T) {
	t.Parallel()
	r := Parse([]byte("Delivered-To: b+7k2m@bounce.publisher.example\nX-Original-To: bounces@publisher.example\n" +
		"To: \"The Heron\" <heron@publisher.example>, b+7k2m@bounce.publisher.example\n\nHello.\n"))
	want := []string{"b+7k2m@bounce.publisher.example", "bounces@publisher.example", "heron@publisher.example"}
	if diff := cmp.Diff(want, r.DeliveredTo); diff != "" {
		t.Error(diff)
	}
}

// The header of the copy names the reader when nothing else does.
func TestTheHeaderOfTheCopyIsKept(t *testing.T) {
	t.Parallel()
	all := mails(t)
	for _, name := range []string{"qmail-two-addresses", "exim-in-words", "notes", "sendmail-with-report", "complaint"} {
		r := Parse(all[name])
		if r.Copy.Get("from") == "" || len(r.MessageIDs) != 1 || !strings.HasPrefix(r.MessageIDs[0], "heron-") {
			t.Errorf("%s: copy %v, IDs %q", name, r.Copy, r.MessageIDs)
		}
	}
}

func TestOnlySomeFeedbackIsAComplaint(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]bool{"abuse": true, "opt-out": true, "fraud": true, "other": true, "not-spam": false, "auth-failure": false} {
		r := Parse([]byte("From: loop@inbox.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=f\n\n" +
			"--f\nContent-Type: message/feedback-report\n\nFeedback-Type: " + kind + "\nVersion: 1\nOriginal-Rcpt-To: <ann@inbox.example>\n--f--\n"))
		if r.Unwanted() != want || len(r.Reports) != 1 || r.Reports[0].Recipient != "ann@inbox.example" {
			t.Errorf("%s: unwanted %v, %v", kind, r.Unwanted(), r.Reports)
		}
	}
}

// Whoever sends us many megabytes waits for himself alone.
func TestHostileMailIsReadInTime(t *testing.T) {
	t.Parallel()
	head := "From: MAILER-DAEMON@relay.example\nSubject: Undelivered Mail\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
	for name, raw := range map[string]string{
		"a field of a million lines":  "X: y\n" + strings.Repeat(" z\n", 1<<20),
		"a million fields":            strings.Repeat("Received: x\n", 1<<18),
		"statuses without recipients": head + strings.Repeat("Status: 5.1.1\n\n", 1<<17),
		"recipients without end":      head + strings.Repeat("Final-Recipient: rfc822; a@b.example\nAction: failed\n\n", 1<<15),
		"marks of copies":             "From: MAILER-DAEMON@relay.example\nSubject: Undelivered\n\n" + strings.Repeat("--- original message ---\n", 1<<16),
		"addresses":                   "From: MAILER-DAEMON@relay.example\nSubject: Undelivered\n\nnot delivered\n" + strings.Repeat("a@b.example ", 1<<17),
		"entities":                    "From: MAILER-DAEMON@relay.example\nSubject: Undelivered\nContent-Type: text/html\n\n" + strings.Repeat("<style></", 1<<17),
		"soft breaks that are none":   "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=", 1<<20),
		"headers below headers":       "From: MAILER-DAEMON@relay.example\nSubject: Undelivered\n\na@b.example\n" + strings.Repeat("X-A: b\n \n", 1<<17),
	} {
		begun := time.Now()
		Parse([]byte(raw))
		if spent := time.Since(begun); spent > 3*time.Second {
			t.Errorf("%s: %v", name, spent)
		}
	}
}
