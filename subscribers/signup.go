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
INSERT INTO signups (id, address_hash, mailbox_hash, address, name, at, network, network_prefix, agent, form, wording,
    settled_at, asked_at, outcome)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, '')`

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
		_, err := tx.ExecContext(ctx, insertSignUp, int64(l.db.NewID(now)), l.keys.hash(a), l.keys.hashText(a.mailbox()), a.Typed,
			cleanLine(s.Name, maxName), database.Millis(now), cleanLine(s.Network, maxSaid), networkOf(s.Network), cleanLine(s.Agent, maxSaid), cleanLine(s.Form, maxSaid), clip(s.Wording, 10*maxSaid))
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
// is owed a confirmation mail, both in that transaction. A sign-up beyond the
// limits of [ListOptions] is settled without: one who types a stranger's
// address a hundred times, or a hundred strangers', makes no hundred mails. Forms
// that come from this machine itself have no limit of a network, since there it
// is a proxy's that does not say whom it speaks for.
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
			if err := database.Pause(ctx); err != nil {
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
RETURNING id, address_hash, mailbox_hash, address, name, at, network, network_prefix, agent, form, wording`

const setOutcome = `
UPDATE signups
SET outcome = $2, asked_at = CASE WHEN $2 = 'asked' THEN $3 ELSE 0 END
WHERE id = $1`

// An openSignUp is a sign-up that is being decided.
type openSignUp struct {
	SignUp
	id                               ID
	hash, mailboxHash, networkPrefix string
	at                               time.Time
}

func (l *List) admitNext(ctx context.Context) (settled bool, err error) {
	now := l.moment()
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		s, err := settleNext(ctx, tx, now)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		settled = true
		outcome, err := l.decide(ctx, tx, s, now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, setOutcome, int64(s.id), string(outcome), database.Millis(now))
		return err
	})
	return settled && err == nil, err
}

// settleNext takes the oldest open sign-up. It returns [sql.ErrNoRows] when
// there is none.
func settleNext(ctx context.Context, tx *sql.Tx, now time.Time) (s openSignUp, err error) {
	var at int64
	err = tx.QueryRowContext(ctx, settleNextSignUp, database.Millis(now)).
		Scan(&s.id, &s.hash, &s.mailboxHash, &s.Address, &s.Name, &at, &s.Network, &s.networkPrefix, &s.Agent, &s.Form, &s.Wording)
	s.at = database.Time(at)
	return s, err
}

// decide does what is to be done about a sign-up, and says what it was.
func (l *List) decide(ctx context.Context, tx *sql.Tx, s openSignUp, now time.Time) (Outcome, error) {
	before, err := standing(ctx, tx, s.hash)
	if err != nil {
		return "", err
	}
	asked, ok := before.Ask(Wish{Address: s.Address, Name: s.Name}, now)
	if !ok {
		return before.unasked(), nil
	}
	if reached, err := l.limit(ctx, tx, s, now); err != nil || reached != "" {
		return reached, err
	}
	step := Step{Network: s.Network, Agent: s.Agent, Form: s.Form, Wording: s.Wording}
	_, err = l.writeAsked(ctx, tx, asked, s.hash, step.consent(EventRequested, Subscriber{Address: s.Address}, s.at))
	return OutcomeAsked, err
}

// ask asks the address with this hash, if [Subscriber.Ask] allows it.
func (l *List) ask(ctx context.Context, tx *sql.Tx, hash string, w Wish, request Consent) (Subscriber, error) {
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return before, err
	}
	s, ok := before.Ask(w, l.moment())
	if !ok {
		return before, nil
	}
	return l.writeAsked(ctx, tx, s, hash, request)
}

// writeAsked writes the pending subscriber that [Subscriber.Ask] has made, the
// record of the request and the confirmation mail.
func (l *List) writeAsked(ctx context.Context, tx *sql.Tx, s Subscriber, hash string, request Consent) (Subscriber, error) {
	now := s.AskedAt
	s, err := l.save(ctx, tx, s, hash)
	if err != nil {
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
		CutoffAt: now, DeadlineAt: now.Add(PendingFor), CreatedAt: now}
}
