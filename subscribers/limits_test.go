package subscribers

import (
	"fmt"
	"testing"
	"time"
)

// post fills in the form, once for each address.
func post(t *testing.T, l *List, network string, addresses ...string) {
	t.Helper()
	for _, address := range addresses {
		if err := l.SignUp(t.Context(), SignUp{Address: address, Network: network}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// many returns n addresses, whose number goes where the pattern says.
func many(pattern string, n int) (addresses []string) {
	for i := range n {
		addresses = append(addresses, fmt.Sprintf(pattern, i))
	}
	return addresses
}

func outcomes(t *testing.T, l *List, o Outcome) int {
	t.Helper()
	return number(t, l, "SELECT count(*) FROM signups WHERE outcome = $1", string(o))
}

func mailsOwed(t *testing.T, l *List) int {
	t.Helper()
	return number(t, l, "SELECT count(*) FROM deliveries")
}

func TestPromise5NoFloodOfConfirmationMails(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		pattern string // of the addresses
		network string // of the clients
		forms   int
		mails   int
		limited Outcome
		window  time.Duration // after which as many are mailed again
	}{
		"one mailbox under many tags": {"victim+%d@example.org", "192.0.2.%d", 150, 3, OutcomeMailboxLimit, 24 * time.Hour},
		"one network of IPv4":         {"reader%d@example.org", "198.51.100.%d", 150, 20, OutcomeNetworkLimit, time.Hour},
		"one network of IPv6":         {"reader%d@example.org", "2001:db8:7:%x::1", 150, 20, OutcomeNetworkLimit, time.Hour},
		"everybody at once":           {"reader%d@example.org", "10.1.%d.9", 120, 50, OutcomeEveryoneLimit, time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			l.inAll = 50
			forms := func() {
				for i, address := range many(tt.pattern, tt.forms) {
					post(t, l, fmt.Sprintf(tt.network, i), address)
				}
			}
			forms()
			if n, limited := mailsOwed(t, l), outcomes(t, l, tt.limited); n != tt.mails || limited != tt.forms-tt.mails {
				t.Errorf("%d mails are owed and %d sign-ups were kept without; want %d and %d", n, limited, tt.mails, tt.forms-tt.mails)
			}
			if n := number(t, l, "SELECT count(*) FROM signups WHERE settled_at = 0"); n != 0 {
				t.Errorf("%d sign-ups are still open", n)
			}
			clock.Pass(tt.window - time.Minute)
			forms()
			if n := mailsOwed(t, l); n != tt.mails {
				t.Errorf("%d mails are owed within %s, want %d", n, tt.window, tt.mails)
			}
			clock.Pass(time.Minute)
			forms()
			if n := mailsOwed(t, l); n != 2*tt.mails {
				t.Errorf("%d mails are owed after %s, want %d", n, tt.window, 2*tt.mails)
			}
		})
	}
}

func TestPromise5TheLimitsOutliveARestart(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	post(t, l, "", many("victim+%d@example.org", 3)...)
	post(t, openList(t, l.db.Path(), clock), "", many("victim+again%d@example.org", 3)...)
	if n := mailsOwed(t, l); n != 3 {
		t.Errorf("%d mails are owed, want 3", n)
	}
}

func TestTheLimitsAreOfWhatIsMailed(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	for range 30 { // one mail, 29 impatient clicks
		post(t, l, "192.0.2.7", "alice@example.org")
	}
	post(t, l, "192.0.2.7", "bob@example.org")
	if n := mailsOwed(t, l); n != 2 {
		t.Errorf("%d mails are owed, want one to each", n)
	}
	for outcome, want := range map[Outcome]int{OutcomeAsked: 2, OutcomeAskedAlready: 29} {
		if n := outcomes(t, l, outcome); n != want {
			t.Errorf("%d sign-ups are %q, want %d", n, outcome, want)
		}
	}
	confirm(t, l, "alice@example.org")
	suppressAs(t, l, "bob@example.org", ReasonManual)
	post(t, l, "192.0.2.7", "alice@example.org", "bob@example.org")
	if c, s := outcomes(t, l, OutcomeConfirmed), outcomes(t, l, OutcomeSuppressed); c != 1 || s != 1 {
		t.Errorf("%d confirmed already and %d suppressed, want one each", c, s)
	}
}

func TestAProxyOnThisMachineIsNoNetwork(t *testing.T) {
	t.Parallel()
	for _, client := range []string{"127.0.0.1", "::1", "127.8.9.10:4711", ""} {
		l, _ := newList(t)
		post(t, l, client, many("reader%d@example.org", 40)...)
		if n := mailsOwed(t, l); n != 40 {
			t.Errorf("%d mails are owed for forms from %q, want 40", n, client)
		}
	}
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for client, want := range map[string]string{
		"192.0.2.7":             "192.0.2.0/24",
		"192.0.2.200:4711":      "192.0.2.0/24",
		"::ffff:192.0.2.9":      "192.0.2.0/24",
		"2001:db8:7:8::9":       "2001:db8:7::/48",
		"[2001:db8:7:ffff::]:1": "2001:db8:7::/48",
		"fe80::1%eth0":          "fe80::/48",
		"::ffff:127.0.0.1":      "",
		"@":                     "",
	} {
		if got := networkOf(client); got != want {
			t.Errorf("%s is of %q, want %q", client, got, want)
		}
	}
}

func TestMailboxes(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"Alice@Example.org":      "alice@example.org",
		"alice+news@example.org": "alice@example.org",
		"alice+a+b@example.org":  "alice@example.org",
		"+alice@example.org":     "+alice@example.org",
		"a.lice@example.org":     "a.lice@example.org",
		"a.li.ce+x@gmail.com":    "alice@gmail.com",
		"Al.ice@googlemail.com":  "alice@gmail.com",
	} {
		a, err := ParseAddress(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.mailbox(); got != want {
			t.Errorf("%s ends up in %q, want %q", address, got, want)
		}
	}
}
