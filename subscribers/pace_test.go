package subscribers

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheUseOfARelayIsKeptForADay(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	const relay = "me@relay.example:587"
	use := func(since time.Time) RelayUse {
		u, err := p.RelayUse(t.Context(), relay, since)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	save := func(u RelayUse, since time.Time) {
		if err := p.SaveRelayUse(t.Context(), relay, u, since); err != nil {
			t.Fatal(err)
		}
	}
	if got := use(time.Time{}); !got.PacedUntil.IsZero() || len(got.Minutes) > 0 {
		t.Errorf("of a relay that was never used it returns %+v", got)
	}
	first, second := monday, monday.Add(time.Minute)
	save(RelayUse{PacedUntil: first, Minutes: []Minute{{first, 10}}}, time.Time{})
	// What is given back makes the number smaller.
	save(RelayUse{PacedUntil: second, Minutes: []Minute{{first, 7}, {second, 4}}}, time.Time{})
	if err := p.SaveRelayUse(t.Context(), "other@relay.example:587", RelayUse{PacedUntil: first, Minutes: []Minute{{first, 99}}}, first); err != nil {
		t.Fatal(err)
	}
	want := RelayUse{PacedUntil: second, Minutes: []Minute{{first, 7}, {second, 4}}}
	if diff := cmp.Diff(want, use(first)); diff != "" {
		t.Errorf("use (-want +got):\n%s", diff)
	}
	save(RelayUse{PacedUntil: second}, second)
	want.Minutes = want.Minutes[1:]
	save(RelayUse{PacedUntil: second.Add(-time.Nanosecond)}, second)
	if diff := cmp.Diff(want, use(time.Time{})); diff != "" {
		t.Errorf("use after a day (-want +got):\n%s", diff)
	}
}
