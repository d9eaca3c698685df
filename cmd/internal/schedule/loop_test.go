package schedule_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"redigest/cmd/internal/schedule"
	"redigest/digest"
)

// A press stands for the database and what publishes into it.
type press struct {
	mu     sync.Mutex
	now    func() time.Time
	made   issues
	asked  int
	fail   error // what Publish returns instead of making an issue
	broken error // what Handled returns
	told   []error
}

func newPress(now func() time.Time) *press { return &press{now: now, made: issues{}} }

func (p *press) loop(plan schedule.Plan) schedule.Loop {
	return schedule.Loop{Plan: plan, Handled: p.handled, Publish: p.publish, OnError: p.onError, Now: p.now}
}

func (p *press) handled(_ context.Context, day digest.Day) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	_, ok := p.made[day]
	return ok, p.broken
}

func (p *press) publish(_ context.Context, day digest.Day) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	if _, twice := p.made[day]; twice {
		return errors.New("a second issue for " + string(day))
	}
	p.made[day] = p.now()
	return nil
}

func (p *press) onError(_ digest.Day, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, err)
}

// runFor runs the loop for a while, as a program that is started and stopped.
func runFor(t *testing.T, l schedule.Loop, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	l.Run(ctx)
}

// until returns how long it is until s.
func until(t *testing.T, s string) time.Duration {
	t.Helper()
	return time.Until(moment(t, s))
}

// The clock of a synctest bubble starts at midnight UTC on 1 January 2000, a
// Saturday.

func TestLoopPublishesAYear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const late = 3 * time.Hour
		skip := schedule.Skip{Weekdays: []time.Weekday{time.Sunday}, Dates: []digest.Day{"2000-05-01", "2000-12-25"}}
		plan := newPlan(t, "30 2 * * *", "Europe/Berlin", skip, late)
		p := newPress(time.Now)
		start := time.Now()

		runFor(t, p.loop(plan), until(t, "2000-06-10T02:29:59+02:00"))
		time.Sleep(until(t, "2000-06-10T05:29:00+02:00")) // down for less than late
		runFor(t, p.loop(plan), until(t, "2000-08-08T02:29:59+02:00"))
		time.Sleep(until(t, "2000-08-08T05:30:01+02:00")) // down for longer
		runFor(t, p.loop(plan), until(t, "2000-10-29T02:45:00+02:00"))
		runFor(t, p.loop(plan), until(t, "2001-01-02T02:00:00+01:00")) // started again between two equal times

		if len(p.told) > 0 {
			t.Errorf("errors: %v", p.told)
		}
		if made := p.made["2000-06-10"]; !made.Equal(moment(t, "2000-06-10T05:29:00+02:00")) {
			t.Errorf("after a short outage the issue was made at %s", made)
		}
		if made, ok := p.made["2000-08-08"]; ok {
			t.Errorf("after a long outage an issue was made at %s, too late", made)
		}
		delete(p.made, "2000-06-10")
		skip.Dates = append(skip.Dates, "2000-06-10", "2000-08-08")
		newSpan(zone(t, "Europe/Berlin"), start, time.Now().Add(24*time.Hour)).check(t, p.made, plan, skip, 0)
	})
}

func TestLoopIsOnTimeToTheSecond(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]time.Duration{
		"started long before":      0,
		"started a moment before":  5*time.Hour + 59*time.Minute + 59*time.Second + 990*time.Millisecond,
		"started on the hour":      6 * time.Hour,
		"started within half of a": 5*time.Hour + 59*time.Minute + 45*time.Second,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				due := time.Now().Add(6 * time.Hour)
				time.Sleep(start)
				p := newPress(time.Now)
				runFor(t, p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour)), 7*time.Hour)
				if made := p.made["2000-01-01"]; made.Before(due) || made.Sub(due) > time.Second {
					t.Errorf("due at %s, made at %s", due, made)
				}
			})
		})
	}
}

func TestLoopTriesAgainWhatFailed(t *testing.T) {
	t.Parallel()
	tests := map[string]func(p *press, err error){
		"publishing":           func(p *press, err error) { p.fail = err },
		"asking what was done": func(p *press, err error) { p.broken = err },
	}
	for name, set := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				full := errors.New("disk full")
				p := newPress(time.Now)
				set(p, full)
				l := p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour))
				runFor(t, l, 6*time.Hour+10*time.Minute)
				if n := len(p.told); n < 20 || n > 22 || !errors.Is(p.told[0], full) {
					t.Errorf("in ten minutes it failed %d times (%v), want once every half minute", n, p.told[:min(n, 1)])
				}
				set(p, nil)
				runFor(t, l, time.Minute)
				if _, ok := p.made["2000-01-01"]; !ok {
					t.Error("no issue when it could be made again")
				}
			})
		})
	}
}

func TestLoopGivesUpWhatFailsForTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPress(time.Now)
		p.fail = errors.New("disk full")
		l := p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour))
		runFor(t, l, 7*time.Hour+time.Second)
		p.fail = nil
		runFor(t, l, 10*time.Hour)
		if len(p.made) > 0 {
			t.Errorf("issues too late: %v", p.made)
		}
	})
}

func TestLoopNoticesAClockThatIsSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var ahead time.Duration
		set := func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			ahead = d
		}
		now := func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(ahead)
		}
		p := newPress(now)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour)).Run(ctx)
		}()

		time.Sleep(time.Minute)
		set(6 * time.Hour) // as after a suspension
		time.Sleep(31 * time.Second)
		synctest.Wait()
		if _, ok := p.made["2000-01-01"]; !ok {
			t.Error("no issue half a minute after the clock was put forward past its hour")
		}
		set(0) // back before the hour, which then comes once more
		time.Sleep(12 * time.Hour)
		stop()
		<-done
		if len(p.made) != 1 || len(p.told) > 0 {
			t.Errorf("issues %v, errors %v; want the one issue", p.made, p.told)
		}
	})
}

func TestLoopRestsWhenTheClockStandsStill(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]string{
		"a moment before the hour": "2026-02-04T05:59:59.999999999Z",
		"at the hour":              "2026-02-04T06:00:00Z",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				stuck := moment(t, at)
				looks := 0
				p := newPress(func() time.Time { looks++; return stuck })
				p.fail = errors.New("disk full")
				runFor(t, p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour)), time.Minute)
				if looks > 2*61 {
					t.Errorf("it looked at the clock %d times in a minute", looks)
				}
			})
		})
	}
}

func TestLoopStopsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPress(time.Now)
		l := p.loop(newPlan(t, "0 6 * * *", "UTC", schedule.Skip{}, time.Hour))
		l.Publish = func(ctx context.Context, _ digest.Day) error {
			<-ctx.Done()
			return ctx.Err()
		}
		start := time.Now()
		runFor(t, l, 6*time.Hour+time.Second) // stopped while it publishes
		if got := time.Since(start); got != 6*time.Hour+time.Second {
			t.Errorf("it ran for %s", got)
		}
		if len(p.told) > 0 {
			t.Errorf("being stopped was told as an error: %v", p.told)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		l.Run(ctx)
		if p.asked != 1 {
			t.Errorf("it asked %d times, want once: a loop that is stopped asks no more", p.asked)
		}
	})
}
