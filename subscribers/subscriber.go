package subscribers

import (
	"errors"
	"time"

	"redigest/digest/database"
)

// An ID names a subscriber, a mailing or another row of this half.
type ID = database.ID

// A Status says what the owner of an address has agreed to.
type Status string

const (
	Pending      Status = "pending"      // asked for, not yet confirmed by the owner
	Confirmed    Status = "confirmed"    // gets issues
	Unsubscribed Status = "unsubscribed" // left
	Erased       Status = "erased"       // a tombstone: nothing personal is left
)

// A Subscriber is one address on the list and what its owner has agreed to.
type Subscriber struct {
	ID      ID     `json:"id"`
	Address string `json:"address"` // as typed; empty once erased
	Name    string `json:"name"`
	Status  Status `json:"status"`
	Edition string `json:"edition"` // "daily" or "weekly"

	// Generation counts leavings and returns. A confirmation link names the
	// generation it was made for, so leaving kills it, for good.
	Generation int `json:"-"`

	CreatedAt   time.Time `json:"created_at,omitzero"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	PausedUntil time.Time `json:"paused_until,omitzero"`

	// AskedAt is when the last confirmation mail was written, zero when none
	// was or its link was used; there is at most one unanswered in 24 hours.
	AskedAt time.Time `json:"-"`

	Suppressed []Suppression `json:"suppressed"` // empty, never nil, when there are none
}

// A Reason says why an address must not be mailed.
type Reason string

const (
	ReasonUnsubscribed Reason = "unsubscribed" // lifted by a new sign-up that the owner confirms
	ReasonErased       Reason = "erased"       // likewise
	ReasonBounce       Reason = "bounce"       // lifted by the operator; not made where mail arrived later
	ReasonComplaint    Reason = "complaint"    // lifted by the operator alone
	ReasonManual       Reason = "manual"       // lifted by the operator alone
)

// A Suppression says why an address must not be mailed. It is kept by a keyed
// hash of the address, so it needs no subscriber and outlives erasure.
type Suppression struct {
	Reason    Reason    `json:"reason"`
	Source    string    `json:"source"` // where it came from, in words
	CreatedAt time.Time `json:"created_at"`
}

var (
	// ErrNoSubscriber means that nobody on the list has that address or ID.
	ErrNoSubscriber = errors.New("nobody on the list has this address")
	// ErrGone means that a link is no longer good: its owner has left, signed
	// up anew or waited too long.
	ErrGone = errors.New("the link is no longer good")
	// ErrSuppressed means that the address must not be mailed.
	ErrSuppressed = errors.New("the address is suppressed")
)
