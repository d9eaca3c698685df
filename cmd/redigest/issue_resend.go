package main

import (
	"context"
	"errors"
	"fmt"

	"redigest/cmd/internal/pipeline"
	"redigest/subscribers"
)

type issueResendCommand struct {
	forDay
	Uncertain bool `help:"Those of which nobody knows whether they arrived: some readers get the mail twice."`
	Failed    bool `help:"Those that were given up."`
	Refused   bool `help:"Those that a relay refused for good: when it was wrong about them, or about us."`
	Late      bool `help:"Also when the next issue has begun."`
	JSON      bool `help:"Print the account as JSON."`
}

func (issueResendCommand) example() string {
	return "redigest issue resend --uncertain\nredigest issue resend --failed --day 2026-02-03"
}

// Run makes mails owed again, delivers them as issue send does, and ends with
// its exit codes.
func (c *issueResendCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	states := c.states()
	if len(states) == 0 {
		return usageError{errors.New("say which: --uncertain, --failed, --refused, or several")}
	}
	return g.with(ctx, std, func(a *app) error {
		issue, err := a.issue(ctx, c.Day)
		if err != nil {
			return err
		}
		resent, err := a.pipeline.Resend(ctx, issue, pipeline.Again{States: states, Late: c.Late})
		switch {
		case errors.Is(err, subscribers.ErrNoMailing):
			return fmt.Errorf("the issue of %s is %s: nothing of it was mailed", issue.Day, issue.State)
		case errors.Is(err, subscribers.ErrCancelled):
			return fmt.Errorf("the issue of %s was cancelled: nothing of it is mailed again", issue.Day)
		case errors.Is(err, subscribers.ErrOver):
			return fmt.Errorf("the time of the issue of %s is over, the next one has begun; to mail it again all the same, add --late", issue.Day)
		case err != nil:
			return err
		}
		fmt.Fprintln(std.err, resentWords(resent))
		mailing, err := a.outbox.IssueMailing(ctx, issue.ID)
		if err != nil {
			return err
		}
		return a.deliverIssue(ctx, issue.ID, mailing.ID, c.JSON)
	})
}

func (c *issueResendCommand) states() (states []subscribers.State) {
	if c.Uncertain {
		states = append(states, subscribers.Uncertain)
	}
	if c.Failed {
		states = append(states, subscribers.Failed)
	}
	if c.Refused {
		states = append(states, subscribers.Refused)
	}
	return states
}

// resentWords says what goes out again.
func resentWords(n subscribers.Resent) string {
	line := many(n.Queued, "mail") + " to be sent again"
	if n.Unwanted > 0 {
		line += fmt.Sprintf("; %d left as they are, their readers having left, paused or been suppressed", n.Unwanted)
	}
	return line
}
