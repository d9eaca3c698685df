//go:build e2e

package e2e

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The doors of the Postfix; see testdata/postfix/master.cf.
const (
	strictDoor  = "smtp+plain://127.0.0.1:25"
	laxDoor     = "smtp+plain://127.0.0.1:2525"
	greyDoor    = "smtp+plain://127.0.0.1:2526"
	onwardDoor  = "smtp+plain://127.0.0.1:2527"
	onwardTo    = "127.0.0.1:2600" // where what comes by the last one is handed on to
	mailboxUser = 5000             // owns the mailboxes
)

//go:embed testdata/postfix
var postfixFiles embed.FS

// A world is Postfix as all the mail servers that readers have. It lives as
// long as the sealed network.
type world struct{ dir string }

var postfix = sync.OnceValues(startPostfix)

func newWorld(t *testing.T) world {
	t.Helper()
	w, err := postfix()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func startPostfix() (world, error) {
	w := world{filepath.Join(os.TempDir(), "postfix")}
	owner, err := user.Lookup("postfix")
	if err != nil {
		return w, fmt.Errorf("find Postfix: %w", err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	for name, uid := range map[string]int{"etc": 0, "queue": 0, "log": 0, "data": uid, "mail": mailboxUser} {
		dir := filepath.Join(w.dir, name)
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chown(dir, uid, -1)); err != nil {
			return w, err
		}
	}
	if err := errors.Join(w.configure(), w.certify()); err != nil {
		return w, err
	}
	if out, err := exec.Command("postfix", "-c", filepath.Join(w.dir, "etc"), "start").CombinedOutput(); err != nil {
		return w, fmt.Errorf("start Postfix: %w\n%s%s", err, out, w.log())
	}
	for range 200 {
		if c, err := net.Dial("tcp", "127.0.0.1:25"); err == nil {
			return w, c.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	return w, fmt.Errorf("Postfix does not answer\n%s", w.log())
}

func (w world) configure() error {
	files, err := postfixFiles.ReadDir("testdata/postfix")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := postfixFiles.ReadFile("testdata/postfix/" + f.Name())
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("DIR"), []byte(w.dir))
		if err := os.WriteFile(filepath.Join(w.dir, "etc", f.Name()), text, 0o644); err != nil {
			return err
		}
	}
	var mailboxes strings.Builder
	mailboxes.WriteString("daily@example.org own/\nb@bounce.example.org returned/\nu@bounce.example.org returned/\n")
	for _, street := range []string{"world", "grey", "lax", "signed", "back", "safe"} { // one for each test
		for house := range 10 {
			fmt.Fprintf(&mailboxes, "%s%d@inbox.example inbox/%[1]s%[2]d/\n", street, house)
		}
	}
	return os.WriteFile(filepath.Join(w.dir, "etc", "mailboxes"), []byte(mailboxes.String()), 0o644)
}

func (w world) log() string {
	text, _ := os.ReadFile(filepath.Join(w.dir, "log", "mail.log"))
	return string(text)
}

func tail(log string) string {
	lines := strings.Split(log, "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}

// server runs a server in the foreground until the test ends, and waits until
// it answers at addr.
func server(t *testing.T, addr, name string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	t.Cleanup(func() {
		// Asked to end, it ends its children too.
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		late.Stop()
		if t.Failed() {
			t.Logf("%s said: %s", name, said.String())
		}
	})
	// Judges of spam read for a minute before they answer, on a busy machine.
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			return
		}
	}
	t.Fatalf("%s does not answer at %s: %s", name, addr, said.String())
}
