package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
)

// A SignUp is one filled-in form.
type SignUp struct {
	Address string // as typed
	Name    string // as typed, or empty
	Network string // the client's address
	Agent   string // the client's name for itself
	Form    string // the address of the page the form stood on
	Wording string // what the form told the person
}

// A name is kept up to this many characters.
const maxName = 100

const insertSignUp = `
INSERT INTO signups (id, address_hash, address, name, at, network, agent, form, wording, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`

// SignUp stores a filled-in form, to be decided by [List.Admit]. It does the
// same work whoever's address it is: it looks nothing up, so neither its answer
// nor the time it takes tells a stranger who is on the list. It returns
// [ErrAddress] for what is not an address.
//
// Once begun it is done to the end: a client that hangs up takes nothing back.
func (l *List) SignUp(ctx context.Context, s SignUp) error {
	a, err := ParseAddress(s.Address)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	now := l.moment()
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, insertSignUp, int64(l.db.NewID(now)), l.keys.hash(a), a.Typed, cleanLine(s.Name, maxName), database.Millis(now),
			cleanLine(s.Network, maxSaid), cleanLine(s.Agent, maxSaid), cleanLine(s.Form, maxSaid), clip(s.Wording, 10*maxSaid))
		return err
	})
	if err != nil {
		return fmt.Errorf("store a sign-up: %w", err)
	}
	return nil
}

// Admit decides about the open sign-ups, oldest first, each in a transaction of
// its own, and returns how many it settled. Several processes may do it at
// once: each sign-up is settled by one of them, and once.
//
// Whose address may be asked (see [Subscriber.Ask]) is pending from then on and
// is owed a confirmation mail, both in that transaction.
func (l *List) Admit(ctx context.Context) (n int, err error) {
	for {
		settled, err := l.admitNext(ctx)
		if err != nil {
			return n, fmt.Errorf("admit a sign-up: %w", err)
		}
		if !settled {
			return n, nil
		}
		n++
		if n%admitSpell == 0 {
			if err := pause(ctx); err != nil {
				return n, err
			}
		}
	}
}

// After this many sign-ups in a row, which takes some 20 ms, others may write.
const admitSpell = 20

const settleNextSignUp = `
UPDATE signups
SET settled_at = $1
WHERE id = (SELECT min(id) FROM signups WHERE settled_at = 0)
  AND settled_at = 0
RETURNING address_hash, address, name, at, network, agent, form, wording`

func (l *List) admitNext(ctx context.Context) (settled bool, err error) {
	now := l.moment()
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		var hash string
		var s SignUp
		var at int64
		err := tx.QueryRowContext(ctx, settleNextSignUp, database.Millis(now)).
			Scan(&hash, &s.Address, &s.Name, &at, &s.Network, &s.Agent, &s.Form, &s.Wording)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		settled = true
		step := Step{Network: s.Network, Agent: s.Agent, Form: s.Form, Wording: s.Wording}
		request := step.consent(EventRequested, Subscriber{Address: s.Address}, database.Time(at))
		_, err = l.ask(ctx, tx, hash, Wish{Address: s.Address, Name: s.Name}, request)
		return err
	})
	return settled && err == nil, err
}

// ask writes, if [Subscriber.Ask] allows it, the pending subscriber, the record
// of the request and the confirmation mail.
func (l *List) ask(ctx context.Context, tx *sql.Tx, hash string, w Wish, request Consent) (Subscriber, error) {
	now := l.moment()
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return before, err
	}
	s, ok := before.Ask(w, now, l.askEvery)
	if !ok {
		return before, nil
	}
	if s, err = l.save(ctx, tx, s, hash); err != nil {
		return s, err
	}
	if err := l.record(ctx, tx, s.ID, request); err != nil {
		return s, err
	}
	if err := l.record(ctx, tx, s.ID, Consent{Event: EventAsked, At: now, Address: s.Address}); err != nil {
		return s, err
	}
	return s, insertSingle(ctx, tx, l.confirmation(s, now), s.ID, "")
}

// confirmation returns the mailing that asks s to confirm. The link in it works
// until the mailing's deadline; mail that comes later would be of no use.
func (l *List) confirmation(s Subscriber, now time.Time) Mailing {
	return Mailing{ID: l.db.NewID(now), Kind: ConfirmationMailing, Generation: s.Generation,
		CutoffAt: now, DeadlineAt: now.Add(l.pendingFor), CreatedAt: now}
}
