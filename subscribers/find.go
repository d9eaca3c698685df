package subscribers

import (
	"context"
	"fmt"
	"iter"
	"time"

	"redigest/digest/database"
)

// A Record is all that is kept about an address on this side. What became of the
// mails to it stands in the outbox.
type Record struct {
	Subscriber
	Consents []Consent    `json:"consents"` // oldest first; empty, never nil, when there are none
	SignUps  []FilledForm `json:"signups"`  // likewise

	Returned []ReturnedRecord `json:"returned"` // mail to it that came back; likewise
}

// A FilledForm is one sign-up as it is kept, whatever came of it. Whoever filled
// it in need not be the owner of the address.
type FilledForm struct {
	At        time.Time `json:"at"`
	Address   string    `json:"address"` // as typed
	Name      string    `json:"name,omitempty"`
	Network   string    `json:"network,omitempty"` // the client's address
	Agent     string    `json:"agent,omitempty"`   // the client's name for itself
	Form      string    `json:"form,omitempty"`    // the address of the page
	Wording   string    `json:"wording,omitempty"` // what the form told the person
	SettledAt time.Time `json:"settled_at,omitzero"`
	Outcome   Outcome   `json:"outcome,omitempty"` // empty until it is settled
}

// Find returns what is kept about an address. One that is suppressed or has only
// signed up, and is not on the list, has neither ID nor Status. It returns [ErrNoSubscriber] when
// nothing is known of it.
func (l *List) Find(ctx context.Context, address string) (Record, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return Record{}, err
	}
	var r Record
	err = l.look(ctx, func(q querier) error {
		r, err = recordOf(ctx, q, l.keys.hash(a))
		return err
	})
	if err != nil {
		return Record{}, fmt.Errorf("find %s: %w", a.Typed, err)
	}
	if r.ID == 0 {
		r.Address = a.Typed
	}
	return r, nil
}

func recordOf(ctx context.Context, q querier, hash string) (r Record, err error) {
	if r.Subscriber, err = standing(ctx, q, hash); err != nil {
		return r, err
	}
	if r.SignUps, err = signUpsOf(ctx, q, hash); err != nil {
		return r, err
	}
	if r.Returned, err = returnedOf(ctx, q, hash); err != nil {
		return r, err
	}
	if r.ID == 0 && len(r.Suppressed) == 0 && len(r.SignUps) == 0 {
		return r, ErrNoSubscriber
	}
	r.Consents, err = consentsOf(ctx, q, r.ID)
	return r, err
}

const selectSignUps = `
SELECT at, address, name, network, agent, form, wording, settled_at, outcome
FROM signups
WHERE address_hash = $1
ORDER BY id`

// signUpsOf returns the sign-ups of an address, oldest first; never nil.
func signUpsOf(ctx context.Context, q querier, hash string) ([]FilledForm, error) {
	list := []FilledForm{}
	rows, err := q.QueryContext(ctx, selectSignUps, hash)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f FilledForm
		var at, settled int64
		if err := rows.Scan(&at, &f.Address, &f.Name, &f.Network, &f.Agent, &f.Form, &f.Wording, &settled, &f.Outcome); err != nil {
			return nil, err
		}
		f.At, f.SettledAt = database.Time(at), database.Time(settled)
		list = append(list, f)
	}
	return list, rows.Err()
}

// A Filter chooses subscribers.
type Filter struct {
	Status Status // all but the erased if empty
}

const selectPage = `
SELECT ` + subscriberColumns + `, address_hash
FROM subscribers
WHERE id > $1
  AND (status = $2 OR ($2 = '' AND status <> 'erased'))
ORDER BY id
LIMIT $3`

// Subscribers are read in pages of this many, so that no statement is open
// while the caller works.
const pageSize = 500

// Subscribers returns the subscribers that f chooses, in the order in which they
// came. An error is the last thing it yields.
func (l *List) Subscribers(ctx context.Context, f Filter) iter.Seq2[Subscriber, error] {
	return func(yield func(Subscriber, error) bool) {
		var after ID
		for {
			page, err := l.page(ctx, f, after)
			if err != nil {
				yield(Subscriber{}, fmt.Errorf("list subscribers: %w", err))
				return
			}
			for _, s := range page {
				if !yield(s, nil) {
					return
				}
				after = s.ID
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

func (l *List) page(ctx context.Context, f Filter, after ID) (page []Subscriber, err error) {
	err = l.look(ctx, func(q querier) error {
		page, err = readPage(ctx, q, f, after)
		return err
	})
	return page, err
}

func readPage(ctx context.Context, q querier, f Filter, after ID) ([]Subscriber, error) {
	page, hashes, err := pageRows(ctx, q, f, after)
	if err != nil || len(page) == 0 {
		return nil, err
	}
	suppressed, err := pageSuppressions(ctx, q, after, page[len(page)-1].ID)
	if err != nil {
		return nil, err
	}
	for i := range page {
		page[i].Suppressed = append(page[i].Suppressed, suppressed[hashes[i]]...)
	}
	return page, nil
}

func pageRows(ctx context.Context, q querier, f Filter, after ID) (page []Subscriber, hashes []string, err error) {
	rows, err := q.QueryContext(ctx, selectPage, int64(after), string(f.Status), pageSize)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var hash string
		s, err := scanSubscriber(rows, &hash)
		if err != nil {
			return nil, nil, err
		}
		page, hashes = append(page, s), append(hashes, hash)
	}
	return page, hashes, rows.Err()
}

const selectPageSuppressions = `
SELECT x.address_hash, x.reason, x.source, x.created_at
FROM subscribers AS s
JOIN suppressions AS x ON x.address_hash = s.address_hash
WHERE s.id > $1
  AND s.id <= $2
ORDER BY x.created_at, x.reason`

func pageSuppressions(ctx context.Context, q querier, after, last ID) (map[string][]Suppression, error) {
	rows, err := q.QueryContext(ctx, selectPageSuppressions, int64(after), int64(last))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := map[string][]Suppression{}
	for rows.Next() {
		var hash string
		var x Suppression
		var created int64
		if err := rows.Scan(&hash, &x.Reason, &x.Source, &created); err != nil {
			return nil, err
		}
		x.CreatedAt = database.Time(created)
		found[hash] = append(found[hash], x)
	}
	return found, rows.Err()
}
