package digest

import (
	"context"
	"fmt"
	"time"

	"redigest/digest/database"
)

// mostComing bounds how many stories to come are returned: a calendar that is
// read as a feed has many.
const mostComing = 50

const selectComing = `
SELECT ` + storyColumns + `
FROM stories
WHERE state = 'active'
  AND same_as IS NULL
  AND backlog = 0
  AND published_at > $1
ORDER BY published_at, id
LIMIT $2`

// Coming returns the stories that are dated after now, the next of them first,
// and at most 50: no issue takes them before.
func (s *Store) Coming(ctx context.Context, now time.Time) ([]Story, error) {
	coming, err := stories(ctx, s.db.Read(), selectComing, database.Millis(now), mostComing)
	if err != nil {
		return nil, fmt.Errorf("find stories to come: %w", err)
	}
	return coming, nil
}
