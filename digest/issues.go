package digest

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"redigest/digest/database"
)

const issueColumns = `
    id, edition, day, number, state, held, reason, cutoff_at, subject,
    preheader, markdown, full_text, html, text, cut, created_at, frozen_at`

func scanIssue(row scanner) (Issue, error) {
	var i Issue
	var number sql.NullInt64
	var cut string
	var cutoff, created, frozen int64
	err := row.Scan(&i.ID, &i.Edition, &i.Day, &number, &i.State, &i.Held, &i.Reason, &cutoff, &i.Subject,
		&i.Preheader, &i.Markdown, &i.FullText, &i.HTML, &i.Text, &cut, &created, &frozen)
	if err != nil {
		return Issue{}, err
	}
	i.Number = int(number.Int64)
	i.CutoffAt, i.CreatedAt, i.FrozenAt = database.Time(cutoff), database.Time(created), database.Time(frozen)
	if err := json.Unmarshal([]byte(cut), &i.Cut); err != nil {
		return Issue{}, fmt.Errorf("read issue %s: %w", i.ID, err)
	}
	return i, nil
}

const selectIssue = `
SELECT ` + issueColumns + `
FROM issues
WHERE edition = $1
  AND day = $2`

// Issue returns the issue of an edition and day, or [ErrNoIssue].
func (s *Store) Issue(ctx context.Context, edition Edition, day Day) (Issue, error) {
	return s.issue(ctx, s.db.Read(), selectIssue, edition, day)
}

const selectIssueByID = `
SELECT ` + issueColumns + `
FROM issues
WHERE id = $1`

// IssueByID returns one issue, or [ErrNoIssue].
func (s *Store) IssueByID(ctx context.Context, id ID) (Issue, error) {
	return s.issue(ctx, s.db.Read(), selectIssueByID, id)
}

const selectPlaces = `
SELECT story_id, title, role, shown
FROM issue_stories
WHERE issue_id = $1
ORDER BY place`

func (s *Store) issue(ctx context.Context, q queryer, query string, args ...any) (Issue, error) {
	issue, err := scanIssue(q.QueryRowContext(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return Issue{}, ErrNoIssue
	}
	if err != nil {
		return Issue{}, fmt.Errorf("read issue: %w", err)
	}
	rows, err := q.QueryContext(ctx, selectPlaces, issue.ID)
	if err != nil {
		return Issue{}, fmt.Errorf("read stories of issue %s: %w", issue.ID, err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.StoryID, &p.Title, &p.Role, &p.Shown); err != nil {
			return Issue{}, fmt.Errorf("read stories of issue %s: %w", issue.ID, err)
		}
		issue.Stories = append(issue.Stories, p)
	}
	return issue, rows.Err()
}

const selectIssues = `
SELECT ` + issueColumns + `
FROM issues
ORDER BY day DESC, edition
LIMIT $1`

// Issues returns the newest issues of all states, newest day first, without
// their places.
func (s *Store) Issues(ctx context.Context, limit int) ([]Issue, error) {
	return s.list(ctx, selectIssues, limit)
}

const selectUnfinished = `
SELECT ` + issueColumns + `
FROM issues
WHERE state = 'sending'
ORDER BY day
LIMIT $1`

// Unfinished returns the issues that are frozen and not yet known to be sent.
func (s *Store) Unfinished(ctx context.Context) ([]Issue, error) {
	return s.list(ctx, selectUnfinished, 1000)
}

func (s *Store) list(ctx context.Context, query string, limit int) ([]Issue, error) {
	rows, err := s.db.Read().QueryContext(ctx, query, limit)
	if err != nil {
		return nil, fmt.Errorf("list issues: %w", err)
	}
	defer rows.Close()
	var issues []Issue
	for rows.Next() {
		i, err := scanIssue(rows)
		if err != nil {
			return nil, fmt.Errorf("list issues: %w", err)
		}
		issues = append(issues, i)
	}
	return issues, rows.Err()
}
