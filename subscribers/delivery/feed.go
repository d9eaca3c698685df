package delivery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"redigest/subscribers"
)

// A walk is how far the queued deliveries of one mailing have been claimed.
type walk struct {
	after    subscribers.ID // claimed up to this one
	refilled int64          // as it was when the walk began, or is to begin again
	again    bool           // something behind us has become queued: walk once more
	complete bool           // all are claimed
	swept    bool           // all that was owed has been ended
	away     bool           // but for what was on its way then
}

// feed keeps the queue filled until ctx is done or, when the turn is to drain,
// there is nothing more to do now.
func (t *turn) feed(ctx context.Context) error {
	tick, late := time.NewTicker(time.Second), time.NewTicker(time.Minute)
	defer tick.Stop()
	defer late.Stop()
	for {
		// With nothing taken up before and nothing found after, nothing has
		// changed in between.
		idle := t.queue.empty()
		added, err := t.fill(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		case t.drain && idle && added == 0:
			return t.faulty()
		}
		if err := t.relaysErr(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.wake:
		case <-t.queue.hungry:
		case <-tick.C:
		case <-late.C:
			if _, err := t.settledRest(); err != nil {
				return err
			}
		}
	}
}

// fill looks through the open mailings, brings those to their end that have
// come to it, and fills the queue from the others. It returns how many
// deliveries it has taken up.
func (t *turn) fill(ctx context.Context) (added int, err error) {
	open, err := t.open(ctx)
	if err != nil {
		return 0, err
	}
	n, err := t.fillSingles(ctx, open)
	added += n
	for i := range open {
		if err != nil {
			return added, err
		}
		if m := &open[i]; m.Kind == subscribers.IssueMailing && !m.PlannedAt.IsZero() {
			n, err = t.fillIssue(ctx, m)
			added += n
		}
	}
	return added, err
}

// open returns the open mailings that the turn is about.
func (t *turn) open(ctx context.Context) ([]subscribers.Mailing, error) {
	t.queue.looking()
	open, err := t.outbox.Open(ctx)
	if t.only != 0 {
		open = slices.DeleteFunc(open, func(m subscribers.Mailing) bool { return m.ID != t.only })
	}
	if err == nil {
		t.know(open)
	}
	return open, err
}

// know notes the mailings as they are now, for the claims that hold them as they
// were.
func (t *turn) know(open []subscribers.Mailing) {
	now := make(map[subscribers.ID]*subscribers.Mailing, len(open))
	for i := range open {
		now[open[i].ID] = &open[i]
	}
	t.known.Store(&now)
}

// newest returns a mailing as it was when the open ones were looked through last.
func (t *turn) newest(m *subscribers.Mailing) *subscribers.Mailing {
	if known := t.known.Load(); known != nil && (*known)[m.ID] != nil {
		return (*known)[m.ID]
	}
	return m
}

// fillSingles takes up what goes to one recipient each: somebody waits for it.
func (t *turn) fillSingles(ctx context.Context, open []subscribers.Mailing) (added int, err error) {
	singles, now := map[subscribers.ID]*subscribers.Mailing{}, t.opts.Now()
	for i := range open {
		if m := &open[i]; m.Kind != subscribers.IssueMailing {
			singles[m.ID] = m
		}
	}
	if len(singles) == 0 {
		return 0, nil
	}
	for id, m := range singles {
		if rests(m, now) {
			t.queue.drop(id)
		}
		if !over(m, now) {
			continue
		}
		if err := t.outbox.Expire(ctx, id); err != nil {
			return 0, err
		}
		delete(singles, id)
		delete(t.faults, id)
	}
	if err := t.outbox.FinishSingles(ctx); err != nil {
		return 0, err
	}
	claims, err := t.claimSingles(ctx, singles)
	if err != nil {
		return 0, err
	}
	return t.takeUp(ctx, claims)
}

// claimSingles finds what is due of singles. Where the turn is about one of
// them, it asks for that one alone: any number of others may stand before it.
func (t *turn) claimSingles(ctx context.Context, singles map[subscribers.ID]*subscribers.Mailing) ([]subscribers.Claim, error) {
	m := singles[t.only]
	if m == nil {
		return t.outbox.ClaimSingles(ctx, singles, fillSize)
	}
	if !m.HeldAt.IsZero() {
		return nil, nil
	}
	claims, err := t.outbox.ClaimDeferred(ctx, m, fillSize)
	if err != nil || len(claims) > 0 {
		return claims, err
	}
	return t.outbox.ClaimQueued(ctx, m, -1, fillSize)
}

// takeUp puts claims into the queue, but for those whose letter cannot be
// written.
func (t *turn) takeUp(ctx context.Context, claims []subscribers.Claim) (int, error) {
	good := claims[:0]
	for _, c := range claims {
		if t.letterOf(ctx, c.Mailing) {
			good = append(good, c)
		}
	}
	return t.queue.add(good), ctx.Err()
}

// letterOf makes sure that a mailing's letter is written, and notes its fault
// when it cannot be.
func (t *turn) letterOf(ctx context.Context, m *subscribers.Mailing) bool {
	_, err := t.letters.Template(ctx, m)
	if err == nil {
		delete(t.faults, m.ID)
		return true
	}
	if ctx.Err() == nil && t.faults[m.ID] == nil {
		t.faults[m.ID] = err
		t.opts.Log.Error("a letter cannot be written; its mails wait", "mailing", m.ID, "error", err)
	}
	return false
}

// faulty returns why mailings wait whose letter cannot be written.
func (t *turn) faulty() error {
	for _, err := range t.faults {
		if len(t.faults) == 1 {
			return fmt.Errorf("a mailing waits: %w", err)
		}
		return fmt.Errorf("%d mailings wait: %w", len(t.faults), err)
	}
	return nil
}

// fillIssue takes up what is due of an issue, or ends what is not to go out any
// more, and closes the mailing when that was all.
func (t *turn) fillIssue(ctx context.Context, m *subscribers.Mailing) (added int, err error) {
	w, now := t.walkOf(m), t.opts.Now()
	if rests(m, now) {
		t.queue.drop(m.ID)
	}
	switch {
	case !m.CancelledAt.IsZero():
		err = t.sweep(ctx, w, m, t.outbox.Cancel)
	case over(m, now):
		err = t.sweep(ctx, w, m, t.outbox.Expire)
	case !m.HeldAt.IsZero():
		return 0, nil
	default:
		added, err = t.claimIssue(ctx, w, m)
	}
	if err != nil || !w.complete || t.queue.holds(m.ID) {
		return added, err
	}
	return added, t.finish(ctx, m)
}

// claimIssue takes up what is due of an issue: first what was put off, then
// what is next along the key.
func (t *turn) claimIssue(ctx context.Context, w *walk, m *subscribers.Mailing) (added int, err error) {
	if !t.queue.room() || !t.letterOf(ctx, m) {
		return 0, nil
	}
	if err := t.tally.meet(ctx, t.outbox, m); err != nil {
		return 0, err
	}
	claims, err := t.outbox.ClaimDeferred(ctx, m, fillSize)
	if err != nil {
		return 0, err
	}
	added = t.queue.add(claims)
	for added == 0 && !w.complete {
		claims, err := t.outbox.ClaimQueued(ctx, m, w.after, fillSize)
		if err != nil {
			return 0, err
		}
		w.step(claims)
		added = t.queue.add(claims)
	}
	return added, nil
}

// walkOf returns the walk through a mailing, with the order to begin again when
// the mailing was refilled since.
func (t *turn) walkOf(m *subscribers.Mailing) *walk {
	w := t.walks[m.ID]
	if w == nil {
		w = &walk{after: -1, refilled: m.Refilled}
		t.walks[m.ID] = w
	}
	if m.Refilled != w.refilled {
		w.refilled, w.again = m.Refilled, true
	}
	if w.complete && w.again {
		*w = walk{after: -1, refilled: m.Refilled}
	}
	return w
}

// step moves the walk behind the claims it has found.
func (w *walk) step(claims []subscribers.Claim) {
	switch {
	case len(claims) == fillSize:
		w.after = claims[len(claims)-1].Subscriber
	case w.again:
		w.after, w.again = -1, false
	default:
		w.complete = true
	}
}
