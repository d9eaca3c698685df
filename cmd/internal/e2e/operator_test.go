//go:build e2e

package e2e

import (
	"os/exec"
	"regexp"
	"slices"
	"testing"

	"redigest/subscribers/smtptest"
)

const (
	operatorReaders     = 500
	operatorConnections = 5
)

// A midSend is a send that has come to its middle: the far end gives no answer
// until it is let go on.
type midSend struct {
	*program
	far  *smtptest.Server
	on   chan struct{}
	cmd  *exec.Cmd
	over <-chan struct{}
}

func newMidSend(t *testing.T) *midSend {
	t.Helper()
	m := &midSend{on: make(chan struct{})}
	half := make(chan struct{})
	left := operatorReaders / 2
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
	m.program = copyProgram(t, prepareSend(t, operatorReaders), m.far.URL(), operatorConnections, 1)
	m.cmd = m.command("issue", "send", "--day", "2026-02-03")
	m.over = start(t, m.cmd)
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

func (m *midSend) status() account {
	m.Helper()
	return m.account(m.must("issue", "status", "--day", "2026-02-03", "--json"))
}

// What was handed over when the operator spoke may still be taken, and so may
// one more on each connection that was offered by then.
const onTheWay = operatorConnections

func TestAnIssueIsHeldAndReleasedInMidSend(t *testing.T) {
	m := newMidSend(t)
	before := m.far.Recipients()
	m.must("issue", "hold", "--day", "2026-02-03")
	m.goOn()
	a := m.status()
	if n := m.far.Recipients(); n > before+onTheWay || a.Queued == 0 || a.Accepted != n {
		t.Errorf("%d were mailed when it was held, and %d in the end: %+v", before, n, a)
	}
	m.run("issue", "send", "--day", "2026-02-03")
	if again := m.status(); again.Accepted != a.Accepted {
		t.Errorf("while it is held issue send mails on: %+v", again)
	}
	m.must("issue", "release", "--day", "2026-02-03")
	m.send()
	if a := m.status(); a.Accepted != operatorReaders || len(m.far.Twice()) > 0 {
		t.Errorf("after its release: %+v, and twice to %v", a, m.far.Twice())
	}
}

func TestAnIssueIsCancelledInMidSend(t *testing.T) {
	m := newMidSend(t)
	before := m.far.Recipients()
	m.must("issue", "cancel", "--day", "2026-02-03")
	m.goOn()
	m.send()
	a := m.status()
	if a.Accepted > before+onTheWay || a.Accepted+a.Withdrawn != operatorReaders || a.Accepted != m.far.Recipients() {
		t.Errorf("%d were mailed when it was cancelled, and %d in the end: %+v", before, m.far.Recipients(), a)
	}
}

// Half the list leaves while the issue goes out: those who were not mailed yet
// are not mailed.
func TestPromise3WhoIsSuppressedInMidSendGetsNothingMore(t *testing.T) {
	m := newMidSend(t)
	mailed := m.far.Taken()
	var gone []string
	for i := 0; i < operatorReaders && len(gone) < 50; i++ {
		if address := readerAddress(operatorReaders - 1 - i); mailed[address] == 0 {
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
	if a.Withdrawn < len(gone)-operatorConnections || a.Accepted+a.Withdrawn != operatorReaders {
		t.Errorf("of %d, %d left: %+v", operatorReaders, len(gone), a)
	}
}

// What a kill has left uncertain is sent again when the operator says so, and
// the second copy is the same mail.
func TestTheUncertainAreSentAgainOnTheOperatorsWordAlone(t *testing.T) {
	m := newMidSend(t)
	_ = m.cmd.Process.Kill()
	m.goOn()
	a := m.send()
	if a.Uncertain == 0 || a.Accepted+a.Uncertain != operatorReaders || len(m.far.Twice()) > 0 {
		t.Fatalf("after the kill: %+v, twice to %v", a, m.far.Twice())
	}
	uncertain := m.listed("uncertain")
	m.must("issue", "resend", "--uncertain", "--late", "--day", "2026-02-03")
	if a := m.status(); a.Accepted != operatorReaders {
		t.Errorf("after they were sent again: %+v", a)
	}
	if twice := m.far.Twice(); len(twice) == 0 {
		t.Error("nobody got a second copy of what had arrived after all")
	}
	ids := map[string]string{}
	for _, mail := range m.far.Messages() {
		to, id := mail.To[0], regexp.MustCompile(`(?m)^Message-ID: .*`).FindString(string(mail.Data))
		first, again := ids[to]
		if again && (first != id || uncertain[to] == "") {
			t.Errorf("%s got %s and %s", to, first, id)
		}
		ids[to] = id
	}
}
