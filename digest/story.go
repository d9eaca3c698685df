package digest

import (
	"time"

	"redigest/digest/database"
)

// An ID names a story, a source or an issue.
type ID = database.ID

// A Story is one item worth telling. Its texts are plain text unless a field
// says otherwise: no markup, no entities, white space folded.
type Story struct {
	ID       ID     `json:"id"`
	SourceID ID     `json:"-"` // the source it came from first; 0 when it was added by hand
	URL      string `json:"url"`

	// GUID is what the feed calls the story, as it stands there. Feeds give
	// the same GUID to two stories and change it between fetches, so it only
	// ever helps to recognise a story.
	GUID string `json:"-"`

	// AlsoAt holds further addresses of the same story, such as the canonical
	// one that its page names or the /?p= form.
	AlsoAt []string `json:"-"`

	Title      string   `json:"title"`
	Summary    string   `json:"summary"`    // the feed's excerpt or the first paragraph
	Highlights []string `json:"highlights"` // the bullets the story opens with
	Takeaway   string   `json:"takeaway"`   // without its label (“REEx Takeaway:”)
	Body       string   `json:"body"`       // Markdown, without highlights, takeaway and source line
	Author     string   `json:"author"`

	// Source is whom the story itself cites (“Source: ANI”), which is not
	// where the program found it.
	Source        Reference `json:"source"`
	DiscussionURL string    `json:"discussion_url"` // a forum thread, on another host than the story
	Topics        []string  `json:"topics"`

	// Rank is how much the story matters, given by whoever knows: the higher
	// goes before the lower in an issue, and among equals the newer. 0: nobody
	// has said.
	Rank int `json:"rank,omitempty"`

	// PublishedAt is when the story appeared. When DateOnly is set the source
	// named a day and no time, and it is noon of that day in the publisher's
	// zone.
	PublishedAt time.Time `json:"published_at"`
	DateOnly    bool      `json:"date_only,omitempty"`

	// Outlet is the name of the source when that is foreign (not the
	// publisher's own), or of the one that it passes on. It is empty for own
	// stories.
	Outlet string `json:"outlet,omitempty"`

	// Damaged means that characters of the story were lost before it reached
	// us and cannot be brought back; no issue takes such a story by itself.
	Damaged bool `json:"damaged,omitempty"`

	State       StoryState `json:"state"`
	FirstSeenAt time.Time  `json:"first_seen_at,omitzero"`
	UpdatedAt   time.Time  `json:"updated_at,omitzero"` // when its text last changed here
}

// A Reference is a name and, where there is one, its address.
type Reference struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// A StoryState says whether a story may be mailed.
type StoryState string

const (
	Active StoryState = "active"
	Hidden StoryState = "hidden" // the editor does not want it
)

// Foreign reports whether the story is not the publisher's own.
func (s Story) Foreign() bool { return s.Outlet != "" }

// ParseID reads the text form of an ID.
func ParseID(s string) (ID, error) { return database.ParseID(s) }
