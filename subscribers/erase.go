package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"redigest/digest/database"
)

// Erase forgets whose an address is. What stays is a tombstone with the states
// of the mails that were sent, which quote nothing, and a suppression by keyed
// hash, so that no import brings the address back; its owner can, by signing up
// again and confirming. Of an address that only test mails went to nothing
// stays. It returns [ErrNoSubscriber] when nothing was kept about the address.
//
// Erasing again is no error and finishes what was cut off.
func (l *List) Erase(ctx context.Context, address string) error {
	a, err := ParseAddress(address)
	if err != nil {
		return err
	}
	hash := l.keys.hash(a)
	var id ID
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		id, err = l.bury(ctx, tx, hash)
		return err
	})
	// A mail under way may name the address in its reply, so replies go after
	// the tombstone stands.
	if err == nil && id != 0 {
		err = l.forgetReplies(ctx, id)
	}
	if err == nil || errors.Is(err, ErrNoSubscriber) {
		forgotten, testErr := l.forgetTests(ctx, a)
		if testErr != nil || forgotten > 0 {
			err = testErr
		}
	}
	if err != nil {
		return fmt.Errorf("erase %s: %w", a.Typed, err)
	}
	return nil
}

const deleteSignUps = `
DELETE FROM signups
WHERE address_hash = $1`

const deleteConsents = `
DELETE FROM consents
WHERE subscriber_id = $1`

// A source may quote the server that refused the address, and so the address.
const clearSources = `
UPDATE suppressions
SET source = ''
WHERE address_hash = $1`

// bury puts the tombstone in the place of the address with this hash and
// deletes what was kept with it. id is 0 when it was never on the list.
func (l *List) bury(ctx context.Context, tx *sql.Tx, hash string) (id ID, err error) {
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return 0, err
	}
	signUps, err := execCount(ctx, tx, deleteSignUps, hash)
	if err != nil {
		return 0, err
	}
	if before.ID == 0 && signUps == 0 && len(before.Suppressed) == 0 {
		return 0, ErrNoSubscriber
	}
	for _, statement := range []string{clearSources, deleteReturned} {
		if _, err := tx.ExecContext(ctx, statement, hash); err != nil {
			return 0, err
		}
	}
	if err := addSuppression(ctx, tx, hash, Suppression{Reason: ReasonErased, CreatedAt: l.moment()}); err != nil || before.ID == 0 {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, deleteConsents, int64(before.ID)); err != nil {
		return 0, err
	}
	_, err = l.save(ctx, tx, before.Erase(), hash)
	return before.ID, err
}

// The deliveries of a subscriber are found through the mailings: they have no
// index of their own, which every message would pay for.
const selectMailingWindow = `
SELECT coalesce(max(id), 0)
FROM (SELECT id FROM mailings WHERE id > $1 ORDER BY id LIMIT $2) AS w`

const clearReplies = `
UPDATE deliveries
SET recipient = '', reply = ''
WHERE subscriber_id = $1
  AND mailing_id IN (SELECT id FROM mailings WHERE id > $2 AND id <= $3)`

// Replies are cleared in windows of this many mailings, some 10 ms each.
const eraseWindow = 2000

func (l *List) forgetReplies(ctx context.Context, id ID) error {
	var after ID
	for {
		var end ID
		err := l.db.Read().QueryRowContext(ctx, selectMailingWindow, int64(after), eraseWindow).Scan(&end)
		if err != nil || end == 0 {
			return err
		}
		err = l.db.Transact(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, clearReplies, int64(id), int64(after), int64(end))
			return err
		})
		if err != nil {
			return err
		}
		if err := database.Pause(ctx); err != nil {
			return err
		}
		after = end
	}
}

const selectTestRecipients = `
SELECT m.id, d.recipient
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id AND d.subscriber_id = 0
WHERE m.kind = 'test'
  AND d.recipient <> ''`

// What is still owed to nobody could not be mailed.
const clearTest = `
UPDATE deliveries
SET recipient = '', reply = '', due_at = 0,
    settled_at = CASE WHEN state IN ('queued', 'deferred') THEN $2 ELSE settled_at END,
    state = CASE WHEN state IN ('queued', 'deferred') THEN 'withdrawn' ELSE state END
WHERE mailing_id = $1
  AND subscriber_id = 0`

// forgetTests clears the address from the test mails that went to it, and
// returns how many those were.
func (l *List) forgetTests(ctx context.Context, a Address) (int, error) {
	mailings, err := l.testsTo(ctx, a)
	if err != nil || len(mailings) == 0 {
		return 0, err
	}
	return len(mailings), l.db.Transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, deleteReturned, l.keys.hash(a)); err != nil {
			return err
		}
		for _, id := range mailings {
			if _, err := tx.ExecContext(ctx, clearTest, int64(id), database.Millis(l.moment())); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l *List) testsTo(ctx context.Context, a Address) (mailings []ID, err error) {
	rows, err := l.db.Read().QueryContext(ctx, selectTestRecipients)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		var recipient string
		if err := rows.Scan(&id, &recipient); err != nil {
			return nil, err
		}
		if to, err := ParseAddress(recipient); err == nil && to.Key == a.Key {
			mailings = append(mailings, id)
		}
	}
	return mailings, rows.Err()
}
