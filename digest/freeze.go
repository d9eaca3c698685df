package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"redigest/digest/database"
	"redigest/digest/search"
)

const upsertIssue = `
INSERT INTO issues (
    id, edition, day, number, state, held, reason, cutoff_at, subject,
    preheader, markdown, full_text, html, text, cut, created_at, frozen_at
)
VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (edition, day) DO UPDATE
SET number = excluded.number,
    state = CASE WHEN excluded.state = 'draft' THEN issues.state ELSE excluded.state END,
    reason = CASE WHEN excluded.state = 'draft' THEN issues.reason ELSE excluded.reason END,
    cutoff_at = excluded.cutoff_at,
    subject = excluded.subject, preheader = excluded.preheader, markdown = excluded.markdown,
    full_text = excluded.full_text, html = excluded.html, text = excluded.text, cut = excluded.cut,
    frozen_at = excluded.frozen_at
WHERE issues.state IN ('draft', 'skipped')
  AND (issues.held = 0 OR excluded.state = 'draft')
RETURNING id`

// put writes an issue over a draft or skipped one, or where there is none. It
// returns [ErrFrozen] over any other.
func (s *Store) put(ctx context.Context, tx *sql.Tx, i Issue) (ID, error) {
	number := sql.NullInt64{Int64: int64(i.Number), Valid: i.Number > 0}
	var id ID
	err := tx.QueryRowContext(ctx, upsertIssue, s.db.NewID(s.now()), i.Edition, i.Day, number, i.State, i.Reason,
		database.Millis(i.CutoffAt), i.Subject, i.Preheader, i.Markdown, i.FullText, i.HTML, i.Text, texts(i.Cut),
		database.Millis(s.now()), database.Millis(i.FrozenAt)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, ErrFrozen
	}
	return id, err
}

// SaveDraft stores an issue as a draft: content that may still change and that
// holds no story. A skipped issue stays skipped, or looking at it would send
// it. It returns [ErrFrozen] when the issue is past that.
func (s *Store) SaveDraft(ctx context.Context, i Issue) (Issue, error) {
	i.State, i.Number, i.Reason = Draft, 0, ""
	return s.store(ctx, i, func(*sql.Tx, ID) error { return nil })
}

// Skip notes that an issue's hour passed without one, and why. Its stories stay
// due. A skipped issue may still be sent by the operator's word.
func (s *Store) Skip(ctx context.Context, edition Edition, day Day, reason string) (Issue, error) {
	return s.store(ctx, Issue{Edition: edition, Day: day, State: Skipped, Reason: reason}, func(*sql.Tx, ID) error { return nil })
}

const selectNextNumber = `
SELECT COALESCE(MAX(number), 0) + 1
FROM issues
WHERE edition = $1`

func (s *Store) nextNumber(ctx context.Context, q queryer, edition Edition) (n int, err error) {
	err = q.QueryRowContext(ctx, selectNextNumber, edition).Scan(&n)
	return n, err
}

// NextNumber returns the number that the edition's next issue gets when it is
// frozen.
func (s *Store) NextNumber(ctx context.Context, edition Edition) (int, error) {
	return s.nextNumber(ctx, s.db.Read(), edition)
}

const insertPlace = `
INSERT INTO issue_stories (issue_id, story_id, edition, place, role, shown, title)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

// Freeze makes the content, the number and the stories of an issue final and
// its state sending, all in one transaction. From then on its stories count as
// mailed in that edition.
//
// It returns [ErrFrozen] when the issue is frozen, cancelled or held already:
// of two processes that publish a day, one freezes it. It returns [ErrTaken]
// when one of the stories or the number has meanwhile gone to another issue;
// compose again.
func (s *Store) Freeze(ctx context.Context, i Issue) (Issue, error) {
	i.State, i.FrozenAt = Sending, s.now()
	return s.store(ctx, i, func(tx *sql.Tx, id ID) error {
		for n, p := range i.Stories {
			if err := s.take(ctx, tx, i, id, n, p); err != nil {
				return err
			}
		}
		return s.searchIssue(ctx, tx, id)
	})
}

// ErrTaken means that a story or the number of an issue belongs to another
// frozen issue of the edition.
var ErrTaken = errors.New("another issue took a story or the number of this one meanwhile")

const storyTaken = `
SELECT EXISTS (
    SELECT 1
    FROM issue_stories
    WHERE edition = $1
      AND story_id = $2
      AND role <> 'correction')`

func (s *Store) take(ctx context.Context, tx *sql.Tx, i Issue, id ID, place int, p Place) error {
	var taken bool
	if err := tx.QueryRowContext(ctx, storyTaken, i.Edition, p.StoryID).Scan(&taken); err != nil {
		return err
	}
	if taken {
		return fmt.Errorf("story %s: %w", p.StoryID, ErrTaken)
	}
	_, err := tx.ExecContext(ctx, insertPlace, id, p.StoryID, i.Edition, place, p.Role, p.Shown, p.Title)
	return err
}

// store puts i, runs more in the same transaction, and returns i as stored.
func (s *Store) store(ctx context.Context, i Issue, more func(*sql.Tx, ID) error) (saved Issue, err error) {
	err = s.db.Transact(ctx, func(tx *sql.Tx) error {
		if i.State == Sending {
			next, err := s.nextNumber(ctx, tx, i.Edition)
			if err != nil {
				return err
			}
			if i.Number != next {
				return ErrTaken
			}
		}
		id, err := s.put(ctx, tx, i)
		if err != nil {
			return err
		}
		if err := more(tx, id); err != nil {
			return err
		}
		saved, err = s.issue(ctx, tx, selectIssueByID, id)
		return err
	})
	if err != nil {
		return Issue{}, fmt.Errorf("store %s issue of %s: %w", i.Edition, i.Day, err)
	}
	return saved, nil
}

const finishIssue = `
UPDATE issues
SET state = 'sent'
WHERE id = $1
  AND state = 'sending'`

// Finish notes that nothing of a frozen issue is owed any more.
func (s *Store) Finish(ctx context.Context, id ID) error {
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, finishIssue, id)
		return err
	})
}

const cancelIssue = `
UPDATE issues
SET state = 'cancelled',
    reason = CASE WHEN $2 = '' THEN reason ELSE $2 END
WHERE id = $1
  AND state IN ('draft', 'skipped', 'sending', 'cancelled')
  AND (state = $3 OR state = 'cancelled')`

const freePlaces = `
DELETE FROM issue_stories
WHERE issue_id = $1`

// Cancel withdraws an issue. When it is untouched, nothing of it having been
// handed over, its stories are free for the next one; otherwise they stay
// mailed. It may be called again, with a reason or without. A sent issue cannot
// be cancelled, nor one that was frozen since it was seen: it returns
// [ErrFrozen].
func (s *Store) Cancel(ctx context.Context, seen Issue, untouched bool, reason string) error {
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, cancelIssue, seen.ID, reason, seen.State)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(fmt.Errorf("cancel issue %s: %w", seen.ID, ErrFrozen), err)
		}
		if err := search.Remove(ctx, tx, seen.ID); err != nil || !untouched {
			return err
		}
		_, err = tx.ExecContext(ctx, freePlaces, seen.ID)
		return err
	})
}
