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

// Counted mailing by mailing, along the key: grouped by state it takes twice as
// long.
const selectDepth = `
SELECT m.created_at, m.held_at,
    count(*) FILTER (WHERE d.state = 'queued'),
    count(*) FILTER (WHERE d.state = 'handed'),
    count(*) FILTER (WHERE d.state = 'deferred')
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id
WHERE m.finished_at = 0
GROUP BY m.id`

// Depth returns what is owed. It looks through all open mailings, which takes
// some fifth of a second for a million recipients.
func (o *Outbox) Depth(ctx context.Context) (d Depth, err error) {
	rows, err := o.db.Read().QueryContext(ctx, selectDepth)
	if err != nil {
		return d, fmt.Errorf("count what is owed: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var created, held int64
		var queued, handed, deferred int
		if err := rows.Scan(&created, &held, &queued, &handed, &deferred); err != nil {
			return d, fmt.Errorf("count what is owed: %w", err)
		}
		d.Queued, d.Handed, d.Deferred = d.Queued+queued, d.Handed+handed, d.Deferred+deferred
		if held > 0 {
			d.Held += queued + deferred
		}
		if at := database.Time(created); queued+handed+deferred > 0 && (d.Oldest.IsZero() || at.Before(d.Oldest)) {
			d.Oldest = at
		}
	}
	if err := rows.Err(); err != nil {
		return Depth{}, fmt.Errorf("count what is owed: %w", err)
	}
	return d, nil
}
