//go:build e2e

package e2e

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"redigest/digest/database"
)

// The phases of a mailing as its row tells them.
const (
	unfrozen = "before the issue was frozen"
	writing  = "while its recipients were written"
	planned  = "after its recipients were written"
)

// A ledger is what the program's database says between two runs.
type ledger struct {
	phase  string
	states map[string]string // of each reader's delivery
}

// database opens the file behind the program's back, while it does not run.
func (p *program) database() *database.DB {
	p.Helper()
	db, err := database.Open(p.Context(), filepath.Join(p.dir, "redigest.db"))
	if err != nil {
		p.Fatal(err)
	}
	return db
}

func (p *program) exec(query string, args ...any) {
	p.Helper()
	db := p.database()
	defer db.Close()
	err := db.Transact(p.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(p.Context(), query, args...)
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
}

func (p *program) count(query string) (n int) {
	p.Helper()
	db := p.database()
	defer db.Close()
	if err := db.Read().QueryRowContext(p.Context(), query).Scan(&n); err != nil {
		p.Fatal(err)
	}
	return n
}

// later lets time pass for what was deferred. The program goes by the machine's
// clock, so instead of waiting the test brings nearer what is due.
func (p *program) later() {
	p.Helper()
	p.exec(`UPDATE deliveries SET due_at = 1 WHERE state = 'deferred'`)
}

func (p *program) ledger() ledger {
	p.Helper()
	db := p.database()
	defer db.Close()
	l := ledger{phase: unfrozen, states: map[string]string{}}
	rows, err := db.Read().QueryContext(p.Context(), `
SELECT m.planned_at > 0, coalesce(s.address, ''), coalesce(d.state, '')
FROM mailings AS m
LEFT JOIN deliveries AS d ON d.mailing_id = m.id
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE m.kind = 'issue'`)
	if err != nil {
		p.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var done bool
		var address, state string
		if err := rows.Scan(&done, &address, &state); err != nil {
			p.Fatal(err)
		}
		l.phase = map[bool]string{false: writing, true: planned}[done]
		if address != "" {
			l.states[address] = state
		}
	}
	if err := rows.Err(); err != nil {
		p.Fatal(err)
	}
	return l
}

// all returns the readers whose deliveries are in one of the states.
func (l ledger) all(states ...string) (addresses []string) {
	for address, have := range l.states {
		if slices.Contains(states, have) {
			addresses = append(addresses, address)
		}
	}
	return addresses
}

func (l ledger) in(states ...string) int { return len(l.all(states...)) }

// readerAddress is the address of the nth reader.
func readerAddress(n int) string { return fmt.Sprintf("reader%d@example.org", n) }

// balance compares the program's account with what the far end saw: planned is
// the sum of all states, nobody was mailed twice, nobody is accepted who was
// not mailed, and whoever was not mailed is in a state that says so.
func balance(t *testing.T, a account, l ledger, readers int, taken map[string]int) {
	t.Helper()
	sum := a.Queued + a.Handed + a.Deferred + a.Accepted + a.Refused + a.Failed + a.Uncertain + a.Withdrawn
	if a.Planned != readers || sum != readers {
		t.Errorf("of %d readers %d are planned and %d accounted for: %+v", readers, a.Planned, sum, a)
	}
	if got := [...]int{l.in("accepted"), l.in("uncertain"), l.in("queued", "handed", "deferred")}; got != [...]int{a.Accepted, a.Uncertain, a.Queued + a.Handed + a.Deferred} {
		t.Errorf("the account is %+v and its rows are %v", a, got)
	}
	for i := range readers {
		address := readerAddress(i)
		state, times := l.states[address], taken[address]
		switch {
		case times > 1:
			t.Errorf("%s was mailed %d times", address, times)
		case times == 0 && state == "accepted", state == "":
			t.Errorf("%s was mailed %d times and is %q", address, times, state)
		case times == 1 && state != "accepted" && state != "uncertain":
			t.Errorf("%s was mailed and is %s", address, state)
		}
	}
}
