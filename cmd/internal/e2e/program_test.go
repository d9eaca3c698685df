//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program is redigest in a folder of its own.
type program struct {
	*testing.T
	binary string
	dir    string
	base   string // address of the site
	env    []string
}

// newProgram makes a folder with a configuration, to which more is appended.
func newProgram(t *testing.T, more string) *program {
	t.Helper()
	address := freeAddress(t)
	p := &program{T: t, binary: os.Getenv(sealedVariable), dir: t.TempDir(), base: "http://" + address}
	p.write("config.yaml", fmt.Sprintf("publication:\n  name: Rare Earth Daily\nsite:\n  listen: %s\n  base_url: %s\n%s", address, p.base, more))
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *program) write(name, text string) {
	p.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), p.binary, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	return cmd
}

// run runs a command and returns its output and exit code.
func (p *program) run(args ...string) (string, int) {
	p.Helper()
	cmd := p.command(args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		p.Fatal(err)
	}
	if errs.Len() > 0 {
		p.Logf("%s: %s", strings.Join(args, " "), errs.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

func (p *program) must(args ...string) string {
	p.Helper()
	out, code := p.run(args...)
	if code != 0 {
		p.Fatalf("redigest %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// answers reports whether an address answers that all is well.
func answers(address string) bool {
	r, err := http.Get(address)
	return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
}

func (p *program) eventually(what string, holds func() bool) {
	p.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if holds() {
			return
		}
	}
	p.Fatalf("waited in vain: %s", what)
}

// An account is what issue send --json prints.
type account struct {
	State                                                        string
	Planned, Queued, Handed, Deferred, Accepted, Refused, Failed int
	Uncertain, Withdrawn                                         int
	Deliveries                                                   []struct {
		Address, Enhanced, Reply string
		Code                     int
	}
}

func (p *program) account(out string) (a account) {
	p.Helper()
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		p.Fatalf("%v in %q", err, out)
	}
	return a
}

// prepareSend returns a folder with a story and so many confirmed readers.
func prepareSend(t *testing.T, readers int) string {
	p := newProgram(t, "")
	p.write("story.md", "---\ntitle: A Story for the Kill\ndate: 2026-02-03\nurl: https://www.example.org/kill/\nhighlights: [It goes to thousands.]\n---\n"+strings.Repeat("Some text. ", 400))
	p.must("story", "add", "story.md")
	var list strings.Builder
	for i := range readers {
		list.WriteString(readerAddress(i) + "\n")
	}
	p.write("readers.txt", list.String())
	p.must("subscriber", "import", "readers.txt", "--consent", "they are made up")
	return p.dir
}

// copyProgram returns a program in a copy of the prepared folder that mails to
// a relay over so many connections. more stands below the relay in its
// configuration.
func copyProgram(t *testing.T, ready, relay string, connections int, more ...string) *program {
	t.Helper()
	p := newProgram(t, fmt.Sprintf("mail:\n  relays:\n    - url: %s\n      connections: %d\n      messages_per_connection: 100000\n%s", relay, connections, strings.Join(more, "")))
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

// start starts a command whose end can be waited for.
func start(t *testing.T, cmd *exec.Cmd) (ended <-chan struct{}) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() { _ = cmd.Wait(); close(over) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-over })
	return over
}
