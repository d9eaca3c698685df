package subscribers

import (
	"context"
	"database/sql"
	"net/netip"
	"strings"
	"time"

	"redigest/digest/database"
)

// An Outcome says what came of a sign-up. Only the operator gets to see it: the
// person who filled in the form is told the same whatever it is.
type Outcome string

const (
	OutcomeAsked         Outcome = "asked"             // a confirmation mail was written
	OutcomeAskedAlready  Outcome = "asked already"     // one was, a short while before
	OutcomeConfirmed     Outcome = "confirmed already" // gets issues anyway
	OutcomeSuppressed    Outcome = "suppressed"        // must not be mailed
	OutcomeMailboxLimit  Outcome = "limited: mailbox"  // too many to this mailbox
	OutcomeNetworkLimit  Outcome = "limited: network"  // too many from the client's network
	OutcomeEveryoneLimit Outcome = "limited: in all"   // too many to everybody together
)

// unasked says why [Subscriber.Ask] does not let s be asked.
func (s Subscriber) unasked() Outcome {
	if _, blocked := s.Blocked(); blocked {
		return OutcomeSuppressed
	}
	if s.Mailable() {
		return OutcomeConfirmed
	}
	return OutcomeAskedAlready
}

// mailbox is the key of the mailbox that an address ends up in, as far as that
// can be told: with most providers what follows a + is a tag of the reader's,
// and Gmail passes over dots. Only limits are kept by it. Who is on the list
// goes by the whole address.
func (a Address) mailbox() string {
	at := strings.LastIndexByte(a.Key, '@')
	local, domain := a.Key[:at], a.Key[at+1:]
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	if domain == "gmail.com" || domain == "googlemail.com" {
		local, domain = strings.ReplaceAll(local, ".", ""), "gmail.com"
	}
	return local + "@" + domain
}

// networkOf returns the network that a client's address belongs to, as its
// provider hands them out: 256 addresses of IPv4, a site of IPv6. It is empty
// for this machine and for what is no address.
func networkOf(client string) string {
	addr, err := netip.ParseAddr(client)
	if err != nil {
		port, portErr := netip.ParseAddrPort(client)
		if portErr != nil {
			return ""
		}
		addr = port.Addr()
	}
	addr = addr.Unmap().WithZone("")
	if addr.IsLoopback() {
		return ""
	}
	bits := 48
	if addr.Is4() {
		bits = 24
	}
	network, _ := addr.Prefix(bits) // an address has as many bits
	return network.String()
}

const countAskedMailbox = `
SELECT count(*)
FROM signups
WHERE mailbox_hash = $1
  AND asked_at > $2
  AND asked_at <= $3`

const countAskedNetwork = `
SELECT count(*)
FROM signups
WHERE network_prefix = $1
  AND asked_at > $2
  AND asked_at <= $3`

const countAsked = `
SELECT count(*)
FROM signups
WHERE asked_at > $1
  AND asked_at <= $2`

// limit returns which limit keeps a sign-up from being answered by mail at now;
// nothing when none does. What counts is in the database, so that a new process
// goes on counting.
func (l *List) limit(ctx context.Context, tx *sql.Tx, s openSignUp, now time.Time) (Outcome, error) {
	day, hour := database.Millis(now.Add(-24*time.Hour)), database.Millis(now.Add(-time.Hour))
	// What a clock that was far ahead wrote is of no time that counts.
	end := database.Millis(now.Add(clockStep))
	limits := []struct {
		outcome Outcome
		most    int
		query   string
		args    []any
	}{
		{OutcomeMailboxLimit, l.perMailbox, countAskedMailbox, []any{s.mailboxHash, day, end}},
		{OutcomeNetworkLimit, l.perNetwork, countAskedNetwork, []any{s.networkPrefix, hour, end}},
		{OutcomeEveryoneLimit, l.inAll, countAsked, []any{hour, end}},
	}
	for _, x := range limits {
		if x.outcome == OutcomeNetworkLimit && s.networkPrefix == "" {
			continue
		}
		var n int
		if err := tx.QueryRowContext(ctx, x.query, x.args...).Scan(&n); err != nil {
			return "", err
		}
		if n >= x.most {
			return x.outcome, nil
		}
	}
	return "", nil
}
