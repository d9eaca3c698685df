//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A dkimJudge says of each signature of a mail whether it holds. It returns a
// line for each that holds, “selector algorithm”, sorted.
type dkimJudge func(t *testing.T, file, mail string) []string

var dkimJudges = map[string]dkimJudge{"dkimpy": dkimpy, "mailauth": mailauth, "OpenDKIM": openDKIM}

func dkimpy(t *testing.T, file, _ string) []string {
	return held(t, exec.Command(debianPython, "testdata/judges/judge.py", file))
}

// mailauth is Node's; .ci/run installs it with the script beside it, because
// Node looks for packages beside the script.
func mailauth(t *testing.T, file, _ string) []string {
	return held(t, exec.Command("node", filepath.Join(os.Getenv("REDIGEST_JUDGES"), "judge.mjs"), file))
}

// held reads lines of selector, algorithm and result.
func held(t *testing.T, cmd *exec.Cmd) (passed []string) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	for line := range strings.Lines(string(out)) {
		selector, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if algorithm, result, _ := strings.Cut(rest, " "); result == "pass" {
			passed = append(passed, selector+" "+algorithm)
		}
	}
	slices.Sort(passed)
	return passed
}

var (
	signatureField = regexp.MustCompile(`(?m)^DKIM-Signature:.*\r\n(?:[ \t].*\r\n)*`)
	selectorTag    = regexp.MustCompile(`[;\s]s=\s*([^;\s]+)`)
	algorithmTag   = regexp.MustCompile(`[;\s]a=\s*([^;\s]+)`)
)

// openDKIM is content with one signature that holds, so it is shown the mail
// with one at a time.
func openDKIM(t *testing.T, _, mail string) (passed []string) {
	t.Helper()
	signatures := signatureField.FindAllString(mail, -1)
	for i, one := range signatures {
		alone := mail
		for j, other := range signatures {
			if j != i {
				alone = strings.Replace(alone, other, "", 1)
			}
		}
		cmd := exec.Command("opendkim-testmsg")
		cmd.Stdin = strings.NewReader(alone)
		out, err := cmd.CombinedOutput()
		if exit, ok := err.(*exec.ExitError); err != nil && (!ok || exit.ExitCode() < 0) {
			t.Fatal(err)
		}
		if err == nil && len(out) == 0 {
			passed = append(passed, selectorTag.FindStringSubmatch(one)[1]+" "+algorithmTag.FindStringSubmatch(one)[1])
		}
	}
	slices.Sort(passed)
	return passed
}

// requireDKIM has a mail judged by every judge; each must find exactly these
// signatures to hold.
func requireDKIM(t *testing.T, mail string, want ...string) {
	t.Helper()
	file := mailFile(t, mail)
	for name, judge := range dkimJudges {
		if got := judge(t, file, mail); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("for %s these hold: %v, not %v", name, got, want)
		}
	}
}
