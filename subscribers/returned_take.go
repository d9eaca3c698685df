package subscribers

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"redigest/subscribers/link"
)

// A ReturnEvent says what kind of answer there was to a mail.
type ReturnEvent string

const (
	ReturnBounced    ReturnEvent = "bounced"    // it was sent back
	ReturnRefused    ReturnEvent = "refused"    // the relay refused its recipient, or put them off until it was given up
	ReturnComplained ReturnEvent = "complained" // its reader called it spam
	ReturnReplied    ReturnEvent = "replied"    // a program answered: a vacation notice, a challenge, a receipt
)

// A Returned is one mail that came back, as it was read.
type Returned struct {
	// Token is what the mail came back to or speaks of: a delivery's, or a
	// reader's by which they leave. It alone says whose mail it is. The latter
	// stands in links that get forwarded, so it can only leave: a complaint does
	// that, a bounce is noted and does nothing.
	Token string

	// Mail stands for the mail's octets: the same mail counts once.
	Mail string

	MessageID string // the mail's own, without brackets, so that it can be found again
	Event     ReturnEvent
	Reports   []Report // of a bounced one; of a complaint, Reason alone counts
}

// An Effect is what followed from a mail that came back.
type Effect string

const (
	EffectNone        Effect = ""             // it counts nothing
	EffectCounted     Effect = "counted"      // it counts towards being suppressed
	EffectSuppressed  Effect = "suppressed"   // the address is not mailed any more
	EffectLeft        Effect = "unsubscribed" // they left by it
	EffectDoubted     Effect = "not believed" // too many of its issue's mails came back so; see [HardReturns]
	EffectTakenBefore Effect = "taken before" // the same mail was taken already
)

// An ReturnOutcome says what a mail that came back was taken for.
type ReturnOutcome struct {
	Effect Effect
	Weight Weight
	Report Report // the one that is about the reader
	Alarm  *Alarm // set once for an issue: with this mail, what comes back of it is doubted
}

// TakeReturned writes down what came back and does what follows from it, in one
// transaction: an address that is no good is suppressed at once, one that fails
// for a while after a number in a row, and who complained has left and is never
// mailed again. It returns [link.ErrInvalid], and changes nothing, for a token
// that is not ours. What is about somebody unknown or erased has no effect. An
// error means that nothing was written down: keep the mail and try again.
func (l *List) TakeReturned(ctx context.Context, r Returned) (ReturnOutcome, error) {
	to, err := l.returnedTo(r.Token)
	if err != nil {
		return ReturnOutcome{}, err
	}
	var done ReturnOutcome
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		owner, err := ownerOf(ctx, tx, to)
		if err != nil || owner.hash == "" {
			return err
		}
		done, err = l.takeReturned(ctx, tx, owner, to, r)
		return err
	})
	if err != nil {
		return ReturnOutcome{}, fmt.Errorf("take what came back for subscriber %s: %w", to.Subscriber, err)
	}
	return done, nil
}

// returnedTo returns the delivery that a token names, with Mailing 0 for a
// reader's own token to leave by. It asks no database. The error is
// [link.ErrInvalid] when the token is not one of ours.
func (l *List) returnedTo(token string) (Key, error) {
	named, err := l.keys.links.Parse(token, link.Returned)
	if err != nil {
		named, err = l.keys.links.Parse(token, link.Unsubscribe)
	}
	return Key{Mailing: ID(named.Mailing), Subscriber: ID(named.Subscriber)}, err
}

// TakesMail reports whether mail to the address with this token is for us: it
// names a delivery, or one who leaves.
func (l *List) TakesMail(token string) bool {
	_, err := l.returnedTo(token)
	return err == nil
}

// An owner is whose mail came back.
type owner struct {
	hash string // of their address; empty: nobody is known, or they were erased
	key  string // of their mailbox, as [Address.Key]; empty where it is not kept
}

const selectTestOwner = `
SELECT m.address_hash, d.recipient
FROM mailings AS m
JOIN deliveries AS d ON d.mailing_id = m.id AND d.subscriber_id = 0
WHERE m.id = $1`

const selectOwner = `
SELECT address_hash, address
FROM subscribers
WHERE id = $1`

// ownerOf finds whose a delivery was: a subscriber's, or the address's that a
// test went to.
func ownerOf(ctx context.Context, tx *sql.Tx, to Key) (o owner, err error) {
	query, id := selectOwner, to.Subscriber
	if id == 0 {
		query, id = selectTestOwner, to.Mailing
	}
	var address string
	err = tx.QueryRowContext(ctx, query, int64(id)).Scan(&o.hash, &address)
	if errors.Is(err, sql.ErrNoRows) || err == nil && address == "" {
		return owner{}, nil
	}
	if a, parseErr := ParseAddress(address); parseErr == nil {
		o.key = a.Key
	}
	return o, err
}

func (l *List) takeReturned(ctx context.Context, tx *sql.Tx, o owner, to Key, r Returned) (ReturnOutcome, error) {
	done := ReturnOutcome{Weight: WeightNone}
	switch r.Event {
	case ReturnBounced, ReturnRefused:
		done.Report, _ = pick(r.Reports, o.key)
		done.Weight = done.Report.Weigh()
	case ReturnComplained:
		done.Report, _ = pick(r.Reports, o.key)
	}
	row := returnedRow{
		id: l.db.NewID(l.now()), mail: r.Mail, messageID: cleanLine(r.MessageID, maxMessageID), hash: o.hash, mailing: to.Mailing,
		at: l.moment(), event: r.Event, weight: done.Weight, report: done.Report,
	}
	fresh, err := row.insert(ctx, tx)
	if err != nil {
		return done, err
	}
	if !fresh {
		done.Effect = EffectTakenBefore
		return done, nil
	}
	switch {
	case r.Event == ReturnComplained && to.Mailing == 0:
		done.Effect, err = EffectLeft, l.leave(ctx, tx, row.hash, row.source(), Step{})
	case r.Event == ReturnComplained:
		done.Effect, err = EffectSuppressed, l.complained(ctx, tx, row)
	case to.Mailing != 0:
		done.Effect, done.Alarm, err = l.bounced(ctx, tx, row, to.Subscriber)
	}
	if err != nil || done.Effect == EffectNone {
		return done, err
	}
	return done, row.noteEffect(ctx, tx, done.Effect)
}

// bounced does what follows from a mail that was sent back, unless too many of
// its issue's were.
func (l *List) bounced(ctx context.Context, tx *sql.Tx, row returnedRow, subscriber ID) (Effect, *Alarm, error) {
	if row.weight == WeightHard {
		if doubted, alarm, err := row.doubt(ctx, tx); doubted || err != nil {
			return EffectDoubted, alarm, err
		}
	}
	effect, err := l.policy.follow(ctx, tx, row, subscriber)
	return effect, nil, err
}

// maxMessageID is how much of a returned mail's Message-ID is kept.
const maxMessageID = 250

// complained takes the one who complained off the list, for good.
func (l *List) complained(ctx context.Context, tx *sql.Tx, row returnedRow) error {
	source := row.source()
	if err := l.leave(ctx, tx, row.hash, source, Step{}); err != nil {
		return err
	}
	return addSuppression(ctx, tx, row.hash, Suppression{Reason: ReasonComplaint, Source: source, CreatedAt: row.at})
}

// follow does what follows from a bounce or a refusal that stands in row.
func (p ReturnPolicy) follow(ctx context.Context, tx *sql.Tx, row returnedRow, subscriber ID) (Effect, error) {
	if row.weight != WeightHard && row.weight != WeightSoft {
		return EffectNone, nil
	}
	fates, err := fatesOf(ctx, tx, subscriber, row.hash)
	if err != nil || outlived(fates, row.mailing, row.at) {
		return EffectNone, err
	}
	source := row.source()
	if row.weight == WeightSoft {
		r := softRun(fates, row.at)
		if !p.suppresses(r) {
			return EffectCounted, nil
		}
		source += fmt.Sprintf(", %d issues in a row since %s", r.count, r.first.Format(time.DateOnly))
	}
	return EffectSuppressed, addSuppression(ctx, tx, row.hash, Suppression{Reason: ReasonBounce, Source: source, CreatedAt: row.at})
}

// source says in words why an address is suppressed, and from which mail.
func (r returnedRow) source() string {
	var words []string
	for _, w := range []string{r.report.Reason, r.report.Status, r.report.Code} {
		if w != "" {
			words = append(words, w)
		}
	}
	from := map[ReturnEvent]string{ReturnBounced: "returned mail", ReturnRefused: "the relay's answer", ReturnComplained: "complaint"}[r.event]
	if r.messageID != "" {
		from += " <" + r.messageID + ">"
	}
	if r.mailing != 0 {
		from += " to mailing " + r.mailing.String()
	}
	return from + ": " + cmp.Or(strings.Join(words, " "), "no reason given")
}

// leftByMail is the source of a suppression by a mail to the address in the
// List-Unsubscribe of a mail.
const leftByMail = "a mail to the address to leave by"

// UnsubscribeByMail is [List.Unsubscribe] for a mail to the address that holds
// the token: whatever it says, and whoever sent it.
func (l *List) UnsubscribeByMail(ctx context.Context, token string) error {
	return l.unsubscribe(ctx, token, leftByMail, Step{})
}

// Leaves reports whether a token is a reader's own, by which they leave.
func (l *List) Leaves(token string) bool {
	_, err := l.keys.links.Parse(token, link.Unsubscribe)
	return err == nil
}
