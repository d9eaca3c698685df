package subscribers

import (
	"context"
	"fmt"
	"time"

	"redigest/digest/database"
)

// A Depth is what is owed in the whole outbox.
type Depth struct {
	Queued   int
	Handed   int
	Deferred int
	Held     int       // of those queued and deferred, how many wait for the operator's word
	Oldest   time.Time // when the oldest mailing was made of which something is owed; zero: nothing is
}

const selectDepth = `
SELECT d.state, m.created_at, m.held_at > 0, count(*)
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id
WHERE m.finished_at = 0
  AND d.state IN ('queued', 'handed', 'deferred')
GROUP BY d.state, m.created_at, m.held_at > 0`

// Depth returns what is owed. It looks through all open mailings, which takes
// a fifth of a second for a million recipients.
func (o *Outbox) Depth(ctx context.Context) (Depth, error) {
	rows, err := o.db.Read().QueryContext(ctx, selectDepth)
	if err != nil {
		return Depth{}, fmt.Errorf("count what is owed: %w", err)
	}
	defer rows.Close()
	var d Depth
	for rows.Next() {
		var state State
		var created int64
		var held bool
		var n int
		if err := rows.Scan(&state, &created, &held, &n); err != nil {
			return Depth{}, fmt.Errorf("count what is owed: %w", err)
		}
		d.count(state, n, held, database.Time(created))
	}
	return d, rows.Err()
}

// count adds n deliveries of one state and mailing.
func (d *Depth) count(state State, n int, held bool, created time.Time) {
	switch state {
	case Queued:
		d.Queued += n
	case Handed:
		d.Handed += n
	case Deferred:
		d.Deferred += n
	}
	if held && state != Handed {
		d.Held += n
	}
	if d.Oldest.IsZero() || created.Before(d.Oldest) {
		d.Oldest = created
	}
}
