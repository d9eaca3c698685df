package smtptest_test

import (
	"bufio"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

func TestMain(m *testing.M) {
	smtptest.Main()
	os.Exit(m.Run())
}

func TestASinkCountsEveryMessageOfAFlood(t *testing.T) {
	t.Parallel()
	msg := []byte("Subject: x\r\n\r\n" + strings.Repeat("..a line\r\n.\tnot the end\r\n", 4000))
	sink := smtptest.StartApart(t, smtptest.SinkOptions{})
	for lines, n := range map[int]int{1: 1, 3: 10, 8: 5} {
		before := sink.Taken(t)
		if err := smtptest.Flood(t.Context(), sink.Addr, lines, n, msg); err != nil {
			t.Fatal(err)
		}
		if got := sink.Taken(t) - before; got != int64(n) {
			t.Errorf("%d lines: the sink took %d, want %d", lines, got, n)
		}
	}
}

func TestASinkFindsTheEndWhereverAReadEnds(t *testing.T) {
	t.Parallel()
	sink, err := smtptest.ListenSink(smtptest.SinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	c, err := net.Dial("tcp", sink.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	in := bufio.NewScanner(c)
	hear := func(want string) {
		t.Helper()
		if !in.Scan() || !strings.HasPrefix(in.Text(), want) {
			t.Fatalf("it said %q, want %s", in.Text(), want)
		}
	}
	hear("220")
	for _, octet := range []byte("DATA\r\na\r\n.\rb\n.\r\nc\r\n.\r\n") {
		if _, err := c.Write([]byte{octet}); err != nil {
			t.Fatal(err)
		}
	}
	hear("354")
	hear("250")
	if _, err := c.Write([]byte("DATA\r\n.\r\n")); err != nil {
		t.Fatal(err)
	}
	hear("354")
	hear("250")
	if sink.Taken() != 2 {
		t.Errorf("%d messages", sink.Taken())
	}
}

func TestAFarSinkTakesItsTime(t *testing.T) {
	t.Parallel()
	const delay = 10 * time.Millisecond
	sink := smtptest.StartApart(t, smtptest.SinkOptions{Delay: delay, ReadSize: 64})
	start := time.Now()
	if err := smtptest.Flood(t.Context(), sink.Addr, 1, 4, []byte("a message that is read in many pieces\r\n")); err != nil {
		t.Fatal(err)
	}
	// Greeting, EHLO, the first commands, and four messages.
	if took := time.Since(start); took < 7*delay {
		t.Errorf("seven answers took %v", took)
	}
}
