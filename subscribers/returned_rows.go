package subscribers

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"redigest/digest/database"
)

// A returnedRow is what is kept of one mail that came back.
type returnedRow struct {
	id        ID
	mail      string
	messageID string
	hash      string // of the address
	mailing   ID
	at        time.Time
	event     ReturnEvent
	weight    Weight
	report    Report
}

const insertReturned = `
INSERT INTO returned (id, mail_hash, message_id, address_hash, mailing_id, at, event, weight, status, code, reason, effect)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ''
WHERE (
  SELECT count(*)
  FROM returned
  WHERE address_hash = $4
    AND mailing_id = $5
    AND event = $7
    AND weight = $8
) < $12
ON CONFLICT (mail_hash) DO NOTHING`

// returnedKept is how many mails that say the same of one mailing are kept for
// an address. Who has a token could send any number, each a little different.
const returnedKept = 20

// insert writes the row, and reports false when the same mail was written
// before, or many others that say the same.
func (r returnedRow) insert(ctx context.Context, tx *sql.Tx) (fresh bool, err error) {
	const longest = 40 // of a word that strangers write
	n, err := execCount(ctx, tx, insertReturned, int64(r.id), r.mail, r.messageID, r.hash, int64(r.mailing), database.Millis(r.at),
		string(r.event), string(r.weight), cleanLine(r.report.Status, longest), cleanLine(r.report.Code, longest), cleanLine(r.report.Reason, longest), returnedKept)
	return n > 0, err
}

const updateEffect = `
UPDATE returned
SET effect = $2
WHERE id = $1`

func (r returnedRow) noteEffect(ctx context.Context, tx *sql.Tx, e Effect) error {
	_, err := tx.ExecContext(ctx, updateEffect, int64(r.id), string(e))
	return err
}

// selectFates goes through the issues by their own index, newest first, and
// looks each delivery up by its key.
const selectFates = `
SELECT m.id, m.created_at, d.state, coalesce(r.weight, ''), coalesce(r.effect, '') = 'suppressed'
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id AND d.subscriber_id = $1
LEFT JOIN returned AS r ON r.address_hash = $2 AND r.mailing_id = m.id
WHERE m.kind = 'issue'
  AND m.issue_id > 0
ORDER BY m.issue_id DESC
LIMIT $3`

// So many issues are looked through at most for a run of soft bounces.
const fatesKept = 100

// fatesOf returns what became of the newest issues that were mailed to an
// address, newest first.
func fatesOf(ctx context.Context, q querier, subscriber ID, hash string) (fates []fate, err error) {
	rows, err := q.QueryContext(ctx, selectFates, int64(subscriber), hash, fatesKept)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f fate
		var at int64
		if err := rows.Scan(&f.mailing, &at, &f.state, &f.weight, &f.suppressed); err != nil {
			return nil, err
		}
		f.at = database.Time(at)
		if n := len(fates); n > 0 && fates[n-1].mailing == f.mailing {
			fates[n-1] = fates[n-1].and(f)
			continue
		}
		fates = append(fates, f)
	}
	return fates, rows.Err()
}

const deleteReturned = `
DELETE FROM returned
WHERE address_hash = $1`

// A ReturnedRecord is what is kept of a mail that came back, or of a relay
// that refused a recipient.
type ReturnedRecord struct {
	At        time.Time   `json:"at"`
	Event     ReturnEvent `json:"event"`
	Mailing   ID          `json:"mailing,omitzero"`    // what came back; 0: not known
	MessageID string      `json:"message_id,omitzero"` // of the mail that came back
	Weight    Weight      `json:"weight"`
	Status    string      `json:"status"`
	Code      string      `json:"code"`
	Reason    string      `json:"reason"`
	Effect    Effect      `json:"effect"` // empty: nothing
}

const returnedColumns = `r.at, r.event, r.mailing_id, r.message_id, r.weight, r.status, r.code, r.reason, r.effect`

const selectReturned = `
SELECT ` + returnedColumns + `
FROM returned AS r
WHERE r.address_hash = $1
ORDER BY r.id`

// returnedOf returns what came back from an address, oldest first; never nil.
func returnedOf(ctx context.Context, q querier, hash string) ([]ReturnedRecord, error) {
	list := []ReturnedRecord{}
	rows, err := q.QueryContext(ctx, selectReturned, hash)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanReturned(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// scanReturned reads the columns of more and then those of returnedColumns.
func scanReturned(rows *sql.Rows, more ...any) (r ReturnedRecord, err error) {
	var at int64
	err = rows.Scan(append(more, &at, &r.Event, &r.Mailing, &r.MessageID, &r.Weight, &r.Status, &r.Code, &r.Reason, &r.Effect)...)
	r.At = database.Time(at)
	return r, err
}

// A ReturnedFrom is a mail that came back, and whose it was.
type ReturnedFrom struct {
	Address string `json:"address"` // empty where it is not kept
	ReturnedRecord
}

const selectReturnedFrom = `
SELECT r.id, coalesce(s.address, ''), ` + returnedColumns + `
FROM returned AS r
LEFT JOIN subscribers AS s ON s.address_hash = r.address_hash
WHERE r.mailing_id = $1
  AND r.id > $2
ORDER BY r.id
LIMIT $3`

// Returned yields what came back of a mailing, and which recipients the relay
// refused, the oldest first. An error is the last thing it yields.
func (o *Outbox) Returned(ctx context.Context, mailing ID) iter.Seq2[ReturnedFrom, error] {
	return func(yield func(ReturnedFrom, error) bool) {
		for after := ID(-1); ; {
			some, last, err := o.someReturned(ctx, mailing, after)
			for _, r := range some {
				if !yield(r, nil) {
					return
				}
			}
			if err != nil {
				yield(ReturnedFrom{}, fmt.Errorf("list what came back of mailing %s: %w", mailing, err))
			}
			if err != nil || len(some) < listWindow {
				return
			}
			after = last
		}
	}
}

func (o *Outbox) someReturned(ctx context.Context, mailing, after ID) (some []ReturnedFrom, last ID, err error) {
	rows, err := o.db.Read().QueryContext(ctx, selectReturnedFrom, mailing, after, listWindow)
	if err != nil {
		return nil, 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var r ReturnedFrom
		if r.ReturnedRecord, err = scanReturned(rows, &last, &r.Address); err != nil {
			return some, last, err
		}
		some = append(some, r)
	}
	return some, last, rows.Err()
}
