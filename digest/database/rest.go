package database

import (
	"context"
	"time"
)

// A writer that goes on for this long rests, or others who wait for SQLite's
// lock, which is not given in turn, wait too long.
const (
	writeSpell = 50 * time.Millisecond
	writeRest  = 25 * time.Millisecond
)

// Rest pauses when the caller, between two transactions of a long piece of work,
// has been writing since for long enough. It returns since when the caller is
// writing now, by the clock it was given.
func Rest(ctx context.Context, since time.Time, now func() time.Time) (time.Time, error) {
	if now().Sub(since) < writeSpell {
		return since, ctx.Err()
	}
	if err := Pause(ctx); err != nil {
		return since, err
	}
	return now(), nil
}

// Pause lets other writers have the lock.
func Pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(writeRest):
		return nil
	}
}
