// Package schedule answers which day's issue is due.
//
// The answer follows from the clock alone, so that a restart, a clock change or
// a night without power changes nothing: a publishing day is due from its
// moment on for as long as the publisher allows it to be late. Whether its
// issue exists already is for the database to say.
package schedule

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"redigest/digest"
)

// A Plan says which days are publishing days and at what moment each of them is
// due. Make it with [New].
type Plan struct {
	clock Clock
	zone  *time.Location
	skip  Skip
	late  time.Duration
}

// A Skip names the days that are no publishing days.
type Skip struct {
	Weekdays []time.Weekday
	Dates    []digest.Day
}

// Check refuses a Skip that leaves no day.
func (s Skip) Check() error {
	for day := time.Sunday; day <= time.Saturday; day++ {
		if !slices.Contains(s.Weekdays, day) {
			return nil
		}
	}
	return errors.New("all days of the week are skipped, so no issue is ever published")
}

// has reports whether day is skipped.
func (s Skip) has(day digest.Day) bool {
	return slices.Contains(s.Weekdays, day.Weekday()) || slices.Contains(s.Dates, day)
}

// CheckLate refuses a lateness that a plan cannot keep. A day or more would let
// one day's issue be made when the next one's is due.
func CheckLate(late time.Duration) error {
	if late <= 0 || late >= 24*time.Hour {
		return fmt.Errorf("an issue may be late for more than nothing and less than a day, not for %s", late)
	}
	return nil
}

// New returns the plan of an issue at the time of day that the cron expression
// names, in zone, on all days but those in skip, at most late after that time.
func New(expr string, zone *time.Location, skip Skip, late time.Duration) (Plan, error) {
	clock, err := ParseClock(expr)
	if err := errors.Join(err, skip.Check(), CheckLate(late)); err != nil {
		return Plan{}, err
	}
	if zone == nil {
		return Plan{}, errors.New("a plan needs a time zone")
	}
	return Plan{clock: clock, zone: zone, skip: skip, late: late}, nil
}

// Moment returns when day's issue is due. ok is false when day is no
// publishing day: skipped, or left out by the zone.
func (p Plan) Moment(day digest.Day) (t time.Time, ok bool) {
	if p.skip.has(day) {
		return time.Time{}, false
	}
	return day.At(p.zone, p.clock.Hour, p.clock.Minute)
}

// Due returns the latest publishing day whose moment has come by now, unless
// that is longer ago than the plan allows an issue to be late.
func (p Plan) Due(now time.Time) (day digest.Day, ok bool) {
	// A clock change may put the moment of a day into the next one, or put
	// clocks back to the day before. No moment less than a day old is of an
	// earlier day than these.
	today := digest.DayOf(now.In(p.zone))
	for n := 1; n >= -3; n-- {
		day := today.Add(n)
		moment, ok := p.Moment(day)
		if !ok || moment.After(now) {
			continue
		}
		if now.Sub(moment) > p.late {
			break
		}
		return day, true
	}
	return "", false
}

// Next returns the first publishing day whose moment is after now, and that
// moment.
func (p Plan) Next(now time.Time) (digest.Day, time.Time) {
	day := digest.DayOf(now.In(p.zone)).Add(-1)
	for {
		if moment, ok := p.Moment(day); ok && moment.After(now) {
			return day, moment
		}
		day = day.Add(1)
	}
}
