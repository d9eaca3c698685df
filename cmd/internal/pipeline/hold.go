package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redigest/digest"
	"redigest/subscribers"
)

// Hold keeps the issue of a day back, before it is made or while it goes out:
// what is being handed over just now is finished, and nothing else goes out
// until it is released. It may be called again. It returns [digest.ErrEnded]
// for an issue of which nothing goes out any more.
func (p *Pipeline) Hold(ctx context.Context, edition digest.Edition, day digest.Day) (digest.Issue, error) {
	// The mailing first, where there is one: nothing goes out of an issue that
	// says it is held, even if this is cut off between the two.
	issue, err := p.store.Issue(ctx, edition, day)
	if err == nil && issue.State == digest.Sending {
		err = p.outbox.HoldIssue(ctx, p.order(issue))
	}
	if err != nil && !errors.Is(err, digest.ErrNoIssue) {
		return issue, err
	}
	issue, err = p.store.Hold(ctx, edition, day)
	if err != nil || issue.State != digest.Sending {
		return issue, err
	}
	// It may have been a draft until just now. Who is cut off here leaves the
	// rest to whoever settles.
	return issue, p.outbox.HoldIssue(ctx, p.order(issue))
}

// Release lets a held issue go on. It may be called again, and must be when it
// was cut off: until it has done its last step, nothing goes out.
func (p *Pipeline) Release(ctx context.Context, edition digest.Edition, day digest.Day) (digest.Issue, error) {
	issue, err := p.store.Release(ctx, edition, day)
	if err != nil || issue.State != digest.Sending {
		return issue, err
	}
	mailing, err := p.outbox.IssueMailing(ctx, issue.ID)
	if errors.Is(err, subscribers.ErrNoMailing) {
		return issue, nil // the run that makes it finds the issue released
	}
	if err == nil {
		err = p.outbox.Release(ctx, mailing.ID)
	}
	return issue, err
}

// Again says which mails of an issue go out once more.
type Again struct {
	States []subscribers.State // uncertain, failed, refused
	Late   bool                // also when its time is over, until the next issue starts
}

// Resend makes mails of a day's issue owed again that are uncertain, failed
// or refused, if they are still wanted. It may be called again. The error is
// [subscribers.ErrCancelled] or [subscribers.ErrOver] where nothing of the issue
// goes out any more.
func (p *Pipeline) Resend(ctx context.Context, issue digest.Issue, again Again) (subscribers.Resent, error) {
	mailing, err := p.outbox.IssueMailing(ctx, issue.ID)
	if err != nil {
		return subscribers.Resent{}, err
	}
	order := subscribers.Resend{Mailing: mailing.ID, States: again.States}
	if again.Late {
		order.Until = p.until()
	}
	resent, err := p.resend(ctx, issue, order)
	if err != nil {
		return resent, fmt.Errorf("%s issue of %s: %w", issue.Edition, issue.Day, err)
	}
	return resent, nil
}

// resend opens the issue before its mails are owed again, so that none is owed
// of an issue that says it is sent, and once more behind them, in case somebody
// has settled it in between.
func (p *Pipeline) resend(ctx context.Context, issue digest.Issue, order subscribers.Resend) (subscribers.Resent, error) {
	if err := p.store.Reopen(ctx, issue.ID); err != nil {
		return subscribers.Resent{}, err
	}
	resent, err := p.outbox.Resend(ctx, order)
	if resent.Queued > 0 {
		return resent, errors.Join(err, p.store.Reopen(ctx, issue.ID))
	}
	return resent, errors.Join(err, p.settle(ctx, issue))
}

// until is the new deadline of what goes out again after its time. There always
// is one: without it nothing would be late.
func (p *Pipeline) until() time.Time {
	now := p.opts.Now()
	if next := p.opts.Deadline(now); !next.IsZero() {
		return next
	}
	return now.Add(24 * time.Hour)
}
