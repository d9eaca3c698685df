package delivery

import (
	"errors"
	"testing"
	"time"

	"redigest/subscribers"
)

var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// draw draws a portion and uses it up, and returns how many it was.
func (a *allowance) draw(t *testing.T, now time.Time) int {
	t.Helper()
	changed, err := a.extend(now)
	if err != nil || len(changed) == 0 || !a.has(now) {
		t.Fatalf("at %s it draws %v (%v)", now, changed, err)
	}
	n := 0
	for ; a.has(now); n++ {
		a.take()
	}
	return n
}

func TestPortionsAreSmallWhileMailIsRareAndNeverLarge(t *testing.T) {
	t.Parallel()
	a := allowance{limit: 10_000}
	for i, want := range []int{1, 2, 4, 8, 16, 32, 64, 100, 100} {
		if got := a.draw(t, noon.Add(time.Duration(i)*100*time.Millisecond)); got != want {
			t.Errorf("portion %d is %d, want %d", i, got, want)
		}
	}
	if got := a.draw(t, noon.Add(30*time.Second)); got != 100 {
		t.Errorf("a portion that lasted long is followed by one of %d", got)
	}
	if got := a.draw(t, noon.Add(10*time.Minute)); got != 1 {
		t.Errorf("after minutes of rest it draws %d", got)
	}
	b := allowance{limit: 10_000_000}
	for i := range 20 {
		if got := b.draw(t, noon.Add(time.Duration(i)*time.Millisecond)); got > largestPortion {
			t.Errorf("of very many it draws %d", got)
		}
	}
}

func TestWhatAPortionLeavesGoesBackIntoItsMinute(t *testing.T) {
	t.Parallel()
	a := allowance{limit: 100, portion: 10, drawn: noon.Add(-30 * time.Second)}
	if _, err := a.extend(noon); err != nil {
		t.Fatal(err)
	}
	a.take()
	next := noon.Add(time.Minute)
	if a.has(next) {
		t.Error("a portion is good for another minute")
	}
	changed, err := a.extend(next)
	if err != nil || len(changed) != 2 || changed[0] != (subscribers.Minute{At: noon, Offered: 1}) {
		t.Errorf("in the next minute %v is to be written (%v)", changed, err)
	}
}

func TestAMinuteCountsFor24HoursAfterItsEnd(t *testing.T) {
	t.Parallel()
	a := allowance{limit: 5, minutes: []subscribers.Minute{{At: noon, Offered: 5}}}
	free := noon.Add(24*time.Hour + time.Minute)
	var full *UsedUpError
	if _, err := a.extend(free.Add(-time.Nanosecond)); !errors.As(err, &full) || !full.Until.Equal(free) {
		t.Errorf("a moment before it returns %v", err)
	}
	if _, err := a.extend(free); err != nil {
		t.Errorf("then it returns %v", err)
	}
}
