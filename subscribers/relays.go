package subscribers

import (
	"context"
	"fmt"
)

const selectRelays = `
SELECT DISTINCT relay
FROM deliveries
WHERE mailing_id = $1
  AND relay <> ''
ORDER BY relay`

// Relays returns the names of the relays that took or refused mail of a
// mailing.
func (o *Outbox) Relays(ctx context.Context, mailing ID) ([]string, error) {
	rows, err := o.db.Read().QueryContext(ctx, selectRelays, mailing)
	if err != nil {
		return nil, fmt.Errorf("relays of mailing %s: %w", mailing, err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("relays of mailing %s: %w", mailing, err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
