package feed

import (
	"time"

	"redigest/digest"
)

// A Kind says what the bytes given to [Read] turned out to be.
type Kind string

const (
	Feed     Kind = "feed"     // RSS, RDF, Atom, JSON Feed, or a WordPress REST list
	Page     Kind = "page"     // a page as HTML
	Text     Kind = "text"     // a page saved or copied as plain text
	Markdown Kind = "markdown" // Markdown with front matter
)

// Options say where the bytes came from and how to fill what they leave open.
type Options struct {
	Name        string // file name or URL, for messages
	ContentType string // as the server gave it; may be empty

	// URL is the address the bytes were read from, or that the user gave:
	// the base of relative links. It is empty when there is none.
	URL string

	Zone *time.Location // a date without a time is noon there; UTC if nil
	Now  time.Time      // the date of stories that have none
}

// A Problem is something that could not be read as it should.
type Problem struct {
	Where string // the place: “story 3, “Title””, “line 120”
	What  string // what is wrong there, and what was done about it
}

// String returns p as one line.
func (p Problem) String() string { return p.Where + ": " + p.What }

// A Result is what [Read] found.
type Result struct {
	Kind     Kind
	Title    string // of the feed or the page
	Stories  []digest.Story
	Problems []Problem
}

// Read recognises what data is and returns its stories. It returns an error
// only when nothing of it could be read.
func Read(data []byte, o Options) (Result, error) { return Result{}, nil }
