package database

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"
)

// An ID names a row. IDs grow with time (63 bits: 42 of Unix milliseconds,
// which last until 2109, and 21 of chance), so rows made together lie together
// on the disk. Its text, which people see and type, is base 36.
type ID int64

// NewID returns an ID greater than every ID this DB has returned before.
func (db *DB) NewID(now time.Time) ID {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	id := ID(now.UnixMilli()<<21 | int64(binary.LittleEndian.Uint32(b[:])>>11))
	db.idMu.Lock()
	defer db.idMu.Unlock()
	// The clock may stand still or go back; IDs of one process only grow.
	db.lastID = max(id, db.lastID+1)
	return db.lastID
}

// ParseID reads the text form of an ID.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 36, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is not an ID", s)
	}
	return ID(n), nil
}

func (id ID) String() string { return strconv.FormatInt(int64(id), 36) }

// MarshalText implements [encoding.TextMarshaler], so that JSON holds IDs as
// text: they are too long for a JavaScript number.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *ID) UnmarshalText(text []byte) (err error) {
	*id, err = ParseID(string(text))
	return err
}
