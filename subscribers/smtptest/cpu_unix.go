//go:build unix

package smtptest

import (
	"syscall"
	"testing"
	"time"
)

// CPU returns how long processors have worked for this process, in it and in
// the kernel.
func CPU(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
