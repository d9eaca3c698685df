package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/cmd/internal/config"
	"redigest/digest"
)

// none is an environment in which nothing is set.
func none(string) string { return "" }

// env returns an environment in which one variable is set.
func env(name, value string) func(string) string {
	return func(s string) string {
		if s == name {
			return value
		}
		return ""
	}
}

func write(t testing.TB, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// load loads a file that says text.
func load(t testing.TB, text string, getenv func(string) string) (config.Config, error) {
	t.Helper()
	return config.Load(write(t, filepath.Join(t.TempDir(), "config.yaml"), text), getenv)
}

// faults returns the list that err holds.
func faults(t testing.TB, err error) []config.Fault {
	t.Helper()
	if err == nil {
		return nil
	}
	var f *config.Faults
	if !errors.As(err, &f) {
		t.Fatalf("%T is no list of faults: %v", err, err)
	}
	return f.List
}

// paths returns the keys that err finds fault with.
func paths(t testing.TB, err error) []string {
	t.Helper()
	var paths []string
	for _, fault := range faults(t, err) {
		paths = append(paths, fault.Path)
	}
	return paths
}

func TestLoadReadsEveryKey(t *testing.T) {
	t.Parallel()
	got, err := load(t, `
publication:
  name: Magnet Letter
  tagline: Every morning
  url: https://magnets.example.net/
  from: The Editors <editors@news.magnets.de>
  reply_to: desk@magnets.de
  postal_address: |-
    Magnet Verlag
    Hafen 1, 20457 Hamburg
  imprint_url: https://magnets.example.net/imprint
  language: de-AT
  timezone: Europe/Vienna
  colours: {light: {accent: "#990F3D", paper: "#fff1e5"}, dark: {sheet: '#101010'}}
schedule:
  cron: 30 5 * * *
  skip:
    weekdays: [sunday, Sat]
    dates: [2026-12-25]
  min_stories: 3
  late: 2h30m
sources:
  - {name: Own, url: https://magnets.example.net/feed, own: true, every: 10m}
  - name: Other
    url: http://other.example.com/atom.xml
digest:
  max_stories: 12
  max_age: 3d
  sponsor: {text: Kiln to order, url: "https://kiln.magnets.de/", from: 2026-02-01, until: "2026-02-28"}
numbers:
  url: https://www.magnets.de/prices.csv
  line: [NdPr oxide, "Dy oxide, 99.5%"]
  old_after: 36h
mail:
  relays:
    - url: smtps://mailer@smtp.magnets.de
      password: "0123"
      connections: 4
      messages_per_connection: 50
      sign: false
      per_second: 14
      per_day: 50000
    - url: smtp+plain://127.0.0.1:25
  give_up: 90m
  in_flight: 8
  timeouts: {connect: 10s, dot: 15m}
  return_path: bounce.magnets.de
  returned:
    mailbox: imap://back%40magnets.de@imap.magnets.de
    password: "4567"
    folder: INBOX/Returned
    every: 90s
    listen: ":25"
    soft_count: 3
    soft_days: 14
  dkim:
    - {selector: 20261122, file: /etc/keys/rsa.pem}
    - {selector: 2026b.two, file: /etc/keys/ed25519.pem}
site:
  listen: ":9000"
  base_url: https://letter.magnets.de/
  signup_origins: [https://www.magnets.de]
  trusted_proxies: [127.0.0.1, 10.1.0.0/16]
metrics:
  listen: ":9090"
database: /var/lib/redigest/data.db
`, none)
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Publication: config.Publication{
			Name: "Magnet Letter", Tagline: "Every morning", URL: "https://magnets.example.net/",
			From: "The Editors <editors@news.magnets.de>", ReplyTo: "desk@magnets.de",
			PostalAddress: "Magnet Verlag\nHafen 1, 20457 Hamburg", ImprintURL: "https://magnets.example.net/imprint",
			Language: "de-AT", TimeZone: "Europe/Vienna",
			Colours: config.Colours{Light: config.ColourChoice{Accent: "#990F3D", Paper: "#fff1e5"}, Dark: config.ColourChoice{Sheet: "#101010"}},
		},
		Schedule: config.Schedule{
			Cron: "30 5 * * *", MinStories: 3, Late: config.Duration(150 * time.Minute),
			Skip: config.Skip{
				Weekdays: []config.Weekday{config.Weekday(time.Sunday), config.Weekday(time.Saturday)},
				Dates:    []digest.Day{"2026-12-25"},
			},
		},
		Sources: []config.Source{
			{Name: "Own", URL: "https://magnets.example.net/feed", Own: true, Every: config.Duration(10 * time.Minute)},
			{Name: "Other", URL: "http://other.example.com/atom.xml", Every: config.Duration(30 * time.Minute)},
		},
		Digest: config.Digest{MaxStories: 12, MaxAge: config.Duration(72 * time.Hour), Sponsor: config.Sponsor{
			Text: "Kiln to order", URL: "https://kiln.magnets.de/", From: "2026-02-01", Until: "2026-02-28"}},
		Numbers: config.Numbers{
			URL: "https://www.magnets.de/prices.csv", Line: []string{"NdPr oxide", "Dy oxide, 99.5%"}, OldAfter: config.Duration(36 * time.Hour),
		},
		Mail: config.Mail{
			Relays: []config.Relay{
				{URL: "smtps://mailer@smtp.magnets.de", Password: "0123", Connections: 4, MessagesPerConnection: 50, PerSecond: 14, PerDay: 50_000},
				{URL: "smtp+plain://127.0.0.1:25", Connections: 10, MessagesPerConnection: 100, Sign: true},
			},
			GiveUp:   config.Duration(90 * time.Minute),
			InFlight: 8,
			Timeouts: config.Timeouts{
				Connect: config.Duration(10 * time.Second), Greeting: config.Duration(5 * time.Minute), Hello: config.Duration(5 * time.Minute),
				Mail: config.Duration(5 * time.Minute), Rcpt: config.Duration(5 * time.Minute), Data: config.Duration(2 * time.Minute),
				Block: config.Duration(3 * time.Minute), Dot: config.Duration(15 * time.Minute), Quit: config.Duration(5 * time.Second),
			},
			ReturnPath: "bounce.magnets.de",
			Returned: config.Returned{
				Mailbox: "imap://back%40magnets.de@imap.magnets.de", Password: "4567", Folder: "INBOX/Returned", Every: config.Duration(90 * time.Second),
				Listen: ":25", SoftCount: 3, SoftDays: 14,
			},
			DKIM: []config.SigningKey{
				{Selector: "20261122", File: "/etc/keys/rsa.pem"},
				{Selector: "2026b.two", File: "/etc/keys/ed25519.pem"},
			},
		},
		Site: config.Site{
			Listen: ":9000", BaseURL: "https://letter.magnets.de",
			SignupOrigins: []string{"https://www.magnets.de"}, TrustedProxies: []string{"127.0.0.1", "10.1.0.0/16"},
		},
		// Who names no host means this machine.
		Metrics:  config.Metrics{Listen: "127.0.0.1:9090"},
		Database: "/var/lib/redigest/data.db",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := got.Validate(); err != nil {
		t.Errorf("what Load returns is not valid: %v", err)
	}
}

func TestLoadReportsEveryFaultWithItsLineAndKey(t *testing.T) {
	t.Parallel()
	_, err := load(t, `publication:
  nmae: Magnet Letter
  language: [en, de]
schedule:
  late: 6
  min_stories: few
  skip: {weekdays: [sat, someday], dates: [2026-02-30]}
sources:
  - name: Own
    url: ftp://example.org/feed
  -
    own: yes
digest: 20
mail:
  relays: smtp://localhost
site:
  listen: 127.0.0.1:8080
  listen: 127.0.0.1:9090
colour: red
`, none)
	type fault struct {
		Line int
		Path string
	}
	var got []fault
	for _, f := range faults(t, err) {
		got = append(got, fault{f.Line, f.Path})
	}
	want := []fault{
		{2, "publication.nmae"},
		{3, "publication.language"},
		{5, "schedule.late"},
		{6, "schedule.min_stories"},
		{7, "schedule.skip.weekdays[1]"},
		{7, "schedule.skip.dates[0]"},
		{10, "sources[0].url"},
		{12, "sources[1].own"},
		{12, "sources[1].name"},
		{12, "sources[1].url"},
		{13, "digest"},
		{15, "mail.relays"},
		{18, "site.listen"},
		{19, "colour"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		if !strings.Contains(line, "config.yaml:") {
			t.Errorf("%q does not name file and line", line)
		}
	}
}

func TestAValueThatCannotBeReadIsOneFault(t *testing.T) {
	t.Parallel()
	_, err := load(t, "sources: [{name: x, url: [a]}]\nmail: {relays: [{url: {a: b}, connections: ten}]}", none)
	if diff := cmp.Diff([]string{"sources[0].url", "mail.relays[0].url", "mail.relays[0].connections"}, paths(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
	}
}

func TestLoadRefusesWhatIsNoConfiguration(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		line int
		want string
	}{
		"an empty file":               {"", 0, "says nothing"},
		"comments alone":              {"# name: x\n# url: y\n", 0, "says nothing"},
		"a second document":           {"database: a.db\n---\ndatabase: b.db\n", 2, "second YAML document"},
		"a second, broken document":   {"database: a.db\n---\n]\n", 3, "not YAML"},
		"a list":                      {"- database\n", 1, "here belong the keys publication, schedule"},
		"a sentence":                  {"just words\n", 1, "here belong the keys"},
		"a bracket that stays open":   {"site: {listen: x\n", 0, "not YAML"},
		"a tab":                       {"site:\n\tlisten: x\n", 2, "not tabs"},
		"a sign that YAML keeps":      {"database: @x\n", 1, "quotes"},
		"an alias":                    {"database: *file\n", 1, "quotes"},
		"an anchor":                   {"database: &file\n", 1, "quotes"},
		"a tag":                       {"database: !file x\n", 1, "quotes"},
		"a merge":                     {"site:\n  <<: {listen: x}\n", 2, "no key"},
		"a key that is a list":        {"[a, b]: c\n", 1, "no key"},
		"bytes that are no text":      {"database: \xff\xfe\xfd\n", 0, "not YAML"},
		"a key without its space":     {"site: {listen:x}\n", 1, "no key"},
		"a list with an empty place":  {"site:\n  signup_origins:\n  - \n", 3, "after the dash"},
		"a colour without its quotes": {"publication:\n  colours:\n    light:\n      accent: #0b4f79\n", 4, "begins with # must stand in quotes"},
		"a number without its digits": {"schedule:\n  late:\n", 2, "missing"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, test.text, none)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, want an error that says %q", err, test.want)
			}
			if line := faults(t, err)[0].Line; test.line > 0 && line != test.line {
				t.Errorf("line %d, want %d: %v", line, test.line, err)
			}
		})
	}
}

func TestLoadTakesWhatIsLeftOutFromTheDefaults(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing but a mapping":       "{}",
		"one key":                     "digest: {max_stories: 40}",
		"a mapping with no key in it": "publication:\n  # name: x\n",
		"a list with nothing in it":   "sources:\n  #- name: x\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := load(t, text, none)
			if err != nil {
				t.Fatal(err)
			}
			got.Database = filepath.Base(got.Database)
			if diff := cmp.Diff(config.Default(), got); diff != "" {
				t.Errorf("(-default +got):\n%s", diff)
			}
		})
	}
}

func TestOriginsAreWrittenAsBrowsersWriteThem(t *testing.T) {
	t.Parallel()
	got, err := load(t, "site: {signup_origins: [\"https://WWW.Magnets.de/\"]}", none)
	if err != nil || got.Site.SignupOrigins[0] != "https://www.magnets.de" {
		t.Errorf("the origin is %q (%v)", got.Site.SignupOrigins, err)
	}
}

func TestPathsAreRelativeToTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "secret"), "correct horse\r\n")
	path := write(t, filepath.Join(dir, "config.yaml"), `
database: data/news.db
mail: {relays: [{url: smtp+plain://me@localhost, password_file: secret}], dkim: [{selector: a, file: keys/a.pem}], returned: {mailbox: imaps://b@c, password_file: secret}}
`)
	c, err := config.Load(path, none)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "data", "news.db"); c.Database != want {
		t.Errorf("database %s, want %s", c.Database, want)
	}
	if want := filepath.Join(dir, "data", "mailbox"); c.Mailbox() != want {
		t.Errorf("mailbox %s, want %s", c.Mailbox(), want)
	}
	if want := filepath.Join(dir, "keys", "a.pem"); c.Mail.DKIM[0].File != want {
		t.Errorf("key %s, want %s", c.Mail.DKIM[0].File, want)
	}
	if got := string(c.Mail.Returned.Password); got != "correct horse" {
		t.Errorf("password of the mailbox %q", got)
	}
	if got := string(c.Mail.Relays[0].Password); got != "correct horse" {
		t.Errorf("password %q", got)
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "nowhere.yaml")
	_, err := config.Load(path, none)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
}
