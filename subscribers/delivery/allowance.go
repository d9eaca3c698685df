package delivery

import (
	"time"

	"redigest/subscribers"
)

// An allowance is how many messages a relay may still be given in 24 hours. It
// is drawn in portions, each good for the minute it is drawn in. Its zero value
// is unbounded.
type allowance struct {
	limit   int                  // 0: no bound
	minutes []subscribers.Minute // in which messages may have been offered, oldest first
	left    int                  // of the last portion
	portion int                  // how many were drawn the last time
	drawn   time.Time            // when that was
}

// dayBefore returns the beginning of the first minute whose messages count at
// now.
func dayBefore(now time.Time) time.Time { return now.Add(-24 * time.Hour).Truncate(time.Minute) }

// largestPortion bounds what is lost when a sender dies.
const largestPortion = 500

// has reports whether a message may be offered at now.
func (a *allowance) has(now time.Time) bool {
	return a.limit == 0 || a.left > 0 && a.drawn.Truncate(time.Minute).Equal(now.Truncate(time.Minute))
}

func (a *allowance) take() {
	if a.limit > 0 {
		a.left--
	}
}

// extend draws a portion at now, and returns the minutes that changed, to be
// written down before anything of it is used. It returns a [*UsedUpError] when
// nothing is left.
func (a *allowance) extend(now time.Time) (changed []subscribers.Minute, err error) {
	if a.limit == 0 || a.has(now) {
		return nil, nil
	}
	changed = a.giveBack()
	a.forget(now)
	free := a.limit
	for _, m := range a.minutes {
		free -= m.Offered
	}
	if free <= 0 {
		return nil, &UsedUpError{PerDay: a.limit, Until: a.minutes[0].At.Add(24*time.Hour + time.Minute)}
	}
	a.portion = min(a.size(now), free)
	a.left, a.drawn = a.portion, now
	return append(changed, a.add(now.Truncate(time.Minute), a.portion)), nil
}

// size is how many to draw: few while mail is rare, and more while portions last
// less than a second.
func (a *allowance) size(now time.Time) int {
	if a.portion == 0 || now.Sub(a.drawn) > time.Minute {
		return 1
	}
	if now.Sub(a.drawn) < time.Second {
		return min(2*a.portion, largestPortion, max(1, a.limit/100))
	}
	return a.portion
}

// add counts n messages into a minute, and returns it as it is now.
func (a *allowance) add(minute time.Time, n int) subscribers.Minute {
	last := len(a.minutes) - 1
	if last >= 0 && !a.minutes[last].At.Before(minute) {
		a.minutes[last].Offered += n // also when the clock was set back
		return a.minutes[last]
	}
	m := subscribers.Minute{At: minute, Offered: n}
	a.minutes = append(a.minutes, m)
	return m
}

// giveBack takes what is left of the last portion out of its minute, and
// returns that minute, if it changed.
func (a *allowance) giveBack() []subscribers.Minute {
	if a.left == 0 {
		return nil
	}
	m := a.add(a.minutes[len(a.minutes)-1].At, -a.left)
	a.left = 0
	return []subscribers.Minute{m}
}

// forget drops the minutes that do not count any more, and those in which
// nothing was offered.
func (a *allowance) forget(now time.Time) {
	kept := a.minutes[:0]
	for _, m := range a.minutes {
		if m.Offered > 0 && !m.At.Before(dayBefore(now)) {
			kept = append(kept, m)
		}
	}
	a.minutes = kept
}
