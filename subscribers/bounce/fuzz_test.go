package bounce

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever comes in, it is read without a panic, and what is said about it
// keeps to the words that the rest of the program knows.
func FuzzParse(f *testing.F) {
	for _, raw := range mails(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r := Parse(raw)
		if r.Kind == Other && len(r.Reports) > 0 {
			t.Errorf("no report about delivery, and yet %v", r.Reports)
		}
		for _, p := range r.Reports {
			if p.Action == "" || p.Reason == "" {
				t.Errorf("neither action nor reason: %+v", p)
			}
			if p.Hard && (p.Action != Failed || !isHard(p.Reason) || strings.HasPrefix(p.Status, "4")) {
				t.Errorf("hard without ground: %+v", p)
			}
			if utf8.Valid(raw) && strings.ContainsAny(p.Recipient+p.Diagnosis, "\r\n") {
				t.Errorf("more than one line: %+v", p)
			}
		}
	})
}
