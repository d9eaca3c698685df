package subscribers

import (
	"context"
	"database/sql"
	"fmt"

	"redigest/digest/database"
)

const selectOpenMailings = `
SELECT ` + mailingColumns + `
FROM mailings
WHERE finished_at = 0
ORDER BY id`

// Open returns the mailings of which something may still be owed, oldest first.
func (o *Outbox) Open(ctx context.Context) ([]Mailing, error) {
	rows, err := o.db.Read().QueryContext(ctx, selectOpenMailings)
	if err != nil {
		return nil, fmt.Errorf("list open mailings: %w", err)
	}
	defer rows.Close()
	var open []Mailing
	for rows.Next() {
		m, err := scanMailing(rows)
		if err != nil {
			return nil, fmt.Errorf("list open mailings: %w", err)
		}
		open = append(open, m)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list open mailings: %w", err)
	}
	return open, nil
}

// What a claim holds, of a delivery d and its subscriber s. Who has left or was
// erased by now has no address in it: there is no use in offering the mail.
const claimColumns = `d.mailing_id, d.subscriber_id, d.dated_at, d.attempts, coalesce(s.confirmed_at, 0),
    CASE WHEN s.id IS NULL THEN d.recipient WHEN s.status IN ('confirmed', 'pending') THEN s.address ELSE '' END`

// claimQueued walks along the key. The primary key has to be its only index:
// any other makes a whole send quadratic.
const claimQueued = `
SELECT ` + claimColumns + `
FROM deliveries AS d
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE d.mailing_id = $1
  AND d.subscriber_id > $2
  AND d.state = 'queued'
ORDER BY d.subscriber_id
LIMIT $3`

// ClaimQueued returns the next queued deliveries of a mailing behind a
// subscriber (-1 for all), in the order of the key.
func (o *Outbox) ClaimQueued(ctx context.Context, m *Mailing, after ID, limit int) ([]Claim, error) {
	return o.claim(ctx, only(m), claimQueued, m.ID, after, limit)
}

const claimDeferred = `
SELECT ` + claimColumns + `
FROM deliveries AS d
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE d.mailing_id = $1
  AND d.state = 'deferred'
  AND d.due_at <= $2
ORDER BY d.due_at
LIMIT $3`

// ClaimDeferred returns the deferred deliveries of a mailing that are due, the
// longest due first.
func (o *Outbox) ClaimDeferred(ctx context.Context, m *Mailing, limit int) ([]Claim, error) {
	return o.claim(ctx, only(m), claimDeferred, m.ID, database.Millis(o.now()), limit)
}

// only returns a function that finds m alone by its ID.
func only(m *Mailing) func(ID) *Mailing { return func(ID) *Mailing { return m } }

// claim reads the claims that a query finds, but for those of mailings that are
// not known to mailing.
func (o *Outbox) claim(ctx context.Context, mailing func(ID) *Mailing, query string, args ...any) ([]Claim, error) {
	rows, err := o.db.Read().QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	defer rows.Close()
	var claims []Claim
	var id, to, dated, attempts, signedUp int64 // of a plain type: it costs less to scan
	var address string
	for rows.Next() {
		if err := rows.Scan(&id, &to, &dated, &attempts, &signedUp, &address); err != nil {
			return nil, fmt.Errorf("claim deliveries: %w", err)
		}
		if m := mailing(ID(id)); m != nil {
			claims = append(claims, Claim{
				Mailing: m, Subscriber: ID(to), Address: address,
				DatedAt: database.Time(dated), Attempts: int(attempts), SignedUpAt: database.Time(signedUp),
			})
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", err)
	}
	return claims, nil
}

const existsDeferred = `
SELECT EXISTS (
    SELECT 1
    FROM deliveries
    WHERE mailing_id = $1
      AND state = 'deferred')`

const existsOwed = `
SELECT EXISTS (
    SELECT 1
    FROM deliveries
    WHERE mailing_id = $1
      AND state IN ('queued', 'handed', 'deferred'))`

// finishMailing holds back when somebody has refilled the mailing since it was
// looked through.
const finishMailing = `
UPDATE mailings
SET finished_at = $2
WHERE id = $1
  AND refilled = $3
  AND planned_at > 0
  AND finished_at = 0`

// Finish notes that nothing of a mailing is owed any more, if that is so, and
// reports whether it is. It looks through the whole mailing.
func (o *Outbox) Finish(ctx context.Context, m Mailing) (done bool, err error) {
	owed, err := o.owes(ctx, m.ID)
	if err == nil && !owed {
		err = o.db.Transact(ctx, func(tx *sql.Tx) error {
			n, err := execCount(ctx, tx, finishMailing, m.ID, database.Millis(o.now()), m.Refilled)
			done = n > 0
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("finish mailing %s: %w", m.ID, err)
	}
	return done, nil
}

// owes reports whether anything of a mailing is owed. What is deferred has an
// index, so it is asked for first.
func (o *Outbox) owes(ctx context.Context, mailing ID) (owed bool, err error) {
	for _, query := range []string{existsDeferred, existsOwed} {
		if err := o.db.Read().QueryRowContext(ctx, query, mailing).Scan(&owed); err != nil || owed {
			return owed, err
		}
	}
	return false, nil
}

// claimSingles finds what goes to one recipient each.
const claimSingles = `
SELECT ` + claimColumns + `
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE m.finished_at = 0
  AND m.kind <> 'issue'
  AND m.held_at = 0
  AND (d.state = 'queued' OR (d.state = 'deferred' AND d.due_at <= $1))
ORDER BY m.id
LIMIT $2`

// ClaimSingles returns the due deliveries of those of the mailings given that
// go to one recipient each, oldest first.
func (o *Outbox) ClaimSingles(ctx context.Context, open map[ID]*Mailing, limit int) ([]Claim, error) {
	return o.claim(ctx, func(id ID) *Mailing { return open[id] }, claimSingles, database.Millis(o.now()), limit)
}

const finishSingles = `
UPDATE mailings
SET finished_at = $1
WHERE finished_at = 0
  AND kind <> 'issue'
  AND NOT EXISTS (
    SELECT 1
    FROM deliveries AS d
    WHERE d.mailing_id = mailings.id
      AND d.state IN ('queued', 'handed', 'deferred'))`

// FinishSingles notes for all mailings to one recipient each that nothing of
// them is owed any more, where that is so.
func (o *Outbox) FinishSingles(ctx context.Context) error {
	err := o.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, finishSingles, database.Millis(o.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("finish mailings to one recipient: %w", err)
	}
	return nil
}
