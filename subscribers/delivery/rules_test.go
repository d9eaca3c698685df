package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

func TestRetryDelaysGrowAndSpread(t *testing.T) {
	t.Parallel()
	tests := []struct {
		attempt     int
		least, most time.Duration
	}{
		{0, 5 * time.Minute, 15 * time.Minute},
		{1, 5 * time.Minute, 15 * time.Minute},
		{2, 15 * time.Minute, 30 * time.Minute},
		{3, time.Hour, 2 * time.Hour},
		{4, 2 * time.Hour, 3 * time.Hour},
		{100, 2 * time.Hour, 3 * time.Hour},
	}
	for _, tt := range tests {
		if d := retryDelay(tt.attempt, 0); d != tt.least {
			t.Errorf("after attempt %d at least %v, want %v", tt.attempt, d, tt.least)
		}
		if d := retryDelay(tt.attempt, 0.999999999); d >= tt.most || d < tt.most-time.Second {
			t.Errorf("after attempt %d at most %v, want just below %v", tt.attempt, d, tt.most)
		}
	}
}

func TestARelayIsLeftAloneLongerEachTime(t *testing.T) {
	t.Parallel()
	want := []time.Duration{1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}
	for failures, seconds := range want {
		if got := relayPause(failures); got != seconds*time.Second {
			t.Errorf("after %d failures %v, want %v", failures, got, seconds*time.Second)
		}
	}
	if got := relayPause(1 << 40); got != longestPause {
		t.Errorf("after very many failures %v", got)
	}
}

// The stage table of RFC 5321: who is to blame for an answer, and what follows.
func TestJudge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 3, 6, 0, 0, 0, time.UTC)
	no := func(s mail.Stage, code int, enhanced string) error {
		return &mail.Refusal{Stage: s, Reply: mail.Reply{Code: code, Enhanced: enhanced, Text: "no"}}
	}
	died := func(s mail.Stage) error { return &mail.LineError{Stage: s, Err: errors.New("reset")} }
	type follows struct {
		state    subscribers.State
		due      time.Duration
		lineGone bool
		trouble  bool
		stop     bool
	}
	tests := map[string]struct {
		err    error
		number int
		first  bool
		late   bool // the delivery's time is nearly over
		want   follows
	}{
		"accepted":                                {want: follows{state: subscribers.Accepted}},
		"MAIL 451 is the relay's trouble":         {err: no(mail.StageMail, 451, ""), want: follows{subscribers.Queued, 0, true, true, false}},
		"MAIL 550 is ours, and lasts":             {err: no(mail.StageMail, 550, ""), want: follows{subscribers.Queued, 0, true, true, true}},
		"MAIL 421 is the relay's trouble":         {err: no(mail.StageMail, 421, ""), want: follows{subscribers.Queued, 0, true, true, false}},
		"RCPT 450 is put off":                     {err: no(mail.StageRcpt, 450, ""), want: follows{state: subscribers.Deferred, due: 5 * time.Minute}},
		"RCPT 450 again is put off for longer":    {err: no(mail.StageRcpt, 450, ""), number: 3, want: follows{state: subscribers.Deferred, due: time.Hour}},
		"RCPT 450 with no time left fails":        {err: no(mail.StageRcpt, 450, ""), late: true, want: follows{state: subscribers.Failed}},
		"RCPT 421 closes the line":                {err: no(mail.StageRcpt, 421, ""), want: follows{subscribers.Deferred, 5 * time.Minute, true, true, false}},
		"RCPT 550 is refused":                     {err: no(mail.StageRcpt, 550, "5.1.1"), want: follows{state: subscribers.Refused}},
		"RCPT 552 5.2.2 is refused":               {err: no(mail.StageRcpt, 552, "5.2.2"), want: follows{state: subscribers.Refused}},
		"RCPT 552 too many is meant as 452":       {err: no(mail.StageRcpt, 552, "5.5.3"), want: follows{state: subscribers.Deferred, due: 5 * time.Minute}},
		"DATA 451 is put off":                     {err: no(mail.StageData, 451, ""), want: follows{state: subscribers.Deferred, due: 5 * time.Minute}},
		"DATA 554 is refused":                     {err: no(mail.StageData, 554, ""), want: follows{state: subscribers.Refused}},
		"the dot 452 is put off":                  {err: no(mail.StageBody, 452, ""), want: follows{state: subscribers.Deferred, due: 5 * time.Minute}},
		"the dot 552 5.5.3 is refused":            {err: no(mail.StageBody, 552, "5.5.3"), want: follows{state: subscribers.Refused}},
		"the dot 421 closes the line":             {err: no(mail.StageBody, 421, ""), want: follows{subscribers.Deferred, 5 * time.Minute, true, true, false}},
		"our own no to an address is refused":     {err: &mail.Refusal{Stage: mail.StageRcpt, Local: true, Reply: mail.Reply{Code: 553, Enhanced: "5.6.7"}}, want: follows{state: subscribers.Refused}},
		"our own no to the letter stops":          {err: &mail.Refusal{Stage: mail.StageBody, Local: true, Reply: mail.Reply{Code: 554}}, want: follows{subscribers.Queued, 0, true, true, true}},
		"no answer after the dot is uncertain":    {err: fmt.Errorf("%w: reset", mail.ErrUncertain), want: follows{state: subscribers.Uncertain, lineGone: true}},
		"uncertain on a fresh line is trouble":    {err: mail.ErrUncertain, first: true, want: follows{state: subscribers.Uncertain, lineGone: true, trouble: true}},
		"dead at MAIL says nothing":               {err: died(mail.StageMail), want: follows{state: subscribers.Queued, lineGone: true}},
		"dead at MAIL on a fresh line is trouble": {err: died(mail.StageMail), first: true, want: follows{state: subscribers.Queued, lineGone: true, trouble: true}},
		"dead in the body goes out again at once": {err: died(mail.StageBody), want: follows{state: subscribers.Deferred, lineGone: true}},
		"dead in the body again is put off":       {err: died(mail.StageBody), number: 2, want: follows{state: subscribers.Deferred, due: 15 * time.Minute, lineGone: true}},
		"dead in the body with no time left":      {err: died(mail.StageBody), number: 2, late: true, want: follows{state: subscribers.Failed, lineGone: true}},
		"an error of no kind is a dead line":      {err: errors.New("what"), number: 2, want: follows{state: subscribers.Deferred, due: 15 * time.Minute, lineGone: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := attempt{number: max(tt.number, 1), first: tt.first, now: now, giveUp: now.Add(20 * time.Hour)}
			if tt.late {
				a.giveUp = now.Add(time.Minute)
			}
			v := judge(a, mail.Reply{Code: 250}, tt.err)
			got := follows{state: v.state, lineGone: v.lineGone, trouble: v.trouble != nil, stop: v.stop}
			if !v.due.IsZero() {
				got.due = v.due.Sub(now)
			}
			if got != tt.want {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
			if v.state != subscribers.Queued && v.reply == (subscribers.Reply{}) {
				t.Error("nothing is kept of the answer")
			}
		})
	}
}

func TestASilentRelayIsLeftAloneMuchLonger(t *testing.T) {
	t.Parallel()
	for times, minutes := range []time.Duration{5, 5, 10, 20, 40, 60, 60} {
		if got := silencePause(times); got != minutes*time.Minute {
			t.Errorf("after %d times %v, want %v", times, got, minutes*time.Minute)
		}
	}
	if got := silencePause(1 << 40); got != time.Hour {
		t.Errorf("after very many times %v", got)
	}
}

// Whom a refusal is about.
func TestWhoIsDenied(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		refusal mail.Refusal
		want    bool
	}{
		"no relaying for us":          {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 554, Enhanced: "5.7.1", Text: "Relay access denied"}}, true},
		"no relaying, by another":     {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 550, Enhanced: "5.7.1", Text: "Unable to relay"}}, true},
		"to sign in first":            {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 530, Enhanced: "5.7.0"}}, true},
		"to sign in, in few words":    {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 530}}, true},
		"nobody of that name":         {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 550, Enhanced: "5.1.1"}}, false},
		"a refusal in few words":      {mail.Refusal{Stage: mail.StageRcpt, Reply: mail.Reply{Code: 550}}, false},
		"the content":                 {mail.Refusal{Stage: mail.StageBody, Reply: mail.Reply{Code: 554}}, true},
		"our own no to one recipient": {mail.Refusal{Stage: mail.StageRcpt, Local: true, Reply: mail.Reply{Code: 553, Enhanced: "5.7.1"}}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judge(attempt{number: 1}, mail.Reply{}, &tt.refusal)
			if v.denied != tt.want || v.state != subscribers.Refused {
				t.Errorf("denied %v, state %s; want %v and refused", v.denied, v.state, tt.want)
			}
		})
	}
}

func TestAGateLetsOneTryAfterEachPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
		defer cancel()
		g := newGate(0, func() {}, func(RelayState) {})
		began := time.Now()
		var mu sync.Mutex
		var tries []time.Duration
		var lines sync.WaitGroup
		for range 10 {
			lines.Go(func() {
				for {
					p, ok := g.enter(ctx)
					if !ok {
						return
					}
					mu.Lock()
					tries = append(tries, time.Since(began).Round(time.Second))
					mu.Unlock()
					time.Sleep(time.Millisecond) // so that all ten are inside together
					g.report(p, errors.New("broken"))
				}
			})
		}
		lines.Wait()
		want := []time.Duration{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1111}
		for i := range want {
			want[i] *= time.Second
		}
		if !slices.Equal(tries, want) {
			t.Errorf("tried at\n%v, want\n%v", tries, want)
		}
	})
}

func TestAGateOpensForAllOnceOneGetsThrough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0, func() {}, func(RelayState) {})
		p, _ := g.enter(t.Context())
		g.report(p, errors.New("broken"))
		entered := make(chan pass, 3)
		for range 3 {
			go func() {
				p, _ := g.enter(t.Context())
				entered <- p
			}()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(entered) != 1 {
			t.Fatalf("%d went first", len(entered))
		}
		g.report(<-entered, nil)
		synctest.Wait()
		if len(entered) != 2 {
			t.Errorf("%d of the 2 others followed", len(entered))
		}
	})
}

func TestAGateIsGivenUpWhenPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		given := 0
		g := newGate(3, func() { given++ }, func(RelayState) {})
		broken := errors.New("broken")
		tries := 0
		for {
			p, ok := g.enter(t.Context())
			if !ok {
				break
			}
			tries++
			g.report(p, broken)
		}
		if tries != 3 || given != 1 || !errors.Is(g.err(), broken) {
			t.Errorf("given up %d times after %d tries for %v", given, tries, g.err())
		}
	})
}

// Two lines go silent together: one is counted as a failure, the other finds
// that the relay does not answer at all. Nobody tries it soon.
func TestAGateStopsForWhatLastsAlsoAfterALesserFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		g := newGate(0, func() {}, func(RelayState) {})
		first, _ := g.enter(t.Context())
		second, _ := g.enter(t.Context())
		g.report(first, errors.New("broken"))
		g.stop(second, errors.New("wrong password"))
		if _, ok := g.enter(t.Context()); !ok {
			t.Error("the gate is given up")
		}
		if waited := time.Since(began); waited != longestPause {
			t.Errorf("the relay was left alone for %v, want %v", waited, longestPause)
		}
	})
}

func TestAGateStopsAtOnceForWhatLasts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		for _, patience := range []int{3, 0} {
			g := newGate(patience, func() {}, func(RelayState) {})
			p, _ := g.enter(t.Context())
			g.stop(p, errors.New("wrong password"))
			_, ok := g.enter(t.Context())
			if ok != (patience == 0) {
				t.Errorf("with patience %d the gate let in: %v", patience, ok)
			}
		}
		if waited := time.Since(began); waited != longestPause {
			t.Errorf("without an end to its patience it waited %v, want %v", waited, longestPause)
		}
	})
}

// Whichever of two lines comes first, the graver trouble is what the relay is
// given up for.
func TestWhatLastsIsNotTakenForALesserFailure(t *testing.T) {
	t.Parallel()
	lasting := errors.New("wrong password")
	for range 2000 {
		g := newGate(5, func() {}, func(RelayState) {})
		p, _ := g.enter(t.Context()) // as all of them did
		together := make(chan struct{})
		var lines sync.WaitGroup
		for range 10 {
			lines.Go(func() { <-together; g.report(p, errors.New("broken")) })
		}
		lines.Go(func() { <-together; g.stop(p, lasting) })
		close(together)
		lines.Wait()
		if !errors.Is(g.err(), lasting) {
			t.Fatalf("it is given up for %v", g.err())
		}
	}
}
