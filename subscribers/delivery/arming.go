package delivery

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"redigest/digest/database"
	"redigest/subscribers/mail"
)

// ErrDisarmed means that real mail may not leave from here.
var ErrDisarmed = errors.New("not armed: no mail leaves this machine")

// A Place is where the program runs: real mail leaves from the place for which
// it was armed and from no other, so that a copy of the database sends nothing.
// A backup put back in its own place sends nothing either, for want of the
// token that [Arming.Arm] writes beside the database.
type Place struct {
	Machine  string // from [Machine]
	Database string // absolute path of the file
	BaseURL  string // of the site
}

// Machine returns what tells this machine from others: its machine-id or, where
// there is none, its host name.
func Machine() string {
	for _, name := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id"} {
		if id, err := os.ReadFile(name); err == nil && len(strings.TrimSpace(string(id))) > 0 {
			return strings.TrimSpace(string(id))
		}
	}
	name, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return name
}

func (p Place) hash() string {
	sum := sha256.Sum256([]byte(p.Machine + "\n" + p.Database + "\n" + p.BaseURL))
	return hex.EncodeToString(sum[:16])
}

// Arming keeps whether real mail may leave from a place.
type Arming struct {
	db    *database.DB
	place Place
	now   func() time.Time
}

// NewArming returns the arming of a place.
func NewArming(db *database.DB, place Place, now func() time.Time) *Arming {
	return &Arming{db: db, place: place, now: now}
}

// Allows returns nil when mail may go to all of relays. Relays on this machine
// need no arming.
func (a *Arming) Allows(ctx context.Context, relays []mail.Relay) error {
	for _, r := range relays {
		if r.Loopback() {
			continue
		}
		if err := a.armed(ctx); err != nil {
			return fmt.Errorf("relay %s: %w", r.Name, err)
		}
	}
	return nil
}

const selectArming = `
SELECT place, token_hash
FROM armings
WHERE disarmed_at = 0
ORDER BY id DESC
LIMIT 1`

func (a *Arming) armed(ctx context.Context) error {
	var place, token string
	err := a.db.Read().QueryRowContext(ctx, selectArming).Scan(&place, &token)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w; when the configuration is right, run: redigest arm", ErrDisarmed)
	case err != nil:
		return fmt.Errorf("read the arming: %w", err)
	case place != a.place.hash():
		return fmt.Errorf("%w; this database was armed on another machine, at another path or for another site.base_url. "+
			"If it is the one that is meant to send, and no other copy of it sends, run: redigest arm", ErrDisarmed)
	}
	return a.matches(token)
}

// matches returns nil when the file beside the database holds the token whose
// hash the database has.
func (a *Arming) matches(hash string) error {
	token, err := os.ReadFile(a.file())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; the file %s, which redigest arm writes, is not there. "+
			"If this database is the one that is meant to send, and no other copy of it sends, run: redigest arm", ErrDisarmed, a.file())
	case err != nil:
		return fmt.Errorf("read the arming: %w", err)
	case tokenHash(strings.TrimSpace(string(token))) != hash:
		return fmt.Errorf("%w; this database is not as it was when redigest arm wrote %s: perhaps it is a backup put back. "+
			"What was mailed after the backup would be mailed again, so look first; then run: redigest arm", ErrDisarmed, a.file())
	}
	return nil
}

// file is where the token of an armed database stands.
func (a *Arming) file() string { return a.db.Path() + ".armed" }

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const disarmAll = `
UPDATE armings
SET disarmed_at = $1
WHERE disarmed_at = 0`

const insertArming = `
INSERT INTO armings (id, place, token_hash, armed_at, disarmed_at)
VALUES ($1, $2, $3, $4, 0)`

// Arm lets real mail leave from this place, and from no other. Each time it
// makes a new token, which stands in a file beside the database: a backup of
// the database knows at best an older one.
func (a *Arming) Arm(ctx context.Context) error {
	token := rand.Text()
	err := a.db.Transact(ctx, func(tx *sql.Tx) error {
		now := a.now()
		if _, err := tx.ExecContext(ctx, disarmAll, database.Millis(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertArming, a.db.NewID(now), a.place.hash(), tokenHash(token), database.Millis(now))
		return err
	})
	if err == nil {
		// Cut off here, the row and the file differ and nothing leaves.
		err = writeToken(a.file(), token)
	}
	if err != nil {
		return fmt.Errorf("arm: %w", err)
	}
	return nil
}

// writeToken puts a new file in the place of path.
func writeToken(path, token string) error {
	if err := removeFile(path); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(token + "\n")
	return errors.Join(err, f.Sync(), f.Close())
}

// Disarm stops real mail. What is owed stays in the outbox. Called for a copy
// of a database, it disarms the copy and leaves the original as it is.
func (a *Arming) Disarm(ctx context.Context) error {
	err := a.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, disarmAll, database.Millis(a.now()))
		return err
	})
	if err = errors.Join(err, removeFile(a.file())); err != nil {
		return fmt.Errorf("disarm: %w", err)
	}
	return nil
}

// removeFile removes a file that may be gone already.
func removeFile(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
