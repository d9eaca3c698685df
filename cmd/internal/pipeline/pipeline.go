// Package pipeline is the day's run: it gathers stories, and makes and orders
// the day's issue.
//
// There is no resume code. Each step can be repeated without harm, so to go on
// after a crash is to run it again.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redigest/digest"
	"redigest/digest/render"
	"redigest/subscribers"
)

// maxSize is how large the HTML part of an issue may be, in octets. Gmail clips
// at about 102 kB, and what it clips is the unsubscribe link.
const maxSize = 95_000

// Options says how issues are made.
type Options struct {
	// Frame is what stands around every issue's stories; the pipeline fills in
	// what differs from issue to issue.
	Frame render.Frame

	BaseURL    string // of the site, without a slash at the end
	MinStories int    // with fewer there is no issue; 1 if zero
	MaxStories int    // 0: no bound

	NumbersURL string // of the publisher's table; empty: none is read

	Sponsor *digest.Sponsor // who pays for the issues of some days; nil: nobody

	Leaves bool // mail goes beyond this machine, to readers

	// Deadline returns when what is still owed of an issue that is frozen at t
	// is given up, because the next one is due; nil for never.
	Deadline func(t time.Time) time.Time

	Now func() time.Time // time.Now if nil
}

// A Pipeline makes issues from the stories in store and orders their mailing in
// outbox.
type Pipeline struct {
	store  *digest.Store
	outbox *subscribers.Outbox
	opts   Options
}

// New returns a pipeline.
func New(store *digest.Store, outbox *subscribers.Outbox, opts Options) *Pipeline {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Deadline == nil {
		opts.Deadline = func(time.Time) time.Time { return time.Time{} }
	}
	opts.MinStories = max(1, opts.MinStories)
	return &Pipeline{store: store, outbox: outbox, opts: opts}
}

// ErrTooFew means that a day has fewer stories than an issue must have.
var ErrTooFew = errors.New("too few stories")

// ErrCancelled means that the day's issue was cancelled. A day has one issue at
// most, so there is none; its stories go into the next.
var ErrCancelled = errors.New("the issue of that day was cancelled")

// ErrHeld means that the day's issue is held before it was frozen.
var ErrHeld = errors.New("it is held")

// Publish makes the issue of a day and orders its mailing. When that has been
// done before, wholly or in part, it does what is left. It returns an error
// that is [ErrTooFew], [ErrCancelled] or [ErrHeld] when there is nothing to
// publish, and [ErrUnfit] when [Pipeline.Check] finds what stops the issue and is
// not among what is meant; nothing is stored then.
func (p *Pipeline) Publish(ctx context.Context, edition digest.Edition, day digest.Day, meant ...Check) (digest.Issue, error) {
	issue, err := p.frozen(ctx, edition, day, meant)
	for attempts := 0; errors.Is(err, digest.ErrTaken) && attempts < 3; attempts++ {
		issue, err = p.frozen(ctx, edition, day, meant) // another process was faster: compose from what is left
	}
	if err != nil || issue.State == digest.Sent {
		return issue, err
	}
	return issue, p.enqueue(ctx, issue)
}

// enqueue orders the mailing of a frozen issue, and holds it where the issue is
// held by now: whoever held that may have been cut off before the mailing.
func (p *Pipeline) enqueue(ctx context.Context, issue digest.Issue) error {
	issue, err := p.store.IssueByID(ctx, issue.ID)
	if err == nil && issue.Held {
		err = p.outbox.HoldIssue(ctx, p.order(issue))
	}
	if err == nil {
		_, err = p.outbox.EnqueueIssue(ctx, p.order(issue))
	}
	return err
}

// order returns the order of a frozen issue: to all who had confirmed when it
// was frozen.
func (p *Pipeline) order(issue digest.Issue) subscribers.Order {
	return subscribers.Order{
		IssueID:    issue.ID,
		Edition:    string(issue.Edition),
		CutoffAt:   issue.FrozenAt,
		DeadlineAt: p.opts.Deadline(issue.FrozenAt),
	}
}

// frozen returns the day's issue, frozen now or before.
func (p *Pipeline) frozen(ctx context.Context, edition digest.Edition, day digest.Day, meant []Check) (digest.Issue, error) {
	issue, err := p.existing(ctx, edition, day)
	if !errors.Is(err, digest.ErrNoIssue) {
		return issue, err
	}
	if issue.Held {
		return issue, held(issue)
	}
	if issue, err = p.Compose(ctx, edition, day); err == nil {
		err = p.fit(ctx, issue, meant)
	}
	if err == nil {
		issue, err = p.store.Freeze(ctx, issue)
	}
	// Another process was first: with the day, or with the stories.
	if errors.Is(err, digest.ErrFrozen) || errors.Is(err, ErrTooFew) {
		first, firstErr := p.existing(ctx, edition, day)
		if !errors.Is(firstErr, digest.ErrNoIssue) {
			return first, firstErr
		}
		if first.Held {
			return first, held(first) // meanwhile
		}
	}
	return issue, err
}

func held(i digest.Issue) error {
	return fmt.Errorf("%s issue of %s: %w", i.Edition, i.Day, ErrHeld)
}

// existing returns the day's issue when it is frozen, an error that is
// [digest.ErrNoIssue] when one can still be made, and else why not.
func (p *Pipeline) existing(ctx context.Context, edition digest.Edition, day digest.Day) (digest.Issue, error) {
	issue, err := p.store.Issue(ctx, edition, day)
	switch {
	case err != nil:
		return issue, err
	case issue.State == digest.Cancelled:
		return issue, fmt.Errorf("%w (%s); its stories go into the next", ErrCancelled, issue.Reason)
	case issue.FrozenAt.IsZero():
		return issue, digest.ErrNoIssue
	}
	return issue, nil
}

// Compose returns the issue that Publish would make of the day now, rendered,
// and stores nothing.
func (p *Pipeline) Compose(ctx context.Context, edition digest.Edition, day digest.Day) (digest.Issue, error) {
	in, err := p.input(ctx, edition, day)
	if err != nil {
		return digest.Issue{}, err
	}
	frame := p.opts.Frame
	frame.WebURL = in.PageURL
	issue := digest.Compose(in, func(i digest.Issue) int {
		body, err := render.Mail(i, frame)
		if err != nil {
			return 0 // rendering what was chosen reports it
		}
		return len(body.HTML)
	})
	if n := len(issue.Stories); n < p.opts.MinStories {
		return issue, p.tooFew(ctx, issue, in.CutoffAt)
	}
	body, err := render.Mail(issue, frame)
	if err != nil {
		return issue, fmt.Errorf("render the %s issue of %s: %w", edition, day, err)
	}
	issue.HTML, issue.Text = body.HTML, body.Text
	return issue, nil
}

// input returns all that the issue of day is composed from now.
func (p *Pipeline) input(ctx context.Context, edition digest.Edition, day digest.Day) (in digest.Input, err error) {
	in = digest.Input{
		Edition:    edition,
		Day:        day,
		Language:   p.opts.Frame.Language,
		Sponsor:    p.opts.Sponsor,
		Companies:  digest.ListedCompanies(),
		PageURL:    p.PageURL(day),
		MaxStories: p.opts.MaxStories,
		MaxSize:    maxSize,
	}
	if in.CutoffAt, err = p.cutoff(day); err != nil {
		return in, err
	}
	if in.Stories, err = p.store.Due(ctx, edition, in.CutoffAt); err != nil {
		return in, err
	}
	if in.Number, err = p.store.NextNumber(ctx, edition); err != nil {
		return in, err
	}
	in.Figures, err = p.store.Figures(ctx, day)
	return in, err
}

// cutoff returns the moment up to which the issue of day takes stories: now,
// or the end of a day that is past.
func (p *Pipeline) cutoff(day digest.Day) (time.Time, error) {
	now := p.opts.Now()
	switch today := digest.DayOf(now.In(p.store.Zone())); {
	case day > today:
		return time.Time{}, fmt.Errorf("%s is still to come; today is %s in the publisher's zone (%s)", day, today, p.store.Zone())
	case day < today:
		return day.End(p.store.Zone()), nil
	}
	return now, nil
}

// tooFew says why there is no issue, with what to do where the stories are not
// missing but too old.
func (p *Pipeline) tooFew(ctx context.Context, issue digest.Issue, cutoff time.Time) error {
	since, err := p.store.Since(ctx, issue.Edition, cutoff)
	if err != nil {
		return err
	}
	zone := p.store.Zone()
	err = fmt.Errorf("%w: %d of at least %d, published after %s and up to %s, and in no issue yet",
		ErrTooFew, len(issue.Stories), p.opts.MinStories,
		since.In(zone).Format("2 January 15:04"), cutoff.In(zone).Format("2 January 15:04 MST"))
	if len(issue.Cut) > 0 {
		err = fmt.Errorf("%w; %s", err, strings.Join(issue.Cut, "; "))
	}
	return err
}

// PageURL returns the address of a daily issue's page.
func (p *Pipeline) PageURL(day digest.Day) string { return p.opts.BaseURL + "/issues/" + string(day) }
