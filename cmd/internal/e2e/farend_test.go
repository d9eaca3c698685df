//go:build e2e

package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"redigest/subscribers/smtptest"
)

// farVariable makes this test binary a mail server in a process of its own: it
// holds the address to listen on and the file that it logs to.
const farVariable = "REDIGEST_E2E_FAR"

// farEnd takes mail and, before it says so, logs to whom. What one write has
// handed to the kernel outlives the process.
func farEnd() int {
	addr, path, _ := strings.Cut(os.Getenv(farVariable), " ")
	log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_, err = smtptest.Listen(smtptest.Options{Addr: addr, Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body {
			return smtptest.Answer{}
		}
		if _, err := log.WriteString(e.To + "\n"); err != nil {
			return smtptest.Answer{Drop: true, Lost: true}
		}
		return smtptest.Answer{}
	}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println("ready")
	select {} // until it is killed
}

// A mortal is a far end that can be killed.
type mortal struct {
	*testing.T
	addr, log string
	cmd       *exec.Cmd
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	m := &mortal{T: t, addr: freeAddress(t), log: filepath.Join(t.TempDir(), "taken")}
	m.start()
	t.Cleanup(m.kill)
	return m
}

func (m *mortal) start() {
	m.Helper()
	self, err := os.Executable()
	if err != nil {
		m.Fatal(err)
	}
	m.cmd = exec.Command(self)
	m.cmd.Env = append(os.Environ(), farVariable+"="+m.addr+" "+m.log)
	m.cmd.Stderr = os.Stderr
	out, err := m.cmd.StdoutPipe()
	if err == nil {
		err = m.cmd.Start()
	}
	if err != nil {
		m.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		m.Fatalf("the far end said %q: %v", line, err)
	}
}

func (m *mortal) kill() {
	_ = m.cmd.Process.Kill()
	_ = m.cmd.Wait()
}

// taken returns how often a mail was taken for each reader.
func (m *mortal) taken() map[string]int {
	m.Helper()
	log, err := os.ReadFile(m.log)
	if err != nil && !os.IsNotExist(err) {
		m.Fatal(err)
	}
	times := map[string]int{}
	for address := range strings.FieldsSeq(string(log)) {
		times[address]++
	}
	return times
}

// A watched far end knows how far each connection has come.
type watched struct {
	*smtptest.Server
	mu      sync.Mutex
	last    map[int]smtptest.Event // of each connection on which a mail was begun
	stage   smtptest.Stage
	left    int // times that the stage is heard until it is reached
	reached chan struct{}
	held    <-chan struct{} // nobody is answered at the stage then, until it is closed
}

func newWatched(t *testing.T) *watched {
	w := &watched{last: map[int]smtptest.Event{}, reached: make(chan struct{})}
	w.Server = smtptest.Start(t, smtptest.Options{Script: w.hear})
	return w
}

// at returns a channel that is closed when the far end hears that stage for the
// nth time from now. With n of 0 it is closed already.
func (w *watched) at(stage smtptest.Stage, n int, held <-chan struct{}) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stage, w.left, w.held = stage, n, held
	if n == 0 {
		close(w.reached)
	}
	return w.reached
}

func (w *watched) hear(e smtptest.Event) smtptest.Answer {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.Message > 0 && e.Stage != smtptest.Quit {
		w.last[e.Conn] = e
	}
	if e.Stage != w.stage {
		return smtptest.Answer{}
	}
	if w.left--; w.left == 0 {
		close(w.reached)
	}
	if w.left <= 0 {
		return smtptest.Answer{Until: w.held}
	}
	return smtptest.Answer{}
}

// drained waits until the far end has read what was on its way.
func (w *watched) drained(p *program) {
	p.eventually("the far end has read what was on its way", func() bool { return w.Open() == 0 })
}
