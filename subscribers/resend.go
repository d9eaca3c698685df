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
	States  []State // which: Uncertain, Failed, Refused

	// Until is the mailing's new deadline where its own has passed. Zero: such a
	// mailing is left as it is.
	Until time.Time
}

// Resent is what came of a [Resend].
type Resent struct {
	Queued   int // owed again
	Unwanted int // left as they are, their readers having left, paused or been suppressed
}

// Resend makes mails of an issue owed again that are uncertain, failed or
// refused, if they are still wanted, and opens the mailing again for them. A mail that goes
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
		first, err := o.nextIn(ctx, r.Mailing, state, after)
		if err != nil || first == 0 {
			return n, err
		}
		var some Resent
		if some, after, err = o.queueAgain(ctx, r, state, first); err != nil {
			return n, err
		}
		n.Queued += some.Queued
		n.Unwanted += some.Unwanted
		if since, err = database.Rest(ctx, since, o.now); err != nil {
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

const selectNextInState = `
SELECT subscriber_id
FROM deliveries
WHERE mailing_id = $1
  AND subscriber_id > $2
  AND state = $3
ORDER BY subscriber_id
LIMIT 1`

// nextIn returns the next delivery of a mailing in a state behind a subscriber,
// and 0 when there is none. It may look at many, and keeps nobody waiting.
func (o *Outbox) nextIn(ctx context.Context, mailing ID, state State, after ID) (first ID, err error) {
	err = o.db.Read().QueryRowContext(ctx, selectNextInState, mailing, after, state).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return first, err
}

// Whoever has walked through the mailing is to walk again.
const reopenMailing = `
UPDATE mailings
SET finished_at = 0, refilled = refilled + 1, resent_at = $2,
    deadline_at = CASE WHEN deadline_at > 0 AND deadline_at <= $2 THEN $3 ELSE deadline_at END
WHERE id = $1`

// queueAgain makes owed again what is in a state and still wanted among the
// window of deliveries that begins with first, and opens their mailing, in one
// transaction: neither is without the other. It returns the end of the window.
func (o *Outbox) queueAgain(ctx context.Context, r Resend, state State, first ID) (n Resent, end ID, err error) {
	now := o.now()
	err = o.db.Transact(ctx, func(tx *sql.Tx) error {
		m, err := scanMailing(tx.QueryRowContext(ctx, selectMailing, r.Mailing))
		if err != nil {
			return err
		}
		if err := m.mayResend(now, r.Until); err != nil {
			return err
		}
		if end, err = sweepEnd(ctx, tx, m.ID, first-1); err != nil {
			return err
		}
		if n, err = queueWindowAgain(ctx, tx, m, window{first, end}, state, now); err != nil || n.Queued == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, reopenMailing, m.ID, database.Millis(now), database.Millis(r.Until))
		return err
	})
	return n, end, err
}

// A window is a range of the deliveries of a mailing.
type window struct{ first, last ID }

const countInState = `
SELECT count(*)
FROM deliveries
WHERE mailing_id = $1
  AND subscriber_id >= $2
  AND subscriber_id <= $3
  AND state = $4`

// stillWanted are the deliveries of a window that are in state $6 and whose
// readers still want the issue.
const stillWanted = `mailing_id = $1
  AND subscriber_id >= $2
  AND subscriber_id <= $3
  AND state = $6
  AND EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = subscriber_id
      AND s.paused_until <= $5
      AND ` + mayGetIssue + `)`

const recordResends = `
INSERT INTO resends (mailing_id, subscriber_id, was, at)
SELECT mailing_id, subscriber_id, state, $5
FROM deliveries
WHERE ` + stillWanted + `
ON CONFLICT (mailing_id, subscriber_id) DO UPDATE
SET was = CASE WHEN resends.was = 'uncertain' THEN 'uncertain' ELSE excluded.was END, at = excluded.at`

const requeueWanted = `
UPDATE deliveries
SET state = 'queued', due_at = 0, settled_at = 0
WHERE ` + stillWanted

// wasUncertain is whether a delivery was sent again after it had been uncertain.
const wasUncertain = `EXISTS (
    SELECT 1
    FROM resends AS r
    WHERE r.mailing_id = deliveries.mailing_id
      AND r.subscriber_id = deliveries.subscriber_id
      AND r.was = 'uncertain')`

func queueWindowAgain(ctx context.Context, tx *sql.Tx, m Mailing, w window, state State, now time.Time) (n Resent, err error) {
	var all int
	if err := tx.QueryRowContext(ctx, countInState, m.ID, w.first, w.last, state).Scan(&all); err != nil {
		return n, err
	}
	args := []any{m.ID, w.first, w.last, m.Edition, database.Millis(now), state}
	if _, err := tx.ExecContext(ctx, recordResends, args...); err != nil {
		return n, err
	}
	n.Queued, err = execCount(ctx, tx, requeueWanted, args...)
	n.Unwanted = all - n.Queued
	return n, err
}

const selectResentAt = `
SELECT at
FROM resends
WHERE mailing_id = $1
  AND subscriber_id = $2`

// ResentAt returns when the operator last had a delivery sent again; zero: never.
func (o *Outbox) ResentAt(ctx context.Context, key Key) (time.Time, error) {
	var at int64
	err := o.db.Read().QueryRowContext(ctx, selectResentAt, key.Mailing, key.Subscriber).Scan(&at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fmt.Errorf("when a mail of mailing %s was sent again: %w", key.Mailing, err)
	}
	return database.Time(at), nil
}
