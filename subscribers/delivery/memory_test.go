//go:build unix

package delivery_test

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/smtptest"
)

// peak sends an issue of 56 kB to so many readers over 50 lines by a process of
// its own, and returns how much memory that had at most, in MB.
func peak(tb testing.TB, readers int) float64 {
	tb.Helper()
	b := newBed(tb)
	b.readers(readers)
	b.heavy()
	m := b.order()
	sink := smtptest.StartApart(tb, smtptest.SinkOptions{})
	sender, line := startOther(tb, sendVariable, fmt.Sprint(b.path, " smtp+plain://", sink.Addr, " 1 ", inOrder, " 50"))
	if line != "sending" {
		tb.Fatalf("the sender said %q", line)
	}
	if err := sender.Wait(); err != nil {
		tb.Fatal(err)
	}
	b.wantAccount(m, subscribers.Account{Planned: readers, Accepted: readers})
	if status, err := os.ReadFile(b.path + statusSuffix); err == nil {
		_, most, _ := strings.Cut(string(status), "VmHWM:")
		var kib float64
		if _, err := fmt.Sscan(most, &kib); err != nil {
			tb.Fatalf("the peak in %q: %v", status, err)
		}
		return kib * 1024 / 1e6
	}
	usage, ok := sender.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		tb.Fatal("the system does not say how much memory a process had")
	}
	octets := float64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // which alone counts octets
		octets *= 1024
	}
	return octets / 1e6
}

func TestMemoryDoesNotGrowWithTheList(t *testing.T) {
	t.Parallel()
	few, many := peak(t, 10_000), peak(t, 30_000)
	t.Logf("%.1f MB for 10,000 readers, %.1f MB for 30,000", few, many)
	// A tenth is what the rhythm of the garbage collector makes of it.
	if many > few*1.1+1 {
		t.Errorf("the sender needs %.1f MB for 10,000 readers and %.1f MB for 30,000", few, many)
	}
}

// BenchmarkMemory tells how much memory a sender has at most.
//
//	go test ./subscribers/delivery -run - -bench Memory -benchtime 1x
func BenchmarkMemory(b *testing.B) {
	for _, readers := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			most := 0.0
			for b.Loop() {
				most = max(most, peak(b, readers))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(most, "MB")
		})
	}
}
