package digest

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"redigest/digest/database"
)

const selectSources = `
SELECT id, url, name, own, every_ms, state, etag, last_modified, body_hash,
       next_at, last_read_at, first_read_at, failures, last_error
FROM sources
ORDER BY id`

// Sources returns all sources in the order in which they were added.
func (s *Store) Sources(ctx context.Context) ([]Source, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectSources)
	if err != nil {
		return nil, fmt.Errorf("list sources: %w", err)
	}
	defer rows.Close()
	var sources []Source
	for rows.Next() {
		var src Source
		var every, next, last, first int64
		if err := rows.Scan(&src.ID, &src.URL, &src.Name, &src.Own, &every, &src.State, &src.ETag, &src.LastModified,
			&src.BodyHash, &next, &last, &first, &src.Failures, &src.LastError); err != nil {
			return nil, fmt.Errorf("list sources: %w", err)
		}
		src.Every = time.Duration(every) * time.Millisecond
		src.NextAt, src.LastReadAt, src.FirstReadAt = database.Time(next), database.Time(last), database.Time(first)
		sources = append(sources, src)
	}
	return sources, rows.Err()
}

const upsertSource = `
INSERT INTO sources (
    id, url, name, own, every_ms, state, etag, last_modified, body_hash,
    next_at, last_read_at, first_read_at, failures, last_error, created_at
)
VALUES ($1, $2, $3, $4, $5, 'active', '', '', '', 0, 0, 0, 0, '', $6)
ON CONFLICT (url) DO UPDATE
SET name = excluded.name, own = excluded.own, every_ms = excluded.every_ms,
    state = CASE WHEN sources.state = 'paused' THEN 'active' ELSE sources.state END`

const pauseSources = `
UPDATE sources
SET state = 'paused'
WHERE state = 'active'`

// SaveSources makes sources the ones that are fetched. Those that are known by
// their address keep what was learnt from their servers; stored ones that are
// not among them are paused.
func (s *Store) SaveSources(ctx context.Context, sources []Source) error {
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, pauseSources); err != nil {
			return err
		}
		for _, src := range sources {
			_, err := tx.ExecContext(ctx, upsertSource, s.db.NewID(s.now()), src.URL, src.Name, src.Own,
				src.Every.Milliseconds(), database.Millis(s.now()))
			if err != nil {
				return fmt.Errorf("save source %s: %w", src.URL, err)
			}
		}
		return nil
	})
}

const recordFetch = `
UPDATE sources
SET state = $2, etag = $3, last_modified = $4, body_hash = $5, next_at = $6,
    last_read_at = $7, first_read_at = $8, failures = $9, last_error = $10
WHERE id = $1`

// RecordFetch stores what a fetch of the source taught. It comes after the
// stories are stored, or a crash between the two would lose them: the server
// would answer that nothing is new.
func (s *Store) RecordFetch(ctx context.Context, src Source) error {
	if src.FirstReadAt.IsZero() {
		src.FirstReadAt = src.LastReadAt
	}
	return s.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, recordFetch, src.ID, src.State, src.ETag, src.LastModified, src.BodyHash,
			database.Millis(src.NextAt), database.Millis(src.LastReadAt), database.Millis(src.FirstReadAt), src.Failures, src.LastError)
		if err != nil {
			return fmt.Errorf("record fetch of %s: %w", src.URL, err)
		}
		return nil
	})
}
