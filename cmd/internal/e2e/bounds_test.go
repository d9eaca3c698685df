//go:build e2e

package e2e

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

// TestTheBoundsOfARelayHoldAcrossKills kills a sender again and again that is
// bound to so many mails a second and a day. The relay must not be offered more.
func TestTheBoundsOfARelayHoldAcrossKills(t *testing.T) {
	const readers, perSecond, perDay = 1500, 200, 900
	var mu sync.Mutex
	var offered []time.Time
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Mail {
			mu.Lock()
			defer mu.Unlock()
			offered = append(offered, time.Now())
		}
		return smtptest.Answer{}
	}})
	p := copyProgram(t, prepareSend(t, readers), far.URL(), 5, "      per_second: 200\n      per_day: 900\n")
	for kills := 0; kills < 5; {
		cmd := p.command("issue", "send", "--day", "2026-02-03")
		over := start(t, cmd)
		select {
		case <-time.After(time.Duration(300+rand.IntN(700)) * time.Millisecond):
			_ = cmd.Process.Kill()
			kills++
		case <-over:
			t.Fatalf("the sender ended by itself after %d kills", kills)
		}
		<-over
	}
	p.run("issue", "send", "--day", "2026-02-03")

	mu.Lock()
	defer mu.Unlock()
	if n := len(offered); n > perDay || n < perDay*8/10 {
		t.Errorf("%d mails were offered in a day, with a bound of %d", n, perDay)
	}
	slices.SortFunc(offered, time.Time.Compare)
	most := 0
	for i, first := range offered {
		end, _ := slices.BinarySearchFunc(offered, first.Add(time.Second), time.Time.Compare)
		most = max(most, end-i)
	}
	// They leave in time; on a busy machine they are heard a moment later.
	if most > perSecond*11/10 {
		t.Errorf("%d mails came in one second, with a bound of %d", most, perSecond)
	}
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("mailed twice: %v", twice)
	}
	t.Logf("%d mails offered, %d at most in one second", len(offered), most)
}
