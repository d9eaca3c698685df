package schedule_test

import (
	"strings"
	"testing"

	"redigest/cmd/internal/schedule"
)

func TestParseClock(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		expr string
		want schedule.Clock
		err  string // a part of it
	}{
		"the usual one":                    {"0 6 * * *", schedule.Clock{Hour: 6}, ""},
		"with minutes":                     {"45 18 * * *", schedule.Clock{Hour: 18, Minute: 45}, ""},
		"midnight":                         {"0 0 * * *", schedule.Clock{}, ""},
		"the last minute":                  {"59 23 * * *", schedule.Clock{Hour: 23, Minute: 59}, ""},
		"white space around and between":   {"  0  6 * * * ", schedule.Clock{Hour: 6}, ""},
		"all days spelt out":               {"0 6 1-31 1-12 0-6", schedule.Clock{Hour: 6}, ""},
		"all days by question mark":        {"0 6 ? * ?", schedule.Clock{Hour: 6}, ""},
		"a list of one":                    {"0,0 6-6 * * *", schedule.Clock{Hour: 6}, ""},
		"daily by name":                    {"@daily", schedule.Clock{}, ""},
		"two hours":                        {"0 6,18 * * *", schedule.Clock{}, "more than once a day"},
		"every hour":                       {"0 * * * *", schedule.Clock{}, "more than once a day"},
		"every hour by name":               {"@hourly", schedule.Clock{}, "more than once a day"},
		"every minute of an hour":          {"* 6 * * *", schedule.Clock{}, "more than once a day"},
		"a step":                           {"*/20 6 * * *", schedule.Clock{}, "more than once a day"},
		"working days":                     {"0 6 * * 1-5", schedule.Clock{}, "schedule.skip"},
		"all days but one":                 {"0 6 * * 1-6", schedule.Clock{}, "schedule.skip"},
		"a day by name":                    {"0 6 * * mon", schedule.Clock{}, "schedule.skip"},
		"weekly by name":                   {"@weekly", schedule.Clock{}, "schedule.skip"},
		"every second day":                 {"0 6 */2 * *", schedule.Clock{}, "schedule.skip"},
		"a month":                          {"0 6 * 3 *", schedule.Clock{}, "schedule.skip"},
		"all but the last day of a month":  {"0 6 1-30 * *", schedule.Clock{}, "schedule.skip"},
		"a day that never comes":           {"0 6 31 2 *", schedule.Clock{}, "schedule.skip"},
		"no hour":                          {"0 , * * *", schedule.Clock{}, "never fires"},
		"no minute":                        {", 6 * * *", schedule.Clock{}, "never fires"},
		"an interval":                      {"@every 24h", schedule.Clock{}, "no time of day"},
		"a zone of its own":                {"TZ=Europe/Berlin 0 6 * * *", schedule.Clock{}, "publication.timezone"},
		"a zone of its own in another way": {"CRON_TZ=UTC 0 6 * * *", schedule.Clock{}, "publication.timezone"},
		"a zone and nothing else":          {"TZ=UTC", schedule.Clock{}, "publication.timezone"},
		"seconds":                          {"0 0 6 * * *", schedule.Clock{}, "not a cron expression"},
		"an hour that does not exist":      {"0 24 * * *", schedule.Clock{}, "not a cron expression"},
		"a clock's face":                   {"06:00", schedule.Clock{}, "not a cron expression"},
		"nothing":                          {"", schedule.Clock{}, "not a cron expression"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := schedule.ParseClock(test.expr)
			switch {
			case test.err == "" && (err != nil || got != test.want):
				t.Errorf("ParseClock(%q) = %v, %v; want %v", test.expr, got, err, test.want)
			case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
				t.Errorf("ParseClock(%q) = %v, %v; want an error about %q", test.expr, got, err, test.err)
			}
		})
	}
}

func FuzzParseClock(f *testing.F) {
	for _, expr := range []string{"0 6 * * *", "@daily", "TZ= 0 6 * * *", "*/5 6 1-31 jan-dec sun", "0 6 ? * ?", ", , , , ,", "@every 1h"} {
		f.Add(expr)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		c, err := schedule.ParseClock(expr)
		if err != nil {
			return
		}
		if c.Hour < 0 || c.Hour > 23 || c.Minute < 0 || c.Minute > 59 {
			t.Errorf("ParseClock(%q) = %v", expr, c)
		}
	})
}
