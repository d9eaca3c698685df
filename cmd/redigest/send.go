package main

import (
	"context"
	"errors"
	"fmt"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/subscribers"
)

type issueSendCommand struct {
	forDay
	DryRun bool   `help:"Say what would be sent to how many; store and mail nothing."`
	TestTo string `help:"Mail one marked copy to this address and nothing else." placeholder:"ADDRESS"`
	JSON   bool   `help:"Print the account as JSON."`

	AllowPlaceholders bool `help:"Send although something looks as if it was left to be filled in: it is meant. Nothing else that stops an issue can be overruled."`
}

func (issueSendCommand) example() string {
	return "redigest issue send\nredigest issue send --day 2026-02-03 --test-to me@example.org"
}

// Run publishes a day's issue and prints its account. It ends with exit code 0
// when nothing is owed and nothing is uncertain.
func (c *issueSendCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	if c.DryRun && c.TestTo != "" {
		return usageError{errors.New("--dry-run mails nothing and --test-to one copy; choose one")}
	}
	return g.with(ctx, std, func(a *app) error {
		day, err := a.day(c.Day)
		if err != nil {
			return err
		}
		a.warn()
		switch {
		case c.DryRun:
			return c.dryRun(ctx, a, day)
		case c.TestTo != "":
			return c.test(ctx, a, day)
		}
		return c.send(ctx, a, day)
	})
}

func (c *issueSendCommand) send(ctx context.Context, a *app, day digest.Day) error {
	if err := c.before(ctx, a, day, a.readNumbers(ctx, day)); err != nil {
		return err
	}
	issue, err := a.pipeline.Publish(ctx, digest.Daily, day, c.meant()...)
	if reason := noIssue(err); reason != "" && issue.FrozenAt.IsZero() {
		return printNoIssue(a, day, reason, c.JSON)
	} else if errors.Is(err, pipeline.ErrHeld) {
		return fmt.Errorf("%w; to let it go: redigest issue release --day %s", err, day)
	} else if err != nil && reason == "" {
		return err
	}
	// Of an issue that was cancelled in mid-send the account is still to be
	// settled and told.
	mailing, err := a.outbox.IssueMailing(ctx, issue.ID)
	if err != nil {
		return err
	}
	return a.deliverIssue(ctx, issue.ID, mailing.ID, c.JSON)
}

// meant returns the checks that do not stop the issue.
func (c *issueSendCommand) meant() []pipeline.Check {
	if c.AllowPlaceholders {
		return []pipeline.Check{pipeline.CheckPlaceholder}
	}
	return nil
}

// deliverIssue delivers until nothing more can be done now, and prints the
// account. It returns an error when something is owed or uncertain.
func (a *app) deliverIssue(ctx context.Context, issue digest.ID, mailing subscribers.ID, asJSON bool) error {
	deliverErr := a.deliver(ctx, mailing, false)
	// What was sent is told also when the command was stopped.
	told := context.WithoutCancel(ctx)
	settleErr := a.pipeline.Settle(told)
	r, err := a.report(told, issue)
	if err != nil {
		return errors.Join(deliverErr, settleErr, err)
	}
	if err := errors.Join(deliverErr, settleErr, r.print(a, asJSON)); err != nil {
		return err
	}
	if r.Owed()+r.Uncertain > 0 {
		return errNotDone
	}
	return nil
}

// noIssue returns why there is nothing to publish, or "" when that is not so.
func noIssue(err error) string {
	if errors.Is(err, pipeline.ErrTooFew) || errors.Is(err, pipeline.ErrCancelled) {
		return err.Error()
	}
	return ""
}

func printNoIssue(a *app, day digest.Day, reason string, asJSON bool) error {
	if asJSON {
		return printJSON(a.std.out, report{Edition: digest.Daily, Day: day, State: "none", Reason: reason, Relay: relayName(a.config)})
	}
	fmt.Fprintf(a.std.out, "no issue for %s: %s\n", day, reason)
	return nil
}

// A rehearsal is what a dry run prints.
type rehearsal struct {
	report
	Preheader string         `json:"preheader"`
	Readers   int            `json:"readers"`
	Size      int            `json:"size"` // of the HTML part, in octets
	Places    []digest.Place `json:"places"`
	Cut       []string       `json:"cut"`

	Findings []pipeline.Finding `json:"findings"`
}

func (c *issueSendCommand) dryRun(ctx context.Context, a *app, day digest.Day) error {
	checkup, err := a.pipeline.Check(ctx, digest.Daily, day)
	issue := checkup.Issue
	if reason := noIssue(err); reason != "" {
		return printNoIssue(a, day, reason, c.JSON)
	}
	if err != nil {
		return err
	}
	readers, err := a.confirmed(ctx)
	if err != nil {
		return err
	}
	for _, check := range c.meant() {
		checkup = checkup.Meant(check)
	}
	r := rehearsal{
		report: a.newReport(issue, subscribers.Account{}, relayName(a.config)), Preheader: issue.Preheader,
		Readers: readers, Size: len(issue.HTML), Places: issue.Stories, Cut: append([]string{}, issue.Cut...),
		Findings: append([]pipeline.Finding{}, checkup.Findings...),
	}
	if err := r.print(a, c.JSON); err != nil {
		return err
	}
	if len(checkup.Stops()) > 0 && issue.FrozenAt.IsZero() {
		return errNotDone
	}
	return nil
}

// print prints what would be sent, in words or as JSON.
func (r rehearsal) print(a *app, asJSON bool) error {
	if asJSON {
		return printJSON(a.std.out, r)
	}
	if r.State != digest.Draft {
		fmt.Fprintf(a.std.out, "the issue of %s is %s already; this is what it is:\n", r.Day, r.State)
	}
	fmt.Fprintf(a.std.out, "%s\n%s\n", r.Subject, r.Preheader)
	for _, p := range r.Places {
		fmt.Fprintf(a.std.out, "  %-8s  %s\n", p.Shown, p.Title)
	}
	for _, cut := range r.Cut {
		fmt.Fprintf(a.std.out, "  %s\n", cut)
	}
	fmt.Fprintf(a.std.out, "%d kB of HTML, to %s through %s; nothing was stored or mailed\n",
		(r.Size+999)/1000, many(r.Readers, "reader"), relayName(a.config))
	printFindings(a.std.err, r.Findings)
	return nil
}

// many returns a count with its noun.
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// confirmed counts the readers an issue would go to now.
func (a *app) confirmed(ctx context.Context) (n int, err error) {
	for s, err := range a.list.Subscribers(ctx, subscribers.Filter{Status: subscribers.Confirmed}) {
		if err != nil {
			return 0, err
		}
		if len(s.Suppressed) == 0 && s.Edition == string(digest.Daily) {
			n++
		}
	}
	return n, nil
}

func (c *issueSendCommand) test(ctx context.Context, a *app, day digest.Day) error {
	to, err := subscribers.ParseAddress(c.TestTo)
	if err != nil {
		return usageError{fmt.Errorf("--test-to: %w", err)}
	}
	// A copy to look at goes out whatever is wrong with it.
	if checkup, err := a.pipeline.Check(ctx, digest.Daily, day); err == nil {
		printFindings(a.std.err, checkup.Findings)
	}
	issue, mailing, err := a.pipeline.Test(ctx, digest.Daily, day, to.Envelope())
	if reason := noIssue(err); reason != "" {
		return printNoIssue(a, day, reason, c.JSON)
	}
	if err != nil {
		return err
	}
	if err := a.deliver(ctx, mailing.ID, true); err != nil {
		return err
	}
	r, err := a.accountOf(ctx, issue, mailing)
	if err != nil {
		return err
	}
	r.Test = to.Typed
	if err := r.print(a, c.JSON); err != nil {
		return err
	}
	if r.Accepted != 1 {
		return errNotDone
	}
	return nil
}
