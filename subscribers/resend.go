package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

var (
	// ErrCancelled means that a mailing was cancelled: nothing of it goes out
	// any more.
	ErrCancelled = errors.New("the mailing was cancelled")
	// ErrOver means that the time of a mailing is over: the next issue has begun.
	ErrOver = errors.New("the time of the mailing is over")
)

// A Resend is the operator's word that mails of an issue are to go out again.
type Resend struct {
	Mailing ID
	States  []State // which: Uncertain, Failed

	// Until is the mailing's new deadline where its own has passed. Zero: such a
	// mailing is left as it is.
	Until time.Time
}

// Resent is what came of a [Resend].
type Resent struct {
	Queued   int // owed again
	Unwanted int // left as they are, their readers having left, paused or been suppressed
}

// Resend makes mails of an issue owed again that are uncertain or failed, if
// they are still wanted, and opens the mailing again for them. A mail that goes
// out again is the same message: its Message-ID and Date stay. Resend may be
// called again, at any time and beside a process that delivers.
//
// It returns [ErrCancelled] for a cancelled mailing, and [ErrOver] for one whose
// deadline has passed without a new one.
func (o *Outbox) Resend(ctx context.Context, r Resend) (Resent, error) {
	n, err := o.resend(ctx, r)
	if err != nil {
		return n, fmt.Errorf("send mails of mailing %s again: %w", r.Mailing, err)
	}
	return n, nil
}

func (o *Outbox) resend(ctx context.Context, r Resend) (n Resent, err error) {
	m, err := o.Mailing(ctx, r.Mailing)
	if err != nil {
		return n, err
	}
	if err := m.mayResend(o.now(), r.Until); err != nil {
		return n, err
	}
	if !m.DeadlineAt.IsZero() && !o.now().Before(m.DeadlineAt) {
		// What is still owed was not asked for: it is not to profit from the
		// new deadline.
		if err := o.Expire(ctx, m.ID); err != nil {
			return n, err
		}
	}
	for _, state := range r.States {
		some, err := o.resendIn(ctx, r, state)
		n.Queued += some.Queued
		n.Unwanted += some.Unwanted
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// resendIn sends again what is in one state, in short transactions.
func (o *Outbox) resendIn(ctx context.Context, r Resend, state State) (n Resent, err error) {
	since := o.now()
	for after := ID(-1); ; {
		some, err := o.someIn(ctx, r.Mailing, state, after)
		if err != nil || len(some) == 0 {
			return n, err
		}
		after = some[len(some)-1]
		queued, err := o.queueAgain(ctx, r, state, some)
		if err != nil {
			return n, err
		}
		n.Queued += queued
		n.Unwanted += len(some) - queued
		if since, err = o.rest(ctx, since); err != nil {
			return n, err
		}
	}
}

// mayResend returns why mails of m may not go out again at now, and nil when
// they may, with a new deadline where that is needed.
func (m Mailing) mayResend(now, until time.Time) error {
	switch {
	case !m.CancelledAt.IsZero():
		return ErrCancelled
	case !m.DeadlineAt.IsZero() && !now.Before(m.DeadlineAt) && !now.Before(until):
		return ErrOver
	}
	return nil
}

// So many are made owed again in one transaction, in some 20 ms.
const resendWindow = 500

const selectInState = `
SELECT subscriber_id
FROM deliveries
WHERE mailing_id = $1
  AND subscriber_id > $2
  AND state = $3
ORDER BY subscriber_id
LIMIT $4`

// someIn returns the next deliveries of a mailing in a state, behind a
// subscriber.
func (o *Outbox) someIn(ctx context.Context, mailing ID, state State, after ID) (some []ID, err error) {
	rows, err := o.db.Read().QueryContext(ctx, selectInState, mailing, after, state, resendWindow)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		some = append(some, id)
	}
	return some, rows.Err()
}

// Whoever has walked through the mailing is to walk again.
const reopenMailing = `
UPDATE mailings
SET finished_at = 0, refilled = refilled + 1, resent_at = $2,
    deadline_at = CASE WHEN deadline_at > 0 AND deadline_at <= $2 THEN $3 ELSE deadline_at END
WHERE id = $1`

// queueAgain makes those of some owed again that are still in a state and still
// wanted, and opens their mailing, in one transaction: neither is without the
// other.
func (o *Outbox) queueAgain(ctx context.Context, r Resend, state State, some []ID) (queued int, err error) {
	now := o.now()
	err = o.db.Transact(ctx, func(tx *sql.Tx) error {
		queued = 0
		m, err := scanMailing(tx.QueryRowContext(ctx, selectMailing, r.Mailing))
		if err != nil {
			return err
		}
		if err := m.mayResend(now, r.Until); err != nil {
			return err
		}
		for _, id := range some {
			n, err := queueOneAgain(ctx, tx, m, id, state, now)
			if err != nil {
				return err
			}
			queued += n
		}
		if queued == 0 {
			return nil
		}
		_, err = tx.ExecContext(ctx, reopenMailing, m.ID, database.Millis(now), database.Millis(r.Until))
		return err
	})
	return queued, err
}

const requeueWanted = `
UPDATE deliveries
SET state = 'queued', due_at = 0, settled_at = 0
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = $3
  AND EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = $2
      AND s.status = 'confirmed'
      AND s.edition = $4
      AND s.paused_until <= $5
      AND NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address_hash = s.address_hash))`

const recordResend = `
INSERT INTO resends (mailing_id, subscriber_id, was, at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (mailing_id, subscriber_id) DO UPDATE
SET was = CASE WHEN resends.was = 'uncertain' THEN 'uncertain' ELSE excluded.was END, at = excluded.at`

// wasUncertain is whether a delivery was sent again after it had been uncertain.
const wasUncertain = `EXISTS (
    SELECT 1
    FROM resends AS r
    WHERE r.mailing_id = deliveries.mailing_id
      AND r.subscriber_id = deliveries.subscriber_id
      AND r.was = 'uncertain')`

func queueOneAgain(ctx context.Context, tx *sql.Tx, m Mailing, id ID, state State, now time.Time) (int, error) {
	n, err := execCount(ctx, tx, requeueWanted, m.ID, id, state, m.Edition, database.Millis(now))
	if err != nil || n == 0 {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, recordResend, m.ID, id, state, database.Millis(now))
	return n, err
}
