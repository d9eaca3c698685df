package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"redigest/digest/database"
)

// A Kind says what a mailing is about.
type Kind string

const (
	IssueMailing        Kind = "issue"        // an issue, to its edition's subscribers
	ConfirmationMailing Kind = "confirmation" // the link that proves an address, to one pending subscriber
	TestMailing         Kind = "test"         // a marked copy of an issue, to any one address
)

// A Mailing is one thing mailed to many or to one.
type Mailing struct {
	ID         ID
	Kind       Kind
	IssueID    ID     // 0 where it is about no issue
	Edition    string // of an issue mailing
	Generation int    // of a confirmation mailing: see [Subscriber]

	CutoffAt    time.Time // who was confirmed later is no recipient
	DeadlineAt  time.Time // what is still owed then is given up; zero: no such moment
	ResentAt    time.Time // when the operator last had mails of it sent again; zero: never
	CreatedAt   time.Time
	PlannedAt   time.Time // all its recipients are written; nothing goes out before
	HeldAt      time.Time // nothing goes out until it is released
	CancelledAt time.Time // nothing goes out any more
	FinishedAt  time.Time // nothing is owed any more

	Planned int // recipients written

	// Refilled grows whenever deliveries of it become queued again, so that one
	// who has looked through all of them knows to look again.
	Refilled int64

	cursor      ID     // recipients up to this subscriber are written
	addressHash string // of a test mailing that is being made: whom it goes to
}

// ErrNoMailing means that nothing has been mailed under that ID.
var ErrNoMailing = errors.New("no such mailing")

const mailingColumns = `id, kind, coalesce(issue_id, 0), generation, edition, cutoff_at, cursor, planned, planned_at, refilled,
    deadline_at, resent_at, created_at, held_at, cancelled_at, finished_at`

const selectMailing = `
SELECT ` + mailingColumns + `
FROM mailings
WHERE id = $1`

const selectIssueMailing = `
SELECT ` + mailingColumns + `
FROM mailings
WHERE issue_id = $1
  AND kind = 'issue'`

// scanMailing reads the columns of mailingColumns. It returns [ErrNoMailing]
// when there is no row.
func scanMailing(row interface{ Scan(...any) error }) (Mailing, error) {
	var m Mailing
	var cutoff, planned, deadline, resent, created, held, cancelled, finished int64
	err := row.Scan(&m.ID, &m.Kind, &m.IssueID, &m.Generation, &m.Edition, &cutoff, &m.cursor, &m.Planned, &planned, &m.Refilled,
		&deadline, &resent, &created, &held, &cancelled, &finished)
	if errors.Is(err, sql.ErrNoRows) {
		return Mailing{}, ErrNoMailing
	}
	m.CutoffAt, m.PlannedAt, m.DeadlineAt = database.Time(cutoff), database.Time(planned), database.Time(deadline)
	m.ResentAt, m.CreatedAt, m.HeldAt = database.Time(resent), database.Time(created), database.Time(held)
	m.CancelledAt, m.FinishedAt = database.Time(cancelled), database.Time(finished)
	return m, err
}

const insertMailingRow = `
INSERT INTO mailings (id, kind, issue_id, generation, edition, address_hash, cutoff_at, cursor, planned, planned_at, refilled,
    deadline_at, created_at, held_at, cancelled_at, finished_at)
VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $7, $8, $9, $10, 0, $11, $12, 0, 0, 0)`

func insertMailing(ctx context.Context, tx *sql.Tx, m Mailing) error {
	_, err := tx.ExecContext(ctx, insertMailingRow, m.ID, m.Kind, m.IssueID, m.Generation, m.Edition, m.addressHash, database.Millis(m.CutoffAt),
		m.cursor, m.Planned, database.Millis(m.PlannedAt), database.Millis(m.DeadlineAt), database.Millis(m.CreatedAt))
	return err
}

// execCount runs a statement and returns how many rows it changed.
func execCount(ctx context.Context, tx *sql.Tx, query string, args ...any) (int, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}
