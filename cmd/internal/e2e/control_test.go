//go:build e2e

package e2e

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redigest/subscribers/smtptest"
)

// TestPromise2TheKillsSeeASenderThatCommitsTooLate is the control of the kills.
// In this program the first durable word about a mail is what became of it: the
// dot goes out before the commit. The kills must find people mailed twice, or
// they are blind.
func TestPromise2TheKillsSeeASenderThatCommitsTooLate(t *testing.T) {
	binary := withoutMark(t)
	ready := prepareSend(t, killReaders)
	twice := 0
	for range 3 {
		far := newWatched(t)
		p := copyProgram(t, ready, far.URL(), 10)
		p.binary = binary
		p.killedAt(far, smtptest.Body, 1+rand.IntN(killReaders))
		p.must("issue", "send", "--day", "2026-02-03")
		twice += len(far.Twice())
	}
	if twice == 0 {
		t.Error("nobody was mailed twice by a sender that has no mark")
	}
	t.Logf("3 kills, %d readers mailed twice", twice)
}

// withoutMark builds the program with the ledger's mark taken out: what is
// handed over stands as queued until its answer is written down.
func withoutMark(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs("../../../subscribers/ledger.go")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), "'handed'"); n < 2 {
		t.Fatalf("%s names the mark %d times: the control no longer knows where it is", file, n)
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, "ledger.go")
	overlay, _ := json.Marshal(map[string]any{"Replace": map[string]string{file: changed}})
	for name, text := range map[string]string{
		changed:                            strings.ReplaceAll(string(source), "'handed'", "'queued'"),
		filepath.Join(dir, "overlay.json"): string(overlay),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(dir, "redigest")
	if err := buildProgram(binary, "-overlay", filepath.Join(dir, "overlay.json")); err != nil {
		t.Fatal(err)
	}
	return binary
}
