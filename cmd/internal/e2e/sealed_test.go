//go:build e2e

package e2e

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

var whole = flag.Bool("whole", false, "run the long tests in their full length")

// sealedVariable names the program under test to the process that runs the
// tests in the sealed network.
const sealedVariable = "REDIGEST_E2E_PROGRAM"

// TestMain runs the tests in a network of their own: only loopback exists in
// it, names are asked of 127.0.0.1 alone, and nothing can leave the machine. It
// is a process space of its own too, so that no server outlives the tests
// however they end.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv(farVariable) != "" {
		os.Exit(farEnd())
	}
	run := seal
	if os.Getenv(sealedVariable) != "" {
		run = func() (int, error) { return sealed(m) }
	}
	code, err := run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// seal builds the program, while modules can still be had, and runs this test
// binary again in new namespaces.
func seal() (int, error) {
	dir, err := os.MkdirTemp("", "redigest-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	binary := filepath.Join(dir, "redigest")
	if err := buildProgram(binary); err != nil {
		return 1, err
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	// The death signal is bound to the thread that starts the process.
	runtime.LockOSThread()
	cmd := exec.Command(self, os.Args[1:]...)
	cmd.Env = append(os.Environ(), sealedVariable+"="+binary, "TMPDIR="+dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, fmt.Errorf("enter a sealed network, which needs root: %w", err)
	}
	return 0, nil
}

// sealed makes the new namespaces fit to live in and runs the tests.
func sealed(m *testing.M) (int, error) {
	// What is mounted here must not be seen outside.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return 1, fmt.Errorf("part the mounts: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return 1, fmt.Errorf("mount /proc: %w", err)
	}
	if out, err := exec.Command("ip", "link", "set", "lo", "up").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("raise loopback: %w: %s", err, out)
	}
	// Servers that run as other users must find their folders below this one.
	if err := os.Chmod(os.TempDir(), 0o755); err != nil {
		return 1, err
	}
	resolver := filepath.Join(os.TempDir(), "resolv.conf")
	if err := os.WriteFile(resolver, []byte("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"), 0o644); err != nil {
		return 1, err
	}
	if err := unix.Mount(resolver, "/etc/resolv.conf", "", unix.MS_BIND, ""); err != nil {
		return 1, fmt.Errorf("seal the resolver: %w", err)
	}
	return m.Run(), nil
}

func buildProgram(binary string, flags ...string) error {
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), "-o", binary, "../../redigest")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the program: %w\n%s", err, out)
	}
	return nil
}
