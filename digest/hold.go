package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

var (
	// ErrHeld means that an issue is held: it goes out when it is released.
	ErrHeld = errors.New("the issue is held")
	// ErrEnded means that an issue is sent, cancelled or skipped.
	ErrEnded = errors.New("the issue has come to its end")
)

const holdIssue = `
UPDATE issues
SET held = $3
WHERE edition = $1
  AND day = $2
  AND state IN ('draft', 'sending')
RETURNING id`

// Hold keeps the issue of a day back, whether it is a draft or going out, and
// returns it. Where there is none it makes a draft without content, so that
// none is frozen before it is released. It may be called again. It returns
// [ErrEnded] for an issue of which nothing goes out any more.
func (s *Store) Hold(ctx context.Context, edition Edition, day Day) (Issue, error) {
	return s.setHeld(ctx, edition, day, true)
}

// Release lets the issue of a day go on. It may be called again, also for one
// that is not held. It returns [ErrNoIssue] when there is none, and [ErrEnded]
// for an issue of which nothing goes out any more.
func (s *Store) Release(ctx context.Context, edition Edition, day Day) (Issue, error) {
	return s.setHeld(ctx, edition, day, false)
}

func (s *Store) setHeld(ctx context.Context, edition Edition, day Day, held bool) (issue Issue, err error) {
	err = s.db.Transact(ctx, func(tx *sql.Tx) error {
		issue, err = s.issue(ctx, tx, selectIssue, edition, day)
		if errors.Is(err, ErrNoIssue) && held {
			_, err = s.put(ctx, tx, Issue{Edition: edition, Day: day, State: Draft})
		}
		if err != nil {
			return err
		}
		var id ID
		err := tx.QueryRowContext(ctx, holdIssue, edition, day, held).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: it is %s", ErrEnded, issue.State)
		}
		if err != nil {
			return err
		}
		issue, err = s.issue(ctx, tx, selectIssueByID, id)
		return err
	})
	if err != nil {
		return issue, fmt.Errorf("%s issue of %s: %w", edition, day, err)
	}
	return issue, nil
}

const reopenIssue = `
UPDATE issues
SET state = 'sending'
WHERE id = $1
  AND state = 'sent'`

// Reopen notes that something of a sent issue is owed again.
func (s *Store) Reopen(ctx context.Context, id ID) error {
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, reopenIssue, id)
		return err
	})
}
