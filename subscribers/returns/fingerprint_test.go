package returns

import (
	"strings"
	"testing"
	"time"
)

func TestAFingerprintStandsForWhatTheWriterWrote(t *testing.T) {
	t.Parallel()
	const mail = "From: a@example.net\nSubject: one\n two\nMessage-ID:\n <id.1@example.net>\nX-Spam: no\n\nbody\n"
	sum, id := fingerprint([]byte(mail))
	if id != "id.1@example.net" {
		t.Errorf("the Message-ID is %q", id)
	}
	for name, other := range map[string]string{
		"other line ends":          strings.ReplaceAll(mail, "\n", "\r\n"),
		"line ends of old":         strings.ReplaceAll(mail, "\n", "\r"),
		"fields written on top":    "Received: from x\n by y\nDelivered-To: z\n" + mail,
		"a field in another state": strings.Replace(mail, "X-Spam: no", "X-Spam: yes", 1),
		"an empty line at the end": mail + "\n",
	} {
		if got, _ := fingerprint([]byte(other)); got != sum {
			t.Errorf("%s makes it another mail", name)
		}
	}
	for name, other := range map[string]string{
		"another body":       strings.Replace(mail, "body", "Body", 1),
		"another Message-ID": strings.Replace(mail, "id.1", "id.2", 1),
		"another subject":    strings.Replace(mail, "two", "three", 1),
		"another sender":     strings.Replace(mail, "a@", "b@", 1),
	} {
		if got, _ := fingerprint([]byte(other)); got == sum {
			t.Errorf("%s makes it the same mail", name)
		}
	}
}

func TestOfALongMailTheBeginningIsKept(t *testing.T) {
	t.Parallel()
	from := strings.NewReader(strings.Repeat("x", 3<<20))
	raw, err := readMail(from)
	if err != nil || len(raw) != maxMail || from.Len() != 0 {
		t.Errorf("of 3 MiB %d octets are kept and %d not read (%v)", len(raw), from.Len(), err)
	}
}

// Whoever has one of our mails can send the listener what they like.
func TestAFieldOfEndlessLinesCostsLittle(t *testing.T) {
	t.Parallel()
	mail := []byte("Subject: one\n" + strings.Repeat(" x\n", maxMail/3))
	begun := time.Now()
	if fingerprint(mail); time.Since(begun) > 10*time.Second {
		t.Errorf("it takes %s", time.Since(begun))
	}
}

func FuzzFingerprint(f *testing.F) {
	f.Add("From: a\nMessage-ID: <x>\n\nbody")
	f.Add("\n\n")
	f.Add(" folded\n")
	f.Fuzz(func(t *testing.T, mail string) {
		unix := strings.ReplaceAll(strings.ReplaceAll(mail, "\r\n", "\n"), "\r", "\n")
		sum, id := fingerprint([]byte(unix))
		if got, gotID := fingerprint([]byte(strings.ReplaceAll(unix, "\n", "\r\n"))); got != sum || gotID != id {
			t.Errorf("%q with other line ends is another mail", unix)
		}
	})
}
