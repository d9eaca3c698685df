package subscribers

import (
	"fmt"
	"testing"
	"time"
)

func TestHowMuchMayComeBackBeforeItIsDoubted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		readers, accepted int
		want              bool
	}{
		"nothing":                              {0, 0, false},
		"all of a small list":                  {19, 19, false},
		"all of a larger one":                  {20, 20, true},
		"one in five":                          {20, 100, false},
		"more than one in five":                {21, 100, true},
		"an old list that was imported":        {10_000, 100_000, false},
		"one in four of it":                    {25_000, 100_000, true},
		"of an issue of which nobody knows it": {20, 0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (HardReturns{Readers: tt.readers, Accepted: tt.accepted}).doubtful(); got != tt.want {
				t.Errorf("%d of %d is doubtful: %t", tt.readers, tt.accepted, got)
			}
		})
	}
}

// A mailed is a list of many, and issues that the relay accepted for all.
type mailed struct {
	*postRoom
	l    *List
	many int
}

func newMailed(t *testing.T, many int) *mailed {
	t.Helper()
	l, clock := newList(t)
	r := &mailed{postRoom: outboxOf(t, l, clock), l: l, many: many}
	r.readers(many)
	return r
}

// issue mails an issue, which the relay accepts for the first so many readers.
func (r *mailed) issue(id ID, accepted int) Mailing {
	r.Helper()
	m, err := r.EnqueueIssue(r.Context(), Order{IssueID: id, Edition: "daily", CutoffAt: r.clock.Now()})
	if err != nil {
		r.Fatal(err)
	}
	r.accept(m, accepted)
	return m
}

func (r *mailed) accept(m Mailing, accepted int) {
	r.exec(`UPDATE deliveries SET state = 'accepted' WHERE mailing_id = $1 AND subscriber_id <= $2`, m.ID, accepted)
}

// comesBack takes in that a reader's copy came back as no good.
func (r *mailed) comesBack(m Mailing, reader ID, mail string) ReturnOutcome {
	r.Helper()
	done, err := r.l.TakeReturned(r.Context(), Returned{
		Token: r.l.ReturnedToken(Key{m.ID, reader}), Mail: fmt.Sprint(m.ID, reader, mail), Event: ReturnBounced, Reports: []Report{gone},
	})
	if err != nil {
		r.Fatal(err)
	}
	return done
}

func (r *mailed) suppressed() int {
	r.Helper()
	return number(r.TB.(*testing.T), r.l, `SELECT count(*) FROM suppressions WHERE reason = 'bounce'`)
}

func TestPromise3ARelayThatReturnsEveryMailIsNotBelievedForLong(t *testing.T) {
	t.Parallel()
	r := newMailed(t, 60)
	m := r.issue(1, 60)
	alarms := 0
	for reader := ID(1); reader <= 60; reader++ {
		done := r.comesBack(m, reader, "")
		if a := done.Alarm; a != nil {
			alarms++
			if a.Mailing != m.ID || a.Readers != 20 || a.Accepted != 60 {
				t.Errorf("the alarm is %+v", a)
			}
		}
		if doubted := done.Effect == EffectDoubted; doubted != (reader >= 20) || done.Weight != WeightHard {
			t.Errorf("of reader %d it is taken as %+v", reader, done)
		}
	}
	if r.suppressed() != 19 || alarms != 1 {
		t.Errorf("%d readers are suppressed, want 19, with %d alarms", r.suppressed(), alarms)
	}
	if n := number(t, r.l, `SELECT count(*) FROM returned WHERE effect = 'not believed' AND reason = 'userunknown'`); n != 41 {
		t.Errorf("%d of those that are not believed are on record with their reason, want 41", n)
	}
	h, err := r.HardReturns(t.Context(), m.ID)
	if err != nil || h.Readers != 60 || !h.DoubtedAt.Equal(r.clock.Now()) {
		t.Errorf("of the issue it is known that %+v (%v)", h, err)
	}
}

func TestTheNextIssueIsJudgedByItself(t *testing.T) {
	t.Parallel()
	r := newMailed(t, 60)
	m := r.issue(1, 60)
	for reader := ID(1); reader <= 30; reader++ {
		r.comesBack(m, reader, "")
	}
	before := r.suppressed()
	r.clock.Pass(24 * time.Hour)
	if done := r.comesBack(r.issue(2, 60), 60, ""); done.Effect != EffectSuppressed || r.suppressed() != before+1 {
		t.Errorf("it is taken as %+v, with %d suppressed", done, r.suppressed())
	}
	if done := r.comesBack(m, 59, ""); done.Effect != EffectDoubted {
		t.Errorf("what comes late of the first is taken as %+v", done)
	}
}

func TestDeadAddressesInProportionAreBelieved(t *testing.T) {
	t.Parallel()
	r := newMailed(t, 500)
	m := r.issue(1, 100)
	for reader := ID(1); reader <= 20; reader++ {
		r.comesBack(m, reader, "")
	}
	r.accept(m, 500) // it went on
	for reader := ID(21); reader <= 100; reader++ {
		r.comesBack(m, reader, "")
	}
	if got := r.suppressed(); got != 100 {
		t.Errorf("%d of 100 dead addresses among 500 are suppressed", got)
	}
	if done := r.comesBack(m, 101, ""); done.Effect != EffectDoubted || done.Alarm == nil {
		t.Errorf("the 101st is taken as %+v", done)
	}
}

func TestAReaderWhoseMailComesBackOftenCountsOnce(t *testing.T) {
	t.Parallel()
	r := newMailed(t, 2)
	m := r.issue(1, 2)
	for i := range 30 {
		r.comesBack(m, 1, fmt.Sprint(i))
	}
	if done := r.comesBack(m, 2, ""); done.Effect != EffectSuppressed {
		t.Errorf("another's is taken as %+v", done)
	}
}

// A confirmation has one recipient, whose mail says nothing of others.
func TestWhatGoesToOneIsNoMeasureOfARelay(t *testing.T) {
	t.Parallel()
	r := newMailed(t, 1)
	m := Mailing{ID: 5, Kind: ConfirmationMailing, Generation: 1, CreatedAt: monday}
	r.single(m, 1, "")
	if done := r.comesBack(m, 1, ""); done.Effect != EffectSuppressed {
		t.Errorf("it is taken as %+v", done)
	}
	if h, err := r.HardReturns(t.Context(), m.ID); err != nil || h != (HardReturns{}) {
		t.Errorf("it is counted as %+v (%v)", h, err)
	}
}
