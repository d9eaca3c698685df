package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"
)

// A Duration is a length of time, written as 7d, 6h, 30m, 90s or 1h30m.
type Duration time.Duration

// units are what a duration is written in, the longest first.
var units = [...]struct {
	letter byte
	length time.Duration
}{
	{'d', 24 * time.Hour},
	{'h', time.Hour},
	{'m', time.Minute},
	{'s', time.Second},
}

// ParseDuration reads whole numbers of days, hours, minutes and seconds, the
// longest unit first and none twice.
func ParseDuration(s string) (Duration, error) {
	bad := fmt.Errorf("%q is not a length of time; write it as 7d, 6h, 30m or 90s", s)
	var total time.Duration
	rest := s
	for _, unit := range units {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits == len(rest) || rest[digits] != unit.letter {
			continue
		}
		n, err := strconv.ParseInt(rest[:digits], 10, 64)
		if err != nil || n > int64((math.MaxInt64-total)/unit.length) {
			return 0, fmt.Errorf("%q is too long a time", s)
		}
		total += time.Duration(n) * unit.length
		rest = rest[digits+1:]
	}
	if s == "" || rest != "" {
		return 0, bad
	}
	return Duration(total), nil
}

// String writes d as ParseDuration reads it. What is less than a second is
// lost.
func (d Duration) String() string {
	left := time.Duration(d)
	var b strings.Builder
	for _, unit := range units {
		if n := left / unit.length; n > 0 {
			fmt.Fprintf(&b, "%d%c", n, unit.letter)
			left -= n * unit.length
		}
	}
	if b.Len() == 0 {
		return "0s"
	}
	return b.String()
}

// MarshalText writes d as ParseDuration reads it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDuration reads.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// A Weekday is a day of the week, written as its English name or the first
// three letters of it.
type Weekday time.Weekday

// String returns the English name in lower case.
func (d Weekday) String() string { return strings.ToLower(time.Weekday(d).String()) }

// MarshalText writes the English name.
func (d Weekday) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the English name or its first three letters.
func (d *Weekday) UnmarshalText(text []byte) error {
	s := strings.ToLower(string(text))
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name := Weekday(day).String(); s == name || s == name[:3] {
			*d = Weekday(day)
			return nil
		}
	}
	return fmt.Errorf("%q is not a day of the week; write it as saturday or sat", text)
}

// A Secret is a text that is never printed. Only a conversion to string gives
// it away.
type Secret string

const hidden = "(secret)"

// String hides the secret.
func (s Secret) String() string { return hidden }

// Format hides the secret from every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// LogValue hides the secret from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText refuses to write the secret.
func (s Secret) MarshalText() ([]byte, error) {
	return nil, errors.New("a secret is not written")
}
