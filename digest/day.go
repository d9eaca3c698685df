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
	y, m, day := d.date().Date()
	t = time.Date(y, m, day, hour, minute, 0, 0, loc)
	// Of a time that comes twice, Date may return either.
	if before := t.Add(-time.Hour); before.Hour() == t.Hour() && before.Minute() == t.Minute() && DayOf(before) == d {
		t = before
	}
	return t, DayOf(t) == d
}

// Noon is the time given to what is dated d without a time.
func (d Day) Noon(loc *time.Location) time.Time {
	t, _ := d.At(loc, 12, 0)
	return t
}

// End returns the last millisecond of d in loc.
func (d Day) End(loc *time.Location) time.Time {
	y, m, day := d.date().Date()
	return time.Date(y, m, day+1, 0, 0, 0, 0, loc).Add(-time.Millisecond)
}

// Date returns the parts of d.
func (d Day) Date() (year int, month time.Month, day int) { return d.date().Date() }
