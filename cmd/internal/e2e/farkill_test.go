//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"redigest/subscribers/smtptest"
)

// TestPromise2TheFarEndKilledInMidSend kills the server that takes the mail,
// starts it again, and sends until nothing is owed.
func TestPromise2TheFarEndKilledInMidSend(t *testing.T) {
	ready := prepareSend(t, killReaders)
	uncertain := 0
	for i := range often(farKills, farKillsWhole) {
		t.Run(fmt.Sprintf("%02d", i), func(t *testing.T) {
			far := newMortal(t)
			connections, inFlight := 1+rand.IntN(20), oneOrMore(rand.IntN(16))
			p := copyProgram(t, ready, "smtp+plain://"+far.addr, connections, fmt.Sprintf("  in_flight: %d\n", inFlight))
			cmd := p.command("issue", "send", "--day", "2026-02-03")
			enough := int64(len(readerAddress(0))+1) * int64(1+rand.IntN(killReaders))
			ended := start(t, cmd)
			p.eventually("mail is going out", func() bool {
				s, err := os.Stat(far.log)
				return err == nil && s.Size() >= enough
			})
			far.kill()
			far.start()
			<-ended
			var a account
			runs := 1
			for ; runs < 5; runs++ {
				out, _ := p.run("issue", "send", "--day", "2026-02-03", "--json")
				if a = p.account(out); a.Queued+a.Deferred == 0 {
					break
				}
				p.later()
			}
			if a.Planned != a.Accepted+a.Uncertain || a.Uncertain > connections*inFlight {
				t.Errorf("with %d connections of %d in flight the account is %+v", connections, inFlight, a)
			}
			balance(t, a, p.ledger(), killReaders, far.taken())
			t.Logf("%d connections of %d in flight, %d uncertain, %d more runs", connections, inFlight, a.Uncertain, runs)
			uncertain += a.Uncertain
		})
	}
	t.Logf("%d deliveries uncertain", uncertain)
}

// TestARelayThatVanishesIsLeftAndTheOtherGoesOn kills one of two relays for
// good.
func TestARelayThatVanishesIsLeftAndTheOtherGoesOn(t *testing.T) {
	const connections = 5
	mortal, other := newMortal(t), smtptest.Start(t, smtptest.Options{})
	p := copyProgram(t, prepareSend(t, killReaders), "smtp+plain://"+mortal.addr, connections,
		fmt.Sprintf("    - url: %s\n      connections: %d\n", other.URL(), connections))
	over := start(t, p.command("issue", "send", "--day", "2026-02-03"))
	p.eventually("the first takes mail", func() bool { return len(mortal.taken()) > killReaders/10 })
	mortal.kill()
	<-over
	a := p.send()
	if a.Accepted+a.Uncertain != killReaders || a.Uncertain > connections {
		t.Errorf("the account is %+v", a)
	}
	taken := mortal.taken()
	for address, n := range other.Taken() {
		taken[address] += n
	}
	balance(t, a, p.ledger(), killReaders, taken)
	t.Logf("%d by the one, %d by the other, %d uncertain", len(mortal.taken()), other.Recipients(), a.Uncertain)
}
