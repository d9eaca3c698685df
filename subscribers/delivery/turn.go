package delivery

import (
	"context"
	"errors"
	"fmt"
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
	fars  []*far // by relay
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
	for i, relay := range w.relays {
		state := func(s RelayState) { w.opts.Meter.RelayState(relay.Name, s) }
		t.fars = append(t.fars, &far{gate: newGate(patience, t.queue.look, state), pace: w.paces[i]})
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

// writeRest writes down what could not be before.
func (t *turn) writeRest() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for len(t.unwritten) > 0 {
		if err := t.write(&t.unwritten[0]); err != nil {
			return err
		}
		t.unwritten = t.unwritten[1:]
	}
	return nil
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
