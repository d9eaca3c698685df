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
	untouched := true
	if issue.State == digest.Sending {
		if untouched, err = p.withdraw(ctx, issue); err != nil {
			return issue, err
		}
	}
	if err := p.store.Cancel(ctx, issue.ID, untouched, reason); err != nil {
		return issue, err
	}
	return p.store.IssueByID(ctx, issue.ID)
}

// withdraw ends the mailing of an issue and reports whether nothing of it had
// been handed over. It orders the mailing first, so that a run that is about
// to do so finds it ended.
func (p *Pipeline) withdraw(ctx context.Context, issue digest.Issue) (untouched bool, err error) {
	mailing, err := p.order(ctx, issue)
	if err != nil {
		return false, err
	}
	if err := p.outbox.Cancel(ctx, mailing.ID); err != nil {
		return false, err
	}
	account, err := p.outbox.Account(ctx, mailing.ID)
	return account.Planned == account.Withdrawn, err
}

// Settle notes which issues have nothing owed any more.
func (p *Pipeline) Settle(ctx context.Context) error {
	issues, err := p.store.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, issue := range issues {
		mailing, err := p.outbox.IssueMailing(ctx, issue.ID)
		if errors.Is(err, subscribers.ErrNoMailing) {
			continue // frozen, and the run that froze it is not done
		}
		if err == nil && !mailing.FinishedAt.IsZero() {
			err = p.store.Finish(ctx, issue.ID)
		}
		if err != nil {
			return err
		}
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
