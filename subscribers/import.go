package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"redigest/digest/database"
)

// ErrNoGround means that an import was asked for without saying why those
// people may be mailed.
var ErrNoGround = errors.New("say on what ground these people may be mailed (--consent)")

// ImportOptions sets up an import.
type ImportOptions struct {
	// Ground says why the people in the file may be mailed; it is kept with
	// each of them. Only a dry run does without.
	Ground string

	// Name is the file's name, if it has one. A file that by its name lists
	// people who left is refused, unless its lines say who did in our own form.
	Name string

	// DryRun counts what would come of it and changes nothing.
	DryRun bool

	// Progress, if not nil, is told now and then how many of how many
	// addresses are done.
	Progress func(done, total int)
}

// An ImportReport says what came of each line. Every line that is not blank is
// in exactly one of the counts.
type ImportReport struct {
	DryRun       bool           `json:"dry_run"`
	Added        int            `json:"added"`        // on the list from now on, confirmed
	Already      int            `json:"already"`      // confirmed before
	Pending      int            `json:"pending"`      // not confirmed, says the file; they would have to sign up again
	Suppressed   int            `json:"suppressed"`   // must not be mailed, by our records or the file's
	Unsubscribed int            `json:"unsubscribed"` // left, by our records or the file's
	Doubled      int            `json:"doubled"`      // said again what an earlier line said
	Rejected     int            `json:"rejected"`     // could not be read
	Lines        []RejectedLine `json:"rejected_lines"`
}

// A RejectedLine is a line of a file that could not be read, and why.
type RejectedLine struct {
	Line   int    `json:"line"`
	Text   string `json:"text"`
	Reason string `json:"reason"`
}

// count returns the count of an outcome.
func (r *ImportReport) count(o outcome) *int {
	return [...]*int{added: &r.Added, already: &r.Already, pending: &r.Pending, suppressed: &r.Suppressed, unsubscribed: &r.Unsubscribed}[o]
}

// maxImport is the greatest file that is read, in octets: some millions of
// addresses.
const maxImport = 256 << 20

// Import puts the addresses of a file on the list, confirmed on the ground
// given, and mails nobody. It reads one address per line, or a table with
// commas, semicolons or tabs that has a column of addresses, or what
// [List.Export] wrote. Of the last it takes status, dates and suppressions too,
// and always the stricter of what the file and the list say.
//
// It lifts no suppression and brings back nobody who left. A table that tells
// who has left in a way it does not know is refused whole, since its readers
// would be mailed with the others. It may be cut off at any point and be run
// again; the outcome is the same.
func (l *List) Import(ctx context.Context, r io.Reader, o ImportOptions) (ImportReport, error) {
	report := ImportReport{DryRun: o.DryRun, Lines: []RejectedLine{}}
	if o.Ground == "" && !o.DryRun {
		return report, ErrNoGround
	}
	data, err := io.ReadAll(io.LimitReader(r, maxImport+1))
	if err != nil {
		return report, fmt.Errorf("read the file to import: %w", err)
	}
	if len(data) > maxImport {
		return report, fmt.Errorf("the file is larger than %d MB; cut it into parts", maxImport>>20)
	}
	read, err := readImport(o.Name, data)
	if err != nil {
		return report, err
	}
	report.Doubled, report.Rejected = read.doubled, len(read.rejected)
	report.Lines = append(report.Lines, read.rejected...)
	err = l.importAll(ctx, read.rows, o, &report)
	if err != nil {
		return report, fmt.Errorf("import: %w", err)
	}
	return report, nil
}

// importAll takes the rows in batches and lets others write between them.
func (l *List) importAll(ctx context.Context, rows []importRow, o ImportOptions, report *ImportReport) error {
	take := l.importBatch
	if o.DryRun {
		take = l.importDry
	}
	for done := 0; done < len(rows); {
		outcomes, err := take(ctx, rows[done:], o.Ground)
		if err != nil {
			return err
		}
		for _, o := range outcomes {
			*report.count(o)++
		}
		done += len(outcomes)
		if o.Progress != nil {
			o.Progress(done, len(rows))
		}
		if done == len(rows) || o.DryRun {
			continue
		}
		if err := database.Pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

// A batch ends after this long or this many, whichever comes first; its commit
// takes some milliseconds more.
const (
	importSpell = 35 * time.Millisecond
	importMost  = 1000
)

// importBatch takes as many of the first rows as one transaction should.
func (l *List) importBatch(ctx context.Context, rows []importRow, ground string) (outcomes []outcome, err error) {
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		spell := time.After(importSpell)
		for _, row := range rows[:min(len(rows), importMost)] {
			o, err := l.importRow(ctx, tx, row, ground)
			if err != nil {
				return fmt.Errorf("line %d: %w", row.line, err)
			}
			outcomes = append(outcomes, o)
			select {
			case <-spell:
				return nil
			default:
			}
		}
		return nil
	})
	return outcomes, err
}

// importDry decides about the first rows as importBatch would.
func (l *List) importDry(ctx context.Context, rows []importRow, _ string) (outcomes []outcome, err error) {
	for _, row := range rows[:min(len(rows), importMost)] {
		before, err := standing(ctx, l.db.Read(), l.keys.hash(row.address))
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", row.line, err)
		}
		_, o := before.takeIn(row, l.moment())
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

// importRow writes what [Subscriber.takeIn] decides about one row.
func (l *List) importRow(ctx context.Context, tx *sql.Tx, row importRow, ground string) (outcome, error) {
	now := l.moment()
	hash := l.keys.hash(row.address)
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return 0, err
	}
	s, o := before.takeIn(row, now)
	if err := saveSuppressions(ctx, tx, hash, before, s); err != nil {
		return 0, err
	}
	if s.Status == before.Status {
		return o, nil
	}
	if s, err = l.save(ctx, tx, s, hash); err != nil {
		return 0, err
	}
	event := EventImported
	if s.Status == Unsubscribed {
		event = EventUnsubscribed
	}
	return o, l.record(ctx, tx, s.ID, Consent{Event: event, At: now, Address: s.Address, Ground: ground})
}
