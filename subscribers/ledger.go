package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"redigest/digest/database"
)

// A Claim is a delivery that a worker has taken up in memory. Nothing is
// written for it: the lock makes one process the sender.
type Claim struct {
	Mailing    *Mailing
	Subscriber ID
}

// Key returns the name of the delivery.
func (c Claim) Key() Key { return Key{Mailing: c.Mailing.ID, Subscriber: c.Subscriber} }

// A Settlement says what became of a delivery that was handed over.
//
// Queued means that the relay took no mail at all: the delivery then stands as
// if it had not been tried.
type Settlement struct {
	Key
	State State
	DueAt time.Time // of a deferred one
	Reply Reply

	// AtRecipient says that Reply was the answer to the recipient (RCPT): being
	// refused then counts against the address, see [ReplyReport].
	AtRecipient bool
}

// An Entry is what one line to a relay has to write down before it goes on: what
// became of its last delivery, and which it hands over next. Either may be
// missing.
type Entry struct {
	Settle *Settlement
	Hand   *Claim
	Relay  string // to whom Hand is handed
}

// A Grant is the word that a delivery may be handed over.
type Grant struct {
	OK        bool // false: it is no longer owed, wanted or to go out now
	Withdrawn bool // it was owed and is not wanted: it is withdrawn now
	Address   string
	DatedAt   time.Time // the message's Date
	Attempts  int       // this one included
}

// A Ledger writes down the entries of many lines in few transactions: while one
// is committed, the entries that come in wait, and the next takes them all.
type Ledger struct {
	db     *database.DB
	now    func() time.Time
	policy ReturnPolicy
	stmt   statements
	turn   chan struct{} // held by the one who commits

	mu   sync.Mutex
	next *group // to be committed next; nil when nothing waits
}

// A group is the entries of one transaction. Its fields but entries are read only
// once done is closed.
type group struct {
	entries []Entry
	grants  []Grant
	err     error
	done    chan struct{}
}

// Ledger returns a new ledger of o. One process, the one with the sender's
// lock, may use it.
func (o *Outbox) Ledger(ctx context.Context) (*Ledger, error) {
	l := &Ledger{db: o.db, now: o.now, policy: o.policy, turn: make(chan struct{}, 1)}
	if err := l.stmt.prepare(ctx, o.db); err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	return l, nil
}

// Commit writes an entry down, durably, and returns whether its delivery may be
// handed over. When it returns an error nothing of it is known to be
// written: no body may go out, and the settlement must be tried again.
//
// It has no context, because whether an entry is written must not remain open.
func (l *Ledger) Commit(e Entry) (Grant, error) {
	g, i := l.join(e)
	select {
	case <-g.done:
	case l.turn <- struct{}{}:
		if l.close(g) {
			l.commit(g)
			close(g.done)
		}
		<-l.turn
		<-g.done
	}
	if g.err != nil {
		return Grant{}, g.err
	}
	return g.grants[i], nil
}

// join adds an entry to the group that is committed next.
func (l *Ledger) join(e Entry) (*group, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = &group{done: make(chan struct{})}
	}
	l.next.entries = append(l.next.entries, e)
	return l.next, len(l.next.entries) - 1
}

// close reports whether g still waits to be committed, and lets no more entries
// into it.
func (l *Ledger) close(g *group) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != g {
		return false
	}
	l.next = nil
	return true
}

func (l *Ledger) commit(g *group) {
	ctx := context.Background()
	g.grants = make([]Grant, len(g.entries))
	err := l.db.Transact(ctx, func(tx *sql.Tx) error {
		b := book{ctx: ctx, tx: tx, stmt: &l.stmt, now: database.Millis(l.now()), bound: map[*sql.Stmt]*sql.Stmt{},
			policy: l.policy, newID: func() ID { return l.db.NewID(l.now()) }}
		for i, e := range g.entries {
			if err := b.settle(e.Settle); err != nil {
				return err
			}
			var err error
			if g.grants[i], err = b.hand(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.err = fmt.Errorf("write down what was sent: %w", err)
	}
}

// statements are the ledger's, prepared.
type statements struct {
	settle, requeue, refill, accepted, withdraw *sql.Stmt
	hand                                        map[Kind]*sql.Stmt
}

func (s *statements) prepare(ctx context.Context, db *database.DB) error {
	s.hand = map[Kind]*sql.Stmt{}
	var issue, confirmation, test *sql.Stmt
	var errs []error
	for query, stmt := range map[string]**sql.Stmt{
		settleDelivery: &s.settle, requeueDelivery: &s.requeue, refillMailing: &s.refill,
		noteAccepted: &s.accepted, withdrawDelivery: &s.withdraw,
		handIssue: &issue, handConfirmation: &confirmation, handTest: &test,
	} {
		var err error
		*stmt, err = db.Prepare(ctx, query)
		errs = append(errs, err)
	}
	s.hand[IssueMailing], s.hand[ConfirmationMailing], s.hand[TestMailing] = issue, confirmation, test
	return errors.Join(errs...)
}

// A book is the ledger inside one transaction.
type book struct {
	ctx  context.Context
	tx   *sql.Tx
	stmt *statements
	now  int64

	policy ReturnPolicy
	newID  func() ID
	bound  map[*sql.Stmt]*sql.Stmt // to tx
}

// in returns a statement bound to the transaction.
func (b book) in(stmt *sql.Stmt) *sql.Stmt {
	bound := b.bound[stmt]
	if bound == nil {
		bound = b.tx.StmtContext(b.ctx, stmt)
		b.bound[stmt] = bound
	}
	return bound
}

func (b book) exec(stmt *sql.Stmt, args ...any) error {
	_, err := b.in(stmt).ExecContext(b.ctx, args...)
	return err
}

// settleDelivery keeps no words about somebody who was erased while their mail
// was under way: replies quote addresses.
const settleDelivery = `
UPDATE deliveries
SET state = $3, due_at = $4, settled_at = $5, code = $6, enhanced = $7,
    reply = CASE WHEN EXISTS (SELECT 1 FROM subscribers AS s WHERE s.id = $2 AND s.status = 'erased') THEN '' ELSE $8 END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

const requeueDelivery = `
UPDATE deliveries
SET state = 'queued', settled_at = 0, code = $3, enhanced = $4, reply = $5,
    attempts = attempts - 1, dated_at = CASE WHEN attempts > 1 THEN dated_at ELSE 0 END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

const refillMailing = `
UPDATE mailings
SET refilled = refilled + 1
WHERE id = $1`

const noteAccepted = `
UPDATE subscribers
SET last_accepted_at = $2
WHERE id = $1`

func (b book) settle(s *Settlement) error {
	if s == nil {
		return nil
	}
	if s.State == Queued {
		return errors.Join(
			b.exec(b.stmt.requeue, s.Mailing, s.Subscriber, s.Reply.Code, s.Reply.Enhanced, s.Reply.Text),
			b.exec(b.stmt.refill, s.Mailing))
	}
	err := b.exec(b.stmt.settle, s.Mailing, s.Subscriber, s.State, database.Millis(s.DueAt), b.now, s.Reply.Code, s.Reply.Enhanced, s.Reply.Text)
	if err != nil {
		return err
	}
	if s.State != Accepted || s.Subscriber == 0 {
		return b.returned(s)
	}
	return b.exec(b.stmt.accepted, s.Subscriber, b.now)
}

// The questions whether a delivery is still owed and whether it is still wanted
// are asked in the statement that marks it, so nothing can come between.
const (
	handOwed = `
UPDATE deliveries
SET state = 'handed', attempts = attempts + 1, due_at = 0, relay = $4, handed_at = $3,
    dated_at = CASE WHEN dated_at = 0 THEN $3 ELSE dated_at END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND due_at <= $3
  AND EXISTS (
    SELECT 1
    FROM mailings AS m
    WHERE m.id = $1
      AND m.planned_at > 0
      AND m.held_at = 0
      AND m.cancelled_at = 0)`

	handReturning = `
RETURNING coalesce((SELECT s.address FROM subscribers AS s WHERE s.id = $2), recipient), dated_at, attempts`

	handIssue = handOwed + `
  AND EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = $2
      AND s.status = 'confirmed'
      AND s.edition = $5
      AND s.paused_until <= $3
      AND NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address_hash = s.address_hash))` + handReturning

	// A confirmation may go to one who left and asks anew; what only the
	// operator lifts still stands in its way.
	handConfirmation = handOwed + `
  AND EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = $2
      AND s.status = 'pending'
      AND s.generation = $5
      AND NOT EXISTS (
        SELECT 1
        FROM suppressions AS x
        WHERE x.address_hash = s.address_hash
          AND x.reason IN ('bounce', 'complaint', 'manual')))` + handReturning

	// A test goes to an address, whether that is on the list or not; one that
	// was erased since is empty.
	handTest = handOwed + `
  AND recipient <> ''
  AND NOT EXISTS (
    SELECT 1
    FROM mailings AS m
    JOIN suppressions AS x ON x.address_hash = m.address_hash
    WHERE m.id = $1)` + handReturning
)

// withdrawDelivery ends what handing over was not granted for: as it is owed,
// due and not held, it is not wanted. One that was uncertain is so again.
const withdrawDelivery = `
UPDATE deliveries
SET state = CASE WHEN ` + wasUncertain + ` THEN 'uncertain' ELSE 'withdrawn' END, due_at = 0, settled_at = $3
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND due_at <= $3
  AND EXISTS (
    SELECT 1
    FROM mailings AS m
    WHERE m.id = $1
      AND m.planned_at > 0
      AND (m.held_at = 0 OR m.cancelled_at > 0))`

func (b book) hand(e Entry) (Grant, error) {
	if e.Hand == nil {
		return Grant{}, nil
	}
	m, to := e.Hand.Mailing, e.Hand.Subscriber
	args := []any{m.ID, to, b.now, e.Relay}
	switch m.Kind {
	case IssueMailing:
		args = append(args, m.Edition)
	case ConfirmationMailing:
		args = append(args, m.Generation)
	}
	h := Grant{OK: true}
	var dated int64
	row := b.in(b.stmt.hand[m.Kind]).QueryRowContext(b.ctx, args...)
	err := row.Scan(&h.Address, &dated, &h.Attempts)
	if errors.Is(err, sql.ErrNoRows) {
		return b.withdraw(m.ID, to)
	}
	h.DatedAt = database.Time(dated)
	return h, err
}

func (b book) withdraw(mailing, to ID) (Grant, error) {
	result, err := b.in(b.stmt.withdraw).ExecContext(b.ctx, mailing, to, b.now)
	if err != nil {
		return Grant{}, err
	}
	n, err := result.RowsAffected()
	return Grant{Withdrawn: n > 0}, err
}
