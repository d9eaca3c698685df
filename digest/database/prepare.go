package database

import (
	"context"
	"database/sql"
)

// Prepare prepares a statement that is run often. It is for use inside
// [DB.Transact] alone, as tx.StmtContext(ctx, stmt), and closed with the DB.
func (db *DB) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	stmt, err := db.write.PrepareContext(ctx, query)
	return stmt, explain(err)
}
