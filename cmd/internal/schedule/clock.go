package schedule

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"

	"github.com/robfig/cron/v3"
)

// A Clock is a time of day.
type Clock struct{ Hour, Minute int }

// String returns the time of day as a clock shows it.
func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// ParseClock reads the time of day that a cron expression names. It refuses one
// that names more than one time, or days: which days are publishing days is for
// [Skip] to say.
func ParseClock(expr string) (Clock, error) {
	spec, err := parse(expr)
	if err != nil {
		return Clock{}, err
	}
	minutes, hours := times(spec.Minute), times(spec.Hour)
	switch {
	case minutes == 0 || hours == 0:
		return Clock{}, fmt.Errorf("cron expression %q never fires", expr)
	case minutes > 1 || hours > 1:
		return Clock{}, fmt.Errorf("cron expression %q fires more than once a day; name one time, as 0 6 * * * does", expr)
	case !all(spec.Dom, 1, 31) || !all(spec.Month, 1, 12) || !all(spec.Dow, 0, 6):
		return Clock{}, fmt.Errorf("cron expression %q names days; write * * * after the time, because days are chosen by schedule.skip", expr)
	}
	return Clock{Hour: bits.TrailingZeros64(spec.Hour), Minute: bits.TrailingZeros64(spec.Minute)}, nil
}

// parse lets the library read expr.
func parse(expr string) (spec *cron.SpecSchedule, err error) {
	if strings.Contains(expr, "TZ=") {
		return nil, errors.New("a cron expression names no time zone here; set publication.timezone")
	}
	// The library panics on some expressions.
	defer func() {
		if recover() != nil {
			spec, err = nil, fmt.Errorf("%q is not a cron expression; write it as 0 6 * * *", expr)
		}
	}()
	parsed, err := cron.ParseStandard(expr)
	if err != nil {
		return nil, fmt.Errorf("%q is not a cron expression (%w); write it as 0 6 * * *", expr, err)
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok { // “@every 24h”
		return nil, fmt.Errorf("cron expression %q names no time of day; write it as 0 6 * * *", expr)
	}
	return spec, nil
}

// star is the bit that the library sets for a field written as *.
const star = 1 << 63

// times counts the values of a field.
func times(field uint64) int { return bits.OnesCount64(field &^ star) }

// all reports whether a field has every value from first to last.
func all(field uint64, first, last int) bool {
	want := uint64(1)<<(last+1) - uint64(1)<<first
	return field&want == want
}
