package subscribers

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"redigest/subscribers/link"
)

// leftByLink is the source of a suppression by the link in a mail.
const leftByLink = "the link to leave in a mail"

// Unsubscribe takes the owner of a link off the list: no mail goes to them any
// more, not even what is in the outbox already. A link of somebody who has left
// or was erased does nothing and is no error. It returns [link.ErrInvalid],
// without asking the database, for a token that is not ours.
//
// Once begun it is done to the end: mail providers that press the button for
// their readers need not wait for the answer.
func (l *List) Unsubscribe(ctx context.Context, token string, at Step) error {
	return l.unsubscribe(ctx, token, leftByLink, at)
}

func (l *List) unsubscribe(ctx context.Context, token, source string, at Step) error {
	named, err := l.keys.links.Parse(token, link.Unsubscribe)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	id := ID(named.Subscriber)
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		hash, err := hashOf(ctx, tx, id)
		if err != nil {
			return err
		}
		return l.leave(ctx, tx, hash, source, at)
	})
	if err != nil && !errors.Is(err, ErrNoSubscriber) {
		return fmt.Errorf("unsubscribe %s: %w", id, err)
	}
	return nil
}

// leave writes what [Subscriber.Leave] makes of the address with this hash.
func (l *List) leave(ctx context.Context, tx *sql.Tx, hash, source string, at Step) error {
	now := l.moment()
	before, err := standing(ctx, tx, hash)
	if err != nil {
		return err
	}
	s := before.Leave(source, now)
	if s.Status == before.Status {
		return nil
	}
	if _, err := l.save(ctx, tx, s, hash); err != nil {
		return err
	}
	if err := saveSuppressions(ctx, tx, hash, before, s); err != nil {
		return err
	}
	c := at.consent(EventUnsubscribed, s, now)
	if source != leftByLink {
		c.Ground = source
	}
	return l.record(ctx, tx, s.ID, c)
}
