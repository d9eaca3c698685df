//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestTheFaultsOfSMTPSink mails to Postfix's own test server, which refuses,
// hangs up or dawdles at a command, and compares the account with what can be
// known. What a relay says before RCPT is about no reader.
func TestTheFaultsOfSMTPSink(t *testing.T) {
	const n = 8
	tests := map[string]struct {
		args string
		want account
	}{
		"takes all":               {"", account{Accepted: n}},
		"offers nothing":          {"-8 -a -C -E -F -N -p", account{Accepted: n}},
		"does not know EHLO":      {"-e", account{Accepted: n}},
		"hides behind a firewall": {"-P", account{Accepted: n}},
		"dawdles at DATA":         {"-w 1", account{Accepted: n}},
		"reads late and little":   {"-H 1 -T 1024", account{Accepted: n}},
		"refuses EHLO for good":   {"-f EHLO", account{Accepted: n}},

		"refuses the connection for now":  {"-r CONNECT", account{Queued: n}},
		"refuses the connection for good": {"-f CONNECT", account{Queued: n}},
		"refuses MAIL for now":            {"-r MAIL", account{Queued: n}},
		"refuses MAIL for good":           {"-f MAIL", account{Queued: n}},
		"hangs up at once":                {"-q CONNECT", account{Queued: n}},
		"hangs up at MAIL":                {"-q MAIL", account{Queued: n}},
		"says 421 at MAIL":                {"-Q MAIL", account{Queued: n}},

		"refuses RCPT for now":   {"-r RCPT", account{Deferred: n}},
		"refuses DATA for now":   {"-r DATA", account{Deferred: n}},
		"refuses the message":    {"-r .", account{Deferred: n}},
		"refuses RCPT for good":  {"-f RCPT", account{Refused: n}},
		"refuses DATA for good":  {"-f DATA", account{Refused: n}},
		"refuses all it is told": {"-f .", account{Refused: n}},
		"answers before the dot": {"-A 0", account{Refused: n}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := sendToSink(t, n, strings.Fields(test.args)...)
			test.want.Planned = n
			a.State, a.Deliveries = "", nil
			if fmt.Sprint(a) != fmt.Sprint(test.want) {
				t.Errorf("the account is %+v", a)
			}
		})
	}
}

// Where the line dies or the relay leaves at a reader, it is left to the relay
// how many readers are tried before it is let alone. Nobody may be counted as
// refused or accepted, and only a dot without an answer is uncertain.
func TestTheFaultsOfSMTPSinkThatEndTheLine(t *testing.T) {
	const n = 8
	for name, test := range map[string]struct {
		args      string
		uncertain bool
	}{
		"hangs up at RCPT":    {"-q RCPT", false},
		"hangs up at DATA":    {"-q DATA", false},
		"says 421 at RCPT":    {"-Q RCPT", false},
		"says 421 at DATA":    {"-Q DATA", false},
		"says 421 at the dot": {"-Q .", false},
		"hangs up at the dot": {"-q .", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := sendToSink(t, n, strings.Fields(test.args)...)
			if a.Queued+a.Deferred+a.Uncertain != n || a.Planned != n || test.uncertain != (a.Uncertain > 0) {
				t.Errorf("the account is %+v", a)
			}
			if a.Uncertain > 4 { // three in a row on two connections
				t.Errorf("%d are uncertain before the relay is left alone", a.Uncertain)
			}
		})
	}
}

// sendToSink mails to n readers by smtp-sink and returns the account.
func sendToSink(t *testing.T, n int, args ...string) account {
	t.Helper()
	addr := freeAddress(t)
	server(t, addr, "smtp-sink", append(append([]string{"-u", "nobody"}, args...), addr, "100")...)
	var readers []string
	for i := range n {
		readers = append(readers, readerAddress(i))
	}
	return newsletter(t, "smtp+plain://"+addr, "", readers...).send()
}
