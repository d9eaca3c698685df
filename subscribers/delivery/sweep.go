package delivery

import (
	"context"
	"errors"
	"time"

	"redigest/subscribers"
)

// over reports whether a mailing's deadline has passed.
func over(m *subscribers.Mailing, now time.Time) bool {
	return !m.DeadlineAt.IsZero() && !now.Before(m.DeadlineAt)
}

// rests reports whether nothing of a mailing is to go out at now.
func rests(m *subscribers.Mailing, now time.Time) bool {
	return !m.CancelledAt.IsZero() || !m.HeldAt.IsZero() || over(m, now)
}

// sweep ends all that is still owed of a mailing: once at once and, when some
// of it was on its way to a relay, once more when that is back, which may be as
// deferred.
func (t *turn) sweep(ctx context.Context, w *walk, m *subscribers.Mailing, end func(context.Context, subscribers.ID) error) error {
	away := t.queue.holds(m.ID)
	if w.swept && (away || !w.away) {
		return nil
	}
	err := t.during(ctx, func() error { return end(ctx, m.ID) })
	w.swept, w.away = err == nil, away
	w.complete = w.swept
	return err
}

// during takes up what somebody waits for while something is done that may take
// long: to end a million takes half a minute.
func (t *turn) during(ctx context.Context, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-t.wake:
		case <-tick.C:
		}
		open, err := t.open(ctx)
		if err == nil {
			_, err = t.fillSingles(ctx, open)
		}
		if err != nil {
			return errors.Join(err, <-done)
		}
	}
}

// finish closes a mailing of which nothing is owed any more.
func (t *turn) finish(ctx context.Context, m *subscribers.Mailing) error {
	done, err := t.outbox.Finish(ctx, *m)
	if done {
		delete(t.walks, m.ID)
		delete(t.faults, m.ID)
		t.letters.Forget(m)
	}
	return err
}
