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

// An Order says which issue is to be mailed to whom.
type Order struct {
	IssueID ID
	Edition string

	// CutoffAt is the moment the issue starts sending: who confirmed later, or
	// has paused beyond it, is no recipient.
	CutoffAt time.Time

	// DeadlineAt is when what is still owed is given up, which is when the next
	// issue starts; zero for none.
	DeadlineAt time.Time
}

// Recipients are written in windows of this many subscribers, so that no
// transaction holds the lock for long, whoever on the list is a recipient.
const enqueueWindow = 6000

// EnqueueIssue writes a delivery for every recipient of an issue. It may be
// called again at any time, also after it was cut off and by two processes at
// once: an issue has one mailing, the first order for it stands, and nobody is
// in it twice. Nothing of it goes out before all are written.
func (o *Outbox) EnqueueIssue(ctx context.Context, order Order) (Mailing, error) {
	var m Mailing
	err := o.db.Transact(ctx, func(tx *sql.Tx) (err error) {
		m, err = o.openIssueMailing(ctx, tx, order, o.now())
		return err
	})
	if err != nil {
		return Mailing{}, fmt.Errorf("enqueue issue %s: %w", order.IssueID, err)
	}
	since := o.now()
	for m.PlannedAt.IsZero() {
		if m, err = o.enqueueNext(ctx, m.ID); err != nil {
			return Mailing{}, fmt.Errorf("enqueue issue %s: %w", order.IssueID, err)
		}
		if since, err = database.Rest(ctx, since, o.now); err != nil {
			return Mailing{}, fmt.Errorf("enqueue issue %s: %w", order.IssueID, err)
		}
	}
	return m, nil
}

// openIssueMailing returns the one mailing of an issue, and makes it where
// there is none.
func (o *Outbox) openIssueMailing(ctx context.Context, tx *sql.Tx, order Order, now time.Time) (Mailing, error) {
	m, err := scanMailing(tx.QueryRowContext(ctx, selectIssueMailing, order.IssueID))
	if !errors.Is(err, ErrNoMailing) {
		return m, err
	}
	m = Mailing{ID: o.db.NewID(now), Kind: IssueMailing, IssueID: order.IssueID, Edition: order.Edition, CutoffAt: order.CutoffAt, DeadlineAt: order.DeadlineAt, CreatedAt: now}
	return m, insertMailing(ctx, tx, m)
}

const selectWindowEnd = `
SELECT id
FROM subscribers
WHERE id > $1
ORDER BY id
LIMIT 1 OFFSET $2`

// The recipients of an issue among the subscribers of one window.
const insertRecipients = `
INSERT INTO deliveries (mailing_id, subscriber_id, recipient, state, attempts, due_at, relay, dated_at, handed_at, settled_at, code, enhanced, reply)
SELECT $1, s.id, '', 'queued', 0, 0, '', 0, 0, 0, 0, '', ''
FROM subscribers AS s
WHERE s.id > $2
  AND s.id <= $3
  AND s.confirmed_at <= $5
  AND s.paused_until <= $5
  AND ` + mayGetIssue + `
ORDER BY s.id`

const advanceMailing = `
UPDATE mailings
SET cursor = $3, planned = planned + $4, planned_at = $5
WHERE id = $1
  AND cursor = $2
  AND planned_at = 0`

// enqueueNext writes the recipients of the next window and moves the mailing's
// cursor behind it, in one transaction; with the last window the mailing is
// planned. It leaves a planned mailing alone, as every cancelled one is.
func (o *Outbox) enqueueNext(ctx context.Context, id ID) (m Mailing, err error) {
	now := o.now()
	err = o.db.Transact(ctx, func(tx *sql.Tx) error {
		if m, err = scanMailing(tx.QueryRowContext(ctx, selectMailing, id)); err != nil || !m.PlannedAt.IsZero() {
			return err
		}
		end, last, err := windowEnd(ctx, tx, m)
		if err != nil {
			return err
		}
		written, err := execCount(ctx, tx, insertRecipients, m.ID, m.cursor, end, m.Edition, database.Millis(m.CutoffAt))
		if err != nil {
			return err
		}
		if last {
			m.PlannedAt = now
		}
		if _, err := tx.ExecContext(ctx, advanceMailing, m.ID, m.cursor, end, written, database.Millis(m.PlannedAt)); err != nil {
			return err
		}
		m.cursor, m.Planned = end, m.Planned+written
		return nil
	})
	return m, err
}

// windowEnd returns the last subscriber of the window behind the mailing's
// cursor, and whether there is nobody behind that window.
func windowEnd(ctx context.Context, tx *sql.Tx, m Mailing) (end ID, last bool, err error) {
	err = tx.QueryRowContext(ctx, selectWindowEnd, m.cursor, enqueueWindow-1).Scan(&end)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MaxInt64, true, nil
	}
	return end, false, err
}

// EnqueueTest writes one delivery of a marked copy of an issue to any address.
// It asks nobody's consent: it is the operator's own word. But a suppression
// stands above that too: it returns a [SuppressedError] then.
func (o *Outbox) EnqueueTest(ctx context.Context, issueID ID, address string) (Mailing, error) {
	m, err := o.enqueueTest(ctx, issueID, address)
	if err != nil {
		return Mailing{}, fmt.Errorf("enqueue a test of issue %s: %w", issueID, err)
	}
	return m, nil
}

func (o *Outbox) enqueueTest(ctx context.Context, issueID ID, address string) (Mailing, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return Mailing{}, err
	}
	now := o.now()
	keys, err := openKeyring(ctx, o.db, now)
	if err != nil {
		return Mailing{}, err
	}
	m := Mailing{ID: o.db.NewID(now), Kind: TestMailing, IssueID: issueID, CreatedAt: now, PlannedAt: now, Planned: 1, addressHash: keys.hash(a)}
	return m, o.db.Transact(ctx, func(tx *sql.Tx) error {
		suppressed, err := suppressionsOf(ctx, tx, m.addressHash)
		if err != nil {
			return err
		}
		if len(suppressed) > 0 {
			return &SuppressedError{Suppressed: suppressed}
		}
		return insertSingle(ctx, tx, m, 0, a.Typed)
	})
}

// insertSingle writes a mailing to one recipient, complete with its delivery:
// to a subscriber, or to an address that is none (to is 0 then).
func insertSingle(ctx context.Context, tx *sql.Tx, m Mailing, to ID, address string) error {
	m.PlannedAt, m.Planned = m.CreatedAt, 1
	if err := insertMailing(ctx, tx, m); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, insertDelivery, m.ID, to, address)
	return err
}

const insertDelivery = `
INSERT INTO deliveries (mailing_id, subscriber_id, recipient, state, attempts, due_at, relay, dated_at, handed_at, settled_at, code, enhanced, reply)
VALUES ($1, $2, $3, 'queued', 0, 0, '', 0, 0, 0, 0, '', '')`
