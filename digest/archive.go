package digest

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"redigest/digest/database"
)

// A Heading is what a list of issues shows of one.
type Heading struct {
	Day    Day
	Number int
	Title  string // of the lead, whole; the subject where an issue has no story
}

// headings selects the headings of issues that are going or have gone out: the
// archive.
const headings = `
SELECT day, number, COALESCE(
    (SELECT title FROM issue_stories WHERE issue_id = issues.id AND place = 0),
    subject)
FROM issues
WHERE edition = $1
  AND state IN ('sending', 'sent')`

const selectHeadings = headings + `
ORDER BY day DESC
LIMIT $2`

// Headings returns the newest issues of an edition that are going or have gone
// out, newest day first. It does not read their content, so a list may
// be long.
func (s *Store) Headings(ctx context.Context, edition Edition, limit int) ([]Heading, error) {
	return s.headings(ctx, selectHeadings, edition, limit)
}

const selectHeadingsOfMonth = headings + `
  AND day >= $2
  AND day < $3
ORDER BY day DESC`

// HeadingsOf returns the issues of a month, newest day first.
func (s *Store) HeadingsOf(ctx context.Context, edition Edition, month Month) ([]Heading, error) {
	return s.headings(ctx, selectHeadingsOfMonth, edition, month.First(), month.Add(1).First())
}

const (
	selectPrevious = headings + `
  AND day < $2
ORDER BY day DESC
LIMIT 1`

	selectNext = headings + `
  AND day > $2
ORDER BY day
LIMIT 1`
)

// Around returns the issues before and after a day, nil where there is none.
func (s *Store) Around(ctx context.Context, edition Edition, day Day) (previous, next *Heading, err error) {
	if previous, err = s.heading(ctx, selectPrevious, edition, day); err != nil {
		return nil, nil, err
	}
	next, err = s.heading(ctx, selectNext, edition, day)
	return previous, next, err
}

func (s *Store) heading(ctx context.Context, query string, args ...any) (*Heading, error) {
	found, err := s.headings(ctx, query, args...)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

func (s *Store) headings(ctx context.Context, query string, args ...any) ([]Heading, error) {
	rows, err := s.db.Read().QueryContext(ctx, query, args...)
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

// selectMonths goes from the newest day of a month to that of the month before,
// along the index: of each month one day is looked at.
const selectMonths = `
WITH RECURSIVE newest (day) AS (
    SELECT (
        SELECT day
        FROM issues
        WHERE edition = $1
          AND state IN ('sending', 'sent')
        ORDER BY day DESC
        LIMIT 1)
    UNION ALL
    SELECT (
        SELECT i.day
        FROM issues i
        WHERE i.edition = $1
          AND i.state IN ('sending', 'sent')
          AND i.day < substr(newest.day, 1, 7)
        ORDER BY i.day DESC
        LIMIT 1)
    FROM newest
    WHERE newest.day IS NOT NULL)
SELECT substr(day, 1, 7)
FROM newest
WHERE day IS NOT NULL`

// Months returns the months in which issues went out, newest first.
func (s *Store) Months(ctx context.Context, edition Edition) ([]Month, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectMonths, edition)
	if err != nil {
		return nil, fmt.Errorf("list months of issues: %w", err)
	}
	defer rows.Close()
	var found []Month
	for rows.Next() {
		var m Month
		if err := rows.Scan(&m); err != nil {
			return nil, fmt.Errorf("list months of issues: %w", err)
		}
		found = append(found, m)
	}
	return found, rows.Err()
}

const selectLastFrozen = `
SELECT MAX(frozen_at)
FROM issues
WHERE edition = $1
  AND state IN ('sending', 'sent')`

// LastFrozen returns when the archive of an edition last got an issue, the zero
// time as long as it has none.
func (s *Store) LastFrozen(ctx context.Context, edition Edition) (time.Time, error) {
	var at sql.NullInt64
	err := s.db.Read().QueryRowContext(ctx, selectLastFrozen, edition).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("look for the newest issue: %w", err)
	}
	return database.Time(at.Int64), nil
}
