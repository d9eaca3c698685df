package digest

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the tables of this half up to date.
func Migrate(ctx context.Context, db *database.DB, now time.Time) error {
	return db.Migrate(ctx, "digest", schema, now)
}

// StoreOptions says how a [Store] works. Its zero value works.
type StoreOptions struct {
	Zone   *time.Location   // the publisher's; UTC if nil
	MaxAge time.Duration    // how far back a story may be due; 7 days if zero
	Now    func() time.Time // time.Now if nil

	Numbers NumbersOptions
}

// A Store keeps sources, stories and issues. [Migrate] must have run.
type Store struct {
	db      *database.DB
	zone    *time.Location
	maxAge  time.Duration
	numbers NumbersOptions
	now     func() time.Time
}

// NewStore returns the store in db.
func NewStore(db *database.DB, opts StoreOptions) *Store {
	s := &Store{db: db, zone: opts.Zone, maxAge: opts.MaxAge, numbers: opts.Numbers, now: opts.Now}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.maxAge == 0 {
		s.maxAge = 7 * 24 * time.Hour
	}
	if s.numbers.OldAfter == 0 {
		s.numbers.OldAfter = 96 * time.Hour
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s
}

// Zone returns the publisher's zone.
func (s *Store) Zone() *time.Location { return s.zone }

// A queryer is what both a pool and a transaction can do.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A scanner is a row, or the row that rows stands on.
type scanner interface{ Scan(dest ...any) error }

// storyColumns are the columns that scanStory reads, in its order.
const storyColumns = `
    id, source_id, url, title, summary, highlights, takeaway, body, author,
    cited_name, cited_url, discussion_url, topics, rank, outlet, published_at,
    date_only, damaged, state, first_seen_at, updated_at`

func scanStory(row scanner) (Story, error) {
	var s Story
	var source sql.NullInt64
	var highlights, topics string
	var published, seen, updated int64
	err := row.Scan(&s.ID, &source, &s.URL, &s.Title, &s.Summary, &highlights, &s.Takeaway, &s.Body, &s.Author,
		&s.Source.Name, &s.Source.URL, &s.DiscussionURL, &topics, &s.Rank, &s.Outlet, &published,
		&s.DateOnly, &s.Damaged, &s.State, &seen, &updated)
	if err != nil {
		return Story{}, err
	}
	s.SourceID = ID(source.Int64)
	s.PublishedAt, s.FirstSeenAt, s.UpdatedAt = database.Time(published), database.Time(seen), database.Time(updated)
	if err := errors.Join(json.Unmarshal([]byte(highlights), &s.Highlights), json.Unmarshal([]byte(topics), &s.Topics)); err != nil {
		return Story{}, fmt.Errorf("read story %s: %w", s.ID, err)
	}
	return s, nil
}

// stories runs a query for storyColumns.
func stories(ctx context.Context, q queryer, query string, args ...any) ([]Story, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Story
	for rows.Next() {
		s, err := scanStory(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, s)
	}
	return found, rows.Err()
}

// texts returns list as the JSON array that is stored, [] for nil.
func texts(list []string) string {
	if len(list) == 0 {
		return "[]"
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}
