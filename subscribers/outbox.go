package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"redigest/digest/database"
)

// OutboxOptions sets up an [Outbox].
type OutboxOptions struct {
	Returned ReturnPolicy // what follows when relays refuse recipients

	Now func() time.Time // time.Now if nil
}

// An Outbox keeps the mailings and every delivery that is owed for them. Any
// process may put mail into it or look at it; one alone may take mail out (see
// the lock in package delivery).
type Outbox struct {
	db     *database.DB
	now    func() time.Time
	policy ReturnPolicy
}

// NewOutbox returns the outbox in db.
func NewOutbox(db *database.DB, opts OutboxOptions) *Outbox {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Outbox{db: db, now: opts.Now, policy: opts.Returned}
}

// Mailing returns a mailing by its ID, or [ErrNoMailing].
func (o *Outbox) Mailing(ctx context.Context, id ID) (Mailing, error) {
	m, err := scanMailing(o.db.Read().QueryRowContext(ctx, selectMailing, id))
	if err != nil {
		return Mailing{}, fmt.Errorf("mailing %s: %w", id, err)
	}
	return m, nil
}

// IssueMailing returns the mailing of an issue, or [ErrNoMailing].
func (o *Outbox) IssueMailing(ctx context.Context, issue ID) (Mailing, error) {
	m, err := scanMailing(o.db.Read().QueryRowContext(ctx, selectIssueMailing, issue))
	if err != nil {
		return Mailing{}, fmt.Errorf("mailing of issue %s: %w", issue, err)
	}
	return m, nil
}

const holdMailing = `
UPDATE mailings
SET held_at = $2
WHERE id = $1
  AND held_at = 0`

// Hold keeps a mailing back: what is being handed over just now is finished,
// nothing else goes out until it is released.
func (o *Outbox) Hold(ctx context.Context, mailing ID) error {
	return o.mark(ctx, "hold", holdMailing, mailing, database.Millis(o.now()))
}

// HoldIssue keeps the mailing of an issue back as [Outbox.Hold] does. Where there
// is none yet it makes one that is held, so that whoever is about to order it
// finds it so. It may be called again.
func (o *Outbox) HoldIssue(ctx context.Context, order Order) error {
	_, err := o.openMarked(ctx, order, holdMailing)
	if err != nil {
		return fmt.Errorf("hold the mailing of issue %s: %w", order.IssueID, err)
	}
	return nil
}

const releaseMailing = `
UPDATE mailings
SET held_at = 0, refilled = refilled + 1
WHERE id = $1`

// Release lets a held mailing go on.
func (o *Outbox) Release(ctx context.Context, mailing ID) error {
	return o.mark(ctx, "release", releaseMailing, mailing)
}

// A cancelled mailing gets no more recipients: it is planned, with those it has.
const cancelMailing = `
UPDATE mailings
SET cancelled_at = $2, planned_at = CASE WHEN planned_at = 0 THEN $2 ELSE planned_at END
WHERE id = $1
  AND cancelled_at = 0`

// Cancel ends a mailing: what is being handed over just now is finished, and
// everything still queued or deferred is withdrawn. It may be called again.
func (o *Outbox) Cancel(ctx context.Context, mailing ID) error {
	if err := o.mark(ctx, "cancel", cancelMailing, mailing, database.Millis(o.now())); err != nil {
		return err
	}
	return o.sweep(ctx, mailing, Withdrawn, "")
}

// CancelIssue ends the mailing of an issue as [Outbox.Cancel] does, and returns
// what became of its recipients: what is being handed over just now is counted
// as handed. Where there is no mailing yet it makes one that is cancelled, so
// that whoever is about to order it finds it ended. It may be called again.
func (o *Outbox) CancelIssue(ctx context.Context, order Order) (Account, error) {
	m, err := o.openMarked(ctx, order, cancelMailing)
	if err != nil {
		return Account{}, fmt.Errorf("cancel the mailing of issue %s: %w", order.IssueID, err)
	}
	if err := o.sweep(ctx, m.ID, Withdrawn, ""); err != nil {
		return Account{}, err
	}
	return o.Account(ctx, m.ID)
}

// openMarked holds or cancels the mailing of an issue, and makes it where there
// is none, in one transaction: an order comes either before or after it.
func (o *Outbox) openMarked(ctx context.Context, order Order, statement string) (m Mailing, err error) {
	now := o.now()
	err = o.db.Transact(ctx, func(tx *sql.Tx) error {
		if m, err = o.openIssueMailing(ctx, tx, order, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, statement, m.ID, database.Millis(now))
		return err
	})
	return m, err
}

func (o *Outbox) mark(ctx context.Context, what, statement string, mailing ID, args ...any) error {
	if _, err := o.Mailing(ctx, mailing); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	err := o.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, append([]any{mailing}, args...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("%s mailing %s: %w", what, mailing, err)
	}
	return nil
}

// Expire gives up what is still owed of a mailing, its deadline having passed.
func (o *Outbox) Expire(ctx context.Context, mailing ID) error {
	return o.sweep(ctx, mailing, Failed, "given up: its time was over before it could be delivered")
}

const selectSweepEnd = `
SELECT subscriber_id
FROM deliveries
WHERE mailing_id = $1
  AND subscriber_id > $2
ORDER BY subscriber_id
LIMIT 1 OFFSET $3`

// sweepEnd returns the last delivery of the window behind after.
func sweepEnd(ctx context.Context, tx *sql.Tx, mailing, after ID) (ID, error) {
	end := ID(math.MaxInt64)
	err := tx.QueryRowContext(ctx, selectSweepEnd, mailing, after, enqueueWindow-1).Scan(&end)
	if errors.Is(err, sql.ErrNoRows) {
		return end, nil
	}
	return end, err
}

// Of what was uncertain and is not sent again after all, nobody knows more than
// before.
const sweepDeliveries = `
UPDATE deliveries
SET state = CASE WHEN ` + wasUncertain + ` THEN 'uncertain' ELSE $4 END, due_at = 0, settled_at = $5, reply = CASE WHEN $6 = '' THEN reply ELSE $6 END
WHERE mailing_id = $1
  AND subscriber_id > $2
  AND subscriber_id <= $3
  AND state IN ('queued', 'deferred')`

// sweep brings all that is queued or deferred of a mailing into a final state,
// in short transactions along the key.
func (o *Outbox) sweep(ctx context.Context, mailing ID, to State, why string) error {
	since := o.now()
	for after := ID(-1); after < math.MaxInt64; {
		err := o.db.Transact(ctx, func(tx *sql.Tx) error {
			end, err := sweepEnd(ctx, tx, mailing, after)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, sweepDeliveries, mailing, after, end, to, database.Millis(o.now()), why)
			after = end
			return err
		})
		if err == nil {
			since, err = database.Rest(ctx, since, o.now)
		}
		if err != nil {
			return fmt.Errorf("end mailing %s: %w", mailing, err)
		}
	}
	return nil
}

const selectHanded = `
SELECT d.mailing_id, d.subscriber_id
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id
WHERE m.finished_at = 0
  AND d.state = 'handed'`

const markUncertain = `
UPDATE deliveries
SET state = 'uncertain', settled_at = $3, code = 0, enhanced = '', reply = 'the program ended while this mail was being handed over'
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

// Recover settles what the last sender left behind: whatever it was handing
// over when it died is uncertain now. It returns how many those are. Only the
// holder of the sender's lock may call it, before it hands anything over.
func (o *Outbox) Recover(ctx context.Context) (n int, err error) {
	left, err := o.handed(ctx)
	if err == nil && len(left) > 0 {
		err = o.db.Transact(ctx, func(tx *sql.Tx) error {
			for _, key := range left {
				if _, err := tx.ExecContext(ctx, markUncertain, key.Mailing, key.Subscriber, database.Millis(o.now())); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return 0, fmt.Errorf("settle what the last sender left: %w", err)
	}
	return len(left), nil
}

func (o *Outbox) handed(ctx context.Context) ([]Key, error) {
	rows, err := o.db.Read().QueryContext(ctx, selectHanded)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var keys []Key
	for rows.Next() {
		var k Key
		if err := rows.Scan(&k.Mailing, &k.Subscriber); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, rows.Err()
}
