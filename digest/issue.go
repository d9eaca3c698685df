package digest

import (
	"errors"
	"time"
)

// An Edition is a series of issues.
type Edition string

const (
	Daily  Edition = "daily"
	Weekly Edition = "weekly"
)

// An IssueState is where an issue stands on its way to the readers.
type IssueState string

const (
	Draft     IssueState = "draft"     // may still change; holds no story
	Sending   IssueState = "sending"   // frozen: content, number and stories are final
	Sent      IssueState = "sent"      // frozen, and nothing of it is owed any more
	Cancelled IssueState = "cancelled" // withdrawn by the editor
	Skipped   IssueState = "skipped"   // its hour passed without one; Reason says why
)

var (
	// ErrNoIssue means that there is no issue of that edition and day.
	ErrNoIssue = errors.New("no such issue")
	// ErrNoStory means that there is no such story.
	ErrNoStory = errors.New("no such story")
	// ErrFrozen means that an issue's content is final already.
	ErrFrozen = errors.New("the issue is frozen: its content went out or is going out")
)

// An Issue is the digest of one day in one edition.
type Issue struct {
	ID      ID
	Edition Edition
	Day     Day
	Number  int // counts the frozen issues of an edition from 1; stored when frozen
	State   IssueState
	Held    bool   // frozen or not, nothing of it goes out until it is released
	Reason  string // why it was skipped or cancelled

	CutoffAt  time.Time // stories published later are not in it
	Subject   string    // at most 60 characters
	Preheader string    // shown after the subject by mail clients; never a repeat of it

	// Markdown is the issue's true form: what readers get is rendered from it.
	Markdown string
	// FullText is Markdown too: the whole text of those stories that have no
	// address of their own. It stands on the issue's page, where their
	// headlines link to, and not in the mail.
	FullText string

	// HTML and Text are the parts of the mail, with a mark where each reader's
	// own link goes. Once the issue is frozen every reader gets these, whatever
	// the templates become.
	HTML string
	Text string

	Stories []Place  // in their order
	Cut     []string // what was shortened or left out so that the mail fits, in words

	CreatedAt time.Time
	FrozenAt  time.Time
}

// Title returns the whole title of the lead, which the subject may have cut, or
// the subject where there is no story.
func (i Issue) Title() string {
	if len(i.Stories) == 0 {
		return i.Subject
	}
	return i.Stories[0].Title
}

// Public reports whether readers may have the issue: it is going or has gone
// out, or it was cancelled when some had it already.
func (i Issue) Public() bool {
	return i.State == Sending || i.State == Sent || i.State == Cancelled && len(i.Stories) > 0
}

// A Place is a story's place in an issue.
type Place struct {
	StoryID ID
	Title   string
	Role    Role
	Shown   Shown
}

// A Role says what a story is in its issue.
type Role string

const (
	Lead      Role = "lead"      // on top
	Worth     Role = "worth"     // worth your time: below the lead, with one fact
	Brief     Role = "brief"     // in brief: the rest by topic
	Elsewhere Role = "elsewhere" // not the publisher's own
)

// Shown says how much of a story the mail shows.
type Shown string

const (
	InFull    Shown = "full"     // headline, all highlights, takeaway, links
	Shortened Shown = "short"    // headline and first highlight
	Headline  Shown = "headline" // headline alone
)
