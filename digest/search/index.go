package search

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"redigest/digest/database"
)

// A Document is a story as the archive holds it.
type Document struct {
	// Place says where the story comes among others that are found too, the
	// greatest first. No two stories have the same.
	Place   int64
	IssueID database.ID
	StoryID database.ID

	Title string
	Texts []string // all else, plain; no phrase goes from one to the next
}

const (
	insertSearchable = `
INSERT INTO searchable (place, issue_id, story_id)
VALUES ($1, $2, $3)`

	insertWords = `
INSERT INTO searchable_words (rowid, title, text)
VALUES ($1, $2, $3)`
)

// Add makes d one that is found once tx is committed.
func Add(ctx context.Context, tx *sql.Tx, d Document) error {
	if _, err := tx.ExecContext(ctx, insertSearchable, d.Place, d.IssueID, d.StoryID); err != nil {
		return fmt.Errorf("add story %s to the search: %w", d.StoryID, err)
	}
	if _, err := tx.ExecContext(ctx, insertWords, d.Place, folded(d.Title), folded(d.Texts...)); err != nil {
		return fmt.Errorf("add the words of story %s to the search: %w", d.StoryID, err)
	}
	return nil
}

// between stands between two texts. To the database it is a word, and nobody can
// look for it.
const between = "¶ "

// folded returns the words of texts as they are compared, parted by blanks.
func folded(texts ...string) string {
	var b strings.Builder
	for i, text := range texts {
		if i > 0 {
			b.WriteString(between)
		}
		for _, w := range words(normal(text)) {
			b.WriteString(w.token)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

const (
	deleteWords = `
DELETE FROM searchable_words
WHERE rowid IN (
    SELECT place
    FROM searchable
    WHERE issue_id = $1)`

	deleteSearchable = `
DELETE FROM searchable
WHERE issue_id = $1`
)

// Remove makes the stories of an issue ones that are not found.
func Remove(ctx context.Context, tx *sql.Tx, issue database.ID) error {
	for _, statement := range []string{deleteWords, deleteSearchable} {
		if _, err := tx.ExecContext(ctx, statement, issue); err != nil {
			return fmt.Errorf("take issue %s out of the search: %w", issue, err)
		}
	}
	return nil
}

// A Hit is a story that was found.
type Hit struct {
	Place            int64
	IssueID, StoryID database.ID
}

const selectHits = `
SELECT s.place, s.issue_id, s.story_id
FROM searchable_words
JOIN searchable s ON s.place = searchable_words.rowid
WHERE searchable_words MATCH $1
  AND searchable_words.rowid < $2
ORDER BY searchable_words.rowid DESC
LIMIT $3`

// Find returns the stories that q finds at places below before, the greatest
// place first and limit at most.
func Find(ctx context.Context, db *sql.DB, q Query, before int64, limit int) ([]Hit, error) {
	if q.Empty() {
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, selectHits, q.expression(), before, limit)
	if err != nil {
		return nil, fmt.Errorf("search the archive: %w", err)
	}
	defer rows.Close()
	var found []Hit
	for rows.Next() {
		var h Hit
		if err := rows.Scan(&h.Place, &h.IssueID, &h.StoryID); err != nil {
			return nil, fmt.Errorf("search the archive: %w", err)
		}
		found = append(found, h)
	}
	return found, rows.Err()
}
