package delivery

import (
	"context"
	"fmt"
	"time"

	"redigest/subscribers"
)

// A Rate is how much mail a relay is given. Zero means no bound.
type Rate struct {
	PerSecond int // messages in any second; they are spread evenly
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
	second spacing
	until  time.Time     // written down: the moments before this are ours
	took   time.Duration // to write that down, the last time
	day    allowance
}

// NewPacer returns the pace of a relay, known as user@host:port, whose use is
// kept in book. now is time.Now if nil.
func NewPacer(book *subscribers.Outbox, relay string, rate Rate, now func() time.Time) *Pacer {
	if now == nil {
		now = time.Now
	}
	return &Pacer{book: book, relay: relay, rate: rate, now: now, turn: make(chan struct{}, 1)}
}

// The moments of messages are written down so far ahead, and further where
// writing takes long: else they would be over by the time they are written.
const (
	ahead    = time.Second
	farAhead = 30 * time.Second
)

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
	if !p.loaded || now.Before(p.second.moment()) || !p.written(now) {
		return false
	}
	p.take(now, false)
	return true
}

// Wait implements [Pace]. It returns a [*UsedUpError] when PerDay is used up.
func (p *Pacer) Wait(ctx context.Context) error {
	waited, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer p.leave()
	for ctx.Err() == nil {
		if err := p.load(ctx); err != nil {
			return err
		}
		now := p.now()
		switch pause := p.second.moment().Sub(now); {
		case pause > 0:
			waited = true
			err = sleep(ctx, pause)
		case !p.written(now):
			waited = true
			err = p.write(ctx, now)
		default:
			p.take(now, waited)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// enter waits for the turn, and reports whether it had to.
func (p *Pacer) enter(ctx context.Context) (waited bool, err error) {
	select {
	case p.turn <- struct{}{}:
		return false, nil
	default:
	}
	select {
	case p.turn <- struct{}{}:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
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
	return (p.rate.PerSecond == 0 || now.Before(p.until)) && p.day.has(now)
}

func (p *Pacer) take(now time.Time, waited bool) {
	p.second.take(now, waited)
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
	next := use.PacedUntil
	// The last sender offered nothing after its end, so there is no need to rest
	// longer, however far ahead it wrote or the clock was set back.
	if longest := now.Add(ahead + time.Second); next.After(longest) {
		next = longest
	}
	p.second, p.until = newSpacing(p.rate.PerSecond, next), time.Time{}
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
	until := now.Add(min(ahead+2*p.took, farAhead))
	// A sender that is started after this one was killed knows nothing of its
	// last second. And it must not remain open whether this is written.
	use := subscribers.RelayUse{PacedUntil: until.Add(time.Second), Minutes: changed}
	if err := p.book.SaveRelayUse(context.WithoutCancel(ctx), p.relay, use, dayBefore(now)); err != nil {
		p.loaded = false
		return err
	}
	p.until, p.took = until, max(0, p.now().Sub(now))
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
	use := subscribers.RelayUse{PacedUntil: p.second.free(), Minutes: p.day.giveBack()}
	return p.book.SaveRelayUse(context.Background(), p.relay, use, dayBefore(p.now()))
}
