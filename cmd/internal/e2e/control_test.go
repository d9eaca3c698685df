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
		p.killedAt(far, smtptest.Body, 1+rand.IntN(killReaders), 0)
		p.must("issue", "send", "--day", "2026-02-03")
		twice += len(far.Twice())
	}
	if twice == 0 {
		t.Error("nobody was mailed twice by a sender that has no mark")
	}
	t.Logf("3 kills, %d readers mailed twice", twice)
}

// marks are the files of the outbox whose statements set the mark and settle
// what has it.
var marks = []string{"wanted.go", "book.go"}

// withoutMark builds the program with the ledger's mark taken out: what is
// handed over stands as queued until its answer is written down.
func withoutMark(t *testing.T) string {
	t.Helper()
	dir, replace := t.TempDir(), map[string]string{}
	for _, name := range marks {
		file, err := filepath.Abs(filepath.Join("../../../subscribers", name))
		if err != nil {
			t.Fatal(err)
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(source), "'handed'", "'queued'")
		if changed == string(source) {
			t.Fatalf("%s does not name the mark: the control no longer knows where it is", file)
		}
		replace[file] = filepath.Join(dir, name)
		if err := os.WriteFile(replace[file], []byte(changed), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644)
	}
	binary := filepath.Join(dir, "redigest")
	if err == nil {
		err = buildProgram(binary, "-overlay", filepath.Join(dir, "overlay.json"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return binary
}
