package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"redigest/subscribers"
)

// A turn is one go at the outbox: the lines to the relays, the queue they take
// from, and the one goroutine that fills it.
type turn struct {
	*Worker
	errand
	queue *queue
	walks map[subscribers.ID]*walk
	tally tally
	known atomic.Pointer[map[subscribers.ID]*subscribers.Mailing] // the open mailings as they were last

	failOnce sync.Once
	failure  error                    // of the database; read when all lines have ended
	end      func()                   // ends the turn
	faults   map[subscribers.ID]error // mailings whose letter cannot be written
}

// A far is what the lines to one relay know together.
type far struct {
	gate   *gate
	streak streak
	pace   Pace
}

func newTurn(w *Worker, e errand) *turn {
	t := &turn{
		Worker: w, errand: e, queue: newQueue(),
		walks: map[subscribers.ID]*walk{}, faults: map[subscribers.ID]error{},
	}
	patience := 0
	if e.drain {
		patience = w.opts.Tries
	}
	for _, f := range w.fars {
		if e.drain {
			f.streak.forget() // somebody has asked to try now
		}
		f.gate.begin(patience, t.queue.look)
	}
	return t
}

func (t *turn) run(ctx context.Context) error {
	ctx, t.end = context.WithCancel(ctx)
	defer t.end()
	// Mails in flight when ctx ends may take as long as the grace.
	flight, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	context.AfterFunc(ctx, func() {
		grace := time.AfterFunc(t.opts.Grace, cut)
		context.AfterFunc(flight, func() { grace.Stop() })
	})
	var lines sync.WaitGroup
	for i, relay := range t.relays {
		for range max(relay.Connections, 1) {
			lines.Go(func() { t.serve(ctx, flight, i) })
		}
	}
	watched := t.watch(ctx)
	err := t.feed(ctx)
	t.end()
	lines.Wait()
	<-watched
	return errors.Join(err, t.failure, t.writeRest())
}

// fail ends the turn because the database failed: no line takes up another mail.
func (t *turn) fail(err error) {
	t.failOnce.Do(func() { t.failure = err })
	t.end()
}

// keep remembers what could not be written down. The marks it asked for may be
// written all the same, when only the answer to the commit was lost.
func (t *turn) keep(e *subscribers.Entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range e.Settle {
		if s.Early != nil {
			early := *s.Early
			s.Early = &early
		}
		t.unwritten = append(t.unwritten, subscribers.Entry{Settle: []subscribers.Settlement{s}, Relay: e.Relay})
	}
	for _, c := range e.Hand {
		t.unwritten = append(t.unwritten, subscribers.Entry{Settle: []subscribers.Settlement{{Key: c.Key(), State: subscribers.Queued}}})
	}
}

// writeRest writes down what could not be before. What still cannot be does not
// hold up the others.
func (t *turn) writeRest() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var said []string
	var errs []error
	left := t.unwritten[:0]
	for _, e := range t.unwritten {
		err := t.write(&e)
		if err == nil {
			continue
		}
		left = append(left, e)
		if !slices.Contains(said, err.Error()) {
			said, errs = append(said, err.Error()), append(errs, err)
		}
	}
	t.unwritten = left
	return errors.Join(errs...)
}

// settledRest writes down what could not be before, and returns why mail must
// not go out yet. It may when no more is left than the answer to one mail that is
// marked: that one nobody takes up, and it is not the database that fails, or
// more would be left soon. It reports whether nothing is left.
func (t *turn) settledRest() (all bool, err error) {
	err = t.writeRest()
	if err == nil {
		return true, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.unwritten[0].Settle[0]; len(t.unwritten) > 1 || s.State == subscribers.Queued || s.Early != nil {
		return false, err
	}
	t.opts.Log.Error("what became of a mail cannot be written down; it stands as handed", "error", err)
	return false, nil
}

// relaysErr returns why no relay can be used any more, nil while one can.
func (t *turn) relaysErr() error {
	var errs []error
	for i, far := range t.fars {
		err := far.gate.err()
		if err == nil {
			return nil
		}
		errs = append(errs, named(t.relays[i].Name, err))
	}
	if len(errs) == 0 {
		return errors.New("there is no relay to deliver to")
	}
	return errors.Join(errs...)
}

func named(relay string, err error) error {
	switch {
	case errors.Is(err, ErrSilent), errors.As(err, new(*UsedUpError)):
		return fmt.Errorf("relay %s: %w", relay, err)
	case refusesUs(err):
		return fmt.Errorf("%w: %s: %w", ErrRefuses, relay, err)
	}
	return fmt.Errorf("%w: %s: %w", ErrUnreachable, relay, err)
}
