package delivery

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"redigest/digest/database"
	"redigest/subscribers/mail"
)

// ErrDisarmed means that real mail may not leave from here.
var ErrDisarmed = errors.New("not armed: no mail leaves this machine")

// A Place is where the program runs: real mail leaves from the place for which
// it was armed and from no other, so that a copy, a snapshot or a restored
// backup sends nothing.
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
SELECT place
FROM armings
WHERE disarmed_at = 0
ORDER BY id DESC
LIMIT 1`

func (a *Arming) armed(ctx context.Context) error {
	var place string
	err := a.db.Read().QueryRowContext(ctx, selectArming).Scan(&place)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%w; when the configuration is right, run: redigest arm", ErrDisarmed)
	case err != nil:
		return fmt.Errorf("read the arming: %w", err)
	case place != a.place.hash():
		return fmt.Errorf("%w; this database was armed on another machine, at another path or for another site.base_url. "+
			"If it is the one that is meant to send, and no other copy of it sends, run: redigest arm", ErrDisarmed)
	}
	return nil
}

const disarmAll = `
UPDATE armings
SET disarmed_at = $1
WHERE disarmed_at = 0`

const insertArming = `
INSERT INTO armings (id, place, armed_at, disarmed_at)
VALUES ($1, $2, $3, 0)`

// Arm lets real mail leave from this place, and from no other.
func (a *Arming) Arm(ctx context.Context) error {
	return a.db.Transact(ctx, func(tx *sql.Tx) error {
		now := a.now()
		if _, err := tx.ExecContext(ctx, disarmAll, database.Millis(now)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, insertArming, a.db.NewID(now), a.place.hash(), database.Millis(now))
		return err
	})
}

// Disarm stops real mail. What is owed stays in the outbox.
func (a *Arming) Disarm(ctx context.Context) error {
	return a.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, disarmAll, database.Millis(a.now()))
		return err
	})
}
