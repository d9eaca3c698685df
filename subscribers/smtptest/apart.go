package smtptest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// sinkVariable tells a test binary to be a sink and nothing else.
const sinkVariable = "REDIGEST_TEST_SINK"

// A DistantSink is a sink in a process of its own.
type DistantSink struct {
	Addr string

	ask  io.Writer
	hear *bufio.Scanner
}

// StartApart starts a sink in another process, so that what it costs is not
// counted as the sender's. It ends with the test. The process is this test
// binary once more, so the package's TestMain must begin with [Main].
func StartApart(tb testing.TB, o SinkOptions) *DistantSink {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	settings, err := json.Marshal(o)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), sinkVariable+"="+string(settings))
	cmd.Stderr = os.Stderr
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		tb.Fatal(err1, err2)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Errorf("the sink ended with %v", err)
		}
	})
	s := &DistantSink{ask: in, hear: bufio.NewScanner(out)}
	if !s.hear.Scan() {
		tb.Fatal("the sink did not start; does TestMain call smtptest.Main?")
	}
	s.Addr = strings.TrimSpace(s.hear.Text())
	return s
}

// Taken returns how many messages ended there.
func (s *DistantSink) Taken(tb testing.TB) (n int64) {
	tb.Helper()
	if _, err := fmt.Fprintln(s.ask, "taken"); err != nil || !s.hear.Scan() {
		tb.Fatalf("ask the sink what it took: %v", err)
	}
	if _, err := fmt.Sscan(s.hear.Text(), &n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// Main is for the first line of a TestMain. In the process that [StartApart]
// started it is a sink until its input ends, and does not return.
func Main() {
	settings, apart := os.LookupEnv(sinkVariable)
	if !apart {
		return
	}
	if err := serveApart(settings); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func serveApart(settings string) error {
	var o SinkOptions
	if err := json.Unmarshal([]byte(settings), &o); err != nil {
		return fmt.Errorf("read the sink's options: %w", err)
	}
	s, err := ListenSink(o)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println(s.Addr())
	for questions := bufio.NewScanner(os.Stdin); questions.Scan(); {
		fmt.Println(s.Taken())
	}
	return nil
}
