package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"redigest/digest"
)

type issueCommands struct {
	Preview issuePreviewCommand `cmd:"" help:"Show the issue as it would go out now; stores and mails nothing."`
	Check   issueCheckCommand   `cmd:"" help:"Look over the issue before it is sent: what stops it, and what is to be known."`
	Send    issueSendCommand    `cmd:"" help:"The day's run, now: compose, freeze, mail, account. Run again, it goes on with what is owed."`
	List    issueListCommand    `cmd:"" help:"List the newest issues."`
	Status  issueStatusCommand  `cmd:"" help:"Print the account of an issue and, on request, its addresses."`
	Hold    issueHoldCommand    `cmd:"" help:"Keep an issue back, before it is made or while it goes out."`
	Release issueReleaseCommand `cmd:"" help:"Let a held issue go on."`
	Cancel  issueCancelCommand  `cmd:"" help:"Withdraw an issue: what is not handed over yet is not mailed."`
	Resend  issueResendCommand  `cmd:"" help:"Mail again what is uncertain, failed or refused, to those who still want it."`
}

// forDay is the flag of commands about one issue.
type forDay struct {
	Day string `help:"The issue's day: 2026-02-03, yesterday or today; today if none." placeholder:"DAY"`
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
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Day, r.standing(), r.mailed(), r.title())
		}
		return w.Flush()
	})
}

// bracketed returns a note in brackets, and nothing for none.
func bracketed(note string) string {
	if note == "" {
		return ""
	}
	return "(" + note + ")"
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
	Why  string `help:"Why, for the record; “by the operator” if you do not say." placeholder:"WHY"`
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
		why := c.Why
		if why == "" && issue.State != digest.Cancelled {
			why = "by the operator"
		}
		issue, err = a.pipeline.Cancel(ctx, issue.Edition, issue.Day, why)
		if errors.Is(err, digest.ErrFrozen) {
			return fmt.Errorf("the issue of %s is %s: nothing of it is left to withdraw", issue.Day, issue.State)
		}
		if err != nil {
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
