package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

// firstWindow is how far back stories are due before an edition's first issue,
// and when a source is read for the first time: a new publisher's first mail
// is yesterday's news and not the archive.
const firstWindow = 24 * time.Hour

const selectDue = `
SELECT ` + storyColumns + `
FROM stories
WHERE state = 'active'
  AND same_as IS NULL
  AND backlog = 0
  AND published_at > $2
  AND published_at <= $3
  AND NOT EXISTS (
      SELECT 1
      FROM issue_stories i
      WHERE i.edition = $1
        AND i.story_id = stories.id
        AND i.role <> 'correction')
ORDER BY published_at DESC, id DESC`

// Due returns the stories that an issue of the edition takes at cutoff, newest
// first: active, in no frozen issue of that edition, and published at or before
// cutoff and after it minus the longest age (a day before the first issue). So
// what came late, was left over or fell on a skipped day is not lost. Damaged
// stories are among them; Compose leaves them out and says so.
func (s *Store) Due(ctx context.Context, edition Edition, cutoff time.Time) ([]Story, error) {
	since, err := s.Since(ctx, edition, cutoff)
	if err != nil {
		return nil, err
	}
	due, err := stories(ctx, s.db.Read(), selectDue, edition, database.Millis(since), database.Millis(cutoff))
	if err != nil {
		return nil, fmt.Errorf("find due stories: %w", err)
	}
	return due, nil
}

const selectAnyFrozen = `
SELECT EXISTS (
    SELECT 1
    FROM issues
    WHERE edition = $1
      AND frozen_at > 0)`

// Since returns the moment after which stories are due at cutoff.
func (s *Store) Since(ctx context.Context, edition Edition, cutoff time.Time) (time.Time, error) {
	var published bool
	if err := s.db.Read().QueryRowContext(ctx, selectAnyFrozen, edition).Scan(&published); err != nil {
		return time.Time{}, fmt.Errorf("look for earlier issues: %w", err)
	}
	if published {
		return cutoff.Add(-s.maxAge), nil
	}
	return cutoff.Add(-firstWindow), nil
}

const selectStories = `
SELECT ` + storyColumns + `
FROM stories
WHERE same_as IS NULL
ORDER BY published_at DESC, id DESC
LIMIT $1`

// Stories returns the newest stories, newest first, hidden ones too.
func (s *Store) Stories(ctx context.Context, limit int) ([]Story, error) {
	found, err := stories(ctx, s.db.Read(), selectStories, limit)
	if err != nil {
		return nil, fmt.Errorf("list stories: %w", err)
	}
	return found, nil
}

const selectStory = `
SELECT ` + storyColumns + `
FROM stories
WHERE id = $1`

// Story returns one story, or [ErrNoStory].
func (s *Store) Story(ctx context.Context, id ID) (Story, error) {
	story, err := scanStory(s.db.Read().QueryRowContext(ctx, selectStory, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Story{}, fmt.Errorf("story %s: %w", id, ErrNoStory)
	}
	return story, err
}

const setStoryState = `
UPDATE stories
SET state = $2
WHERE id = $1`

// Hide keeps a story out of all issues to come and out of the archive's search,
// Show undoes that.
func (s *Store) Hide(ctx context.Context, id ID) error { return s.setState(ctx, id, Hidden) }

// Show lets a hidden story be due again.
func (s *Store) Show(ctx context.Context, id ID) error { return s.setState(ctx, id, Active) }

func (s *Store) setState(ctx context.Context, id ID, state StoryState) error {
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, setStoryState, id, state)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(fmt.Errorf("story %s: %w", id, ErrNoStory), err)
		}
		return s.searchIssueOf(ctx, tx, id)
	})
}
