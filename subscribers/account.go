package subscribers

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"redigest/digest/database"
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

// of returns the count of the deliveries in state s.
func (a *Account) of(s State) *int {
	return map[State]*int{
		Queued: &a.Queued, Handed: &a.Handed, Deferred: &a.Deferred, Accepted: &a.Accepted,
		Refused: &a.Refused, Failed: &a.Failed, Uncertain: &a.Uncertain, Withdrawn: &a.Withdrawn,
	}[s]
}

// One statement sees one moment, so the account balances while mail goes out.
const selectAccount = `
SELECT m.planned, coalesce(d.state, ''), count(d.state)
FROM mailings AS m
LEFT JOIN deliveries AS d ON d.mailing_id = m.id
WHERE m.id = $1
GROUP BY m.planned, d.state`

// Account returns the account of a mailing. While its recipients are still
// being written, they are counted as planned one by one.
func (o *Outbox) Account(ctx context.Context, mailing ID) (Account, error) {
	var a Account
	rows, err := o.db.Read().QueryContext(ctx, selectAccount, mailing)
	if err != nil {
		return a, fmt.Errorf("account of mailing %s: %w", mailing, err)
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		var state State
		var n int
		if err := rows.Scan(&a.Planned, &state, &n); err != nil {
			return a, fmt.Errorf("account of mailing %s: %w", mailing, err)
		}
		found = true
		if count := a.of(state); count != nil {
			*count = n
		}
	}
	if err := rows.Err(); err != nil {
		return a, fmt.Errorf("account of mailing %s: %w", mailing, err)
	}
	if !found {
		return a, fmt.Errorf("account of mailing %s: %w", mailing, ErrNoMailing)
	}
	return a, nil
}

const selectNextTry = `
SELECT coalesce(min(due_at), 0)
FROM deliveries
WHERE mailing_id = $1
  AND state = 'deferred'`

// NextTry returns when the first deferred delivery of a mailing is due; zero
// when none is deferred.
func (o *Outbox) NextTry(ctx context.Context, mailing ID) (time.Time, error) {
	var due int64
	if err := o.db.Read().QueryRowContext(ctx, selectNextTry, mailing).Scan(&due); err != nil {
		return time.Time{}, fmt.Errorf("next try of mailing %s: %w", mailing, err)
	}
	return database.Time(due), nil
}

const selectDeliveries = `
SELECT d.mailing_id, d.subscriber_id, coalesce(s.address, d.recipient), d.state, d.attempts, d.due_at, d.relay,
    d.dated_at, d.handed_at, d.settled_at, d.code, d.enhanced, d.reply
FROM deliveries AS d
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE d.mailing_id = $1
  AND d.subscriber_id > $2
  AND d.state = $3
ORDER BY d.subscriber_id
LIMIT $4`

// So many deliveries are read at a time: whoever lists them may stop to look,
// and while a statement is open the database's log cannot be cut.
const listWindow = 1000

// Deliveries yields the deliveries of a mailing that are in a state, in the
// order of the subscribers. While mail goes out, one that changes its state
// meanwhile may be missing. An error is the last thing it yields.
func (o *Outbox) Deliveries(ctx context.Context, mailing ID, state State) iter.Seq2[Delivery, error] {
	return func(yield func(Delivery, error) bool) {
		for after := ID(-1); ; {
			some, err := o.someDeliveries(ctx, mailing, after, state)
			for _, d := range some {
				if !yield(d, nil) {
					return
				}
				after = d.Subscriber
			}
			if err != nil {
				yield(Delivery{}, fmt.Errorf("deliveries of mailing %s: %w", mailing, err))
			}
			if err != nil || len(some) < listWindow {
				return
			}
		}
	}
}

func (o *Outbox) someDeliveries(ctx context.Context, mailing, after ID, state State) (some []Delivery, err error) {
	rows, err := o.db.Read().QueryContext(ctx, selectDeliveries, mailing, after, state, listWindow)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d, err := scanDelivery(rows)
		if err != nil {
			return some, err
		}
		some = append(some, d)
	}
	return some, rows.Err()
}

func scanDelivery(rows *sql.Rows) (Delivery, error) {
	var d Delivery
	var due, dated, handed, settled int64
	err := rows.Scan(&d.Mailing, &d.Subscriber, &d.Address, &d.State, &d.Attempts, &due, &d.Relay,
		&dated, &handed, &settled, &d.Reply.Code, &d.Reply.Enhanced, &d.Reply.Text)
	d.DueAt, d.DatedAt = database.Time(due), database.Time(dated)
	d.HandedAt, d.SettledAt = database.Time(handed), database.Time(settled)
	return d, err
}
