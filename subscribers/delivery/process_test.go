package delivery_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// With one of these in its environment the test binary is another process: one
// that takes the lock of a database and keeps it, or one that sends.
const (
	holdVariable = "REDIGEST_TEST_HOLD_LOCK"
	sendVariable = "REDIGEST_TEST_SEND" // the database, the relay's URL
)

func TestMain(m *testing.M) {
	smtptest.Main()
	switch {
	case os.Getenv(holdVariable) != "":
		os.Exit(hold(os.Getenv(holdVariable)))
	case os.Getenv(sendVariable) != "":
		args := strings.Fields(os.Getenv(sendVariable))
		code := send(args)
		noteStatus(args[0])
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// noteStatus leaves beside the database what Linux says of this process: asked
// by its parent, Linux counts as memory of a process what the parent had when it
// started it.
func noteStatus(path string) {
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		_ = os.WriteFile(path+statusSuffix, status, 0o600)
	}
}

const statusSuffix = ".status"

func hold(path string) int {
	if _, err := delivery.Lock(path); err != nil {
		return 1
	}
	os.Stdout.WriteString("locked\n")
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// startOther starts the test binary as another process and returns its first
// line. It ends with the test.
func startOther(tb testing.TB, variable, value string) (*exec.Cmd, string) {
	tb.Helper()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), variable+"="+value)
	stdin, err := other.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	stdout, err := other.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := other.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		stdin.Close()
		_ = other.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return other, strings.TrimSpace(line)
}
