package subscribers

import (
	"context"
	"database/sql"
	"time"

	"redigest/digest/database"
)

// A Consent is one step by which somebody agreed to be mailed or took it back.
// It is written once and never changed: it is the proof.
type Consent struct {
	Event   Event     `json:"event"`
	At      time.Time `json:"at"`
	Address string    `json:"address"`           // as typed
	Network string    `json:"network,omitempty"` // the client's address
	Agent   string    `json:"agent,omitempty"`   // the client's name for itself
	Form    string    `json:"form,omitempty"`    // the address of the page
	Wording string    `json:"wording,omitempty"` // what the page told the person
	Ground  string    `json:"ground,omitempty"`  // why the operator did it, where it was the operator
}

// An Event is what a [Consent] records.
type Event string

const (
	EventRequested    Event = "requested"    // a form was filled in
	EventAsked        Event = "asked"        // a confirmation mail was written
	EventConfirmed    Event = "confirmed"    // by the owner
	EventUnsubscribed Event = "unsubscribed" // by the owner, or said by an imported file
	EventAdded        Event = "added"        // by the operator
	EventImported     Event = "imported"     // by the operator
	EventAllowed      Event = "allowed"      // the operator lifted suppressions
)

// A Step is what a request said of itself when somebody confirmed or left.
type Step struct {
	Network string // the client's address
	Agent   string // the client's name for itself
	Form    string // the address of the page
	Wording string // what the page told the person
}

// consent returns the record of a step.
func (at Step) consent(event Event, s Subscriber, now time.Time) Consent {
	return Consent{Event: event, At: now, Address: s.Address, Network: at.Network, Agent: at.Agent, Form: at.Form, Wording: at.Wording}
}

const insertConsent = `
INSERT INTO consents (id, subscriber_id, event, at, address, network, agent, form, wording, ground)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

// What a client says of itself is kept up to this many characters.
const maxSaid = 500

func (l *List) record(ctx context.Context, tx *sql.Tx, id ID, c Consent) error {
	_, err := tx.ExecContext(ctx, insertConsent, int64(l.db.NewID(l.now())), int64(id), string(c.Event), database.Millis(c.At), c.Address,
		cleanLine(c.Network, maxSaid), cleanLine(c.Agent, maxSaid), cleanLine(c.Form, maxSaid), clip(c.Wording, 10*maxSaid), clip(c.Ground, 10*maxSaid))
	return err
}

const selectConsents = `
SELECT event, at, address, network, agent, form, wording, ground
FROM consents
WHERE subscriber_id = $1
ORDER BY id`

// consentsOf returns the steps of a subscriber, oldest first; never nil.
func consentsOf(ctx context.Context, q querier, id ID) ([]Consent, error) {
	list := []Consent{}
	rows, err := q.QueryContext(ctx, selectConsents, int64(id))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c Consent
		var at int64
		if err := rows.Scan(&c.Event, &at, &c.Address, &c.Network, &c.Agent, &c.Form, &c.Wording, &c.Ground); err != nil {
			return nil, err
		}
		c.At = database.Time(at)
		list = append(list, c)
	}
	return list, rows.Err()
}
