//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

const (
	kills           = 50
	killReaders     = 2000
	killConnections = 10
)

// TestPromise2KilledInMidSend kills the program at a random moment of a send to
// 2,000 readers, sends again, and compares the account with what the far end
// saw.
func TestPromise2KilledInMidSend(t *testing.T) {
	ready := prepareSend(t)
	whole := wholeSend(t, ready)
	t.Logf("a send that is not killed takes %v", whole)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	inMidSend, uncertain := 0, 0
	for i := range kills {
		hit, lost := killedSend(t, ready, i, time.Duration(chance.Float64()*float64(whole)))
		uncertain += lost
		if hit {
			inMidSend++
		}
	}
	t.Logf("%d kills, %d of them while mail was going out, %d deliveries uncertain", kills, inMidSend, uncertain)
	if inMidSend*2 < kills {
		t.Errorf("only %d of %d kills hit a send: the test is blind", inMidSend, kills)
	}
}

// prepareSend returns a folder with a story and 2,000 confirmed readers.
func prepareSend(t *testing.T) string {
	p := newProgram(t, "")
	p.write("story.md", "---\ntitle: A Story for the Kill\ndate: 2026-02-03\nurl: https://www.example.org/kill/\nhighlights: [It goes to two thousand.]\n---\n"+strings.Repeat("Some text. ", 400))
	p.must("story", "add", "story.md")
	var readers strings.Builder
	for i := range killReaders {
		fmt.Fprintf(&readers, "reader%d@example.org\n", i)
	}
	p.write("readers.txt", readers.String())
	p.must("subscriber", "import", "readers.txt", "--consent", "they are made up")
	return p.dir
}

// copyProgram returns a program in a copy of the prepared folder that mails to
// far.
func copyProgram(t *testing.T, ready string, far *smtptest.Server) *program {
	p := newProgram(t, fmt.Sprintf("mail:\n  relays:\n    - url: %s\n      connections: %d\n", far.URL(), killConnections))
	for _, name := range []string{"redigest.db", "redigest.db-wal"} {
		data, err := os.ReadFile(filepath.Join(ready, name))
		if os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(p.dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func wholeSend(t *testing.T, ready string) time.Duration {
	far := smtptest.Start(t, smtptest.Options{})
	p := copyProgram(t, ready, far)
	began := time.Now()
	a := p.account(p.must("issue", "send", "--day", "2026-02-03", "--json"))
	took := time.Since(began)
	if a.Planned != killReaders || a.Accepted != killReaders || far.Recipients() != killReaders {
		t.Fatalf("an undisturbed send: %+v, the far end saw %d", a, far.Recipients())
	}
	return took
}

// killedSend kills one send after a while and finishes it with a second. It
// reports whether mail was going out when the kill came, and how many
// deliveries became uncertain.
func killedSend(t *testing.T, ready string, i int, after time.Duration) (hit bool, uncertain int) {
	far := smtptest.Start(t, smtptest.Options{})
	p := copyProgram(t, ready, far)
	cmd := p.command("issue", "send", "--day", "2026-02-03")
	kill(t, cmd, after)
	seen := far.Recipients()

	out, code := p.run("issue", "send", "--day", "2026-02-03", "--json")
	a := p.account(out)
	if a.Planned != killReaders || a.Planned != a.Accepted+a.Uncertain || a.State != "sent" {
		t.Errorf("kill %d after %v: the account is %+v", i, after, a)
	}
	if wantCode := map[bool]int{true: 1, false: 0}[a.Uncertain > 0]; code != wantCode {
		t.Errorf("kill %d: exit code %d with %d uncertain", i, code, a.Uncertain)
	}
	if a.Uncertain > killConnections {
		t.Errorf("kill %d: %d are uncertain, more than the %d connections", i, a.Uncertain, killConnections)
	}
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("kill %d: mailed twice: %v", i, twice)
	}
	unknown := map[string]bool{}
	for _, d := range p.account(p.must("issue", "status", "--day", "2026-02-03", "--state", "uncertain", "--json")).Deliveries {
		unknown[d.Address] = true
	}
	taken := far.Taken()
	for n := range killReaders {
		if address := fmt.Sprintf("reader%d@example.org", n); taken[address] == 0 && !unknown[address] {
			t.Errorf("kill %d: %s was never mailed and is not uncertain", i, address)
		}
	}
	return seen > 0 && seen < killReaders, a.Uncertain
}

// kill runs cmd and kills it after a while, as a power cut would.
func kill(t *testing.T, cmd *exec.Cmd, after time.Duration) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()
}
