package digest

import (
	"context"
	"fmt"
)

// A Heading is what a list of issues shows of one.
type Heading struct {
	Day    Day
	Number int
	Title  string // of the lead, whole; the subject where an issue has no story
}

const selectHeadings = `
SELECT day, number, COALESCE(
    (SELECT title FROM issue_stories WHERE issue_id = issues.id AND place = 0),
    subject)
FROM issues
WHERE edition = $1
  AND state IN ('sending', 'sent')
ORDER BY day DESC
LIMIT $2`

// Headings returns the newest issues of an edition that are going or have gone
// out, newest day first. It does not read their content, so a list may
// be long.
func (s *Store) Headings(ctx context.Context, edition Edition, limit int) ([]Heading, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectHeadings, edition, limit)
	if err != nil {
		return nil, fmt.Errorf("list issues: %w", err)
	}
	defer rows.Close()
	var found []Heading
	for rows.Next() {
		var h Heading
		if err := rows.Scan(&h.Day, &h.Number, &h.Title); err != nil {
			return nil, fmt.Errorf("list issues: %w", err)
		}
		found = append(found, h)
	}
	return found, rows.Err()
}
