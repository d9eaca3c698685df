package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

// A RelayUse is how far the bounds of one relay are used up. What stands in it
// is written ahead: a sender that dies has never offered more.
type RelayUse struct {
	PacedUntil time.Time // a sender that starts anew offers nothing before this; zero: none ever did
	Minutes    []Minute  // those of the last day in which messages may have been offered, oldest first
}

// A Minute is how many messages may have been offered to a relay in it.
type Minute struct {
	At      time.Time // its beginning
	Offered int
}

const selectPacedUntil = `
SELECT paced_until
FROM relays
WHERE name = $1`

const selectRelayMinutes = `
SELECT minute_at, offered
FROM relay_minutes
WHERE relay = $1
  AND minute_at >= $2
ORDER BY minute_at`

// RelayUse returns how far the bounds of a relay, known as user@host:port, are
// used up, with its minutes from since on.
func (o *Outbox) RelayUse(ctx context.Context, relay string, since time.Time) (RelayUse, error) {
	use, err := o.relayUse(ctx, relay, since)
	if err != nil {
		return use, fmt.Errorf("read how much relay %s was given: %w", relay, err)
	}
	return use, nil
}

func (o *Outbox) relayUse(ctx context.Context, relay string, since time.Time) (use RelayUse, err error) {
	var until int64
	err = o.db.Read().QueryRowContext(ctx, selectPacedUntil, relay).Scan(&until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return use, err
	}
	use.PacedUntil = database.Time(until)
	rows, err := o.db.Read().QueryContext(ctx, selectRelayMinutes, relay, database.Millis(since))
	if err != nil {
		return use, err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var m Minute
		if err := rows.Scan(&at, &m.Offered); err != nil {
			return use, err
		}
		m.At = database.Time(at)
		use.Minutes = append(use.Minutes, m)
	}
	return use, rows.Err()
}

const savePacedUntil = `
INSERT INTO relays (name, paced_until)
VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE
SET paced_until = excluded.paced_until`

const saveRelayMinute = `
INSERT INTO relay_minutes (relay, minute_at, offered)
VALUES ($1, $2, $3)
ON CONFLICT (relay, minute_at) DO UPDATE
SET offered = excluded.offered`

const pruneRelayMinutes = `
DELETE FROM relay_minutes
WHERE relay = $1
  AND minute_at < $2`

// SaveRelayUse writes down, durably, the use of a relay: its moment, and those of
// its minutes that changed. Minutes before since are forgotten. Only the holder
// of the sender's lock may call it.
func (o *Outbox) SaveRelayUse(ctx context.Context, relay string, use RelayUse, since time.Time) error {
	until := use.PacedUntil
	if !until.IsZero() {
		until = until.Add(time.Millisecond - 1) // whole ones are kept, and none too early
	}
	err := o.db.Transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, savePacedUntil, relay, database.Millis(until)); err != nil {
			return err
		}
		for _, m := range use.Minutes {
			if _, err := tx.ExecContext(ctx, saveRelayMinute, relay, database.Millis(m.At), m.Offered); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, pruneRelayMinutes, relay, database.Millis(since))
		return err
	})
	if err != nil {
		return fmt.Errorf("write down how much relay %s is given: %w", relay, err)
	}
	return nil
}
