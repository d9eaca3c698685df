//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// newsletter returns a program with one story and these readers, that mails to
// a relay. more is appended to its configuration, below mail.
func newsletter(t *testing.T, relay, more string, readers ...string) *program {
	t.Helper()
	p := newProgram(t, fmt.Sprintf("mail:\n  relays:\n    - url: %s\n      connections: 2\n%s", relay, more))
	for _, r := range readers {
		p.must("subscriber", "add", r, "--consent", "a friend")
	}
	p.write("story.md", "---\ntitle: A Story for the World\ndate: 2026-02-03\nurl: https://www.example.org/world/\nhighlights: [It goes to Postfix.]\n---\nOne paragraph.\n\n.\n\n.. two dots, and a line.\n\nFrom here on it ends.\n")
	p.must("story", "add", "story.md")
	return p
}

// configure changes the configuration.
func (p *program) configure(change func(string) string) {
	p.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, "config.yaml"))
	if err != nil {
		p.Fatal(err)
	}
	p.write("config.yaml", change(string(text)))
}

// copyTo returns the program in a copy of its folder, mailing to another relay.
func (p *program) copyTo(t *testing.T, relay string) *program {
	t.Helper()
	other := *p
	other.T, other.dir = t, t.TempDir()
	files, err := filepath.Glob(filepath.Join(p.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err == nil {
			err = os.WriteFile(filepath.Join(other.dir, filepath.Base(f)), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	other.configure(func(config string) string {
		return regexp.MustCompile(`smtp\+plain://\S+`).ReplaceAllString(config, relay)
	})
	return &other
}

// send sends the issue, or goes on with it, and returns the account.
func (p *program) send() account {
	p.Helper()
	out, _ := p.run("issue", "send", "--day", "2026-02-03", "--json")
	return p.account(out)
}

// listed returns the addresses in a state with what was said about them.
func (p *program) listed(state string) map[string]string {
	p.Helper()
	said := map[string]string{}
	for _, d := range p.account(p.must("issue", "status", "--day", "2026-02-03", "--state", state, "--json")).Deliveries {
		said[d.Address] = fmt.Sprintf("%d %s %s", d.Code, d.Enhanced, d.Reply)
	}
	return said
}

// Postfix takes the mail as it is, and says of each reader what is so.
func TestPromise2TheAccountOfARealPostfix(t *testing.T) {
	w := newWorld(t)
	p := newsletter(t, strictDoor, "", "world1@inbox.example", "world2@inbox.example", "x@dead.example", "x@full.example", "x@slow.example")
	a := p.send()
	if a.Accepted != 2 || a.Refused != 2 || a.Deferred != 1 || a.Planned != 5 {
		t.Errorf("the account is %+v", a)
	}
	for state, want := range map[string]map[string]string{
		"refused":  {"x@dead.example": "550 5.1.1", "x@full.example": "550 5.2.2"},
		"deferred": {"x@slow.example": "450 4.2.1"},
	} {
		said := p.listed(state)
		for address, reply := range want {
			if got := said[address]; len(got) < len(reply) || got[:len(reply)] != reply {
				t.Errorf("%s is %s with %q, not %s", address, state, got, reply)
			}
		}
	}
	for _, name := range []string{"inbox/world1", "inbox/world2"} {
		judge(t, untraced(w.comes(t, name, 1)[0]))
	}
}

// By the two doors for those who sign in, everything goes through TLS. A
// password that is not accepted stops the sending, and is nobody's fault on the
// list.
func TestPostfixIsSignedInToBeforeItTakesMail(t *testing.T) {
	t.Parallel() // with tests that have no Dovecot
	w := newWorld(t)
	dovecot(t, w, "own")
	for i, url := range []string{"smtp://daily@localhost:587", "smtps://daily@localhost:465"} {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			reader := fmt.Sprintf("safe%d", i)
			p := newsletter(t, url, "      password: wrong\n", reader+"@inbox.example")
			if a := p.send(); a.Queued != 1 {
				t.Errorf("to a server that nobody vouches for: %+v", a)
			}
			w.trust(p)
			if a := p.send(); a.Queued != 1 {
				t.Errorf("with a wrong password: %+v", a)
			}
			p.configure(func(config string) string { return strings.Replace(config, "wrong", "secret", 1) })
			if a := p.send(); a.Accepted != 1 {
				t.Errorf("with the right one: %+v", a)
			}
			// RFC 3848: S for TLS, A for signed in.
			if mail := w.comes(t, "inbox/"+reader, 1)[0]; !strings.Contains(mail, "with ESMTPSA") {
				t.Errorf("it came another way:\n%s", mail)
			}
		})
	}
}
