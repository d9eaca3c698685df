package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"redigest/cmd/internal/config"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := map[string]struct {
		text string
		want time.Duration
		ok   bool
	}{
		"days":                    {"7d", 7 * day, true},
		"hours":                   {"6h", 6 * time.Hour, true},
		"minutes":                 {"30m", 30 * time.Minute, true},
		"seconds":                 {"90s", 90 * time.Second, true},
		"several":                 {"1d2h3m4s", day + 2*time.Hour + 3*time.Minute + 4*time.Second, true},
		"some of them":            {"1h30s", time.Hour + 30*time.Second, true},
		"nothing, with a unit":    {"0s", 0, true},
		"the longest":             {"106751d", 106751 * day, true},
		"longer than the longest": {"106752d", 0, false},
		"a sum that is too long":  {"106751d24h", 0, false},
		"far too long":            {"99999999999999999999d", 0, false},
		"nothing":                 {"", 0, false},
		"no unit":                 {"30", 0, false},
		"no number":               {"h", 0, false},
		"an unknown unit":         {"2w", 0, false},
		"a unit in capitals":      {"6H", 0, false},
		"milliseconds":            {"5ms", 0, false},
		"less than nothing":       {"-6h", 0, false},
		"a sign":                  {"+6h", 0, false},
		"a fraction":              {"1.5h", 0, false},
		"white space":             {"6 h", 0, false},
		"the shorter first":       {"30m1h", 0, false},
		"a unit twice":            {"1h1h", 0, false},
		"words":                   {"six hours", 0, false},
		"digits that are not 0-9": {"٣h", 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := config.ParseDuration(test.text)
			if time.Duration(got) != test.want || (err == nil) != test.ok {
				t.Errorf("ParseDuration(%q) = %s, %v; want %s, ok %t", test.text, got, err, test.want, test.ok)
			}
		})
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"7d", "6h", "30m", "90s", "1d2h3m4s", "106751d23h47m16s", "1h1h", "-1s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := config.ParseDuration(s)
		if err != nil {
			return
		}
		if d < 0 {
			t.Fatalf("ParseDuration(%q) = %d", s, d)
		}
		if again, err := config.ParseDuration(d.String()); err != nil || again != d {
			t.Errorf("%q is %s, which is read as %s, %v", s, d, again, err)
		}
	})
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Weekday{
		"sunday": time.Sunday, "Sun": time.Sunday, "WEDNESDAY": time.Wednesday, "sat": time.Saturday,
	} {
		var d config.Weekday
		if err := d.UnmarshalText([]byte(text)); err != nil || time.Weekday(d) != want {
			t.Errorf("%q is read as %s, %v", text, d, err)
		}
	}
	for _, text := range []string{"", "su", "sund", "samstag", "0"} {
		if err := new(config.Weekday).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was taken for a day of the week", text)
		}
	}
}

func TestASecretIsNotPrinted(t *testing.T) {
	t.Parallel()
	const password = "c0rrect-horse"
	c := config.Default()
	c.Mail.Relays = []config.Relay{{URL: "smtp://me@localhost", Password: password}}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "relay", c.Mail.Relays[0], "password", c.Mail.Relays[0].Password)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "config", c)
	encoded, err := json.Marshal(c)
	for name, text := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "%s": fmt.Sprintf("%s", c.Mail.Relays[0].Password),
		"%q": fmt.Sprintf("%q", c.Mail.Relays[0].Password), "%x": fmt.Sprintf("%x", c.Mail.Relays[0].Password),
		"a log": log.String(), "JSON": string(encoded) + fmt.Sprint(err),
	} {
		if strings.Contains(text, password) || strings.Contains(text, fmt.Sprintf("%x", password)) {
			t.Errorf("%s shows the password: %s", name, text)
		}
	}
	if got := string(c.Mail.Relays[0].Password); got != password {
		t.Errorf("the program itself gets %q", got)
	}
}
