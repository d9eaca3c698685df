package database

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
)

// What can go wrong with the file itself. Each says what to do; the driver's
// words stay behind it for the log.
var (
	ErrBusy     = errors.New("the database is in use by another program that holds its lock; end that program or try again")
	ErrFull     = errors.New("the disk is full; make room and run the command again, nothing stored was lost")
	ErrReadOnly = errors.New("the database cannot be written; check who owns the file and its folder")
	ErrCorrupt  = errors.New("the database file is damaged; restore a backup and keep the damaged file")
	ErrIO       = errors.New("reading or writing the database file failed; look at the disk and the system's log before anything else")
	ErrNotOurs  = errors.New("the file is not a SQLite database")
	ErrNoAccess = errors.New("the database file cannot be opened; check the path and who may read it")
)

// sqliteErrors maps SQLite's primary result codes to ours
// (https://www.sqlite.org/rescode.html).
var sqliteErrors = map[int]error{
	5: ErrBusy, 6: ErrBusy,
	8:  ErrReadOnly,
	10: ErrIO,
	11: ErrCorrupt,
	13: ErrFull,
	14: ErrNoAccess,
	26: ErrNotOurs,
}

// explain puts the driver's error into words an operator can act on.
func explain(err error) error {
	var driver *sqlite.Error
	if !errors.As(err, &driver) {
		return err
	}
	// Extended codes carry the primary code in their low byte.
	if known := sqliteErrors[driver.Code()&0xff]; known != nil {
		return fmt.Errorf("%w (SQLite code %d)", known, driver.Code())
	}
	return err
}
