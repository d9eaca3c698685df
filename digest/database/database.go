// Package database opens the one SQLite file that holds everything, brings its
// tables up to date, and runs transactions on it.
//
// There is one writing connection and a pool of reading ones. A write
// transaction takes SQLite's lock when it begins, so it never fails half-way
// because another writer was faster, and a commit is on the disk when it
// returns (WAL with synchronous FULL): a mark such as “handed” that a power cut
// could undo would be a second mail.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// A DB is an open database file. It may be used by many goroutines.
type DB struct {
	path  string
	write *sql.DB // one connection: SQLite has one writer
	read  *sql.DB

	idMu   sync.Mutex
	lastID ID

	batchMu sync.Mutex
	batches []*Batch
}

// Open opens the database file at path and creates it, for its owner alone to
// read, when it is not there. The folder must exist.
func Open(ctx context.Context, path string) (*DB, error) {
	db, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, explain(err))
	}
	return db, nil
}

func open(ctx context.Context, path string) (*DB, error) {
	// It holds addresses and keys. Its journals get the rights of the file.
	if err := touch(path); err != nil {
		return nil, err
	}
	// One file has one path: who delivers is decided by a lock beside it.
	abs, err := filepath.Abs(path)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return nil, err
	}
	db := &DB{path: abs}
	if db.write, err = connect(ctx, abs, writer, 1); err != nil {
		return nil, err
	}
	if db.read, err = connect(ctx, abs, reader, max(4, runtime.NumCPU())); err != nil {
		return nil, errors.Join(err, db.write.Close())
	}
	return db, nil
}

// touch makes an empty file at path, for its owner alone, unless there is one.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// The parameters of a connection. The driver refuses misspelt ones of this
// form; it silently takes them in the form _pragma=…, which secure_delete needs:
// what is erased is to be gone from the file too; and cache_size, in KiB: what
// all connections keep is in the system's memory once more.
const (
	writer = "_pragma=secure_delete(1)&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_foreign_keys=on&_txlock=immediate&_dqs=0"
	reader = "mode=ro&_pragma=cache_size(-512)&_busy_timeout=10000&_dqs=0"
)

func connect(ctx context.Context, path, params string, conns int) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: params}
	pool, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

// Path returns the absolute path of the database file.
func (db *DB) Path() string { return db.path }

// Close closes all connections. Transactions under way are rolled back.
func (db *DB) Close() error {
	return errors.Join(db.closeBatches(), db.read.Close(), db.write.Close())
}

// Read returns the pool for statements that only read. What it sees is the
// last commit; it never waits for a writer.
func (db *DB) Read() *sql.DB { return db.read }

// Transact runs fn in a write transaction and commits it, durably, when fn
// returns nil. When fn fails nothing of it is kept, and its error is returned
// as it is (database errors of the driver put into words).
//
// fn must use tx for all its statements, reading ones too: there is only one
// writing connection, and asking it for a second transaction waits for ever.
func (db *DB) Transact(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	if err := fn(tx); err != nil {
		return errors.Join(explain(err), ignoreDone(tx.Rollback()))
	}
	return explain(tx.Commit())
}

// ignoreDone drops the error of rolling back what a cancelled context has
// already rolled back.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// Backup writes a consistent copy of the database to a new file at path while
// others go on reading and writing. It returns an error when path exists.
func (db *DB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("back up to %s: the file is already there; name a new one", path)
	}
	if err := touch(path); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	if _, err := db.read.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return fmt.Errorf("back up to %s: %w", path, explain(err))
	}
	return syncFile(path)
}

// syncFile makes sure that the file at path and its name in its folder outlast
// a power cut.
func syncFile(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fmt.Errorf("write %s to the disk: %w", name, err)
		}
	}
	return nil
}
