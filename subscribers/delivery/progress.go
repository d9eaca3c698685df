package delivery

import (
	"context"
	"sync"
	"time"

	"redigest/subscribers"
)

// Progress is how far the issues under way have come.
type Progress struct {
	Planned   int     // recipients
	Accepted  int     // by the relays
	Settled   int     // nothing more will happen to these: accepted, refused, given up, uncertain, withdrawn
	PerSecond float64 // accepted in this turn
}

// A tally counts along, so that nobody has to count in the database while mail
// goes out. Settled is as exact as that can be: what is withdrawn by another
// process shows at the next account.
type tally struct {
	mu   sync.Mutex
	met  map[subscribers.ID]*count
	here int // accepted in this turn
}

// A count is how far one issue has come.
type count struct {
	refilled                   int64 // as it was when it was counted in the database
	planned, accepted, settled int
}

// meet adds an issue that the turn comes upon, and counts one anew of which
// something is owed again.
func (t *tally) meet(ctx context.Context, outbox *subscribers.Outbox, m *subscribers.Mailing) error {
	if t.knows(m) {
		return nil
	}
	a, err := outbox.Account(ctx, m.ID)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.met == nil {
		t.met = map[subscribers.ID]*count{}
	}
	t.met[m.ID] = &count{m.Refilled, a.Planned, a.Accepted, a.Planned - a.Owed()}
	return nil
}

func (t *tally) knows(m *subscribers.Mailing) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.met[m.ID]
	return c != nil && c.refilled == m.Refilled
}

// count notes what became of a delivery.
func (t *tally) count(m *subscribers.Mailing, s subscribers.State) {
	if m.Kind != subscribers.IssueMailing || s == subscribers.Queued || s == subscribers.Deferred {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.met[m.ID]
	if c == nil {
		return
	}
	c.settled = min(c.settled+1, c.planned)
	if s == subscribers.Accepted {
		c.accepted = min(c.accepted+1, c.planned)
		t.here++
	}
}

// watch reports progress until ctx is done, and once more then. The channel it
// returns is closed after the last report.
func (t *turn) watch(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	if t.opts.Progress == nil {
		close(over)
		return over
	}
	began := t.opts.Now()
	go func() {
		defer close(over)
		tick := time.NewTicker(250 * time.Millisecond)
		defer tick.Stop()
		var last Progress
		for running := true; running; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				running = false
			}
			p := t.tally.progress(t.opts.Now().Sub(began))
			if p.Planned > 0 && (p.Settled != last.Settled || p.Accepted != last.Accepted || p.Planned != last.Planned) {
				t.opts.Progress(p)
				last = p
			}
		}
	}()
	return over
}

func (t *tally) progress(took time.Duration) (p Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, c := range t.met {
		p.Planned, p.Accepted, p.Settled = p.Planned+c.planned, p.Accepted+c.accepted, p.Settled+c.settled
	}
	p.PerSecond = float64(t.here) / max(took.Seconds(), 0.001)
	return p
}
