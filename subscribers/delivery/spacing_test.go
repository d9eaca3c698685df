package delivery

import (
	"math/rand/v2"
	"testing"
	"time"
)

// offerLate offers n messages, each as soon as it may be but for a timer that is
// late by up to so much, and returns when they were offered.
func (s *spacing) offerLate(now time.Time, n int, late func() time.Duration) (offered []time.Time) {
	for range n {
		if m := s.moment(); m.After(now) {
			now = m
		}
		now = now.Add(late())
		s.take(now, true)
		offered = append(offered, now)
	}
	return offered
}

// mostInASecond returns how many of moments in their order lie in one second.
func mostInASecond(moments []time.Time) (most int) {
	first := 0
	for i, m := range moments {
		for m.Sub(moments[first]) >= time.Second {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

func TestTimersThatAreLateCostLittleAndNoSecondHasTooMany(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{1, 7, 100, 3000} {
		for name, late := range map[string]time.Duration{"as a rule": time.Millisecond, "on a busy machine": 50 * time.Millisecond} {
			dice := rand.New(rand.NewPCG(uint64(rate), uint64(late)))
			s := newSpacing(rate, noon)
			n := 20 * rate
			// Most messages come behind one that was late, and are not late again.
			offered := s.offerLate(noon, n, func() time.Duration {
				if dice.IntN(max(2, rate/10)) > 0 {
					return 0
				}
				return time.Duration(dice.Int64N(int64(late)))
			})
			if most := mostInASecond(offered); most > rate {
				t.Errorf("at %d a second, late %s, %d were offered in one second", rate, name, most)
			}
			if took, best := offered[n-1].Sub(noon), time.Duration(n-1)*s.interval(); took > best+20*late+best/50 {
				t.Errorf("at %d a second, late %s, it took %s, at best %s", rate, name, took, best)
			}
		}
	}
}

func TestWhoHasNotWaitedHasNothingToMakeUpFor(t *testing.T) {
	t.Parallel()
	s := newSpacing(10, noon)
	s.take(noon.Add(500*time.Millisecond), false)
	if m := s.moment(); !m.Equal(noon.Add(600 * time.Millisecond)) {
		t.Errorf("the next is due at %s", m)
	}
	s.take(noon.Add(time.Hour), true) // as after a sleep of the machine
	if m := s.moment(); !m.Equal(noon.Add(time.Hour + 100*time.Millisecond)) {
		t.Errorf("after an hour the next is due at %s", m)
	}
}

// Whoever is started next knows nothing of the last second.
func TestOneWhoGoesOnKeepsToTheSecondToo(t *testing.T) {
	t.Parallel()
	dice := rand.New(rand.NewPCG(1, 9))
	for rate := 1; rate < 60; rate += 7 {
		var all []time.Time
		next := noon
		for range 30 {
			s := newSpacing(rate, next)
			all = append(all, s.offerLate(next, 1+dice.IntN(2*rate), func() time.Duration {
				return time.Duration(dice.IntN(3)/2) * time.Duration(dice.IntN(900)) * time.Millisecond
			})...)
			next = s.free()
		}
		if most := mostInASecond(all); most > rate {
			t.Errorf("at %d a second, %d were offered in one second", rate, most)
		}
	}
}
