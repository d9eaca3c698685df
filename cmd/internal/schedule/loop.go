package schedule

import (
	"context"
	"time"

	"redigest/digest"
)

const (
	// longest is how long the loop sleeps at most. A timer does not run while
	// a machine is suspended, and knows nothing of a clock that is set.
	longest = 30 * time.Second

	// shortest keeps the loop from spinning when the clock stands still.
	shortest = time.Second
)

// A Loop publishes each day's issue when it is due. All its fields but Now must
// be set.
type Loop struct {
	Plan Plan

	// Handled reports whether nothing is to be done for day by itself, because
	// its issue is published, skipped, cancelled or held.
	Handled func(ctx context.Context, day digest.Day) (bool, error)

	// Publish makes day's issue and sends it on its way. It is called again
	// while Handled denies the day and the day is due.
	Publish func(ctx context.Context, day digest.Day) error

	// OnError is told what Handled and Publish return. Both are tried again
	// within half a minute.
	OnError func(day digest.Day, err error)

	Now func() time.Time // time.Now if nil
}

// Run publishes until ctx is done.
func (l Loop) Run(ctx context.Context) {
	now := l.Now
	if now == nil {
		now = time.Now
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if ctx.Err() != nil {
			return
		}
		l.turn(ctx, now())
		timer.Reset(l.sleep(now()))
	}
}

// turn publishes the day that is due at now, if there is one and it has no
// issue yet.
func (l Loop) turn(ctx context.Context, now time.Time) {
	day, ok := l.Plan.Due(now)
	if !ok {
		return
	}
	handled, err := l.Handled(ctx, day)
	if err == nil && !handled {
		err = l.Publish(ctx, day)
	}
	// What a shutdown interrupts is no fault; the next start goes on with it.
	if err != nil && ctx.Err() == nil {
		l.OnError(day, err)
	}
}

// sleep returns how long to wait at now.
func (l Loop) sleep(now time.Time) time.Duration {
	_, moment := l.Plan.Next(now)
	return max(shortest, min(longest, moment.Sub(now)))
}
