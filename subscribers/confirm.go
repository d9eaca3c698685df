package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"redigest/subscribers/link"
)

// Confirm confirms the sign-up that a confirmation link was mailed for. Doing
// it twice changes nothing the second time. It returns [link.ErrInvalid],
// without asking the database, for a token that is not ours, and [ErrGone] for
// one that is no longer good (see [Subscriber.Confirm]).
//
// Once begun it is done to the end: a client that hangs up takes nothing back.
func (l *List) Confirm(ctx context.Context, token string, at Step) (Subscriber, error) {
	named, err := l.keys.links.Parse(token, link.Confirm)
	if err != nil {
		return Subscriber{}, err
	}
	ctx = context.WithoutCancel(ctx)
	var s Subscriber
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		s, err = l.confirm(ctx, tx, named, at)
		return err
	})
	if err != nil {
		return Subscriber{}, fmt.Errorf("confirm %s: %w", ID(named.Subscriber), err)
	}
	return s, nil
}

func (l *List) confirm(ctx context.Context, tx *sql.Tx, named link.Link, at Step) (Subscriber, error) {
	hash, err := hashOf(ctx, tx, ID(named.Subscriber))
	if errors.Is(err, ErrNoSubscriber) {
		return Subscriber{}, ErrGone
	}
	if err != nil {
		return Subscriber{}, err
	}
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return Subscriber{}, err
	}
	now := l.moment()
	s, err := before.Confirm(named, now)
	if err != nil || before.Status == Confirmed {
		return s, err
	}
	if s, err = l.save(ctx, tx, s, hash); err != nil {
		return s, err
	}
	if err := saveSuppressions(ctx, tx, hash, before, s); err != nil {
		return s, err
	}
	return s, l.record(ctx, tx, s.ID, at.consent(EventConfirmed, s, now))
}
