package delivery

import (
	"context"
	"sync/atomic"
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
	met               map[subscribers.ID]bool // used by the feeding goroutine alone
	planned           atomic.Int64
	accepted, settled atomic.Int64
	here              atomic.Int64 // accepted in this turn
}

// meet adds an issue that the turn comes upon.
func (t *tally) meet(ctx context.Context, outbox *subscribers.Outbox, m *subscribers.Mailing) error {
	if t.met[m.ID] {
		return nil
	}
	a, err := outbox.Account(ctx, m.ID)
	if err != nil {
		return err
	}
	if t.met == nil {
		t.met = map[subscribers.ID]bool{}
	}
	t.met[m.ID] = true
	t.planned.Add(int64(a.Planned))
	t.accepted.Add(int64(a.Accepted))
	t.settled.Add(int64(a.Planned - a.Owed()))
	return nil
}

// count notes what became of a delivery.
func (t *tally) count(m *subscribers.Mailing, s subscribers.State) {
	if m.Kind != subscribers.IssueMailing || s == subscribers.Queued || s == subscribers.Deferred {
		return
	}
	t.settled.Add(1)
	if s == subscribers.Accepted {
		t.accepted.Add(1)
		t.here.Add(1)
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
			if p.Planned > 0 && (p.Settled != last.Settled || p.Planned != last.Planned) {
				t.opts.Progress(p)
				last = p
			}
		}
	}()
	return over
}

func (t *tally) progress(took time.Duration) Progress {
	return Progress{
		Planned:   int(t.planned.Load()),
		Accepted:  int(t.accepted.Load()),
		Settled:   int(t.settled.Load()),
		PerSecond: float64(t.here.Load()) / max(took.Seconds(), 0.001),
	}
}
