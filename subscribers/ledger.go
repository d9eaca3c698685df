package subscribers

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"redigest/digest/database"
)

// A Claim is a delivery that a worker has taken up in memory, with what it needs
// to offer it to a relay. Nothing is written for it: the lock makes one process
// the sender.
type Claim struct {
	Mailing    *Mailing
	Subscriber ID

	Address  string    // of the recipient when it was claimed; empty: it was not wanted even then
	DatedAt  time.Time // the message's Date; zero before the first attempt, whose time it becomes
	Attempts int       // so far

	// SignedUpAt is when the subscriber confirmed; zero for who is none, or has
	// not yet.
	SignedUpAt time.Time
}

// Key returns the name of the delivery.
func (c Claim) Key() Key { return Key{Mailing: c.Mailing.ID, Subscriber: c.Subscriber} }

// A Settlement says what became of a delivery that was handed over or, with
// Early, of one that was refused before that.
//
// Queued means that the relay took no mail at all: the delivery then stands as
// if it had not been tried, with the reply that it had.
type Settlement struct {
	Key
	State State
	DueAt time.Time // of a deferred one
	Reply Reply

	// AtRecipient says that Reply was the answer to the recipient (RCPT): being
	// refused then counts against the address, see [ReplyReport].
	AtRecipient bool

	// Early is the claim of a delivery that the relay refused before it was
	// marked as handed. Its DatedAt must be set.
	Early *Claim
}

// An Entry is what one line to a relay has to write down before it goes on: what
// became of its last deliveries, and which it hands over next. Either may be
// missing.
type Entry struct {
	Settle []Settlement
	Hand   []Claim // their DatedAt must be set
	Relay  string  // to whom Hand is handed

	Grants []Grant // filled by [Ledger.Commit], one for each of Hand
}

// A Grant is the word that a delivery may be handed over as it was claimed.
type Grant struct {
	OK        bool // false: it is no longer owed, wanted, to go out now, or not as it was claimed
	Withdrawn bool // it was owed and is not wanted: it is withdrawn now

	// Fresh is set when it may be handed over, but not as it was claimed: the
	// address has changed since.
	Fresh *Claim
}

// LedgerOptions sets up a [Ledger].
type LedgerOptions struct {
	// Committed is told of each transaction how many entries it had and how long
	// it took; it must not wait. May be nil.
	Committed func(entries int, took time.Duration)
}

// A Ledger writes down the entries of many lines in few transactions: while one
// is committed, the entries that come in wait, and the next takes them all.
type Ledger struct {
	batch  *database.Batch
	now    func() time.Time
	newID  func(time.Time) ID
	policy ReturnPolicy
	opts   LedgerOptions

	mu   sync.Mutex
	next *group // to be committed next; nil when nothing waits
	busy bool   // a goroutine commits, and goes on until nothing waits
}

// A group is the entries of one transaction.
type group struct {
	entries []*Entry
	err     error         // read only once done is closed
	done    chan struct{} // closed when the transaction is over: one signal for all
}

// Ledger returns a new ledger of o. One process, the one with the sender's
// lock, may use it.
func (o *Outbox) Ledger(ctx context.Context, opts LedgerOptions) (*Ledger, error) {
	if opts.Committed == nil {
		opts.Committed = func(int, time.Duration) {}
	}
	l := &Ledger{batch: o.db.Batch(ledgerStatements...), now: o.now, newID: o.db.NewID, policy: o.policy, opts: opts}
	// Whether the statements fit the tables shows now.
	if err := l.batch.Transact(ctx, func(*database.Run) error { return nil }); err != nil {
		return nil, fmt.Errorf("open the ledger: %w", err)
	}
	return l, nil
}

// Commit writes an entry down, durably, and fills in whether its deliveries may
// be handed over. When it returns an error nothing of it is known to be
// written: no body may go out, and the settlements must be tried again.
//
// It has no context, because whether an entry is written must not remain open.
func (l *Ledger) Commit(e *Entry) error {
	e.Grants = append(e.Grants[:0], make([]Grant, len(e.Hand))...)
	g := l.join(e)
	<-g.done
	return g.err
}

// join adds an entry to the group that is committed next, and sees that somebody
// commits it.
func (l *Ledger) join(e *Entry) *group {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		l.next = &group{done: make(chan struct{})}
	}
	l.next.entries = append(l.next.entries, e)
	if !l.busy {
		l.busy = true
		go l.work()
	}
	return l.next
}

// work commits until nothing waits. No line does this itself, because it would
// have to let its relay wait for the entries of others.
func (l *Ledger) work() {
	for g := l.close(); g != nil; g = l.close() {
		l.commit(g)
		close(g.done)
		l.gather()
	}
}

// gather lets the lines go on as long as that brings entries. It does not wait:
// a line that hears nothing from its relay is not held up for, nor holds up.
func (l *Ledger) gather() {
	for before, now := -1, 0; now != before; now = l.waiting() {
		before = now
		runtime.Gosched()
	}
}

// waiting returns how many entries wait.
func (l *Ledger) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next == nil {
		return 0
	}
	return len(l.next.entries)
}

// close lets no more entries into the next group and returns it, nil when there
// is none.
func (l *Ledger) close() *group {
	l.mu.Lock()
	defer l.mu.Unlock()
	g := l.next
	l.next, l.busy = nil, g != nil
	return g
}

func (l *Ledger) commit(g *group) {
	began := l.now()
	err := l.batch.Transact(context.Background(), func(run *database.Run) error {
		b := book{run: run, now: database.Millis(began), newID: l.newID, policy: l.policy}
		for _, e := range g.entries {
			if err := b.write(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		g.err = fmt.Errorf("write down what was sent: %w", err)
	}
	l.opts.Committed(len(g.entries), l.now().Sub(began))
}
