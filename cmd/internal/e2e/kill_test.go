//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

const killReaders = 5000

// How often the sender and the far end are killed, and in the full length.
const (
	kills, killsWhole       = 20, 300
	farKills, farKillsWhole = 4, 20
)

func often(usual, full int) int {
	if *whole {
		return full
	}
	return usual
}

// An aim says when a kill comes: when the far end has heard a command of a
// random reader, which it then gives no answer to; a moment after it has taken a
// random number of mails; or early, before or while the first mail goes out.
type aim string

const (
	anywhere aim = "anywhere"
	early    aim = "early"
)

var aims = []aim{
	anywhere, aim(smtptest.Mail), early, aim(smtptest.Data), aim(smtptest.Body),
	anywhere, aim(smtptest.Rcpt), aim(smtptest.Quit), aim(smtptest.Hello), anywhere,
}

// What a kill can hit besides the phases of a mailing before its first mail. In
// mid-send it may be several at once, each on another connection.
const (
	untouched = "before the first mail"
	offered   = "with a mail offered and not marked"
	marked    = "with a mail marked that the far end has not taken whole"
	unsettled = "with a mail taken and its answer not written down"
	settled   = "with every answer written down"
	over      = "after the last mail"
)

// TestPromise2KilledInMidSend kills the program once in each send to 5,000
// readers, sends again, and compares the account with what the far end saw, both
// after the kill and in the end.
func TestPromise2KilledInMidSend(t *testing.T) {
	k := newKiller(t)
	n := often(kills, killsWhole)
	for i := range n {
		k.kill(i, aims[i%len(aims)])
	}
	k.report(n)
}

// A killer kills one send after another and counts what its kills hit.
type killer struct {
	*testing.T
	ready     string
	whole     time.Duration // of a send that is not killed
	chance    *rand.Rand
	hits      map[string]int // in how many kills the sender was at what
	midSend   int
	uncertain int
}

func newKiller(t *testing.T) *killer {
	seed := uint64(time.Now().UnixNano())
	k := &killer{T: t, ready: prepareSend(t, killReaders), chance: rand.New(rand.NewPCG(seed, 0)), hits: map[string]int{}}
	far := newWatched(t)
	p := copyProgram(t, k.ready, far.URL(), 10)
	began := time.Now()
	a := p.account(p.must("issue", "send", "--day", "2026-02-03", "--json"))
	k.whole = time.Since(began)
	if a.Accepted != killReaders {
		t.Fatalf("an undisturbed send: %+v", a)
	}
	balance(t, a, p.ledger(), killReaders, far.Taken())
	t.Logf("seed %d; a send that is not killed takes %v", seed, k.whole)
	return k
}

func (k *killer) kill(i int, a aim) {
	k.Run(fmt.Sprintf("%03d", i), func(t *testing.T) {
		far := newWatched(t)
		connections, inFlight := 1+k.chance.IntN(20), oneOrMore(k.chance.IntN(16))
		p := copyProgram(t, k.ready, far.URL(), connections, fmt.Sprintf("  in_flight: %d\n", inFlight))
		k.strike(p, far, a)
		k.after(p, far)
		k.again(p, far, connections*inFlight)
	})
}

// oneOrMore returns how many mails a connection may have in flight, by chance
// from 0 up to 15: one as by default, or up to eight.
func oneOrMore(chance int) int { return max(1, chance-7) }

// strike sends and kills the sender.
func (k *killer) strike(p *program, far *watched, a aim) {
	some := 1 + k.chance.IntN(killReaders)
	moment := func(most time.Duration) time.Duration { return time.Duration(k.chance.Int64N(int64(most))) }
	switch a {
	case early:
		p.killedAt(far, "", 0, moment(k.whole/4))
	case anywhere:
		p.killedAt(far, smtptest.Body, some, moment(5*time.Millisecond))
	case aim(smtptest.Hello), aim(smtptest.Quit): // there is one of a connection
		p.killedAt(far, smtptest.Stage(a), 1, 0)
	default:
		p.killedAt(far, smtptest.Stage(a), some, 0)
	}
}

// killedAt sends, and kills the sender a while after the far end has heard a
// stage for the nth time, or after it was started if there is no stage. Without
// a while the far end gives no answer any more.
func (p *program) killedAt(far *watched, stage smtptest.Stage, n int, after time.Duration) {
	cmd := p.command("issue", "send", "--day", "2026-02-03")
	over := start(p.T, cmd)
	held := over
	if after > 0 {
		held = nil
	}
	reached := far.at(stage, n, held)
	select {
	case <-reached:
		time.Sleep(after)
		_ = cmd.Process.Kill() // it may have ended by itself
	case <-over:
	}
	<-over
	far.drained(p)
}

// after looks at what the kill has left: the far end may have taken what was
// handed over, and nothing else that is not accepted.
func (k *killer) after(p *program, far *watched) {
	l := p.ledger()
	if l.phase != planned {
		if n := far.Recipients(); n > 0 {
			p.Errorf("%d were mailed %s", n, l.phase)
		}
		k.count(l, far, nil)
		return
	}
	handed := l.all("handed")
	a := account{Planned: len(l.states), Queued: l.in("queued"), Accepted: l.in("accepted"), Uncertain: len(handed)}
	k.count(l, far, handed)
	for _, address := range handed {
		l.states[address] = "uncertain"
	}
	balance(p.T, a, l, killReaders, far.Taken())
}

// count notes what the kill hit.
func (k *killer) count(l ledger, far *watched, handed []string) {
	switch {
	case l.phase != planned:
		k.hits[l.phase]++
		return
	case len(far.last) == 0:
		k.hits[untouched]++
		return
	case l.in("queued")+len(handed) == 0:
		k.hits[over]++
		return
	}
	k.midSend++
	taken, found := far.Taken(), map[string]bool{}
	for _, address := range handed {
		found[map[int]string{0: marked, 1: unsettled}[taken[address]]] = true
	}
	for _, e := range far.last {
		if e.To != "" && l.states[e.To] == "queued" {
			found[offered] = true
		}
	}
	if len(handed) == 0 {
		found[settled] = true
	}
	for what := range found {
		k.hits[what]++
	}
}

// again sends again, and nothing may be missing or double then. At most so many
// mails may be uncertain.
func (k *killer) again(p *program, far *watched, most int) {
	out, code := p.run("issue", "send", "--day", "2026-02-03", "--json")
	a := p.account(out)
	if a.State != "sent" || a.Planned != a.Accepted+a.Uncertain || a.Uncertain > most {
		p.Errorf("with %d mails in flight at most the account is %+v", most, a)
	}
	if wantCode := map[bool]int{true: 1, false: 0}[a.Uncertain > 0]; code != wantCode {
		p.Errorf("exit code %d with %d uncertain", code, a.Uncertain)
	}
	balance(p.T, a, p.ledger(), killReaders, far.Taken())
	k.uncertain += a.Uncertain
}

// report prints what the kills hit, and fails when a state was never hit in
// which it matters what the order of commits is.
func (k *killer) report(kills int) {
	k.Logf("%d kills, %d of them while mail was going out; %d deliveries uncertain", kills, k.midSend, k.uncertain)
	for _, what := range slices.Sorted(maps.Keys(k.hits)) {
		k.Logf("%6d  %s", k.hits[what], what)
	}
	if k.midSend*3 < kills {
		k.Errorf("only %d of %d kills hit a send: the test is blind", k.midSend, kills)
	}
	for _, what := range []string{untouched, marked, unsettled, over} {
		if k.hits[what] == 0 {
			k.Errorf("no kill came %s", what)
		}
	}
}
