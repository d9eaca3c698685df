package smtptest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// Flood sends n copies of a message over so many lines, in the plainest way
// that is fast: the message is ready, dot-stuffed and ending CRLF, and copied
// for each reader; the commands for the next go out in one write with it (RFC
// 2920); and nothing is written down. It is what a sender that does more is
// measured against.
func Flood(ctx context.Context, addr string, lines, n int, msg []byte) error {
	var running sync.WaitGroup
	errs := make([]error, lines)
	for i := range lines {
		share := n / lines
		if i < n%lines {
			share++
		}
		running.Go(func() { errs[i] = pour(ctx, addr, share, msg) })
	}
	running.Wait()
	return errors.Join(errs...)
}

const (
	floodHello    = "EHLO flood.example\r\n"
	floodCommands = "MAIL FROM:<bounce@example.org>\r\nRCPT TO:<reader@example.com>\r\nDATA\r\n"
)

func pour(ctx context.Context, addr string, n int, msg []byte) error {
	if n == 0 {
		return nil
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("connect to flood: %w", err)
	}
	defer c.Close()
	in := bufio.NewReader(c)
	if err := exchange(c, in, nil, "220"); err != nil {
		return err
	}
	if err := exchange(c, in, []byte(floodHello), "250"); err != nil {
		return err
	}
	if err := exchange(c, in, []byte(floodCommands), "250", "250", "354"); err != nil {
		return err
	}
	var out []byte
	for range n - 1 {
		out = append(append(out[:0], msg...), ".\r\n"+floodCommands...)
		if err := exchange(c, in, out, "250", "250", "250", "354"); err != nil {
			return err
		}
	}
	return exchange(c, in, append(append(out[:0], msg...), ".\r\nQUIT\r\n"...), "250", "221")
}

// exchange writes something and reads so many replies with these codes.
func exchange(c net.Conn, in *bufio.Reader, say []byte, codes ...string) error {
	if _, err := c.Write(say); err != nil {
		return fmt.Errorf("flood: %w", err)
	}
	for _, code := range codes {
		for more := true; more; {
			line, err := in.ReadSlice('\n')
			if err != nil {
				return fmt.Errorf("flood: %w", err)
			}
			if len(line) < 5 || string(line[:3]) != code {
				return fmt.Errorf("flood: the far end said %q, not %s", line, code)
			}
			more = line[3] == '-'
		}
	}
	return nil
}
