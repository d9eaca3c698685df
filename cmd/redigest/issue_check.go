package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/feed"
)

type issueCheckCommand struct {
	forDay
	Offline bool `help:"Ask nobody: neither whether links answer nor for the table of numbers."`
	JSON    bool `help:"Print what was found as JSON."`
}

func (issueCheckCommand) example() string {
	return "redigest issue check\nredigest issue check --day 2026-02-03 --offline"
}

// Run looks over an issue as it was frozen or, before that, as it would be made
// now. It ends with exit code 1 when something stops it.
func (c *issueCheckCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error { return c.check(ctx, a, a.fetcher()) })
}

func (c *issueCheckCommand) check(ctx context.Context, a *app, fetcher *feed.Fetcher) error {
	day, err := a.day(c.Day)
	if err != nil {
		return err
	}
	checkup, err := a.pipeline.Check(ctx, digest.Daily, day)
	if reason := noIssue(err); reason != "" {
		return printNoIssue(a, day, reason, c.JSON)
	}
	if err != nil {
		return err
	}
	if !c.Offline {
		checkup = a.pipeline.Ask(ctx, fetcher, checkup, true)
	}
	return newCheckReport(checkup).print(a, c.JSON)
}

// A checkReport is what was found about an issue, as commands print it.
type checkReport struct {
	Edition  digest.Edition     `json:"edition"`
	Day      digest.Day         `json:"day"`
	State    digest.IssueState  `json:"state"`
	Subject  string             `json:"subject"`
	Stories  int                `json:"stories"`
	Size     int                `json:"size"` // of the HTML part, in octets
	Fit      bool               `json:"fit"`  // nothing stops it
	Findings []pipeline.Finding `json:"findings"`
	Links    []feed.Probe       `json:"links,omitempty"` // that were asked for
	Cut      []string           `json:"cut"`             // what was shortened or left out
}

func newCheckReport(c pipeline.Checkup) checkReport {
	i := c.Issue
	return checkReport{
		Edition: i.Edition, Day: i.Day, State: i.State, Subject: i.Subject, Stories: len(i.Stories), Size: len(i.HTML),
		Fit: len(c.Stops()) == 0, Findings: append([]pipeline.Finding{}, c.Findings...), Links: c.Links, Cut: append([]string{}, c.Cut...),
	}
}

// print prints what was found, in words or as JSON, and returns [errNotDone]
// when something stops the issue.
func (r checkReport) print(a *app, asJSON bool) error {
	if asJSON {
		if err := printJSON(a.std.out, r); err != nil {
			return err
		}
		return r.outcome()
	}
	fmt.Fprintf(a.std.out, "%s of %s, %s: %s\n", r.Edition, r.Day, r.State, r.Subject)
	printFindings(a.std.out, r.Findings)
	for _, cut := range r.Cut {
		fmt.Fprintf(a.std.out, "cut: %s\n", cut)
	}
	if len(r.Links) > 0 {
		fmt.Fprintln(a.std.out, linksInWords(r.Links))
	}
	fmt.Fprintf(a.std.out, "%d kB of HTML, %s: %s\n", (r.Size+999)/1000, stories(r.Stories), r.verdict())
	return r.outcome()
}

func (r checkReport) outcome() error {
	if !r.Fit {
		return errNotDone
	}
	return nil
}

// verdict says what follows from the findings.
func (r checkReport) verdict() string {
	switch {
	case !r.Fit && r.State != digest.Draft:
		return "it is " + string(r.State) + " already"
	case !r.Fit:
		return "it is not sent like this"
	case len(r.Findings) > 0:
		return "nothing stops it"
	}
	return "nothing is wrong with it"
}

func stories(n int) string {
	if n == 1 {
		return "1 story"
	}
	return fmt.Sprintf("%d stories", n)
}

// printFindings prints two lines for each: what was found, and what to do.
func printFindings(w io.Writer, found []pipeline.Finding) {
	for _, f := range found {
		fmt.Fprintf(w, "%-7s  %s: %s\n         %s\n", f.Severity, f.Where, f.What, f.Do)
	}
}

// linksInWords counts what came of asking for links.
func linksInWords(asked []feed.Probe) string {
	count := map[feed.Verdict]int{}
	for _, p := range asked {
		count[p.Verdict]++
	}
	var words []string
	for _, v := range []struct {
		verdict feed.Verdict
		words   string
	}{
		{feed.Answers, "answer"}, {feed.Blocked, "at servers that do not serve programs"}, {feed.Broken, "without an answer"},
		{feed.Refused, "that we do not ask for"}, {feed.Unasked, "for which there was no time"},
	} {
		if n := count[v.verdict]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, v.words))
		}
	}
	return many(len(asked), "link") + ": " + strings.Join(words, ", ")
}

// before looks over a day's issue before it is sent, and tells what it finds. It
// returns [errNotDone] when something stops it that is not meant. Of an issue
// that is frozen or held, or that cannot be made, it says nothing: sending does.
func (c *issueSendCommand) before(ctx context.Context, a *app, day digest.Day, reading pipeline.NumbersReading) error {
	if issue, err := a.store.Issue(ctx, digest.Daily, day); err == nil && issue.Held {
		return nil
	}
	checkup, err := a.pipeline.Check(ctx, digest.Daily, day)
	if err != nil || !checkup.Issue.FrozenAt.IsZero() {
		return nil
	}
	checkup.Findings = append(checkup.Findings, reading.Findings()...)
	for _, check := range c.meant() {
		checkup = checkup.Meant(check)
	}
	return c.tell(a, a.askBeforeMail(ctx, checkup))
}

// tell tells what was found before an issue is sent.
func (c *issueSendCommand) tell(a *app, checkup pipeline.Checkup) error {
	fit := len(checkup.Stops()) == 0
	if c.JSON && !fit {
		return newCheckReport(checkup).print(a, true)
	}
	printFindings(a.std.err, checkup.Findings)
	if fit {
		return nil
	}
	fmt.Fprintf(a.std.err, "the issue of %s is not sent like this; nothing was stored or mailed\n", checkup.Issue.Day)
	return errNotDone
}

// askBeforeMail asks for the links of an issue that is to leave this machine.
// One that reaches nobody, as a demo's, is nobody's reason to be asked.
func (a *app) askBeforeMail(ctx context.Context, checkup pipeline.Checkup) pipeline.Checkup {
	if !a.config.Mail.Leaves() || len(checkup.Stops()) > 0 {
		return checkup
	}
	return a.pipeline.Ask(ctx, a.fetcher(), checkup, false)
}

// tellFindings logs what is found about an issue that is going out by itself.
// It comes behind the issue, for whatever others say does not keep it back.
func (s *server) tellFindings(ctx context.Context, issue digest.Issue, reading pipeline.NumbersReading) {
	checkup, err := s.pipeline.CheckIssue(ctx, issue)
	if err != nil {
		s.log.Warn("could not look over the issue", "day", issue.Day, "error", err)
		return
	}
	checkup.Findings = append(checkup.Findings, reading.Findings()...)
	for _, f := range s.askBeforeMail(ctx, checkup).Findings {
		s.log.Warn("about the issue", "day", issue.Day, "check", f.Check, "where", f.Where, "what", f.What, "do", f.Do)
	}
}
