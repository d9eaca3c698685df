//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"redigest/subscribers/smtptest"
)

// TestPromise2AFifthPutOffAndOneInAHundredRefused mails to 20,000 by a relay
// that puts off every fifth reader once or twice, at every stage that is about
// a reader, and refuses one in a hundred.
func TestPromise2AFifthPutOffAndOneInAHundredRefused(t *testing.T) {
	const readers = 20_000
	far := smtptest.Start(t, smtptest.Options{Script: unreliable})
	p := copyProgram(t, prepareSend(t, readers), far.URL(), 20)

	a := p.send()
	if a.Deferred < readers/5*95/100 || a.Accepted == 0 {
		t.Errorf("the first time: %+v", a)
	}
	runs := 1
	for ; a.Queued+a.Deferred > 0 && runs < 6; runs++ {
		p.later()
		a = p.send()
	}
	if a.Accepted != readers*99/100 || a.Refused != readers/100 || a.State != "sent" {
		t.Errorf("in the end: %+v", a)
	}
	balance(t, a, p.ledger(), readers, far.Taken())
	for address, said := range p.listed("refused") {
		if reader(address)%100 != 7 || !strings.HasPrefix(said, "55") {
			t.Errorf("%s is refused: %s", address, said)
		}
	}
	t.Logf("%d runs: %+v", runs, a)
}

func reader(address string) (n int) {
	_, _ = fmt.Sscanf(address, "reader%d@", &n)
	return n
}

// unreliable is the relay's script.
func unreliable(e smtptest.Event) smtptest.Answer {
	n := reader(e.To)
	if e.To == "" {
		return smtptest.Answer{}
	}
	stages := []smtptest.Stage{smtptest.Rcpt, smtptest.Data, smtptest.Body}
	switch {
	case n%100 == 7 && e.Stage == stages[n/100%3]:
		return smtptest.Answer{Reply: "550 5.1.1 no such person"}
	case n%5 == 0 && e.Stage == stages[n/5%3] && e.Attempt <= 1+n%2:
		return smtptest.Answer{Reply: []string{"450 4.2.1 mailbox busy", "451 4.3.0 later", "452 4.2.2 over quota"}[n%3]}
	}
	return smtptest.Answer{}
}
