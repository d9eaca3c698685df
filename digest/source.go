package digest

import "time"

// A Source is a place that stories are fetched from.
type Source struct {
	ID    ID            `json:"id"`
	URL   string        `json:"url"`
	Name  string        `json:"name"`
	Own   bool          `json:"own"`   // the publisher's own; all others are foreign
	Every time.Duration `json:"every"` // how often it is fetched

	State SourceState `json:"state"`

	// What the server said last time, to be sent back to it (RFC 9110 §13.1).
	ETag         string `json:"-"`
	LastModified string `json:"-"`
	BodyHash     string `json:"-"` // of the last body read: servers change validators without cause

	NextAt      time.Time `json:"next_at,omitzero"`       // not fetched before
	LastReadAt  time.Time `json:"last_read_at,omitzero"`  // the last fetch that the server answered as it should
	FirstReadAt time.Time `json:"first_read_at,omitzero"` // zero until the first
	Failures    int       `json:"failures"`               // in a row
	LastError   string    `json:"last_error,omitempty"`   // empty when the last fetch went well
}

// A SourceState says whether a source is fetched.
type SourceState string

const (
	SourceActive  SourceState = "active"
	SourcePaused  SourceState = "paused"  // no longer named as a source
	SourceStopped SourceState = "stopped" // it answered 410 Gone
)
