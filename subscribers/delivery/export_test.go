package delivery

import (
	"context"
	"slices"
	"time"

	"redigest/subscribers"
)

// BodyBeforeCommit makes of w a sender that does not wait for its marks: every
// body goes out at once, and what was handed over is written down a moment
// later. It is the control of the tests that kill senders.
func (w *Worker) BodyBeforeCommit(ctx context.Context) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	commit, later := w.write, make(chan subscribers.Entry, 10_000)
	go func() {
		for e := range later {
			time.Sleep(time.Millisecond)
			_ = commit(&e)
		}
	}()
	w.write = func(e *subscribers.Entry) error {
		later <- subscribers.Entry{Settle: slices.Clone(e.Settle), Hand: slices.Clone(e.Hand), Relay: e.Relay}
		e.Grants = e.Grants[:0]
		for range e.Hand {
			e.Grants = append(e.Grants, subscribers.Grant{OK: true})
		}
		return nil
	}
	return nil
}
