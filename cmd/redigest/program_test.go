package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program itself, so that tests start real
// processes, and can kill them.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"redigest": main})
}

// A program is redigest in a folder of its own with a configuration.
type program struct {
	t    *testing.T
	dir  string
	base string // of the site
	env  []string
}

// newProgram writes a configuration; more is appended to it.
func newProgram(t *testing.T, more string) *program {
	t.Helper()
	address := freeAddress(t)
	p := &program{t: t, dir: t.TempDir(), base: "http://" + address}
	p.write("config.yaml", fmt.Sprintf(`
publication:
  name: Rare Earth Daily
  from: daily@example.org
  timezone: America/Denver
site:
  listen: %s
  base_url: %s
%s`, address, p.base, more))
	return p
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *program) path(name string) string { return filepath.Join(p.dir, name) }

func (p *program) write(name, text string) string {
	p.t.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
	return p.path(name)
}

func (p *program) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "redigest", args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), p.env...)
	return cmd
}

// run runs a command to its end and returns what it printed. A code other than
// want fails the test.
func (p *program) run(want int, args ...string) string {
	p.t.Helper()
	out, stderr, code := p.try(args...)
	if code != want {
		p.t.Fatalf("redigest %s ended with code %d, want %d\n%s%s", strings.Join(args, " "), code, want, out, stderr)
	}
	return out
}

func (p *program) try(args ...string) (stdout, stderr string, code int) {
	p.t.Helper()
	cmd := p.command(p.t.Context(), args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		p.t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// read runs a command that prints JSON.
func (p *program) read(into any, args ...string) {
	p.t.Helper()
	out := p.run(exitDone, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		p.t.Fatalf("redigest %s: %v in %s", strings.Join(args, " "), err, out)
	}
}

// A process is a running redigest serve.
type process struct {
	*program
	cmd  *exec.Cmd
	errs *bytes.Buffer
	done bool
}

// serve starts redigest serve and waits until it answers.
func (p *program) serve() *process {
	p.t.Helper()
	s := &process{program: p, cmd: p.command(context.Background(), "serve"), errs: &bytes.Buffer{}}
	s.cmd.Stderr = s.errs
	if err := s.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { s.end(syscall.SIGKILL) })
	p.eventually("the site answers", func() bool {
		r, err := http.Get(p.base + "/healthz")
		return err == nil && r.Body.Close() == nil && r.StatusCode == http.StatusOK
	})
	return s
}

// stop ends the process as an operator would, and requires that it ends well.
func (s *process) stop() {
	s.t.Helper()
	if err := s.end(syscall.SIGTERM); err != nil {
		s.t.Fatalf("serve ended with %v\n%s", err, s.errs)
	}
}

// kill ends the process as a power cut would.
func (s *process) kill() { _ = s.end(syscall.SIGKILL) }

func (s *process) end(sig syscall.Signal) error {
	if s.done {
		return nil
	}
	s.done = true
	if err := s.cmd.Process.Signal(sig); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// eventually waits for something that another process does.
func (p *program) eventually(what string, holds func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	p.t.Fatalf("waited in vain: %s", what)
}

// get and post return status and body.
func (p *program) get(address string) (int, string) {
	p.t.Helper()
	return p.answer(http.Get(address))
}

func (p *program) post(address string, form url.Values) (int, string) {
	p.t.Helper()
	return p.answer(http.PostForm(address, form))
}

func (p *program) answer(r *http.Response, err error) (int, string) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
