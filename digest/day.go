package digest

import (
	"fmt"
	"time"
)

// A Day is a calendar day in the publisher's zone, written 2006-01-02. Days
// compare as they follow one another.
type Day string

// DayOf returns the calendar day of t in t's own zone.
func DayOf(t time.Time) Day { return Day(t.Format(time.DateOnly)) }

// ParseDay reads a day written 2006-01-02.
func ParseDay(s string) (Day, error) {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("%q is not a day; write it as 2026-02-03", s)
	}
	return Day(s), nil
}

// date returns the midnight in UTC that stands for d.
func (d Day) date() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		panic("digest: Day " + string(d) + " was not made by ParseDay or DayOf")
	}
	return t
}

// Add returns the day n days later.
func (d Day) Add(n int) Day { return DayOf(d.date().AddDate(0, 0, n)) }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.date().Weekday() }

// At returns the moment of d in loc at which a clock on the wall shows hour
// and minute. Where a clock change removes that time it is as much later as the
// clock was put forward; where one repeats it, the first. ok is false when loc
// has no such day (Samoa left out 30 December 2011).
func (d Day) At(loc *time.Location, hour, minute int) (t time.Time, ok bool) {
	wall := d.date().Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	for p := periodBefore(wall, loc); ; p = p.next() {
		at := p.at(wall)
		if at.Before(p.from) {
			// The change at p.from took the time away: t is what the clock
			// before the change would have shown it at.
			return t, !(DayOf(p.from.Add(-1)) < d && d < DayOf(p.from))
		}
		if p.to.IsZero() || at.Before(p.to) {
			return at, true
		}
		t = at
	}
}

// Noon is the time given to what is dated d without a time.
func (d Day) Noon(loc *time.Location) time.Time {
	t, _ := d.At(loc, 12, 0)
	return t
}

// End returns the last millisecond of d in loc. Where clocks go back over
// midnight, d ends twice; it is the second end.
func (d Day) End(loc *time.Location) time.Time {
	midnight := d.Add(1).date()
	var end time.Time
	for p := periodBefore(midnight, loc); p.at(midnight).After(p.from); p = p.next() {
		end = p.at(midnight)
		if p.to.IsZero() {
			break
		}
		if p.to.Before(end) {
			end = p.to
		}
	}
	return end.Add(-time.Millisecond)
}

// Date returns the parts of d.
func (d Day) Date() (year int, month time.Month, day int) { return d.date().Date() }

// A period is a time during which the clocks of a zone are not changed.
type period struct {
	from, to time.Time // to is the first moment after it, zero when there is none
	offset   time.Duration
}

// periodBefore returns the period of loc two days before clocks show wall: far
// enough, because no zone is a day away from UTC. wall is written as UTC.
func periodBefore(wall time.Time, loc *time.Location) period {
	return periodFrom(wall.AddDate(0, 0, -2).In(loc))
}

func periodFrom(t time.Time) period {
	_, seconds := t.Zone()
	_, to := t.ZoneBounds()
	return period{from: t, to: to, offset: time.Duration(seconds) * time.Second}
}

// next returns the period after p.
func (p period) next() period { return periodFrom(p.to) }

// at returns the moment at which a clock that keeps to the offset of p shows
// wall, be it in p or not.
func (p period) at(wall time.Time) time.Time {
	return wall.Add(-p.offset).In(p.from.Location())
}
