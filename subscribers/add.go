package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Add puts an address on the list by the operator's hand. With a ground of
// consent (“signed the list at the fair on 3 May”) it is confirmed at once and
// the ground recorded; without one it is pending and is owed the confirmation
// mail, as if its owner had filled in the form. An address that is on the list
// stays as it is.
//
// It returns a [SuppressedError] for an address that must not be mailed. A
// ground does not bring back who left; their own confirmation does, so without
// a ground they are asked for it.
func (l *List) Add(ctx context.Context, address, name, ground string) (Subscriber, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return Subscriber{}, err
	}
	w := Wish{Address: a.Typed, Name: cleanLine(name, maxName)}
	var s Subscriber
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		if ground == "" {
			s, err = l.addPending(ctx, tx, l.keys.hash(a), w)
		} else {
			s, err = l.addConfirmed(ctx, tx, l.keys.hash(a), w, ground)
		}
		return err
	})
	if err != nil {
		return Subscriber{}, fmt.Errorf("add %s: %w", a.Typed, err)
	}
	return s, nil
}

func (l *List) addPending(ctx context.Context, tx *sql.Tx, hash string, w Wish) (Subscriber, error) {
	s, err := l.ask(ctx, tx, hash, w, Consent{Event: EventAdded, At: l.moment(), Address: w.Address})
	if err != nil {
		return s, err
	}
	if _, blocked := s.Blocked(); blocked {
		return s, &SuppressedError{Suppressed: s.Suppressed}
	}
	if s.Status != Pending && !s.Mailable() {
		return s, errAskedAlready
	}
	return s, nil
}

// errAskedAlready means that somebody who left cannot be asked again yet.
var errAskedAlready = errors.New("it got a confirmation mail a short while ago; try again tomorrow")

func (l *List) addConfirmed(ctx context.Context, tx *sql.Tx, hash string, w Wish, ground string) (Subscriber, error) {
	now := l.moment()
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return before, err
	}
	s, err := before.Vouch(w, now)
	if err != nil || before.Status == Confirmed {
		return s, err
	}
	if s, err = l.save(ctx, tx, s, hash); err != nil {
		return s, err
	}
	return s, l.record(ctx, tx, s.ID, Consent{Event: EventAdded, At: now, Address: s.Address, Ground: ground})
}
