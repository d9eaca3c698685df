package schedule_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"redigest/cmd/internal/schedule"
	"redigest/digest"
)

// changes are zones with every kind of clock change, each with hours that meet
// it, and a year in which it happens.
var changes = []struct {
	zone  string
	year  int
	exprs []string
}{
	{"UTC", 2026, []string{"0 6 * * *", "0 0 * * *"}},                                          // none
	{"Asia/Kathmandu", 2026, []string{"0 6 * * *", "59 23 * * *"}},                             // none, at three quarters of an hour
	{"Europe/Berlin", 2026, []string{"30 2 * * *", "0 2 * * *", "0 3 * * *"}},                  // an hour in the night
	{"America/New_York", 2026, []string{"30 2 * * *", "30 1 * * *"}},                           // the same, west of Greenwich
	{"America/Santiago", 2026, []string{"0 0 * * *", "30 23 * * *"}},                           // midnight removed, the hour before it repeated
	{"America/Havana", 2026, []string{"30 0 * * *", "0 0 * * *"}},                              // the first hour of a day removed, repeated
	{"Asia/Beirut", 2026, []string{"0 0 * * *", "15 23 * * *"}},                                // midnight, east of Greenwich
	{"Australia/Lord_Howe", 2026, []string{"15 2 * * *", "45 1 * * *"}},                        // half an hour
	{"Africa/Casablanca", 2026, []string{"30 2 * * *", "0 3 * * *"}},                           // put back for Ramadan
	{"America/Sao_Paulo", 2018, []string{"0 0 * * *", "30 23 * * *"}},                          // the last year but one with changes
	{"Asia/Pyongyang", 2018, []string{"45 23 * * *", "0 0 * * *"}},                             // a new offset, taking the end of a day
	{"America/St_Johns", 2010, []string{"0 0 * * *", "30 23 * * *", "1 0 * * *"}},              // back over midnight
	{"Pacific/Apia", 2011, []string{"0 6 * * *", "0 0 * * *", "30 23 * * *", "0 3 * * *"}},     // a day left out
	{"America/Nuuk", 2023, []string{"0 22 * * *", "30 22 * * *", "0 23 * * *", "30 0 * * *"}},  // a new offset and a change by it
	{"Antarctica/Troll", 2026, []string{"30 1 * * *", "0 2 * * *", "30 2 * * *", "0 3 * * *"}}, // two hours at once
	{"Europe/Volgograd", 2018, []string{"30 1 * * *", "0 2 * * *"}},                            // one change, for good
	{"America/Caracas", 2016, []string{"30 2 * * *", "45 2 * * *"}},                            // half an hour forward, for good
	{"Africa/Juba", 2021, []string{"0 0 * * *", "30 23 * * *"}},                                // back over midnight, for good
	{"Asia/Gaza", 2026, []string{"0 2 * * *", "30 1 * * *"}},                                   // changes on days of its own
	{"Africa/El_Aaiun", 2027, []string{"30 2 * * *"}},                                          // Ramadan again
	{"Pacific/Kiritimati", 2026, []string{"0 6 * * *"}},                                        // fourteen hours ahead
	{"Pacific/Pago_Pago", 2026, []string{"0 6 * * *"}},                                         // eleven hours behind
}

// issues are what a database keeps of a schedule: one issue a day, and when it
// was made.
type issues map[digest.Day]time.Time

// run is the program at one wake: it asks what is due and makes an issue of it
// unless there is one.
func (made issues) run(p schedule.Plan, now time.Time) {
	day, ok := p.Due(now)
	if _, have := made[day]; ok && !have {
		made[day] = now
	}
}

// A span is the time that a test covers in a zone.
type span struct {
	loc      *time.Location
	from, to time.Time
	shown    map[digest.Day]bool // the days that clocks in loc show in it
}

// newSpan looks at the clocks every hour: a day that a zone has, it has on the
// hour.
func newSpan(loc *time.Location, from, to time.Time) span {
	s := span{loc: loc, from: from, to: to, shown: map[digest.Day]bool{}}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		s.shown[digest.DayOf(at.In(loc))] = true
	}
	return s
}

// check compares the issues made with the days that there were. The first days
// and the last may lie outside of the span.
func (s span) check(t *testing.T, made issues, plan schedule.Plan, skip schedule.Skip, late time.Duration) {
	t.Helper()
	first, last := digest.DayOf(s.from.In(s.loc)).Add(1), digest.DayOf(s.to.In(s.loc)).Add(-2)
	for day := range s.shown {
		if _, ok := made[day]; ok == skipped(skip, day) && day >= first && day <= last {
			t.Errorf("%s has an issue: %t, want %t", day, ok, !ok)
		}
	}
	for day, at := range made {
		if day < first {
			continue
		}
		due, ok := plan.Moment(day)
		if !ok || !s.shown[day] || skipped(skip, day) {
			t.Errorf("an issue was made for %s, which is no publishing day", day)
		}
		if at.Before(due) || at.Sub(due) > late {
			t.Errorf("the issue of %s was made at %s; it is due at %s and may be late for %s", day, at.In(s.loc), due, late)
		}
	}
}

func skipped(s schedule.Skip, day digest.Day) bool {
	return slices.Contains(s.Weekdays, day.Weekday()) || slices.Contains(s.Dates, day)
}

// A program that runs all year and wakes every few minutes.
func TestAYearWithoutAnOutageHasOneIssueADay(t *testing.T) {
	t.Parallel()
	const tick = 5 * time.Minute
	for _, change := range changes {
		t.Run(change.zone, func(t *testing.T) {
			t.Parallel()
			from := time.Date(change.year, 1, 1, 0, 0, 0, 0, time.UTC)
			s := newSpan(zone(t, change.zone), from, from.AddDate(1, 0, 3))
			plan := newPlan(t, change.exprs[0], change.zone, schedule.Skip{}, 6*time.Hour)
			made := issues{}
			for now := s.from; now.Before(s.to); now = now.Add(tick) {
				made.run(plan, now)
			}
			s.check(t, made, plan, schedule.Skip{}, tick)
		})
	}
}

// Two programs on one database, started again and down now and then but never
// longer than an issue may be late, over the years in which zones changed most.
func TestYearsOfRestartsHaveOneIssueAPublishingDay(t *testing.T) {
	t.Parallel()
	const late = 6 * time.Hour
	skip := schedule.Skip{
		Weekdays: []time.Weekday{time.Sunday},
		Dates:    []digest.Day{"2011-12-28", "2020-02-29", "2026-03-28", "2026-10-26"},
	}
	for _, change := range changes {
		t.Run(change.zone, func(t *testing.T) {
			t.Parallel()
			from := time.Date(min(change.year, 2016), 1, 1, 0, 0, 0, 0, time.UTC)
			s := newSpan(zone(t, change.zone), from, time.Date(2028, 1, 8, 0, 0, 0, 0, time.UTC))
			for n, expr := range change.exprs {
				plan := newPlan(t, expr, change.zone, skip, late)
				made := issues{}
				random := rand.New(rand.NewPCG(uint64(n), uint64(change.year)))
				for now := s.from; now.Before(s.to); now = now.Add(gap(random, late)) {
					// Both ask at nearly one moment; the database has one row.
					made.run(plan, now)
					made.run(plan, now.Add(time.Duration(random.IntN(1000))*time.Millisecond))
				}
				s.check(t, made, plan, skip, late)
			}
		})
	}
}

// gap is how long it is until the programs wake again: often not before they
// were down for most of the time that an issue may be late.
func gap(random *rand.Rand, late time.Duration) time.Duration {
	if random.IntN(10) == 0 {
		return time.Duration(1+random.IntN(60)) * time.Minute
	}
	return late/2 + time.Duration(random.Int64N(int64(late/2)))
}

// A program that is down for days makes no issue too late, none twice and none
// of a day that was no publishing day; and it makes that of the day on which it
// is back in time.
func TestAnOutageLongerThanAllowedLosesItsDaysAndNoOthers(t *testing.T) {
	t.Parallel()
	const late = 3 * time.Hour
	for _, change := range changes {
		t.Run(change.zone, func(t *testing.T) {
			t.Parallel()
			plan := newPlan(t, change.exprs[0], change.zone, schedule.Skip{}, late)
			random := rand.New(rand.NewPCG(7, uint64(change.year)))
			made, up := issues{}, map[digest.Day]bool{}
			now := time.Date(change.year, 1, 1, 0, 0, 0, 0, time.UTC)
			for to := now.AddDate(1, 0, 0); now.Before(to); {
				for range random.IntN(300) {
					made.run(plan, now)
					markUp(up, plan, now, late)
					now = now.Add(10 * time.Minute)
				}
				now = now.Add(time.Duration(random.Int64N(int64(72 * time.Hour))))
			}
			for day := range up {
				if at, ok := made[day]; !ok {
					t.Errorf("%s has no issue, though the program ran in time", day)
				} else if due, _ := plan.Moment(day); at.Before(due) || at.Sub(due) > late {
					t.Errorf("the issue of %s was made at %s; it was due at %s", day, at, due)
				}
			}
			if len(made) != len(up) {
				t.Errorf("%d issues on %d days on which the program ran in time", len(made), len(up))
			}
		})
	}
}

// markUp notes every day in whose window now lies.
func markUp(up map[digest.Day]bool, p schedule.Plan, now time.Time, late time.Duration) {
	today := digest.DayOf(now)
	for n := -3; n <= 3; n++ {
		day := today.Add(n)
		if due, ok := p.Moment(day); ok && !now.Before(due) && !now.After(due.Add(late)) {
			up[day] = true
		}
	}
}
