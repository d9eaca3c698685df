package bounce

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A judged is what another program makes of one recipient of a real mail: an
// opinion, and a good one.
type judged struct {
	Status string `json:"status"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Hard   bool   `json:"hard"`
}

// samples returns the real mails of the corpus and what they are judged to be.
func samples(t *testing.T) (raws map[string][]byte, truth map[string][]judged) {
	t.Helper()
	top := os.Getenv("REDIGEST_SAMPLES")
	if top == "" {
		t.Skip("REDIGEST_SAMPLES is not set: it names the folder that holds corpora/bounces")
	}
	dir := filepath.Join(top, "corpora", "bounces")
	raw, err := os.ReadFile(filepath.Join(dir, "TRUTH.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &truth); err != nil || len(truth) < 100 {
		t.Fatalf("%d mails are judged, %v", len(truth), err)
	}
	raws = map[string][]byte{}
	for name := range truth {
		if raws[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return raws, truth
}

// score counts how far two opinions agree.
type score struct{ files, counted, recipients, hardness, reasons int }

func (s *score) add(got []Report, want []judged) {
	s.files++
	if len(got) == len(want) {
		s.counted++
	}
	for i, w := range want {
		s.recipients++
		if i < len(got) && got[i].Hard == w.Hard {
			s.hardness++
		}
		if i < len(got) && got[i].Reason == w.Reason {
			s.reasons++
		}
	}
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(of) }

func TestRealMailsAreUnderstood(t *testing.T) {
	t.Parallel()
	raws, truth := samples(t)
	var s score
	for name, raw := range raws {
		got := Parse(raw).Reports
		s.add(got, truth[name])
		if strings.HasPrefix(name, "not-a-bounce") && len(got) > 0 {
			t.Errorf("%s is no bounce, and yet %v", name, got)
		}
	}
	t.Logf("%d files, the number of recipients right in %.1f%%; %d recipients, hard or soft right in %.1f%%, the reason in %.1f%%",
		s.files, percent(s.counted, s.files), s.recipients, percent(s.hardness, s.recipients), percent(s.reasons, s.recipients))
	if percent(s.counted, s.files) < 97 || percent(s.hardness, s.recipients) < 95 || percent(s.reasons, s.recipients) < 85 {
		t.Error("fewer than 97%, 95% and 85%")
	}
}

func TestRealMailsInAnyLineEnds(t *testing.T) {
	t.Parallel()
	raws, _ := samples(t)
	for name, raw := range raws {
		plain := bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
		want := Parse(plain)
		for ends, end := range lineEnds {
			if diff := cmp.Diff(want, Parse(bytes.ReplaceAll(plain, []byte("\n"), end))); diff != "" {
				t.Errorf("%s with %s: %s", name, ends, diff)
			}
		}
	}
}

// Every mail is cut at two hundred places, or at all.
func TestRealMailsMayBeCutAnywhere(t *testing.T) {
	t.Parallel()
	raws, _ := samples(t)
	for _, raw := range raws {
		for n := 0; n < len(raw); n += cutStep(len(raw)/200 + 1) {
			Parse(raw[:n])
		}
	}
}

// This test has the program to itself, for it counts what is allocated.
func TestRealMailsCostLittle(t *testing.T) {
	raws, _ := samples(t)
	for name, raw := range raws {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Parse(raw)
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
			t.Errorf("%s: %d bytes", name, n)
		}
		if spent := quickest(3, func() { Parse(raw) }); spent > 50*time.Millisecond {
			t.Errorf("%s: %v", name, spent)
		}
	}
}

// quickest returns the shortest time that do takes in n tries: the others were
// disturbed by the rest of the machine.
func quickest(n int, do func()) (least time.Duration) {
	for range n {
		begun := time.Now()
		do()
		if spent := time.Since(begun); least == 0 || spent < least {
			least = spent
		}
	}
	return least
}
