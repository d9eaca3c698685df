package delivery_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"redigest/subscribers/delivery"
)

// slowly returns a clock for a machine on which everything takes so long.
func slowly(step time.Duration) (clock func() time.Time, took func() time.Duration) {
	now := morning
	return func() time.Time { now = now.Add(step); return now }, func() time.Duration { return now.Sub(morning) }
}

// Where writing ahead takes longer than what is written ahead, more of it is
// written.
func TestASlowDiskSlowsAPacedRelayAndDoesNotStopIt(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	clock, took := slowly(1100 * time.Millisecond)
	p := delivery.NewPacer(b.outbox, "me@relay.example:587", delivery.Rate{PerSecond: 10}, clock)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := p.Wait(ctx); err != nil || took() > time.Minute {
		t.Errorf("after %s of its clock it returns %v", took(), err)
	}
}

func TestWhoWaitsForADiskThatIsMuchTooSlowCanBeToldToEnd(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	clock, _ := slowly(time.Hour)
	p := delivery.NewPacer(b.outbox, "me@relay.example:587", delivery.Rate{PerSecond: 10}, clock)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- p.Wait(ctx) }()
	select {
	case err := <-result:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it returns %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not return")
	}
}
