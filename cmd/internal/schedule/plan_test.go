package schedule_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones must be the same wherever the tests run

	"redigest/cmd/internal/schedule"
	"redigest/digest"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func newPlan(t testing.TB, expr, zoneName string, skip schedule.Skip, late time.Duration) schedule.Plan {
	t.Helper()
	p, err := schedule.New(expr, zone(t, zoneName), skip, late)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func moment(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestNewRefusesAPlanThatCannotBeKept(t *testing.T) {
	t.Parallel()
	everyDay := []time.Weekday{0, 1, 2, 3, 4, 5, 6}
	tests := map[string]struct {
		expr string
		skip schedule.Skip
		late time.Duration
		want []string // parts of the error; none for a good plan
	}{
		"a good one":                {"0 6 * * *", schedule.Skip{}, 6 * time.Hour, nil},
		"late by a second":          {"0 6 * * *", schedule.Skip{}, time.Second, nil},
		"late by nearly all":        {"0 6 * * *", schedule.Skip{}, 24*time.Hour - 1, nil},
		"one day left":              {"0 6 * * *", schedule.Skip{Weekdays: everyDay[:6]}, time.Hour, nil},
		"never late":                {"0 6 * * *", schedule.Skip{}, 0, []string{"late"}},
		"late by less than nothing": {"0 6 * * *", schedule.Skip{}, -time.Hour, []string{"late"}},
		"late by a day":             {"0 6 * * *", schedule.Skip{}, 24 * time.Hour, []string{"late"}},
		"all days skipped":          {"0 6 * * *", schedule.Skip{Weekdays: everyDay}, time.Hour, []string{"skipped"}},
		"all wrong":                 {"0 * * * *", schedule.Skip{Weekdays: everyDay}, 0, []string{"once a day", "skipped", "late"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := schedule.New(test.expr, time.UTC, test.skip, test.late)
			if (err != nil) != (test.want != nil) {
				t.Fatalf("New returned %v", err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q says nothing of %q", err, part)
				}
			}
		})
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	// 4 February 2026 is a Wednesday.
	skip := schedule.Skip{Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Dates: []digest.Day{"2026-02-05"}}
	tests := map[string]struct {
		expr, zone string
		late       time.Duration
		now        string
		want       digest.Day // "" when none is due
	}{
		"a millisecond before the hour": {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-04T05:59:59.999Z", ""},
		"on the hour":                   {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-04T06:00:00Z", "2026-02-04"},
		"as late as allowed":            {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-04T12:00:00Z", "2026-02-04"},
		"later than allowed":            {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-04T12:00:00.001Z", ""},
		"made up for after midnight":    {"0 22 * * *", "UTC", 6 * time.Hour, "2026-02-04T03:00:00Z", "2026-02-03"},
		"the newer of two":              {"0 6 * * *", "UTC", 23*time.Hour + 59*time.Minute, "2026-02-04T06:00:00Z", "2026-02-04"},
		"the older until then":          {"0 6 * * *", "UTC", 23*time.Hour + 59*time.Minute, "2026-02-04T05:58:00Z", "2026-02-03"},
		"a date that is skipped":        {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-05T06:00:00Z", ""},
		"the day before a skipped one":  {"0 22 * * *", "UTC", 6 * time.Hour, "2026-02-05T02:00:00Z", "2026-02-04"},
		"a weekday that is skipped":     {"0 6 * * *", "UTC", 6 * time.Hour, "2026-02-07T06:00:00Z", ""},
		"the day is the publisher's":    {"0 6 * * *", "Asia/Kathmandu", 6 * time.Hour, "2026-02-04T00:15:00Z", "2026-02-04"},
		"not before the publisher's":    {"0 6 * * *", "Asia/Kathmandu", 6 * time.Hour, "2026-02-04T00:14:59Z", ""},

		"Samoa's day before the missing one": {"0 6 * * *", "Pacific/Apia", 23 * time.Hour, "2011-12-30T09:59:00Z", "2011-12-29"},
		"Samoa's day after it":               {"0 6 * * *", "Pacific/Apia", 23 * time.Hour, "2011-12-30T16:00:00Z", ""}, // a Saturday
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := newPlan(t, test.expr, test.zone, skip, test.late).Due(moment(t, test.now))
			if got != test.want || ok != (test.want != "") {
				t.Errorf("Due(%s) = %q, %t; want %q", test.now, got, ok, test.want)
			}
		})
	}
}

func TestDueAroundClockChanges(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expr, zone string
		now        string
		want       digest.Day
	}{
		"in the hour after the gap, not yet":              {"30 2 * * *", "Europe/Berlin", "2026-03-29T03:29:59+02:00", ""},
		"an hour later than written":                      {"30 2 * * *", "Europe/Berlin", "2026-03-29T03:30:00+02:00", "2026-03-29"},
		"before the first of two equal times":             {"30 2 * * *", "Europe/Berlin", "2026-10-25T02:29:59+02:00", ""},
		"at the first of two equal times":                 {"30 2 * * *", "Europe/Berlin", "2026-10-25T02:30:00+02:00", "2026-10-25"},
		"still the same day at the second":                {"30 2 * * *", "Europe/Berlin", "2026-10-25T02:30:00+01:00", "2026-10-25"},
		"half an hour removed":                            {"15 2 * * *", "Australia/Lord_Howe", "2026-10-04T02:45:00+11:00", "2026-10-04"},
		"half an hour removed, not yet":                   {"15 2 * * *", "Australia/Lord_Howe", "2026-10-04T02:44:00+11:00", ""},
		"half an hour repeated, first":                    {"45 1 * * *", "Australia/Lord_Howe", "2026-04-05T01:45:00+11:00", "2026-04-05"},
		"midnight removed":                                {"0 0 * * *", "America/Santiago", "2026-09-06T01:00:00-03:00", "2026-09-06"},
		"the evening before":                              {"0 0 * * *", "America/Santiago", "2026-09-05T23:59:00-04:00", ""},
		"clocks go back to the day before":                {"0 0 * * *", "America/St_Johns", "2010-11-06T23:30:00-03:30", "2010-11-07"},
		"removed up to the end of its day: on the next":   {"45 23 * * *", "Asia/Pyongyang", "2018-05-05T00:15:00+09:00", "2018-05-04"},
		"removed up to the end of its day: not before it": {"45 23 * * *", "Asia/Pyongyang", "2018-05-05T00:14:00+09:00", ""},
		"Samoa's missing day is never due":                {"0 6 * * *", "Pacific/Apia", "2011-12-31T05:59:00+14:00", ""},
		"Samoa's next day":                                {"0 6 * * *", "Pacific/Apia", "2011-12-31T06:00:00+14:00", "2011-12-31"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := newPlan(t, test.expr, test.zone, schedule.Skip{}, 6*time.Hour)
			got, ok := plan.Due(moment(t, test.now))
			if got != test.want || ok != (test.want != "") {
				t.Errorf("Due(%s) = %q, %t; want %q", test.now, got, ok, test.want)
			}
		})
	}
}

func TestNextIsTheFirstMomentToCome(t *testing.T) {
	t.Parallel()
	skip := schedule.Skip{Weekdays: []time.Weekday{time.Saturday, time.Sunday}, Dates: []digest.Day{"2026-02-05"}}
	tests := map[string]struct {
		expr, zone string
		skip       schedule.Skip
		now        string
		day        digest.Day
		at         string
	}{
		"later today":             {"0 6 * * *", "UTC", skip, "2026-02-04T05:59:59Z", "2026-02-04", "2026-02-04T06:00:00Z"},
		"on the hour: not itself": {"0 6 * * *", "UTC", schedule.Skip{}, "2026-02-04T06:00:00Z", "2026-02-05", "2026-02-05T06:00:00Z"},
		"past a skipped date":     {"0 6 * * *", "UTC", skip, "2026-02-04T06:00:00Z", "2026-02-06", "2026-02-06T06:00:00Z"},
		"past a weekend":          {"0 6 * * *", "UTC", skip, "2026-02-06T07:00:00Z", "2026-02-09", "2026-02-09T06:00:00Z"},
		"moved by a clock change": {"30 2 * * *", "Europe/Berlin", schedule.Skip{}, "2026-03-29T01:00:00+01:00", "2026-03-29", "2026-03-29T03:30:00+02:00"},
		"moved into the next day": {"45 23 * * *", "Asia/Pyongyang", schedule.Skip{}, "2018-05-05T00:10:00+09:00", "2018-05-04", "2018-05-05T00:15:00+09:00"},
		"past a day left out":     {"0 6 * * *", "Pacific/Apia", schedule.Skip{}, "2011-12-29T12:00:00-10:00", "2011-12-31", "2011-12-31T06:00:00+14:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day, at := newPlan(t, test.expr, test.zone, test.skip, time.Hour).Next(moment(t, test.now))
			if day != test.day || at.Format(time.RFC3339) != test.at {
				t.Errorf("Next(%s) = %s, %s; want %s, %s", test.now, day, at.Format(time.RFC3339), test.day, test.at)
			}
		})
	}
}

func TestMomentIsForPublishingDaysOnly(t *testing.T) {
	t.Parallel()
	skip := schedule.Skip{Weekdays: []time.Weekday{time.Sunday}, Dates: []digest.Day{"2011-12-28"}}
	plan := newPlan(t, "0 6 * * *", "Pacific/Apia", skip, time.Hour)
	for day, want := range map[digest.Day]bool{
		"2011-12-25": false, // a Sunday
		"2011-12-28": false, // named
		"2011-12-29": true,
		"2011-12-30": false, // left out by the zone
		"2011-12-31": true,
	} {
		if at, ok := plan.Moment(day); ok != want {
			t.Errorf("Moment(%s) = %s, %t; want %t", day, at, ok, want)
		}
	}
}

func BenchmarkDue(b *testing.B) {
	plan := newPlan(b, "0 6 * * *", "Europe/Berlin", schedule.Skip{}, 6*time.Hour)
	now := moment(b, "2026-02-04T05:00:00Z")
	for b.Loop() {
		plan.Due(now)
	}
}
