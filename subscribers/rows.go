package subscribers

import (
	"context"
	"database/sql"
	"errors"

	"redigest/digest/database"
)

// A querier reads: a transaction, or the pool of readers.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// look runs fn, all of whose statements see the list at one moment: read apart,
// the row from before somebody left and the suppression from after contradict
// each other.
func (l *List) look(ctx context.Context, fn func(q querier) error) error {
	tx, err := l.db.Read().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(tx)
}

const subscriberColumns = `id, address, name, status, edition, generation, created_at, asked_at, confirmed_at, paused_until`

const selectByHash = `
SELECT ` + subscriberColumns + `
FROM subscribers
WHERE address_hash = $1`

const selectHash = `
SELECT address_hash
FROM subscribers
WHERE id = $1`

const selectSuppressions = `
SELECT reason, source, created_at
FROM suppressions
WHERE address_hash = $1
ORDER BY created_at, reason`

// standing returns what is known of the address with this hash. It has no
// Status when the address is not on the list.
func standing(ctx context.Context, q querier, hash string) (Subscriber, error) {
	s, err := scanSubscriber(q.QueryRowContext(ctx, selectByHash, hash))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	s.Suppressed, err = suppressionsOf(ctx, q, hash)
	return s, err
}

// known returns the subscriber with this ID, or [ErrNoSubscriber].
func known(ctx context.Context, q querier, id ID) (Subscriber, error) {
	hash, err := hashOf(ctx, q, id)
	if err != nil {
		return Subscriber{}, err
	}
	return standing(ctx, q, hash)
}

// hashOf returns the hash of a subscriber's address, or [ErrNoSubscriber].
func hashOf(ctx context.Context, q querier, id ID) (hash string, err error) {
	err = q.QueryRowContext(ctx, selectHash, int64(id)).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoSubscriber
	}
	return hash, err
}

// scanSubscriber reads the columns of subscriberColumns and then those of more.
func scanSubscriber(row interface{ Scan(...any) error }, more ...any) (Subscriber, error) {
	s := Subscriber{Suppressed: []Suppression{}}
	var created, asked, confirmed, paused int64
	err := row.Scan(append([]any{&s.ID, &s.Address, &s.Name, &s.Status, &s.Edition, &s.Generation,
		&created, &asked, &confirmed, &paused}, more...)...)
	s.CreatedAt, s.AskedAt = database.Time(created), database.Time(asked)
	s.ConfirmedAt, s.PausedUntil = database.Time(confirmed), database.Time(paused)
	return s, err
}

// suppressionsOf returns the suppressions of an address, oldest first; never nil.
func suppressionsOf(ctx context.Context, q querier, hash string) ([]Suppression, error) {
	list := []Suppression{}
	rows, err := q.QueryContext(ctx, selectSuppressions, hash)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x Suppression
		var created int64
		if err := rows.Scan(&x.Reason, &x.Source, &created); err != nil {
			return nil, err
		}
		x.CreatedAt = database.Time(created)
		list = append(list, x)
	}
	return list, rows.Err()
}

const saveSubscriber = `
INSERT INTO subscribers (id, address_hash, address, name, status, edition, generation, created_at, asked_at, confirmed_at, paused_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE
SET address = excluded.address, name = excluded.name, status = excluded.status, edition = excluded.edition,
    generation = excluded.generation, created_at = excluded.created_at, asked_at = excluded.asked_at,
    confirmed_at = excluded.confirmed_at, paused_until = excluded.paused_until`

// save writes s, whose address has this hash, as a rule has made it from what
// the same transaction read. It gives a new subscriber its ID.
func (l *List) save(ctx context.Context, tx *sql.Tx, s Subscriber, hash string) (Subscriber, error) {
	if s.ID == 0 {
		s.ID = l.db.NewID(l.now())
	}
	_, err := tx.ExecContext(ctx, saveSubscriber, int64(s.ID), hash, s.Address, s.Name, string(s.Status), s.Edition, s.Generation,
		database.Millis(s.CreatedAt), database.Millis(s.AskedAt), database.Millis(s.ConfirmedAt), database.Millis(s.PausedUntil))
	return s, err
}

const insertSuppression = `
INSERT INTO suppressions (address_hash, reason, source, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (address_hash, reason) DO NOTHING`

func addSuppression(ctx context.Context, tx *sql.Tx, hash string, x Suppression) error {
	_, err := tx.ExecContext(ctx, insertSuppression, hash, string(x.Reason), x.Source, database.Millis(x.CreatedAt))
	return err
}

const deleteSuppression = `
DELETE FROM suppressions
WHERE address_hash = $1
  AND reason = $2`

// saveSuppressions makes the stored suppressions of an address, which were
// those of before, those of after.
func saveSuppressions(ctx context.Context, tx *sql.Tx, hash string, before, after Subscriber) error {
	for _, x := range after.Suppressed {
		if !before.suppressedFor(x.Reason) {
			if err := addSuppression(ctx, tx, hash, x); err != nil {
				return err
			}
		}
	}
	for _, x := range before.Suppressed {
		if !after.suppressedFor(x.Reason) {
			if _, err := tx.ExecContext(ctx, deleteSuppression, hash, string(x.Reason)); err != nil {
				return err
			}
		}
	}
	return nil
}
