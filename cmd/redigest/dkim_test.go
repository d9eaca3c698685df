package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"redigest/cmd/internal/config"
	"redigest/subscribers/smtptest"
)

// zone is a DNS that has what “dkim new” told its user to publish.
type zone map[string]string

var (
	zoneRecord = regexp.MustCompile(`(?m)^(\S+)\. IN TXT \(\n((?:  "[^"\n]*"\n?)+ \))`)
	zoneString = regexp.MustCompile(`"([^"]*)"`)
)

func readZone(text string) zone {
	z := zone{}
	for _, record := range zoneRecord.FindAllStringSubmatch(text, -1) {
		for _, s := range zoneString.FindAllStringSubmatch(record[2], -1) {
			z[record[1]] += s[1]
		}
	}
	return z
}

func (z zone) look(name string) ([]string, error) {
	if text, ok := z[strings.TrimSuffix(name, ".")]; ok {
		return []string{text}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (z zone) lookup(_ context.Context, name string) ([]string, error) {
	if !strings.HasSuffix(name, ".") {
		return nil, errors.New("a name without its dot is looked up in other places too")
	}
	return z.look(name)
}

// verified returns the algorithms of those signatures of a mail that hold.
func (z zone) verified(t *testing.T, raw []byte) (held []string) {
	t.Helper()
	found, err := dkim.VerifyWithOptions(bytes.NewReader(raw), &dkim.VerifyOptions{LookupTXT: z.look})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range found {
		if v.Err != nil || v.Domain != "example.org" {
			t.Errorf("a signature of %s: %v\n%s", v.Domain, v.Err, raw)
			continue
		}
		held = append(held, v.Identifier)
	}
	return held
}

// signing makes keys in p's folder and names them in its configuration as the
// program says.
func signing(t *testing.T, p *program, relays string) zone {
	t.Helper()
	out := p.run(exitDone, "dkim", "new", "--selector", "2026b")
	_, keys, ok := strings.Cut(out, "\nmail:\n")
	if !ok {
		t.Fatalf("it does not say what to write into the configuration:\n%s", out)
	}
	data, err := os.ReadFile(p.path("config.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p.write("config.yaml", string(data)+"mail:\n"+relays+keys)
	return readZone(out)
}

// What the program says to publish and to configure is all that is needed: the
// mail that arrives, of every kind, is signed twice.
func TestKeysThatWereMadePublishedAndNamedSignAllMail(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	z := signing(t, p, "")
	if len(z) != 2 || z["2026b-rsa._domainkey.example.org"] == "" || z["2026b-ed25519._domainkey.example.org"] == "" {
		t.Fatalf("the records are %v", z)
	}
	p.write("story.md", "---\ntitle: Terbium Gets Dearer\nurl: https://www.example.org/terbium/\n---\n.\n..\nText.\n")
	p.run(exitDone, "story", "add", "story.md")
	p.run(exitDone, "subscriber", "add", "ann@example.org", "--consent", "a friend")
	p.run(exitDone, "issue", "send")
	for _, l := range p.inbox("ann@example.org") {
		if held := z.verified(t, l.raw); len(held) != 2 {
			t.Errorf("%q has %d signatures that hold\n%s", l.subject, len(held), l.raw)
		}
	}
	if n := len(p.inbox("ann@example.org")); n != 1 {
		t.Errorf("%d mails came", n)
	}
	eml := p.run(exitDone, "issue", "preview", "--format", "eml")
	if held := z.verified(t, []byte(eml)); len(held) != 2 {
		t.Errorf("the preview has %d signatures that hold\n%s", len(held), eml)
	}
}

func TestARelayThatSignsIsGivenUnsignedMail(t *testing.T) {
	t.Parallel()
	for sign, want := range map[string]int{"true": 2, "false": 0} {
		far := smtptest.Start(t, smtptest.Options{Keep: true})
		p := newProgram(t, "")
		signing(t, p, fmt.Sprintf("  relays:\n    - {url: %q, sign: %s}\n", far.URL(), sign))
		p.write("story.md", "---\ntitle: Terbium Gets Dearer\nurl: https://www.example.org/terbium/\n---\nText.\n")
		p.run(exitDone, "story", "add", "story.md")
		p.run(exitDone, "subscriber", "add", "ann@example.org", "--consent", "a friend")
		p.run(exitDone, "issue", "send")
		for _, m := range far.Messages() {
			if got := bytes.Count(m.Data, []byte("DKIM-Signature:")); got != want {
				t.Errorf("with sign: %s a mail has %d signatures, want %d", sign, got, want)
			}
		}
		if n := len(far.Messages()); n != 1 {
			t.Errorf("with sign: %s %d mails came", sign, n)
		}
	}
}

func TestKeysAreForTheirOwnerAndAreNeverOverwritten(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	p.run(exitDone, "dkim", "new", "--selector", "A")
	files, err := filepath.Glob(p.path("dkim-a-*.pem"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	before := map[string][]byte{}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if before[file], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
	}
	// One of the two is enough to keep both.
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := p.try("dkim", "new", "--selector", "a"); code != exitNotDone || !strings.Contains(stderr, "already there") {
		t.Errorf("made again: %d, %s", code, stderr)
	}
	if after, err := os.ReadFile(files[1]); err != nil || !bytes.Equal(after, before[files[1]]) {
		t.Errorf("the key has changed, %v", err)
	}
	if left, _ := filepath.Glob(p.path("dkim-*")); len(left) != 1 {
		t.Errorf("what is left is %v", left)
	}
	if _, stderr, code := p.try("dkim", "new", "--selector", "a b"); code != exitUsage {
		t.Errorf("a selector of two words: %d, %s", code, stderr)
	}
}

func TestKeysThatCannotSignStopWhatWouldMail(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	signing(t, p, "")
	file := p.path("dkim-2026b-rsa.pem")
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p.write("story.md", "---\ntitle: Terbium Gets Dearer\nurl: https://www.example.org/terbium/\n---\nText.\n")
	p.run(exitDone, "story", "add", "story.md")
	p.run(exitDone, "subscriber", "add", "ann@example.org", "--consent", "a friend")
	for _, test := range []struct {
		name  string
		spoil func() error
		want  string
	}{
		{"anybody may read it", func() error { return os.Chmod(file, 0o604) }, "chmod 600 " + file},
		{"it is no key", func() error { return os.WriteFile(file, []byte("c0rrect-horse"), 0o600) }, "not a key in PEM"},
		{"it is the other one", func() error {
			other, err := os.ReadFile(p.path("dkim-2026b-ed25519.pem"))
			return errors.Join(err, os.WriteFile(file, other, 0o600))
		}, "must be RSA"},
		{"it is not there", func() error { return os.Remove(file) }, "no such file"},
	} {
		if err := test.spoil(); err != nil {
			t.Fatal(err)
		}
		for _, command := range []string{"serve", "issue send", "issue preview --format eml", "dkim check"} {
			_, stderr, code := p.try(strings.Fields(command)...)
			if code != exitNotDone || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "c0rrect") {
				t.Errorf("%s, %s: %d, %s", test.name, command, code, stderr)
			}
		}
		if err := errors.Join(os.RemoveAll(file), os.WriteFile(file, good, 0o600), os.Chmod(file, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if mails := p.inbox("ann@example.org"); len(mails) != 0 {
		t.Errorf("%d mails went out", len(mails))
	}
	p.run(exitDone, "issue", "send")
	if mails := p.inbox("ann@example.org"); len(mails) != 1 {
		t.Errorf("with the key back, %d mails went out", len(mails))
	}
}

// checked runs “dkim check” against a DNS.
func checked(t *testing.T, p *program, look lookup, selector string, asJSON bool) (string, error) {
	t.Helper()
	c, err := config.Load(p.path("config.yaml"), func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	command := dkimCheckCommand{Selector: selector, JSON: asJSON}
	err = command.check(t.Context(), c, &streams{out: &out}, look)
	return out.String(), err
}

func TestWhatIsPublishedIsCompared(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	if _, err := checked(t, p, zone{}.lookup, "", false); err == nil || !strings.Contains(err.Error(), "names no keys") {
		t.Errorf("without keys: %v", err)
	}
	z := signing(t, p, "")
	const rsaName = "2026b-rsa._domainkey.example.org"

	for _, selector := range []string{"", "2026B"} {
		if out, err := checked(t, p, z.lookup, selector, false); err != nil || strings.Count(out, ": right\n") != 2 {
			t.Errorf("all is right: %v\n%s", err, out)
		}
	}

	cut := zone{rsaName: z[rsaName][:255]}
	out, err := checked(t, p, cut.lookup, "", false)
	if !errors.Is(err, errNotDone) || !strings.Contains(out, "cut off") || !strings.Contains(out, "nothing is published there") {
		t.Errorf("one cut off, one missing: %v\n%s", err, out)
	}
	for name, text := range z {
		if readZone(out)[name] != text {
			t.Errorf("it does not say what to publish at %s:\n%s", name, out)
		}
	}

	broken := func(context.Context, string) ([]string, error) { return nil, errors.New("no answer") }
	if out, err := checked(t, p, broken, "", false); !errors.Is(err, errNotDone) || !strings.Contains(out, "no answer") || strings.Contains(out, "IN TXT") {
		t.Errorf("the DNS is away: %v\n%s", err, out)
	}

	var found []checkedKey
	if out, err = checked(t, p, cut.lookup, "", true); !errors.Is(err, errNotDone) {
		t.Errorf("as JSON: %v", err)
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(found, func(a, b checkedKey) int { return strings.Compare(b.Name, a.Name) })
	if len(found) != 2 || found[0].Name != rsaName || found[0].OK || found[0].Problem == "" || found[0].Record != z[rsaName] {
		t.Errorf("as JSON: %+v", found)
	}
}

func TestKeysAreNamedAfterTheDay(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Publication.TimeZone = "Asia/Tokyo"
	now := func() time.Time { return time.Date(2026, 2, 28, 18, 0, 0, 0, time.UTC) }
	if got := today(c, now); got != "20260301" {
		t.Errorf("today is %s", got)
	}
}

func TestTheConfigurationNamesAKeyFromItsFolder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ config, file, want string }{
		{"config.yaml", "dkim-a.pem", "dkim-a.pem"},
		{"/etc/r/config.yaml", "/etc/r/data/dkim-a.pem", "data/dkim-a.pem"},
		{"/etc/r/config.yaml", "/var/r/dkim-a.pem", "/var/r/dkim-a.pem"},
		{"/etc/r/config.yaml", "/var/it's mine/a.pem", "'/var/it''s mine/a.pem'"},
		{"C/config.yaml", "C/näher/a.pem", "'näher/a.pem'"},
	} {
		if got := yamlPath(test.config, test.file); got != test.want {
			t.Errorf("%s from %s is %s, want %s", test.file, test.config, got, test.want)
		}
	}
}
