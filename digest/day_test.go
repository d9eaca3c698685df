package digest_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones must be the same wherever the tests run

	"redigest/digest"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseDay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		ok   bool
	}{
		"a day":                          {"2026-02-03", true},
		"a leap day":                     {"2028-02-29", true},
		"a leap day in a common year":    {"2026-02-29", false},
		"without the zeros":              {"2026-2-3", false},
		"with a time":                    {"2026-02-03T06:00:00Z", false},
		"white space before it":          {" 2026-02-03", false},
		"nothing":                        {"", false},
		"the other way round":            {"03.02.2026", false},
		"a month that does not exist":    {"2026-13-01", false},
		"digits that are not ASCII ones": {"２０２６-02-03", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day, err := digest.ParseDay(test.text)
			if ok := err == nil; ok != test.ok {
				t.Fatalf("ParseDay(%q) = %q, %v", test.text, day, err)
			}
			if test.ok && string(day) != test.text {
				t.Errorf("ParseDay(%q) = %q", test.text, day)
			}
		})
	}
}

func TestDaysFollowOneAnother(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from digest.Day
		n    int
		want digest.Day
	}{
		"within a month":    {"2026-02-03", 1, "2026-02-04"},
		"over a new year":   {"2026-12-31", 1, "2027-01-01"},
		"over a leap day":   {"2028-02-28", 2, "2028-03-01"},
		"back":              {"2026-03-01", -1, "2026-02-28"},
		"none":              {"2026-03-01", 0, "2026-03-01"},
		"a year of 366 day": {"2028-01-01", 366, "2029-01-01"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.from.Add(test.n); got != test.want {
				t.Errorf("%s.Add(%d) = %s, want %s", test.from, test.n, got, test.want)
			}
		})
	}
	if !(digest.Day("2026-09-30") < digest.Day("2026-10-01")) {
		t.Error("30 September does not come before 1 October")
	}
	if got := digest.Day("2026-02-03").Weekday(); got != time.Tuesday {
		t.Errorf("3 February 2026 is a %s, want Tuesday", got)
	}
}

func TestDayOfIsTheDayInTheZoneOfTheTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 3, 23, 30, 0, 0, time.UTC)
	if got := digest.DayOf(at); got != "2026-02-03" {
		t.Errorf("in UTC it is %s", got)
	}
	if got := digest.DayOf(at.In(zone(t, "Asia/Kathmandu"))); got != "2026-02-04" {
		t.Errorf("in Kathmandu it is %s", got)
	}
}

// The offsets in want are those of the zone at that moment: they tell the first
// of two equal times from the second.
func TestAtIsTheMomentAClockOnTheWallShows(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day          digest.Day
		zone         string
		hour, minute int
		want         string
	}{
		"an ordinary day":                               {"2026-02-03", "Europe/Berlin", 6, 0, "2026-02-03T06:00:00+01:00"},
		"an ordinary day in UTC":                        {"2026-02-03", "UTC", 6, 0, "2026-02-03T06:00:00Z"},
		"an offset of three quarters":                   {"2026-02-03", "Asia/Kathmandu", 6, 0, "2026-02-03T06:00:00+05:45"},
		"before the hour that spring removes":           {"2026-03-29", "Europe/Berlin", 1, 59, "2026-03-29T01:59:00+01:00"},
		"the first minute that spring removes":          {"2026-03-29", "Europe/Berlin", 2, 0, "2026-03-29T03:00:00+02:00"},
		"in the hour that spring removes":               {"2026-03-29", "Europe/Berlin", 2, 30, "2026-03-29T03:30:00+02:00"},
		"after the hour that spring removes":            {"2026-03-29", "Europe/Berlin", 3, 0, "2026-03-29T03:00:00+02:00"},
		"the last minute before a repeat":               {"2026-10-25", "Europe/Berlin", 1, 59, "2026-10-25T01:59:00+02:00"},
		"in the hour that autumn repeats":               {"2026-10-25", "Europe/Berlin", 2, 30, "2026-10-25T02:30:00+02:00"},
		"after the hour that autumn repeats":            {"2026-10-25", "Europe/Berlin", 3, 0, "2026-10-25T03:00:00+01:00"},
		"west of Greenwich in the gap":                  {"2026-03-08", "America/New_York", 2, 30, "2026-03-08T03:30:00-04:00"},
		"west of Greenwich in the repeat":               {"2026-11-01", "America/New_York", 1, 30, "2026-11-01T01:30:00-04:00"},
		"Lord Howe in its gap of half an hour":          {"2026-10-04", "Australia/Lord_Howe", 2, 15, "2026-10-04T02:45:00+11:00"},
		"Lord Howe after its gap":                       {"2026-10-04", "Australia/Lord_Howe", 2, 45, "2026-10-04T02:45:00+11:00"},
		"Lord Howe before its repeat":                   {"2026-04-05", "Australia/Lord_Howe", 1, 29, "2026-04-05T01:29:00+11:00"},
		"Lord Howe in its repeat of half an hour":       {"2026-04-05", "Australia/Lord_Howe", 1, 45, "2026-04-05T01:45:00+11:00"},
		"Lord Howe after its repeat":                    {"2026-04-05", "Australia/Lord_Howe", 2, 0, "2026-04-05T02:00:00+10:30"},
		"midnight removed in Santiago":                  {"2026-09-06", "America/Santiago", 0, 0, "2026-09-06T01:00:00-03:00"},
		"the hour before midnight repeated in Santiago": {"2026-04-04", "America/Santiago", 23, 30, "2026-04-04T23:30:00-03:00"},
		"midnight after that repeat":                    {"2026-04-05", "America/Santiago", 0, 0, "2026-04-05T00:00:00-04:00"},
		"midnight removed in Beirut":                    {"2026-03-29", "Asia/Beirut", 0, 15, "2026-03-29T01:15:00+03:00"},
		"midnight repeated in Havana":                   {"2026-11-01", "America/Havana", 0, 30, "2026-11-01T00:30:00-04:00"},
		"clocks put back over midnight: the first time": {"2010-11-07", "America/St_Johns", 0, 0, "2010-11-07T00:00:00-02:30"},
		"the day before, which ended twice":             {"2010-11-06", "America/St_Johns", 23, 30, "2010-11-06T23:30:00-02:30"},
		"Ramadan begins: an hour twice":                 {"2026-02-15", "Africa/Casablanca", 2, 30, "2026-02-15T02:30:00+01:00"},
		"Ramadan ends: an hour removed":                 {"2026-03-22", "Africa/Casablanca", 2, 30, "2026-03-22T03:30:00+01:00"},
		"the half hour before midnight removed":         {"2018-05-04", "Asia/Pyongyang", 23, 45, "2018-05-05T00:15:00+09:00"},
		"the day before Samoa left out a day":           {"2011-12-29", "Pacific/Apia", 6, 0, "2011-12-29T06:00:00-10:00"},
		"the day after it":                              {"2011-12-31", "Pacific/Apia", 6, 0, "2011-12-31T06:00:00+14:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, test.zone)
			got, ok := test.day.At(loc, test.hour, test.minute)
			if !ok || got.Format(time.RFC3339) != test.want {
				t.Errorf("%s at %d:%02d in %s is %s, %t; want %s, true",
					test.day, test.hour, test.minute, test.zone, got.Format(time.RFC3339), ok, test.want)
			}
			if got.Location() != loc {
				t.Errorf("the time is in %s, want %s", got.Location(), loc)
			}
		})
	}
}

func TestAtSaysWhenAZoneHasNoSuchDay(t *testing.T) {
	t.Parallel()
	for name, hour := range map[string]int{"midnight": 0, "morning": 6, "noon": 12, "night": 23} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if at, ok := digest.Day("2011-12-30").At(zone(t, "Pacific/Apia"), hour, 0); ok {
				t.Errorf("Samoa had no 30 December 2011, but At says %s", at)
			}
			if _, ok := digest.Day("2011-12-30").At(zone(t, "Pacific/Pago_Pago"), hour, 0); !ok {
				t.Error("American Samoa had that day")
			}
		})
	}
}

func TestEndIsTheLastMillisecondOfTheDay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		day  digest.Day
		zone string
		want string
	}{
		"an ordinary day":                       {"2026-02-03", "Europe/Berlin", "2026-02-03T23:59:59.999+01:00"},
		"UTC":                                   {"2026-12-31", "UTC", "2026-12-31T23:59:59.999Z"},
		"a day of 23 hours":                     {"2026-03-29", "Europe/Berlin", "2026-03-29T23:59:59.999+02:00"},
		"a day of 25 hours":                     {"2026-10-25", "Europe/Berlin", "2026-10-25T23:59:59.999+01:00"},
		"the midnight after it is removed":      {"2026-09-05", "America/Santiago", "2026-09-05T23:59:59.999-04:00"},
		"its last hour is repeated":             {"2026-04-04", "America/Santiago", "2026-04-04T23:59:59.999-04:00"},
		"its first hour is repeated":            {"2026-11-01", "America/Havana", "2026-11-01T23:59:59.999-05:00"},
		"the first hour of the next is twice":   {"2026-10-31", "America/Havana", "2026-10-31T23:59:59.999-04:00"},
		"it ends twice, being back over a day":  {"2010-11-06", "America/St_Johns", "2010-11-06T23:59:59.999-03:30"},
		"its last half hour is removed":         {"2018-05-04", "Asia/Pyongyang", "2018-05-04T23:29:59.999+08:30"},
		"the next day is left out":              {"2011-12-29", "Pacific/Apia", "2011-12-29T23:59:59.999-10:00"},
		"left out itself: the end of the other": {"2011-12-30", "Pacific/Apia", "2011-12-29T23:59:59.999-10:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := test.day.End(zone(t, test.zone)).Format("2006-01-02T15:04:05.999Z07:00")
			if got != test.want {
				t.Errorf("%s ends in %s at %s, want %s", test.day, test.zone, got, test.want)
			}
		})
	}
}

// Over twenty years in every kind of zone, At shows what it was asked for
// unless a clock change took that away, and no earlier moment shows it too.
func TestAtIsTheFirstMomentThatShowsItsTime(t *testing.T) {
	t.Parallel()
	zones := []string{
		"UTC", "Europe/Berlin", "America/New_York", "America/Havana", "America/Santiago",
		"America/St_Johns", "Asia/Beirut", "Asia/Kathmandu", "Asia/Pyongyang",
		"Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia", "America/Nuuk",
	}
	for _, name := range zones {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := zone(t, name)
			for day := digest.Day("2007-12-31"); day < "2028-01-02"; day = day.Add(1) {
				for _, minutes := range []int{0, 30, 75, 105, 150, 6 * 60, 23*60 + 45} {
					checkFirst(t, loc, day, minutes/60, minutes%60)
				}
			}
		})
	}
}

func checkFirst(t *testing.T, loc *time.Location, day digest.Day, hour, minute int) {
	t.Helper()
	at, ok := day.At(loc, hour, minute)
	shows := func(m time.Time) bool {
		return digest.DayOf(m) == day && m.Hour() == hour && m.Minute() == minute
	}
	if !ok || !shows(at) {
		// Nothing else may show it: the time does not exist on that day.
		for m := at.Add(-26 * time.Hour); m.Before(at.Add(26 * time.Hour)); m = m.Add(15 * time.Minute) {
			if shows(m) {
				t.Errorf("At(%s %d:%02d) is %s, %t, but %s shows it", day, hour, minute, at, ok, m)
			}
		}
		return
	}
	for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 24 * time.Hour} {
		if earlier := at.Add(-back); shows(earlier) {
			t.Errorf("At(%s %d:%02d) is %s, but %s shows it first", day, hour, minute, at, earlier)
		}
	}
}

func TestADayAndItsMonth(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"": "3 February", "en-US": "February 3", "de": "3. Februar", "fr": "3 février", "es": "3 de febrero", "pt": "3 de fevereiro",
		"it": "3 febbraio", "nl": "3 februari", "pl": "3 lutego", "ru": "3 февраля", "zh": "2月3日", "ja": "2月3日", "ko": "2월 3일",
		"sv": "3 februari", "da": "3. februar", "no": "3. februar", "fi": "3. helmikuuta", "ar": "3 فبراير", "he": "3 בפברואר",
	} {
		if got := digest.Day("2026-02-03").DayAndMonth(language); got != want {
			t.Errorf("in %q it is %q, want %q", language, got, want)
		}
	}
}

func TestADayInWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ ordinary, first string }{
		"en":         {"Tuesday, 3 February 2026", "Friday, 1 May 2026"},
		"en-GB":      {"Tuesday, 3 February 2026", "Friday, 1 May 2026"},
		"en-US":      {"Tuesday, February 3, 2026", "Friday, May 1, 2026"},
		"de-AT":      {"Dienstag, 3. Februar 2026", "Freitag, 1. Mai 2026"},
		"fr":         {"mardi 3 février 2026", "vendredi 1er mai 2026"},
		"es-MX":      {"martes, 3 de febrero de 2026", "viernes, 1 de mayo de 2026"},
		"pt-BR":      {"terça-feira, 3 de fevereiro de 2026", "sexta-feira, 1 de maio de 2026"},
		"it":         {"martedì 3 febbraio 2026", "venerdì 1 maggio 2026"},
		"nl":         {"dinsdag 3 februari 2026", "vrijdag 1 mei 2026"},
		"pl":         {"wtorek, 3 lutego 2026", "piątek, 1 maja 2026"},
		"ru":         {"вторник, 3 февраля 2026 г.", "пятница, 1 мая 2026 г."},
		"zh-Hant-TW": {"2026年2月3日星期二", "2026年5月1日星期五"},
		"ja":         {"2026年2月3日火曜日", "2026年5月1日金曜日"},
		"ko":         {"2026년 2월 3일 화요일", "2026년 5월 1일 금요일"},
		"sv-FI":      {"tisdag 3 februari 2026", "fredag 1 maj 2026"},
		"da":         {"tirsdag den 3. februar 2026", "fredag den 1. maj 2026"},
		"nb":         {"tirsdag 3. februar 2026", "fredag 1. mai 2026"},
		"fi":         {"tiistai 3. helmikuuta 2026", "perjantai 1. toukokuuta 2026"},
		"ar-EG":      {"الثلاثاء، 3 فبراير 2026", "الجمعة، 1 مايو 2026"},
		"he":         {"יום שלישי, 3 בפברואר 2026", "יום שישי, 1 במאי 2026"},
		"":           {"Tuesday, 3 February 2026", "Friday, 1 May 2026"},
		"tlh":        {"Tuesday, 3 February 2026", "Friday, 1 May 2026"},
	}
	for language, want := range tests {
		if got := digest.Day("2026-02-03").InWords(language); got != want.ordinary {
			t.Errorf("in %q it is %q, want %q", language, got, want.ordinary)
		}
		if got := digest.Day("2026-05-01").InWords(language); got != want.first {
			t.Errorf("in %q the first is %q, want %q", language, got, want.first)
		}
	}
}
