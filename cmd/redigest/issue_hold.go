package main

import (
	"context"
	"errors"
	"fmt"

	"redigest/digest"
)

type issueHoldCommand struct {
	forDay
	JSON bool `help:"Print the account as JSON."`
}

func (issueHoldCommand) example() string {
	return "redigest issue hold\nredigest issue hold --day 2026-02-04"
}

// Run keeps an issue back.
func (c *issueHoldCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		day, err := a.day(c.Day)
		if err != nil {
			return err
		}
		if day < a.today() {
			// What is past has an issue or is not to have one.
			if _, err := a.issue(ctx, c.Day); err != nil {
				return err
			}
		}
		issue, err := a.pipeline.Hold(ctx, digest.Daily, day)
		if errors.Is(err, digest.ErrEnded) {
			return fmt.Errorf("the issue of %s is %s: nothing of it is left to hold", day, issue.State)
		}
		if err != nil {
			return err
		}
		return a.printReport(ctx, issue.ID, c.JSON)
	})
}

type issueReleaseCommand struct {
	forDay
	JSON bool `help:"Print the account as JSON."`
}

func (issueReleaseCommand) example() string { return "redigest issue release --day 2026-02-03" }

// Run lets a held issue go on.
func (c *issueReleaseCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		issue, err := a.issue(ctx, c.Day)
		if err != nil {
			return err
		}
		before, err := a.report(ctx, issue.ID)
		if err != nil {
			return err
		}
		released, err := a.pipeline.Release(ctx, issue.Edition, issue.Day)
		if errors.Is(err, digest.ErrEnded) {
			return fmt.Errorf("the issue of %s is %s: there is nothing to release", issue.Day, issue.State)
		}
		if err != nil {
			return err
		}
		word := "released"
		if !before.Held {
			word = "it was not held"
		}
		fmt.Fprintf(std.err, "%s: %s\n", word, a.goesOn(released))
		return a.printReport(ctx, released.ID, c.JSON)
	})
}

// goesOn says how an issue goes on that is not held.
func (a *app) goesOn(i digest.Issue) string {
	now := fmt.Sprintf("redigest issue send --day %s", i.Day)
	if i.State == digest.Sending {
		return "serve goes on with it, or, where serve does not run: " + now
	}
	plan, err := a.config.Plan()
	if err != nil {
		return err.Error()
	}
	if moment, ok := plan.Moment(i.Day); ok && moment.After(a.now()) {
		return "serve publishes it at its hour"
	}
	if due, ok := plan.Due(a.now()); ok && due == i.Day {
		return "its hour has come and serve publishes it, or, where serve does not run: " + now
	}
	return "its hour is over, and its stories go into the next issue, unless you say: " + now
}

// printReport prints the account of an issue.
func (a *app) printReport(ctx context.Context, id digest.ID, asJSON bool) error {
	r, err := a.report(ctx, id)
	if err != nil {
		return err
	}
	return r.print(a, asJSON)
}
