package delivery

import (
	"context"
	"fmt"
	"time"

	"redigest/subscribers"
)

// A Rate is how much mail a relay is given. Zero means no bound.
type Rate struct {
	PerSecond int // messages; they are spread evenly
	PerDay    int // messages in any 24 hours, counted by minutes
}

// A UsedUpError means that a relay has been given all that it is to be given in
// 24 hours.
type UsedUpError struct {
	PerDay int
	Until  time.Time // when the next message may be offered
}

func (e *UsedUpError) Error() string {
	return fmt.Sprintf("it was given its %d messages of 24 hours (per_day); the next may go at %s", e.PerDay, e.Until.UTC().Format("2 January 15:04 UTC"))
}

// A Pacer is the [Pace] of one relay, and outlives the process: what may be
// offered in the next second or minute is written down before, so that a sender
// that dies and is started again stays within the bounds. What was written ahead
// and not used is lost then, and given back by Close otherwise.
type Pacer struct {
	book  *subscribers.Outbox
	relay string
	rate  Rate
	now   func() time.Time

	turn   chan struct{} // held by whoever reads or changes what follows
	loaded bool
	next   time.Time // when the next message may be offered, by PerSecond
	until  time.Time // written down: the moments before this are ours
	day    allowance
}

// NewPacer returns the pace of a relay, known as user@host:port, whose use is
// kept in book. now is time.Now if nil.
func NewPacer(book *subscribers.Outbox, relay string, rate Rate, now func() time.Time) *Pacer {
	if now == nil {
		now = time.Now
	}
	return &Pacer{book: book, relay: relay, rate: rate, now: now, turn: make(chan struct{}, 1), day: allowance{limit: rate.PerDay}}
}

// ahead is how far ahead the moments of messages are written down.
const ahead = time.Second

// interval is what lies between two messages.
func (p *Pacer) interval() time.Duration {
	if p.rate.PerSecond == 0 {
		return 0
	}
	return time.Second / time.Duration(p.rate.PerSecond)
}

// Try implements [Pace]. While another line waits its turn, or something has to
// be written down first, it reports false.
func (p *Pacer) Try() bool {
	select {
	case p.turn <- struct{}{}:
	default:
		return false
	}
	defer p.leave()
	now := p.now()
	if !p.loaded || now.Before(p.next) || !p.written(now) {
		return false
	}
	p.take(now)
	return true
}

// Wait implements [Pace]. It returns a [*UsedUpError] when PerDay is used up.
func (p *Pacer) Wait(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer p.leave()
	slot := time.Time{} // the moment that was waited for
	for {
		if err := p.load(ctx); err != nil {
			return err
		}
		now := p.now()
		if pause := p.next.Sub(now); pause > 0 {
			slot = p.next
			if err := sleep(ctx, pause); err != nil {
				return err
			}
			continue
		}
		if !p.written(now) {
			if err := p.write(ctx, now); err != nil {
				return err
			}
			continue
		}
		p.take(onTime(slot, now))
		return nil
	}
}

// onTime returns the moment from which the next interval counts: that for which
// a line has waited, though its timer came a little late, or the rate would be
// less than it may be.
func onTime(slot, now time.Time) time.Time {
	if slot.IsZero() || now.Sub(slot) > 100*time.Millisecond {
		return now
	}
	return slot
}

func (p *Pacer) leave() { <-p.turn }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// written reports whether a message may be offered now by what is written down.
func (p *Pacer) written(now time.Time) bool {
	return (p.rate.PerSecond == 0 || !now.Add(p.interval()).After(p.until)) && p.day.has(now)
}

// take notes that a message is offered at a moment.
func (p *Pacer) take(at time.Time) {
	p.next = at.Add(p.interval())
	p.day.take()
}

// load reads, the first time, what the last sender has used.
func (p *Pacer) load(ctx context.Context) error {
	if p.loaded {
		return nil
	}
	now := p.now()
	use, err := p.book.RelayUse(ctx, p.relay, dayBefore(now))
	if err != nil {
		return err
	}
	p.next, p.until = time.Time{}, time.Time{}
	if p.rate.PerSecond > 0 {
		p.next = use.PacedUntil
	}
	// It is never further ahead, unless the clock was set back.
	if longest := now.Add(ahead + p.interval()); p.next.After(longest) {
		p.next = longest
	}
	p.day = allowance{limit: p.rate.PerDay, minutes: use.Minutes}
	p.loaded = true
	return nil
}

// write writes down that messages may be offered for a while from now on.
func (p *Pacer) write(ctx context.Context, now time.Time) error {
	changed, err := p.day.extend(now)
	if err != nil {
		return err
	}
	until := now.Add(ahead + p.interval())
	// It must not remain open whether it is written.
	err = p.book.SaveRelayUse(context.WithoutCancel(ctx), p.relay, subscribers.RelayUse{PacedUntil: until, Minutes: changed}, dayBefore(now))
	if err != nil {
		p.loaded = false
		return err
	}
	p.until = until
	return nil
}

// Close gives back what was written down and not used.
func (p *Pacer) Close() error {
	p.turn <- struct{}{}
	defer p.leave()
	if !p.loaded {
		return nil
	}
	p.loaded = false
	use := subscribers.RelayUse{PacedUntil: p.next, Minutes: p.day.giveBack()}
	return p.book.SaveRelayUse(context.Background(), p.relay, use, dayBefore(p.now()))
}
