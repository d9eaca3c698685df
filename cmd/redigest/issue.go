package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"text/tabwriter"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/subscribers"
)

type issueCommands struct {
	Preview issuePreviewCommand `cmd:"" help:"Show the issue as it would go out now; stores and mails nothing."`
	Send    issueSendCommand    `cmd:"" help:"The day's run, now: compose, freeze, mail, account. Run again, it goes on with what is owed."`
	List    issueListCommand    `cmd:"" help:"List the newest issues."`
	Status  issueStatusCommand  `cmd:"" help:"Print the account of an issue."`
	Cancel  issueCancelCommand  `cmd:"" help:"Withdraw an issue: what is not handed over yet is not mailed."`
}

// forDay is the flag of commands about one issue.
type forDay struct {
	Day string `help:"The issue's day, such as 2026-02-03; today if none." placeholder:"DAY"`
}

type issuePreviewCommand struct {
	forDay
	Format string `help:"html, text, markdown or eml." enum:"html,text,markdown,eml" default:"text"`
	Out    string `help:"The file to write; standard output if none." placeholder:"FILE"`
	Open   bool   `help:"Show it in the browser (html)."`
}

func (issuePreviewCommand) example() string {
	return "redigest issue preview\nredigest issue preview --format html --out issue.html"
}

// Run shows an issue: as it was frozen or, before that, as it would be now.
func (c *issuePreviewCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		day, err := a.day(c.Day)
		if err != nil {
			return err
		}
		issue, err := a.pipeline.Preview(ctx, digest.Daily, day)
		if errors.Is(err, pipeline.ErrTooFew) || errors.Is(err, pipeline.ErrCancelled) {
			fmt.Fprintf(std.err, "no issue for %s: %v\n", day, err)
			return nil
		}
		if err != nil {
			return err
		}
		data, err := c.render(a, issue)
		if err != nil {
			return err
		}
		for _, cut := range issue.Cut {
			fmt.Fprintf(std.err, "cut: %s\n", cut)
		}
		if c.Open {
			return openInBrowser(ctx, []byte(issue.HTML))
		}
		return writeFile(c.Out, std.out, data)
	})
}

// render returns the issue in the format that was asked for. Where a reader's
// own link goes, a preview has a link that is nobody's.
func (c *issuePreviewCommand) render(a *app, issue digest.Issue) ([]byte, error) {
	switch c.Format {
	case "html":
		return []byte(issue.HTML), nil
	case "markdown":
		text := "Subject: " + issue.Subject + "\nPreheader: " + issue.Preheader + "\n\n" + issue.Markdown + "\n"
		if issue.FullText != "" {
			text += "\n---\n\n" + issue.FullText + "\n"
		}
		return []byte(text), nil
	case "eml":
		to := a.config.Publication.Sender()
		return a.letters().Sample(issue, mail.Address{Address: to.Address}.Address, a.now())
	}
	return []byte(issue.Text), nil
}

type issueSendCommand struct {
	forDay
	DryRun bool   `help:"Say what would be sent to how many; store and mail nothing."`
	TestTo string `help:"Mail one marked copy to this address and nothing else." placeholder:"ADDRESS"`
	JSON   bool   `help:"Print the account as JSON."`
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
	issue, err := a.pipeline.Publish(ctx, digest.Daily, day)
	if reason := noIssue(err); reason != "" {
		return c.printNone(a, day, reason)
	}
	if err != nil {
		return err
	}
	mailing, err := a.outbox.IssueMailing(ctx, issue.ID)
	if err != nil {
		return err
	}
	deliverErr := a.deliver(ctx, mailing.ID)
	// What was sent is told also when the command was stopped.
	told := context.WithoutCancel(ctx)
	if err := a.pipeline.Settle(told); err != nil {
		return errors.Join(deliverErr, err)
	}
	r, err := a.report(told, issue.ID)
	if err != nil {
		return errors.Join(deliverErr, err)
	}
	if err := errors.Join(deliverErr, r.print(a, c.JSON)); err != nil {
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

func (c *issueSendCommand) printNone(a *app, day digest.Day, reason string) error {
	if c.JSON {
		return printJSON(a.std.out, report{Edition: digest.Daily, Day: day, State: "none", Reason: reason, Relay: relayName(a.config)})
	}
	fmt.Fprintf(a.std.out, "no issue for %s: %s\n", day, reason)
	return nil
}

func (c *issueSendCommand) dryRun(ctx context.Context, a *app, day digest.Day) error {
	issue, err := a.pipeline.Preview(ctx, digest.Daily, day)
	if reason := noIssue(err); reason != "" {
		return c.printNone(a, day, reason)
	}
	if err != nil {
		return err
	}
	if !issue.FrozenAt.IsZero() {
		fmt.Fprintf(a.std.out, "the issue of %s is %s already; this is what it is:\n", day, issue.State)
	}
	readers, err := a.confirmed(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.std.out, "%s\n%s\n", issue.Subject, issue.Preheader)
	for _, p := range issue.Stories {
		fmt.Fprintf(a.std.out, "  %-8s  %s\n", p.Shown, p.Title)
	}
	for _, cut := range issue.Cut {
		fmt.Fprintf(a.std.out, "  %s\n", cut)
	}
	fmt.Fprintf(a.std.out, "%d kB of HTML, to %d readers through %s; nothing was stored or mailed\n",
		(len(issue.HTML)+999)/1000, readers, relayName(a.config))
	return nil
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
	issue, mailing, err := a.pipeline.Test(ctx, digest.Daily, day, to.Envelope())
	if reason := noIssue(err); reason != "" {
		return c.printNone(a, day, reason)
	}
	if err != nil {
		return err
	}
	if err := a.deliver(ctx, mailing.ID); err != nil {
		return err
	}
	account, err := a.outbox.Account(ctx, mailing.ID)
	if err != nil {
		return err
	}
	r := a.newReport(issue, account)
	if err := r.print(a, c.JSON); err != nil {
		return err
	}
	if account.Accepted != 1 {
		return errNotDone
	}
	return nil
}

type issueListCommand struct {
	Limit int  `help:"How many." default:"30"`
	JSON  bool `help:"Print them as JSON, each with its account."`
}

func (issueListCommand) example() string { return "redigest issue list" }

// Run lists issues.
func (c *issueListCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		issues, err := a.store.Issues(ctx, c.Limit)
		if err != nil {
			return err
		}
		reports := []report{}
		for _, i := range issues {
			r, err := a.report(ctx, i.ID)
			if err != nil {
				return err
			}
			reports = append(reports, r)
		}
		if c.JSON {
			return printJSON(std.out, reports)
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for _, r := range reports {
			fmt.Fprintf(w, "%s\t%s\t%d of %d accepted\t%s%s\n", r.Day, r.State, r.Accepted, r.Planned, r.Subject, r.Reason)
		}
		return w.Flush()
	})
}

type issueStatusCommand struct {
	forDay
	State string `help:"Also list every address in this state, with the last reply." enum:",queued,handed,deferred,accepted,refused,failed,uncertain,withdrawn" default:"" placeholder:"STATE"`
	JSON  bool   `help:"Print the account as JSON."`
}

func (issueStatusCommand) example() string {
	return "redigest issue status --day 2026-02-03 --state uncertain"
}

// Run prints one issue's account.
func (c *issueStatusCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		issue, err := a.issue(ctx, c.Day)
		if err != nil {
			return err
		}
		r, err := a.report(ctx, issue.ID)
		if err != nil {
			return err
		}
		if c.State != "" && r.mailing != 0 {
			for d, err := range a.outbox.Deliveries(ctx, r.mailing, subscribers.State(c.State)) {
				if err != nil {
					return err
				}
				r.Deliveries = append(r.Deliveries, address{d.Address, d.Reply.Code, d.Reply.Enhanced, d.Reply.Text})
			}
		}
		return r.print(a, c.JSON)
	})
}

// issue returns the issue of the day that a flag names.
func (a *app) issue(ctx context.Context, flag string) (digest.Issue, error) {
	day, err := a.day(flag)
	if err != nil {
		return digest.Issue{}, err
	}
	issue, err := a.store.Issue(ctx, digest.Daily, day)
	if errors.Is(err, digest.ErrNoIssue) {
		return issue, fmt.Errorf("there is no issue of %s; redigest issue list shows which there are", day)
	}
	return issue, err
}

type issueCancelCommand struct {
	forDay
	Why  string `help:"Why, for the record." default:"by the operator"`
	JSON bool   `help:"Print the account as JSON."`
}

func (issueCancelCommand) example() string {
	return "redigest issue cancel --day 2026-02-03 --why \"wrong lead\""
}

// Run withdraws an issue.
func (c *issueCancelCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		issue, err := a.issue(ctx, c.Day)
		if err != nil {
			return err
		}
		if issue, err = a.pipeline.Cancel(ctx, issue.Edition, issue.Day, c.Why); err != nil {
			return err
		}
		r, err := a.report(ctx, issue.ID)
		if err != nil {
			return err
		}
		if len(issue.Stories) == 0 {
			fmt.Fprintln(std.err, "its stories are free for the next issue")
		}
		return r.print(a, c.JSON)
	})
}
