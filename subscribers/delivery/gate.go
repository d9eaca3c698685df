package delivery

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A gate stands before a relay. While the relay works everyone passes. When it
// fails, nobody does for a while that grows with each failure; then one goes
// first, and only when that one gets through may the others follow.
type gate struct {
	patience int    // after so many failures in a row the relay is given up; 0: never
	given    func() // called when it is; it must not wait
	state    func(RelayState)

	mu       sync.Mutex
	failures int   // in a row
	silences int   // those of them for which the relay was stopped as silent
	rested   bool  // the pause after the last failure is over
	probing  bool  // one has gone first
	stopped  error // why the relay is given up
	turn     int   // counts failures and recoveries
	changed  chan struct{}
}

// A pass is what one who went through a gate has to show to report back.
type pass struct {
	turn  int
	first bool // went first after a failure
}

// newGate returns an open gate. Both functions are called while it is locked.
func newGate(patience int, given func(), state func(RelayState)) *gate {
	state(RelayOpen)
	return &gate{patience: patience, given: given, state: state, changed: make(chan struct{})}
}

// begin makes the gate ready for a turn. Where a relay may be given up, every turn
// tries it anew; else it is left alone for as long as the last turn found right,
// although that ended for another reason.
func (g *gate) begin(patience int, given func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if patience > 0 || g.stopped != nil {
		g.failures, g.silences, g.stopped = 0, 0, nil
		g.turn++
		g.state(RelayOpen)
	}
	g.patience, g.given = patience, given
	g.probing = false // who went first went with the last turn
}

// enter waits until the caller may try the relay. It reports false when ctx is
// done or the relay is given up. Whoever has passed reports back once, by
// report or release.
func (g *gate) enter(ctx context.Context) (pass, bool) {
	for {
		p, ok, changed := g.try()
		if ok || changed == nil {
			return p, ok
		}
		select {
		case <-ctx.Done():
			return pass{}, false
		case <-changed:
		}
	}
}

// try lets the caller pass, or returns what to wait for: nil when it will never
// pass.
func (g *gate) try() (pass, bool, <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.stopped != nil:
		return pass{}, false, nil
	case g.failures == 0:
		return pass{turn: g.turn}, true, nil
	case g.rested && !g.probing:
		g.probing = true
		return pass{turn: g.turn, first: true}, true, nil
	}
	return pass{}, false, g.changed
}

// report tells how it went: err is the trouble with the relay, nil when there
// was none. Many lines break together when a relay goes, so of those who
// passed at the same turn only the first failure counts. It returns p as it is
// to be shown the next time, and whether this failure counted.
func (g *gate) report(p pass, err error) (_ pass, counted bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	counted = g.told(p, err)
	return pass{turn: g.turn}, counted
}

// told takes a report. The caller holds mu.
func (g *gate) told(p pass, err error) (counted bool) {
	if p.first {
		g.probing = false
	}
	counted = err != nil && p.turn == g.turn
	switch {
	case err == nil && g.failures > 0 && p.turn == g.turn:
		g.failures, g.silences = 0, 0
		g.turn++
		g.state(RelayOpen)
	case counted:
		g.failed(err)
	}
	g.notify()
	return counted
}

// release lets another go first: whoever did has learned nothing about the relay.
func (g *gate) release(p pass) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.first {
		g.probing = false
		g.notify()
	}
}

func (g *gate) failed(err error) {
	g.failures++
	g.turn++
	g.rested = false
	if g.failures >= manyFailures || g.patience > 0 && g.failures >= g.patience {
		g.state(RelayStopped)
	} else {
		g.state(RelayResting)
	}
	if g.patience > 0 && g.failures >= g.patience {
		g.stopped = err
		g.given()
		return
	}
	pause := relayPause(g.failures)
	if errors.Is(err, ErrSilent) {
		g.silences++
		pause = silencePause(g.silences)
	}
	turn := g.turn
	time.AfterFunc(pause, func() { g.rest(turn) })
}

// shut keeps everyone away for a while although the relay is well: it has been
// given all that it may be given. A relay that is not waited for is given up. It
// reports whether the caller is the first to say so, and returns p as it is to be
// shown the next time.
func (g *gate) shut(p pass, err error, pause time.Duration) (_ pass, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.first {
		g.probing = false
	}
	if first = p.turn == g.turn && g.stopped == nil; first {
		g.failures = max(g.failures, 1)
		g.turn++
		g.rested = false
		g.state(RelayResting)
		if turn := g.turn; g.patience == 0 {
			time.AfterFunc(pause, func() { g.rest(turn) })
		} else {
			g.stopped = err
			g.given()
		}
	}
	g.notify()
	return pass{turn: p.turn}, first
}

// rest ends the pause after the failure of a turn, unless another came since.
func (g *gate) rest(turn int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.turn == turn {
		g.rested = true
		g.notify()
	}
}

// manyFailures is a number after which the pause is at its longest.
const manyFailures = 20

// stop gives the relay up at once or, when it is never to be given up, leaves
// it alone for a long pause. What another line reported a moment before was
// perhaps not so grave, so this one counts although its turn is over. It reports
// whether it did.
func (g *gate) stop(p pass, err error) (counted bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if p.turn != g.turn && g.failures > 0 && g.failures < manyFailures && g.stopped == nil {
		p.turn = g.turn
	}
	if p.turn == g.turn {
		g.failures = max(g.failures, manyFailures, g.patience)
	}
	return g.told(p, err)
}

// err returns why the relay is given up, nil when it is not.
func (g *gate) err() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stopped
}

// notify wakes all who wait. The caller holds mu.
func (g *gate) notify() {
	close(g.changed)
	g.changed = make(chan struct{})
}
