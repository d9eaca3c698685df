//go:build e2e

package e2e

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"redigest/subscribers/smtptest"
)

// TestNothingThatComesBackIsLostOrCountedTwiceInAKill kills the program while
// it works through a full mailbox. A mail that was deleted before what follows
// from it was written down would be lost; one that is read again counts once.
func TestNothingThatComesBackIsLostOrCountedTwiceInAKill(t *testing.T) {
	const readers, kills = 400, 4
	w := newWorld(t)
	w.empty(t, "returned")
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	p := copyProgram(t, prepareSend(t, readers), far.URL(), 5,
		"  return_path: bounce.example.org\n  returned:\n    mailbox: imap://returned@localhost\n    password: secret\n    every: 1m\n")
	p.send()
	for i, m := range far.Messages() {
		w.put(t, "returned", fmt.Sprintf("%d", i), undelivered(m.From, m.To[0]))
	}
	b := &back{p, "bounce.example.org"}
	dovecot(t, w, "returned")
	w.trust(p)
	for range kills {
		enough := b.count(`SELECT count(*) FROM returned`) + 1 + rand.IntN(60)
		cmd := b.command("serve")
		over := start(t, cmd)
		b.eventually("the mailbox is being emptied", func() bool { return b.count(`SELECT count(*) FROM returned`) >= enough })
		_ = cmd.Process.Kill()
		<-over
	}
	left := len(w.files(t, "returned"))
	b.serve()
	b.eventually("the mailbox is empty", func() bool { return len(w.files(t, "returned")) == 0 })
	if left == 0 {
		t.Error("no kill came before the mailbox was empty, so nothing was tested")
	}
	for query, want := range map[string]int{
		// More than a fifth of an issue is not believed.
		`SELECT count(*) FROM suppressions WHERE reason = 'bounce'`: readers / 5,
		`SELECT readers FROM hard_returns`:                          readers,
		`SELECT count(*) FROM returned`:                             readers,
		`SELECT count(DISTINCT address_hash) FROM returned`:         readers,
	} {
		if got := b.count(query); got != want {
			t.Errorf("%s: %d, not %d", query, got, want)
		}
	}
	t.Logf("after %d kills %d of %d were left", kills, left, readers)
}
