package subscribers

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"time"

	"redigest/digest/database"
	"redigest/subscribers/link"
)

//go:embed schema/*.sql
var schema embed.FS

// Migrate brings the tables of the list and the outbox up to date.
func Migrate(ctx context.Context, db *database.DB, now time.Time) error {
	if err := db.Migrate(ctx, "subscribers", schema, now); err != nil {
		return fmt.Errorf("migrate the subscribers' tables: %w", err)
	}
	return nil
}

// PendingFor is how long the link in a confirmation mail works.
const PendingFor = 7 * 24 * time.Hour

// ListOptions sets up a [List]. The zero value works.
type ListOptions struct {
	// No more confirmation mails than these are written because of forms that
	// strangers fill in. Forms beyond them are kept and answered as the others.
	AskedPerMailbox int // to one mailbox, whatever +tag is on it, in 24 hours; 3 if zero
	AskedPerNetwork int // for forms from one network (IPv4 /24, IPv6 /48) in an hour; 20 if zero
	AskedInAll      int // in an hour; 1,000 if zero

	Returned ReturnPolicy // what follows from mail that comes back

	Now func() time.Time // time.Now if nil
}

// A List is the mailing list in a database. It may be used by many goroutines,
// and by several processes at once.
type List struct {
	db         *database.DB
	keys       *keyring
	perMailbox int
	perNetwork int
	inAll      int
	policy     ReturnPolicy
	now        func() time.Time
}

// NewList returns the list in db, whose tables [Migrate] has made. The first
// time it makes the keys that links are signed and addresses are hashed with.
func NewList(ctx context.Context, db *database.DB, opts ListOptions) (*List, error) {
	l := &List{db: db, now: opts.Now, policy: opts.Returned,
		perMailbox: cmp.Or(opts.AskedPerMailbox, 3), perNetwork: cmp.Or(opts.AskedPerNetwork, 20), inAll: cmp.Or(opts.AskedInAll, 1000)}
	if l.now == nil {
		l.now = time.Now
	}
	var err error
	if l.keys, err = openKeyring(ctx, db, l.now()); err != nil {
		return nil, fmt.Errorf("open the list: %w", err)
	}
	return l, nil
}

// moment returns the present as it is stored, in UTC and whole milliseconds.
func (l *List) moment() time.Time { return database.Time(database.Millis(l.now())) }

// ConfirmToken returns the token that confirms the sign-up of a subscriber's
// generation until expires. A confirmation mailing's DeadlineAt is the moment.
func (l *List) ConfirmToken(id ID, generation int, expires time.Time) string {
	return l.keys.links.Sign(link.Link{Purpose: link.Confirm, Subscriber: int64(id), Generation: generation, Expires: expires})
}

// UnsubscribeToken returns the token by which a subscriber leaves. It is the
// same in every mail to them and works for ever.
func (l *List) UnsubscribeToken(id ID) string {
	return l.keys.links.Sign(link.Link{Purpose: link.Unsubscribe, Subscriber: int64(id)})
}

// ReturnedToken returns the token that names a delivery in the return path of
// its mail: what comes back there is about this one. Test mails have it too.
func (l *List) ReturnedToken(k Key) string {
	return l.keys.links.Sign(link.Link{Purpose: link.Returned, Subscriber: int64(k.Subscriber), Mailing: int64(k.Mailing)})
}

// A Holder is whom a link belongs to, as far as a page may show it.
type Holder struct {
	Masked string // their address, masked; empty when nobody is known by the link
	Status Status
}

// Peek says whose a link is and changes nothing, for the page that stands
// before the button. It returns [link.ErrInvalid] for a forged token, and
// [ErrGone] for a confirmation link that is no longer good. A link to leave is
// always good, even when its owner is on the list no more.
func (l *List) Peek(ctx context.Context, token string, purpose link.Purpose) (Holder, error) {
	named, err := l.keys.links.Parse(token, purpose)
	if err != nil {
		return Holder{}, err
	}
	var s Subscriber
	err = l.look(ctx, func(q querier) error {
		s, err = known(ctx, q, ID(named.Subscriber))
		return err
	})
	switch {
	case errors.Is(err, ErrNoSubscriber) && purpose == link.Unsubscribe:
		return Holder{}, nil
	case errors.Is(err, ErrNoSubscriber):
		return Holder{}, ErrGone
	case err != nil:
		return Holder{}, fmt.Errorf("look up the owner of a link: %w", err)
	}
	if purpose == link.Confirm {
		if _, err := s.Confirm(named, l.moment()); err != nil {
			return Holder{}, err
		}
	}
	h := Holder{Status: s.Status}
	if s.Address != "" {
		h.Masked = Masked(s.Address)
	}
	return h, nil
}
