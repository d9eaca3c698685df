package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"redigest/cmd/internal/config"
)

func TestThePasswordOfARelay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "password"), "from the file\n")
	empty := write(t, filepath.Join(dir, "empty"), "\n")
	several := write(t, filepath.Join(dir, "several"), "c0rrect\nhorse\n")
	const url = "url: smtp+plain://me@localhost"
	tests := map[string]struct {
		relay string
		env   string
		want  config.Secret
		fault string // the key at fault
	}{
		"in the file":                        {url + ", password: from here", "", "from here", ""},
		"in a file of its own":               {url + ", password_file: " + file, "", "from the file", ""},
		"in the environment":                 {url, "from outside", "from outside", ""},
		"the environment comes first":        {url + ", password: from here", "from outside", "from outside", ""},
		"and before a file that is not here": {url + ", password_file: /nowhere", "from outside", "from outside", ""},
		"nowhere":                            {url, "", "", "mail.relays[0].password"},
		"in two places":                      {url + ", password: c0rrect-horse, password_file: " + file, "", "", "mail.relays[0].password_file"},
		"in a file that is not there":        {url + ", password_file: /nowhere", "", "", "mail.relays[0].password_file"},
		"in a file with nothing in it":       {url + ", password_file: " + empty, "", "", "mail.relays[0].password_file"},
		"in a file with more in it":          {url + ", password_file: " + several, "", "", "mail.relays[0].password_file"},
		"for nobody":                         {"url: smtp+plain://localhost", "c0rrect-horse", "", "mail.relays[0].url"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := load(t, "mail: {relays: [{"+test.relay+"}]}", env("REDIGEST_RELAY_PASSWORD", test.env))
			if test.fault == "" {
				if err != nil || c.Mail.Relays[0].Password != test.want {
					t.Errorf("got %q, %v", string(c.Mail.Relays[0].Password), err)
				}
				return
			}
			if got := paths(t, err); len(got) == 0 || got[0] != test.fault {
				t.Errorf("got %v, want a fault of %s", err, test.fault)
			}
			if strings.Contains(err.Error(), "c0rrect") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

func TestTheEnvironmentIsForTheFirstRelay(t *testing.T) {
	t.Parallel()
	_, err := load(t, "mail: {relays: [{url: smtp+plain://me@localhost}, {url: smtp+plain://me@127.0.0.1}]}",
		env("REDIGEST_RELAY_PASSWORD", "c0rrect-horse"))
	if diff := cmp.Diff([]string{"mail.relays[1].password"}, paths(t, err)); diff != "" {
		t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
	}
}

// slips are ways in which a password gets where it does not belong. %s is the
// place of the password.
var slips = []string{
	"mail: {relays: [{url: x, password: [%s]}]}",
	"mail: {relays: [{url: x, password: {%s: x}}]}",
	"mail: {relays: [{url: x, password:%s}]}",
	"mail: {relays: [{url: x, password %s}]}",
	"mail: {relays: [{url: x, pasword: %s}]}",
	"mail: {relays: [{url: x, connections: %s}]}",
	"mail: {relays: [{url: x, password: *%s}]}",
	"mail: {relays: [{url: x, password: &%s x}]}",
	"mail: {relays: [{url: x, password: !%s x}]}",
	"mail: {relays: [{url: x, password: !%s! x}]}",
	"mail: {relays: [{url: x, password: !<%s> x}]}",
	"mail: {relays: [{url: x, password: \"%s\\q\"}]}",
	"mail: {relays: [{url: x, password: '%s}]}",
	"mail: {relays: [{url: \"smtp://me:%s@localhost\"}]}",
	"mail: {relays: [{url: \"smtp://me:%s#@localhost\"}]}",
	"mail: {relays: [{url: \"smtp://me:%s/@localhost\"}]}",
	"mail: {relays: [{url: \"smtp://me:%s@@localhost\"}]}",
	"mail: {relays: [{url: \"smtp://me:%%%s@localhost\"}]}",
	"mail: {relays: [{url: \"smtps://me@localhost/%s\"}]}",
	"mail: {relays: [{url: \"smtp+plain://me:%s@magnets.de\"}]}",
	"mail: {relays: [{url: \"https://me:%s@localhost\"}]}",
	"mail: {relays: [{url: \"smtp+plain://%s\"}]}",
	"mail: {relays: [{url: smtp+plain://me@localhost, password_file: %s}]}",
	"mail: {relays: [%s]}",
	"mail: {relays: %s}",
	"mail: %s",
	"sources: [{name: x, url: \"https://me:%s@localhost/feed\"}]",
	"site: {base_url: \"https://me:%s@localhost\"}",
	"%%TAG ! %s\n---\nmail: x",
	"mail:\n  relays:\n    - url: x\n      password: |\n    %s\n",
	"mail:\n  relays:\n    - password: x: %s\n",
	"mail:\n  relays:\n    - password: @%s\n",
	"mail:\n  relays:\n    - password: %%%s\n",
	"mail:\n  relays:\n    - password: `%s\n",
	"? {password: %s}\n: x\n",
	"mail: {relays: [{url: x, password: a}]}\n--- %s\n",
}

func TestNoErrorHoldsASecret(t *testing.T) {
	t.Parallel()
	const password = "c0rrect-horse"
	for _, slip := range slips {
		t.Run(slip, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(strings.ReplaceAll(slip, "%%", "%"), "%s", password)
			_, err := load(t, text, none)
			if err == nil {
				t.Fatalf("%s was taken", text)
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("of %s the error says %v", text, err)
			}
		})
	}
}

// FuzzLoad puts a password where the bytes have %s and looks for it in what is
// said of the syntax and of the relays. Values of other keys may be quoted.
func FuzzLoad(f *testing.F) {
	const password = "c0rrect-horse"
	for _, slip := range slips {
		f.Add([]byte(slip))
	}
	f.Add([]byte("publication: {name: x}\nschedule: {cron: 0 6 * * *, late: 6h}\n"))
	f.Add([]byte("sources:\n- name: x\n  url: https://example.org/\n  own: true\n  every: 1d\n"))
	f.Add([]byte("site: {listen: ':0', signup_origins: [https://a.example], trusted_proxies: [::1]}\ndatabase: x\n"))
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		text := strings.ReplaceAll(strings.ReplaceAll(string(data), "%%", "%"), "%s", password)
		c, err := config.Load(write(t, path, text), none)
		for _, fault := range faults(t, err) {
			if strings.Contains(fault.What, password) && (fault.Path == "" || strings.HasPrefix(fault.Path, "mail")) {
				t.Errorf("%s says %s", fault.Path, fault.What)
			}
		}
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("what Load took is not valid: %v", err)
		}
	})
}
