package pipeline

import (
	"context"
	"errors"
	"fmt"

	"redigest/digest"
	"redigest/subscribers"
)

// Cancel withdraws the issue of a day. Its stories are free for the next issue
// when nothing of it had been handed over.
func (p *Pipeline) Cancel(ctx context.Context, edition digest.Edition, day digest.Day, reason string) (digest.Issue, error) {
	issue, err := p.store.Issue(ctx, edition, day)
	if err != nil {
		return issue, fmt.Errorf("%s issue of %s: %w", edition, day, err)
	}
	seen := issue.State
	err = p.cancel(ctx, issue, reason)
	if errors.Is(err, digest.ErrFrozen) {
		// A run may have frozen the draft just now; then there is mail to withdraw.
		if issue, err = p.store.IssueByID(ctx, issue.ID); err == nil && issue.State == seen {
			return issue, fmt.Errorf("%s issue of %s: %w", edition, day, digest.ErrFrozen)
		}
		if err == nil {
			err = p.cancel(ctx, issue, reason)
		}
	}
	if err != nil {
		return issue, err
	}
	return p.store.IssueByID(ctx, issue.ID)
}

// cancel withdraws the mail first, so that a run which is about to order it
// finds it ended, and nothing is handed over while the stories are freed.
func (p *Pipeline) cancel(ctx context.Context, issue digest.Issue, reason string) error {
	// Whether the stories of a cancelled one are free was decided then.
	untouched := issue.State != digest.Cancelled
	if issue.State == digest.Sending {
		account, err := p.outbox.CancelIssue(ctx, p.order(issue))
		if err != nil {
			return err
		}
		untouched = account.Planned == account.Withdrawn
	}
	return p.store.Cancel(ctx, issue, untouched, reason)
}

// Settle brings frozen issues to their end: one whose run died before all its
// recipients were written is ordered again, however late it is; the mailing of a
// held one is held; one that was withdrawn is cancelled; and one of which nothing is owed any more is sent.
func (p *Pipeline) Settle(ctx context.Context) error {
	issues, err := p.store.Unfinished(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, issue := range issues {
		if err := p.settle(ctx, issue); err != nil {
			errs = append(errs, fmt.Errorf("%s issue of %s: %w", issue.Edition, issue.Day, err))
		}
	}
	return errors.Join(errs...)
}

func (p *Pipeline) settle(ctx context.Context, issue digest.Issue) error {
	mailing, err := p.outbox.IssueMailing(ctx, issue.ID)
	if err != nil && !errors.Is(err, subscribers.ErrNoMailing) {
		return err
	}
	switch {
	case !mailing.CancelledAt.IsZero():
		return p.cancel(ctx, issue, "") // the reason is for whoever withdrew it to say
	case !mailing.FinishedAt.IsZero():
		return p.store.Finish(ctx, issue.ID)
	case mailing.PlannedAt.IsZero(), issue.Held && mailing.HeldAt.IsZero():
		return p.enqueue(ctx, issue)
	}
	return nil
}

// Test orders one marked copy of the day's issue to address, made as it would
// be made now, or as it was frozen. Nothing counts as mailed by it.
func (p *Pipeline) Test(ctx context.Context, edition digest.Edition, day digest.Day, address string) (digest.Issue, subscribers.Mailing, error) {
	issue, err := p.Preview(ctx, edition, day)
	if err == nil && issue.FrozenAt.IsZero() {
		issue, err = p.store.SaveDraft(ctx, issue)
	}
	if err != nil {
		return issue, subscribers.Mailing{}, err
	}
	mailing, err := p.outbox.EnqueueTest(ctx, issue.ID, address)
	return issue, mailing, err
}

// Preview returns the day's issue as it was frozen or, before that, as Publish
// would make it now. It stores nothing.
func (p *Pipeline) Preview(ctx context.Context, edition digest.Edition, day digest.Day) (digest.Issue, error) {
	issue, err := p.existing(ctx, edition, day)
	if errors.Is(err, digest.ErrNoIssue) {
		return p.Compose(ctx, edition, day)
	}
	return issue, err
}
