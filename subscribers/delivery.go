package subscribers

import (
	"errors"
	"time"
)

// A Kind says what a mailing is about.
type Kind string

const (
	IssueMailing        Kind = "issue"        // an issue, to its edition's subscribers
	ConfirmationMailing Kind = "confirmation" // the link that proves an address, to one pending subscriber
	TestMailing         Kind = "test"         // a marked copy of an issue, to any one address
)

// A Mailing is one thing mailed to many or to one.
type Mailing struct {
	ID          ID
	Kind        Kind
	IssueID     ID     // 0 where it is about no issue
	Edition     string // of an issue mailing
	Generation  int    // of a confirmation mailing: see [Subscriber]
	CutoffAt    time.Time
	DeadlineAt  time.Time // zero: none but mail.give_up
	CreatedAt   time.Time
	HeldAt      time.Time
	CancelledAt time.Time
	FinishedAt  time.Time
}

// A State is where a delivery stands. See the package's design:
//
//	queued ─► handed ─► accepted | refused | uncertain         queued | deferred ─► withdrawn
//	            └─► deferred (4xx, due later) ─► handed … ─► failed (given up)
type State string

const (
	Queued    State = "queued"    // owed
	Handed    State = "handed"    // being handed over; committed before the first octet of its body goes out
	Deferred  State = "deferred"  // refused for now (4xx); owed, and tried again at its time
	Accepted  State = "accepted"  // the next server took responsibility (250)
	Refused   State = "refused"   // refused for good (5xx)
	Failed    State = "failed"    // given up after trying again and again
	Uncertain State = "uncertain" // the line died after the whole message was handed over
	Withdrawn State = "withdrawn" // no longer wanted, or cancelled, before it was handed over
)

// An Account says what became of every recipient of a mailing. It balances:
// planned is the sum of all the others.
type Account struct {
	Planned   int `json:"planned"`
	Queued    int `json:"queued"`
	Handed    int `json:"handed"`
	Deferred  int `json:"deferred"`
	Accepted  int `json:"accepted"`
	Refused   int `json:"refused"`
	Failed    int `json:"failed"`
	Uncertain int `json:"uncertain"`
	Withdrawn int `json:"withdrawn"`
}

// Owed returns how many mails may still go out by themselves.
func (a Account) Owed() int { return a.Queued + a.Handed + a.Deferred }

// Balances reports whether every recipient is in exactly one state.
func (a Account) Balances() bool {
	return a.Planned == a.Owed()+a.Accepted+a.Refused+a.Failed+a.Uncertain+a.Withdrawn
}

var (
	// ErrNoMailing means that nothing has been mailed under that ID.
	ErrNoMailing = errors.New("no such mailing")
)
