package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"sync"
)

// A Batch is a few statements that are run again and again, hundreds of them in
// one transaction. They stay prepared on the writing connection, and they reach
// the driver without what database/sql does around every statement, which costs
// as much as a small statement itself.
type Batch struct {
	db      *DB
	queries []string

	mu     sync.Mutex  // held by the one whose transaction it is
	conn   driver.Conn // on which stmts are prepared
	stmts  []driver.Stmt
	args   []driver.NamedValue
	closed bool
}

// Batch returns a batch of statements, which [Run.Exec] and [Run.First] know by
// their places in queries. It is closed with the DB.
func (db *DB) Batch(queries ...string) *Batch {
	b := &Batch{db: db, queries: queries}
	db.batchMu.Lock()
	defer db.batchMu.Unlock()
	db.batches = append(db.batches, b)
	return b
}

// Transact runs fn in a write transaction of its own and commits it, durably,
// when fn returns nil. It does as [DB.Transact] does in everything else.
func (b *Batch) Transact(ctx context.Context, fn func(run *Run) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return sql.ErrConnDone
	}
	conn, err := b.db.write.Conn(ctx)
	if err != nil {
		return explain(err)
	}
	err = b.transact(ctx, conn, fn)
	return explain(errors.Join(err, conn.Close()))
}

func (b *Batch) transact(ctx context.Context, conn *sql.Conn, fn func(run *Run) error) error {
	if err := conn.Raw(func(raw any) error { return b.prepare(raw.(driver.Conn)) }); err != nil {
		return err
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(&Run{batch: b, conn: conn, tx: tx}); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// prepare prepares the statements, unless that is done. The pool may have opened
// another connection since.
func (b *Batch) prepare(conn driver.Conn) error {
	if conn == b.conn {
		return nil
	}
	if err := b.close(); err != nil {
		return err
	}
	for _, query := range b.queries {
		stmt, err := conn.Prepare(query)
		if err != nil {
			return errors.Join(err, b.close())
		}
		b.stmts = append(b.stmts, stmt)
	}
	b.conn = conn
	return nil
}

// close lets go of the statements. An open one would keep the file open.
func (b *Batch) close() error {
	var errs []error
	for _, stmt := range b.stmts {
		errs = append(errs, stmt.Close())
	}
	b.conn, b.stmts = nil, nil
	return errors.Join(errs...)
}

// closeBatches waits for transactions under way and lets go of all statements.
func (db *DB) closeBatches() error {
	db.batchMu.Lock()
	defer db.batchMu.Unlock()
	var errs []error
	for _, b := range db.batches {
		b.mu.Lock()
		b.closed = true
		errs = append(errs, b.close())
		b.mu.Unlock()
	}
	return errors.Join(errs...)
}

// A Run is a [Batch] inside a transaction.
type Run struct {
	batch *Batch
	conn  *sql.Conn
	tx    *sql.Tx
}

// Tx is the transaction, for statements that are not of the batch.
func (r *Run) Tx() *sql.Tx { return r.tx }

// Exec runs the statement at a place of the batch and returns how many rows it
// changed. Arguments are strings, integers and IDs.
func (r *Run) Exec(place int, args ...any) (n int, err error) {
	values, err := r.batch.bind(args)
	if err != nil {
		return 0, err
	}
	err = r.conn.Raw(func(any) error {
		result, err := r.batch.stmts[place].(driver.StmtExecContext).ExecContext(context.Background(), values)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		n = int(changed)
		return err
	})
	return n, err
}

// First runs the statement at a place of the batch and returns its first row, as
// int64 and string; nil when there is none.
func (r *Run) First(place int, args ...any) (row []any, err error) {
	values, err := r.batch.bind(args)
	if err != nil {
		return nil, err
	}
	err = r.conn.Raw(func(any) error {
		rows, err := r.batch.stmts[place].(driver.StmtQueryContext).QueryContext(context.Background(), values)
		if err != nil {
			return err
		}
		row, err = firstOf(rows)
		return errors.Join(err, rows.Close())
	})
	return row, err
}

func firstOf(rows driver.Rows) (row []any, err error) {
	found := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(found); err != nil {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, err
	}
	for _, v := range found {
		row = append(row, v)
	}
	return row, nil
}

// bind makes arguments what the driver takes. The values are good until the next
// call.
func (b *Batch) bind(args []any) ([]driver.NamedValue, error) {
	b.args = b.args[:0]
	for i, arg := range args {
		switch v := arg.(type) {
		case int64, string: // as they are: nothing is allocated
		case ID:
			arg = int64(v)
		case int:
			arg = int64(v)
		default:
			return nil, fmt.Errorf("argument %d of a statement is a %T", i+1, arg)
		}
		b.args = append(b.args, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return b.args, nil
}
