package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

// HardReturns is how many mails of an issue came back because their address is
// no good. A relay that takes every mail and returns it so is believed no more
// than one that refuses everybody.
type HardReturns struct {
	Readers   int       // whose mail came back so
	Accepted  int       // mails of the issue that were accepted, at least
	DoubtedAt time.Time // from then on nobody is suppressed by it; zero: they are
}

// An Alarm says that what comes back of an issue is not believed any more.
type Alarm struct {
	Mailing ID
	HardReturns
}

const (
	// With fewer readers nothing is doubted: it is as many as a relay may refuse
	// in a row, and a small list may lose some with one provider.
	doubtedReaders = 20
	// More than one mail in five is doubted. Of those who confirmed, one in fifty
	// goes bad in a year; even of an old list that was imported one in ten is a
	// bad one. What is doubted wrongly comes back from the next issue.
	doubtedShare = 5
)

// doubtful reports whether more has come back than a list has dead addresses.
func (h HardReturns) doubtful() bool {
	return h.Readers >= doubtedReaders && h.Readers*doubtedShare > h.Accepted
}

const countHardOfReader = `
SELECT count(*)
FROM returned
WHERE address_hash = $1
  AND mailing_id = $2
  AND event = 'bounced'
  AND weight = 'hard'`

// What goes to one recipient is no measure of a relay.
const addHardReturn = `
INSERT INTO hard_returns (mailing_id, readers, accepted, doubted_at)
SELECT id, $2, 0, 0
FROM mailings
WHERE id = $1
  AND kind = 'issue'
ON CONFLICT (mailing_id) DO UPDATE
SET readers = hard_returns.readers + $2
RETURNING readers, accepted, doubted_at`

// countAccepted stops where the answer is plain: there may be a million.
const countAccepted = `
SELECT count(*)
FROM (
    SELECT 1
    FROM deliveries
    WHERE mailing_id = $1
      AND state = 'accepted'
    LIMIT $2)`

const weighHardReturns = `
UPDATE hard_returns
SET accepted = $2, doubted_at = $3
WHERE mailing_id = $1`

// doubt counts the hard bounce in row, which is written, and reports whether it
// is doubted; the first one that is raises the alarm.
func (r returnedRow) doubt(ctx context.Context, tx *sql.Tx) (doubted bool, alarm *Alarm, err error) {
	h, err := r.countHard(ctx, tx)
	if err != nil || !h.DoubtedAt.IsZero() || !h.doubtful() {
		return !h.DoubtedAt.IsZero(), nil, err
	}
	// Twice as far as needed, so that it is counted anew when twice as many have
	// come back, and not for each.
	err = tx.QueryRowContext(ctx, countAccepted, int64(r.mailing), 2*doubtedShare*h.Readers).Scan(&h.Accepted)
	if err != nil {
		return false, nil, err
	}
	if h.doubtful() {
		h.DoubtedAt = r.at
		alarm = &Alarm{Mailing: r.mailing, HardReturns: h}
	}
	_, err = tx.ExecContext(ctx, weighHardReturns, int64(r.mailing), h.Accepted, database.Millis(h.DoubtedAt))
	return alarm != nil, alarm, err
}

// countHard counts the reader of row in, once, however often their mail comes back.
func (r returnedRow) countHard(ctx context.Context, tx *sql.Tx) (HardReturns, error) {
	var times, more int
	if err := tx.QueryRowContext(ctx, countHardOfReader, r.hash, int64(r.mailing)).Scan(&times); err != nil {
		return HardReturns{}, err
	}
	if times == 1 {
		more = 1
	}
	return scanHardReturns(tx.QueryRowContext(ctx, addHardReturn, int64(r.mailing), more))
}

// scanHardReturns returns nothing for a mailing that is no issue's.
func scanHardReturns(row *sql.Row) (h HardReturns, err error) {
	var doubted int64
	err = row.Scan(&h.Readers, &h.Accepted, &doubted)
	if errors.Is(err, sql.ErrNoRows) {
		return HardReturns{}, nil
	}
	h.DoubtedAt = database.Time(doubted)
	return h, err
}

const selectHardReturns = `
SELECT readers, accepted, doubted_at
FROM hard_returns
WHERE mailing_id = $1`

// HardReturns returns how many mails of an issue's mailing came back because
// their address is no good.
func (o *Outbox) HardReturns(ctx context.Context, mailing ID) (HardReturns, error) {
	h, err := scanHardReturns(o.db.Read().QueryRowContext(ctx, selectHardReturns, mailing))
	if err != nil {
		return h, fmt.Errorf("count what came back of mailing %s: %w", mailing, err)
	}
	return h, nil
}
