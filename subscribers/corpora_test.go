package subscribers

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus returns a file of the address corpora, or skips the test.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	samples := os.Getenv("REDIGEST_SAMPLES")
	if samples == "" {
		t.Skip("REDIGEST_SAMPLES is not set: the address corpora are not here")
	}
	data, err := os.ReadFile(filepath.Join(samples, "corpora", "addresses", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Addresses that isemail.json holds valid and that we refuse, and why.
var refusedThoughValid = map[string]string{
	"!#$%&amp;`*+/=?^`{|}~@iana.org": "the corpus was escaped once too often: a semicolon may not stand there",
}

func TestIsemailCorpus(t *testing.T) {
	t.Parallel()
	var cases []struct{ Address, Category, Diagnosis string }
	if err := json.Unmarshal(corpus(t, "isemail.json"), &cases); err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, c := range cases {
		_, err := ParseAddress(c.Address)
		if err == nil {
			taken++
		}
		_, excepted := refusedThoughValid[c.Address]
		switch c.Category {
		case "ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN":
			// A warning says that the domain does not exist, or takes no mail,
			// which is for the relay to say.
			if (err != nil) != excepted {
				t.Errorf("%s %q: %v", c.Diagnosis, c.Address, err)
			}
		default:
			// Errors; and forms that the standards know and no mailbox on the
			// Internet has: quotes, literals, comments, obsolete syntax, a top
			// level of digits.
			if err == nil && !takenThoughOdd(c.Address) {
				t.Errorf("%s %q was taken", c.Diagnosis, c.Address)
			}
		}
	}
	if len(cases) < 80 || taken < 10 {
		t.Errorf("%d of %d addresses were taken: the corpus was not read", taken, len(cases))
	}
}

// takenThoughOdd holds what comes to nothing but white space around an address,
// which we take off.
func takenThoughOdd(address string) bool {
	trimmed := strings.TrimSpace(address)
	return trimmed != address && !strings.ContainsAny(trimmed, " \t\r\n()")
}

// The forms on the valid list that we refuse: display names, which only an
// import takes, comments, quoted local parts, and domains of digits or no dot.
func flankerRefuses(address string) bool {
	last := address[strings.LastIndexByte(address, '.')+1:]
	return strings.ContainsAny(address, `"<(`) || strings.Trim(last, "0123456789") == "" || !strings.Contains(address[strings.LastIndexByte(address, '@'):], ".")
}

func TestFlankerCorpora(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mailbox_valid.txt", "mailbox_invalid.txt"} {
		n := 0
		for line := range strings.Lines(string(corpus(t, name))) {
			address, _, _ := strings.Cut(line, "  #") // what follows is a remark
			if address = strings.TrimSpace(address); address == "" || strings.HasPrefix(address, "#") {
				continue
			}
			n++
			_, err := ParseAddress(address)
			if want := name == "mailbox_valid.txt" && !flankerRefuses(address); want != (err == nil) {
				t.Errorf("%s: %q: %v", name, address, err)
			}
		}
		if n < 30 {
			t.Errorf("%s: only %d addresses were read", name, n)
		}
	}
}
