package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"
)

// ErrNewer means that the file was written by a newer program.
var ErrNewer = errors.New("the database was written by a newer redigest; install that version again, or restore a backup made before the upgrade")

const createMigrations = `
CREATE TABLE IF NOT EXISTS migrations (
    half       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    hash       TEXT    NOT NULL,
    applied_at INTEGER NOT NULL,
    PRIMARY KEY (half, name)
) STRICT`

const selectMigrations = `
SELECT name, hash
FROM migrations
WHERE half = $1`

const insertMigration = `
INSERT INTO migrations (half, name, hash, applied_at)
VALUES ($1, $2, $3, $4)`

// Migrate runs those files of dir in files, in the order of their names, that
// this database has not seen, all in one transaction. half names whose tables
// they are. It returns [ErrNewer] when the database has seen a file that files
// does not hold.
func (db *DB) Migrate(ctx context.Context, half string, files fs.FS, now time.Time) error {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return err
	}
	return db.Transact(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, createMigrations); err != nil {
			return err
		}
		applied, err := appliedMigrations(ctx, tx, half)
		if err != nil {
			return err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(text)
			hash := hex.EncodeToString(sum[:])
			was, seen := applied[path.Base(name)]
			delete(applied, path.Base(name))
			switch {
			case seen && was == hash:
				continue
			case seen:
				return fmt.Errorf("schema %s: %w", path.Base(name), errChanged)
			}
			if _, err := tx.ExecContext(ctx, string(text)); err != nil {
				return fmt.Errorf("schema %s: %w", path.Base(name), err)
			}
			if _, err := tx.ExecContext(ctx, insertMigration, half, path.Base(name), hash, Millis(now)); err != nil {
				return err
			}
		}
		if len(applied) > 0 {
			return ErrNewer
		}
		return nil
	})
}

// errChanged guards the rule that a released schema file never changes.
var errChanged = errors.New("this database was made with another text of the file; install the version that made it")

func appliedMigrations(ctx context.Context, tx *sql.Tx, half string) (map[string]string, error) {
	rows, err := tx.QueryContext(ctx, selectMigrations, half)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	applied := map[string]string{}
	for rows.Next() {
		var name, hash string
		if err := rows.Scan(&name, &hash); err != nil {
			return nil, err
		}
		applied[name] = hash
	}
	return applied, rows.Err()
}
