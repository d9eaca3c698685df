package digest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"redigest/digest/database"
)

// Result says what became of a story that was found.
type Result string

const (
	ResultAdded     Result = "added"
	ResultUpdated   Result = "updated"   // known, and its text has changed
	ResultUnchanged Result = "unchanged" // known
	ResultRejected  Result = "rejected"  // not stored
)

// Added is a story as it is stored now, and what became of it.
type Added struct {
	Story
	Result Result `json:"result"`
	Reason string `json:"reason,omitempty"` // why it was rejected, or what of it was left out
}

// batch is how many stories are stored in one transaction, so that readers of
// the site and the outbox never wait long for the writer.
const batch = 50

// AddStories stores what was found at source, or by hand when source is nil.
// A story that is known under another address, GUID or title is the same
// story. Of a foreign source's stories only headline, link, outlet and the
// beginning of their summary are kept.
//
// When the source is read for the first time (its FirstReadAt is zero) what it
// published more than a day ago is kept for the record and is never due.
func (s *Store) AddStories(ctx context.Context, source *Source, found []Story) ([]Added, error) {
	added, shared := make([]Added, 0, len(found)), sharedAddresses(found, s.zone)
	for chunk := range slices.Chunk(found, batch) {
		before := len(added)
		err := s.db.Transact(ctx, func(tx *sql.Tx) error {
			for _, story := range chunk {
				a, err := s.addStory(ctx, tx, source, story, shared)
				if err != nil {
					return fmt.Errorf("store story %q: %w", story.Title, err)
				}
				added = append(added, a)
			}
			return nil
		})
		if err != nil {
			return added[:before], err
		}
	}
	return added, nil
}

func (s *Store) addStory(ctx context.Context, tx *sql.Tx, source *Source, story Story, shared map[key]bool) (Added, error) {
	lost := lostAddress(story.URL)
	story, reason := s.received(source, story)
	if reason != "" {
		return Added{Story: story, Result: ResultRejected, Reason: reason}, nil
	}
	keys := story.keys(s.zone)
	known, err := s.recognise(ctx, tx, story, keys, shared)
	if err != nil {
		return Added{}, err
	}
	result := ResultAdded
	if known.ID == 0 {
		story.ID = s.db.NewID(s.now())
		backlog := source != nil && source.FirstReadAt.IsZero() && story.PublishedAt.Before(s.now().Add(-firstWindow))
		err = insertStory(ctx, tx, story, backlog)
	} else {
		story, result, err = s.update(ctx, tx, known, story)
	}
	if err != nil {
		return Added{}, err
	}
	return Added{Story: story, Result: result, Reason: lost}, keepKeys(ctx, tx, story.ID, keys)
}

// lostAddress says that an address was given that nobody can go to.
func lostAddress(raw string) string {
	if raw == "" || Canonical(raw) != "" {
		return ""
	}
	return fmt.Sprintf("its address “%s” is no web address and was left out", CutWords(raw, 80))
}

// received returns the story as it may be kept, or why it may not.
func (s *Store) received(source *Source, story Story) (Story, string) {
	if Canonical(story.URL) == "" {
		story.URL = "" // of no use to a reader
	}
	story.URL = withoutUser(story.bestAddress())
	if source != nil && !source.Own {
		story = story.fromForeign(source.Name)
	}
	if source != nil {
		story.SourceID = source.ID
	}
	story.Title = strings.Join(strings.Fields(story.Title), " ")
	story.State = Active
	story.Highlights, story.Topics = append([]string{}, story.Highlights...), append([]string{}, story.Topics...)
	story.FirstSeenAt, story.UpdatedAt = s.now().UTC(), s.now().UTC()
	story.PublishedAt = story.PublishedAt.UTC().Truncate(time.Millisecond)
	switch {
	case story.Title == "":
		return story, "it has no title"
	case story.Foreign() && story.URL == "":
		return story, "it is foreign and has no address to link to"
	case story.PublishedAt.IsZero():
		return story, "it has no date"
	}
	return story, ""
}

const selectByKeys = `
SELECT ` + storyColumns + `
FROM stories
WHERE id IN (
    SELECT story_id
    FROM story_keys
    WHERE story_keys.key IN (SELECT value FROM json_each($1)))
ORDER BY id`

// recognise returns the stored story that story is, or a zero one.
func (s *Store) recognise(ctx context.Context, tx *sql.Tx, story Story, keys []key, shared map[key]bool) (Story, error) {
	var lookups []string
	for _, k := range keys {
		for _, l := range k.lookups() {
			lookups = append(lookups, string(l))
		}
	}
	candidates, err := stories(ctx, tx, selectByKeys, texts(lookups))
	if err != nil {
		return Story{}, err
	}
	var is Story
	sure := -1
	for _, c := range candidates {
		keys, err := keysOf(ctx, tx, c.ID)
		if err != nil {
			return Story{}, err
		}
		if p := story.beside(known{c, keys}, s.zone, shared); p.same() && p.sure() > sure {
			is, sure = c, p.sure()
		}
	}
	return is, nil
}

const selectKeys = `
SELECT key
FROM story_keys
WHERE story_id = $1`

func keysOf(ctx context.Context, tx *sql.Tx, id ID) ([]key, error) {
	rows, err := tx.QueryContext(ctx, selectKeys, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []key
	for rows.Next() {
		var k key
		if err := rows.Scan(&k); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}

const insertStorySQL = `
INSERT INTO stories (
    id, source_id, url, title, summary, highlights, takeaway, body, author,
    cited_name, cited_url, discussion_url, topics, rank, outlet, published_at,
    date_only, damaged, state, first_seen_at, updated_at, backlog, content_hash
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)`

func insertStory(ctx context.Context, tx *sql.Tx, s Story, backlog bool) error {
	_, err := tx.ExecContext(ctx, insertStorySQL,
		s.ID, sql.NullInt64{Int64: int64(s.SourceID), Valid: s.SourceID != 0}, s.URL, s.Title, s.Summary,
		texts(s.Highlights), s.Takeaway, s.Body, s.Author, s.Source.Name, s.Source.URL, s.DiscussionURL,
		texts(s.Topics), s.Rank, s.Outlet, database.Millis(s.PublishedAt), s.DateOnly, s.Damaged, s.State,
		database.Millis(s.FirstSeenAt), database.Millis(s.UpdatedAt), backlog, s.contentHash())
	return err
}

const updateStory = `
UPDATE stories
SET url = $2, title = $3, summary = $4, highlights = $5, takeaway = $6,
    body = $7, author = $8, cited_name = $9, cited_url = $10,
    discussion_url = $11, topics = $12, outlet = $13, published_at = $14,
    date_only = $15, damaged = $16, updated_at = $17, content_hash = $18,
    rank = $19
WHERE id = $1`

func (s *Store) update(ctx context.Context, tx *sql.Tx, known, seen Story) (Story, Result, error) {
	now := known.edited(seen)
	result := ResultUnchanged
	if now.contentHash() != known.contentHash() {
		result, now.UpdatedAt = ResultUpdated, s.now().UTC()
	}
	if now.Rank != known.Rank {
		result = ResultUpdated
	}
	_, err := tx.ExecContext(ctx, updateStory,
		now.ID, now.URL, now.Title, now.Summary, texts(now.Highlights), now.Takeaway,
		now.Body, now.Author, now.Source.Name, now.Source.URL,
		now.DiscussionURL, texts(now.Topics), now.Outlet, database.Millis(now.PublishedAt),
		now.DateOnly, now.Damaged, database.Millis(now.UpdatedAt), now.contentHash(), now.Rank)
	return now, result, err
}

const insertKey = `
INSERT INTO story_keys (key, story_id)
VALUES ($1, $2)
ON CONFLICT (key, story_id) DO NOTHING`

// keepKeys notes everything that may mean the story.
func keepKeys(ctx context.Context, tx *sql.Tx, id ID, keys []key) error {
	for _, k := range keys {
		if _, err := tx.ExecContext(ctx, insertKey, string(k), id); err != nil {
			return err
		}
	}
	return nil
}
