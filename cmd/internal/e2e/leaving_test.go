//go:build e2e

package e2e

import (
	"slices"
	"testing"

	"redigest/subscribers/smtptest"
)

const (
	leavingReaders     = 500
	leavingConnections = 5
)

// A midSend is a send that has come to its middle: the far end gives no answer
// until it is let go on.
type midSend struct {
	*program
	far  *smtptest.Server
	on   chan struct{}
	over <-chan struct{}
}

func newMidSend(t *testing.T) *midSend {
	t.Helper()
	m := &midSend{on: make(chan struct{})}
	half := make(chan struct{})
	left := leavingReaders / 2
	turn := make(chan struct{}, 1)
	m.far = smtptest.Start(t, smtptest.Options{Keep: true, Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body {
			return smtptest.Answer{}
		}
		turn <- struct{}{}
		defer func() { <-turn }()
		if left--; left == 0 {
			close(half)
		}
		if left <= 0 {
			return smtptest.Answer{Until: m.on}
		}
		return smtptest.Answer{}
	}})
	m.program = copyProgram(t, prepareSend(t, leavingReaders), m.far.URL(), leavingConnections)
	m.over = start(t, m.command("issue", "send", "--day", "2026-02-03"))
	select {
	case <-half:
	case <-m.over:
		t.Fatal("the send ended by itself")
	}
	return m
}

// goOn lets the far end answer again and waits until the sender has ended.
func (m *midSend) goOn() {
	close(m.on)
	<-m.over
}

// Readers are suppressed, by another process, while the issue goes out: those
// who are not being handed over are not mailed.
func TestPromise3WhoIsSuppressedInMidSendGetsNothingMore(t *testing.T) {
	m := newMidSend(t)
	mailed := m.far.Taken()
	var gone []string
	for i := 0; i < leavingReaders && len(gone) < 50; i++ {
		if address := readerAddress(leavingReaders - 1 - i); mailed[address] == 0 {
			gone = append(gone, address)
		}
	}
	for _, address := range gone {
		m.must("subscriber", "suppress", address)
	}
	handed := m.ledger().all("handed")
	m.goOn()
	a := m.send()
	taken := m.far.Taken()
	for _, address := range gone {
		if taken[address] > 0 && !slices.Contains(handed, address) {
			t.Errorf("%s was suppressed and mailed after that", address)
		}
	}
	if a.Withdrawn < len(gone)-leavingConnections || a.Accepted+a.Withdrawn != leavingReaders {
		t.Errorf("of %d, %d left: %+v", leavingReaders, len(gone), a)
	}
}
