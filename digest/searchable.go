package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"

	"redigest/digest/search"
)

// Found is a story of the archive that fits what was looked for.
type Found struct {
	Story Story  // as it stands now
	Title string // its headline in the issue
	Issue Heading

	// Place says where it stands among all that is found: older ones have
	// smaller places.
	Place int64
}

// Search returns the stories in the archive of daily issues that fit q: those of
// the newest issue first, and in it the first story. It returns limit at most,
// and with before not zero only those at smaller places: the place of the last
// one leads to what follows it. Hidden stories are not found.
func (s *Store) Search(ctx context.Context, q search.Query, before int64, limit int) ([]Found, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	hits, err := search.Find(ctx, s.db.Read(), q, before, limit)
	if err != nil {
		return nil, err
	}
	all := make([]Found, len(hits))
	for i, h := range hits {
		if all[i], err = s.found(ctx, h); err != nil {
			return nil, fmt.Errorf("read story %s of the archive: %w", h.StoryID, err)
		}
	}
	return all, nil
}

const selectFound = `
SELECT i.day, i.number, s.title, COALESCE(
    (SELECT title FROM issue_stories WHERE issue_id = i.id AND place = 0),
    i.subject)
FROM issue_stories s
JOIN issues i ON i.id = s.issue_id
WHERE s.issue_id = $1
  AND s.story_id = $2
  AND s.role <> 'correction'`

func (s *Store) found(ctx context.Context, h search.Hit) (f Found, err error) {
	f.Place = h.Place
	if f.Story, err = s.Story(ctx, h.StoryID); err != nil {
		return Found{}, err
	}
	row := s.db.Read().QueryRowContext(ctx, selectFound, h.IssueID, h.StoryID)
	return f, row.Scan(&f.Issue.Day, &f.Issue.Number, &f.Title, &f.Issue.Title)
}

// searchIssue makes the search know an issue as the archive shows it: all
// stories that are not hidden when it is going or has gone out, and otherwise
// none. There is an archive of daily issues alone; a weekly one repeats their
// stories. It may be run again.
func (s *Store) searchIssue(ctx context.Context, tx *sql.Tx, id ID) error {
	if err := search.Remove(ctx, tx, id); err != nil {
		return err
	}
	i, err := s.issue(ctx, tx, selectIssueByID, id)
	if err != nil || i.Edition != Daily || i.State != Sending && i.State != Sent {
		return err
	}
	for n, p := range i.Stories {
		if p.Role == "correction" { // its story is found in the issue that told it
			continue
		}
		if err := s.searchStory(ctx, tx, i, n); err != nil {
			return fmt.Errorf("put story %s into the search: %w", p.StoryID, err)
		}
	}
	return nil
}

// searchStory makes the search know the story at a place of i.
func (s *Store) searchStory(ctx context.Context, tx *sql.Tx, i Issue, place int) error {
	p := i.Stories[place]
	story, err := scanStory(tx.QueryRowContext(ctx, selectStory, p.StoryID))
	if err != nil || story.State == Hidden {
		return err
	}
	return search.Add(ctx, tx, search.Document{
		Place: searchPlace(i.Day, place), IssueID: i.ID, StoryID: p.StoryID,
		Title: p.Title, Texts: story.searchTexts(),
	})
}

// searchPlace makes places that grow with the day and of a day begin with the
// first story. An issue has fewer than 65,536 stories.
func searchPlace(day Day, place int) int64 {
	days := day.date().Unix() / int64((24 * time.Hour).Seconds())
	return days<<16 | int64(math.MaxUint16-place)
}

// searchTexts returns all words of a story but those of its title.
func (s Story) searchTexts() []string {
	texts := append([]string{s.Outlet, s.Summary}, s.Highlights...)
	texts = append(texts, s.Takeaway, destination.ReplaceAllString(s.Body, "] "), s.Author, s.Source.Name)
	return append(texts, s.Topics...)
}

// destination is where a link in Markdown leads to, which nobody reads.
var destination = regexp.MustCompile(`\]\([^)\s]*\)`)

const selectIssueOfStory = `
SELECT issue_id
FROM issue_stories
WHERE edition = 'daily'
  AND story_id = $1
  AND role <> 'correction'`

// searchIssueOf makes the search right for a story that was hidden or is shown
// again.
func (s *Store) searchIssueOf(ctx context.Context, tx *sql.Tx, story ID) error {
	var issue ID
	err := tx.QueryRowContext(ctx, selectIssueOfStory, story).Scan(&issue)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.searchIssue(ctx, tx, issue)
}

const selectUnsearched = `
SELECT id
FROM issues
WHERE edition = 'daily'
  AND state IN ('sending', 'sent')
  AND id > $1
  AND NOT EXISTS (
      SELECT 1
      FROM searchable
      WHERE issue_id = issues.id)
ORDER BY id
LIMIT 1`

// searchRest is how long FillSearch lets others write after each issue.
const searchRest = 25 * time.Millisecond

// FillSearch makes the search know those issues that it lacks, as it lacks all
// when its tables were made anew. It takes an issue at a time and rests after
// each. It returns how many issues it took.
func (s *Store) FillSearch(ctx context.Context) (n int, err error) {
	for last := ID(0); ; n++ {
		err := s.db.Read().QueryRowContext(ctx, selectUnsearched, last).Scan(&last)
		if errors.Is(err, sql.ErrNoRows) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("look for issues that the search lacks: %w", err)
		}
		if err := s.db.Transact(ctx, func(tx *sql.Tx) error { return s.searchIssue(ctx, tx, last) }); err != nil {
			return n, err
		}
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(searchRest):
		}
	}
}
