package digest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// A Telling is an issue with its stories as they stand now.
type Telling struct {
	Issue   Issue
	Stories []Story // in the issue's order, without those that were hidden since
}

const selectStoriesOfIssue = `
SELECT ` + storyColumns + `
FROM stories
WHERE state = 'active'
  AND id IN (
      SELECT story_id
      FROM issue_stories
      WHERE issue_id = $1
        AND role <> 'correction')`

// Telling returns the issue of a day with its stories, or [ErrNoIssue].
func (s *Store) Telling(ctx context.Context, edition Edition, day Day) (Telling, error) {
	issue, err := s.Issue(ctx, edition, day)
	if err != nil {
		return Telling{}, err
	}
	found, err := stories(ctx, s.db.Read(), selectStoriesOfIssue, issue.ID)
	if err != nil {
		return Telling{}, fmt.Errorf("read stories of issue %s: %w", issue.ID, err)
	}
	place := make(map[ID]int, len(issue.Stories))
	for n, p := range issue.Stories {
		place[p.StoryID] = n
	}
	slices.SortFunc(found, func(a, b Story) int { return place[a.ID] - place[b.ID] })
	return Telling{issue, found}, nil
}

const selectTellings = `
SELECT i.day, i.frozen_at, COALESCE(s.id, 0), COALESCE(s.updated_at, 0)
FROM (
    SELECT id, day, frozen_at
    FROM issues
    WHERE edition = $1
      AND state IN ('sending', 'sent')
    ORDER BY day DESC
    LIMIT $2
) i
LEFT JOIN issue_stories p ON p.issue_id = i.id
LEFT JOIN stories s ON s.id = p.story_id AND s.state = 'active'
ORDER BY i.day DESC, p.place`

// TellingsMark returns a mark that changes whenever [Store.Telling] returns
// something else of one of the newest issues. It does not read the stories.
func (s *Store) TellingsMark(ctx context.Context, edition Edition, limit int) (string, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectTellings, edition, limit)
	if err != nil {
		return "", fmt.Errorf("look at the newest issues: %w", err)
	}
	defer rows.Close()
	hash := sha256.New()
	for rows.Next() {
		var day string
		var frozen, story, updated int64
		if err := rows.Scan(&day, &frozen, &story, &updated); err != nil {
			return "", fmt.Errorf("look at the newest issues: %w", err)
		}
		fmt.Fprintln(hash, day, frozen, story, updated)
	}
	return hex.EncodeToString(hash.Sum(nil)[:12]), rows.Err()
}

// Markdown returns the publisher's own stories whole, and below them the
// headlines of others, all tidy as an issue has them in the publication's
// language. pageURL is the address of the issue's page, where stories without an
// address of their own stand.
func (t Telling) Markdown(pageURL, language string) string {
	var own, foreign []string
	for _, s := range t.Stories {
		s = s.tidy(language)
		if s.URL == "" {
			s.URL = pageURL + "#" + anchor(s)
		}
		if s.Foreign() {
			foreign = append(foreign, "- "+link(s.Title, s.URL)+" ("+EscapeMarkdown(s.Outlet)+")")
			continue
		}
		own = append(own, whole(s))
	}
	if len(foreign) > 0 {
		own = append(own, "## Elsewhere", strings.Join(foreign, "\n"))
	}
	return strings.Join(own, "\n\n")
}

// whole returns the Markdown of all of a story.
func whole(s Story) string {
	parts := []string{"## " + link(s.Title, s.URL)}
	if s.Author != "" {
		parts = append(parts, "*By "+EscapeMarkdown(s.Author)+"*")
	}
	if len(s.Highlights) > 0 {
		parts = append(parts, bullets(s.Highlights, nil))
	}
	if s.Body != "" {
		parts = append(parts, pushDown(s.Body))
	} else if s.Summary != "" && len(s.Highlights) == 0 {
		parts = append(parts, EscapeMarkdown(s.Summary))
	}
	if s.Takeaway != "" {
		parts = append(parts, "**Takeaway:** "+EscapeMarkdown(s.Takeaway))
	}
	if last := references(s); last != "" {
		parts = append(parts, last)
	}
	return strings.Join(parts, "\n\n")
}
