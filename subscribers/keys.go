package subscribers

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"time"

	"redigest/digest/database"
	"redigest/subscribers/link"
)

// What a key is for.
const (
	linkKey    = "link"    // signs links; there may be several, the newest signs
	addressKey = "address" // hashes addresses; there is one for ever
)

// errKeyLost guards the suppressions: they are kept by keyed hash, so with a
// new key every one of them would be forgotten without a trace.
var errKeyLost = errors.New("the key that addresses are hashed with is missing, so suppressions cannot be read; restore a backup")

// A keyring holds the secrets of one database.
type keyring struct {
	links   *link.Keys
	address []byte
}

// hash returns the keyed hash that stands for a.
func (k *keyring) hash(a Address) string { return k.hashText(a.Key) }

func (k *keyring) hashText(s string) string {
	h := hmac.New(sha256.New, k.address)
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))
}

// openKeyring reads the keys of db, and makes them when it has none. Of several
// processes that start at once, one makes them and all use those.
func openKeyring(ctx context.Context, db *database.DB, now time.Time) (*keyring, error) {
	k, err := readKeys(ctx, db.Read())
	if err == nil && k.address != nil && k.links != nil {
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	err = db.Transact(ctx, func(tx *sql.Tx) error {
		if k, err = readKeys(ctx, tx); err != nil {
			return err
		}
		if err := makeKeys(ctx, tx, k, now); err != nil {
			return err
		}
		k, err = readKeys(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make keys: %w", err)
	}
	return k, nil
}

// Retired keys come first: the last one signs.
const selectKeys = `
SELECT id, purpose, secret
FROM keys
ORDER BY retired_at = 0, id`

func readKeys(ctx context.Context, q querier) (*keyring, error) {
	rows, err := q.QueryContext(ctx, selectKeys)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	k := &keyring{}
	var signing []link.Key
	for rows.Next() {
		var number int
		var purpose, text string
		if err := rows.Scan(&number, &purpose, &text); err != nil {
			return nil, err
		}
		secret, err := hex.DecodeString(text)
		if err != nil || number > math.MaxUint8 {
			return nil, fmt.Errorf("key %d is damaged; restore a backup", number)
		}
		switch purpose {
		case linkKey:
			signing = append(signing, link.Key{Number: byte(number), Secret: secret})
		case addressKey:
			k.address = secret
		}
	}
	if err := rows.Err(); err != nil || len(signing) == 0 {
		return k, err
	}
	k.links, err = link.NewKeys(signing...)
	return k, err
}

const listIsEmpty = `
SELECT NOT EXISTS (SELECT 1 FROM subscribers) AND NOT EXISTS (SELECT 1 FROM suppressions)`

const insertKey = `
INSERT INTO keys (id, purpose, secret, created_at, retired_at)
SELECT coalesce(max(id), 0) + 1, $1, $2, $3, 0
FROM keys`

// makeKeys makes those keys that k lacks.
func makeKeys(ctx context.Context, tx *sql.Tx, k *keyring, now time.Time) error {
	if k.links == nil {
		if _, err := tx.ExecContext(ctx, insertKey, linkKey, newSecret(), database.Millis(now)); err != nil {
			return err
		}
	}
	if k.address != nil {
		return nil
	}
	var empty bool
	if err := tx.QueryRowContext(ctx, listIsEmpty).Scan(&empty); err != nil {
		return err
	}
	if !empty {
		return errKeyLost
	}
	_, err := tx.ExecContext(ctx, insertKey, addressKey, newSecret(), database.Millis(now))
	return err
}

func newSecret() string {
	b := make([]byte, sha256.Size)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
