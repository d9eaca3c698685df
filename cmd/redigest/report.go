package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"redigest/digest"
	"redigest/subscribers"
)

// A report is an issue's account as commands print it.
type report struct {
	Edition digest.Edition    `json:"edition"`
	Day     digest.Day        `json:"day"`
	State   digest.IssueState `json:"state"` // “none” where there is no issue
	Reason  string            `json:"reason,omitempty"`
	Subject string            `json:"subject"`
	Stories int               `json:"stories"`
	Relay   string            `json:"relay"`
	subscribers.Account
	Deliveries []address `json:"deliveries,omitempty"`

	mailing subscribers.ID
}

// An address is one recipient and the last reply about them.
type address struct {
	Address  string `json:"address"`
	Code     int    `json:"code,omitempty"`
	Enhanced string `json:"enhanced,omitempty"`
	Reply    string `json:"reply,omitempty"`
}

func (a *app) newReport(i digest.Issue, account subscribers.Account) report {
	return report{
		Edition: i.Edition, Day: i.Day, State: i.State, Reason: i.Reason, Subject: i.Subject,
		Stories: len(i.Stories), Relay: relayName(a.config), Account: account,
	}
}

// report returns the account of an issue; one that is not frozen has nothing
// on it.
func (a *app) report(ctx context.Context, id digest.ID) (report, error) {
	issue, err := a.store.IssueByID(ctx, id)
	if err != nil {
		return report{}, err
	}
	mailing, err := a.outbox.IssueMailing(ctx, id)
	if errors.Is(err, subscribers.ErrNoMailing) {
		return a.newReport(issue, subscribers.Account{}), nil
	}
	if err != nil {
		return report{}, err
	}
	account, err := a.outbox.Account(ctx, mailing.ID)
	r := a.newReport(issue, account)
	r.mailing = mailing.ID
	return r, err
}

// print prints the account, in words or as JSON.
func (r report) print(a *app, asJSON bool) error {
	if asJSON {
		return printJSON(a.std.out, r)
	}
	fmt.Fprintf(a.std.out, "%s of %s, %s: %s\n", r.Edition, r.Day, r.State, r.Subject+r.Reason)
	if r.Relay == mailboxRelay {
		fmt.Fprintf(a.std.out, "mailed to nobody: mail goes to the built-in mailbox in %s\n", a.config.Mailbox())
	}
	w := tabwriter.NewWriter(a.std.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range []struct {
		name  string
		count int
		words string
		show  bool
	}{
		{"planned", r.Planned, "recipients when it started", true},
		{"accepted", r.Accepted, "taken by " + r.Relay, true},
		{"queued", r.Queued, "owed", false},
		{"handed", r.Handed, "being handed over", false},
		{"deferred", r.Deferred, "refused for now, tried again later", false},
		{"refused", r.Refused, "refused for good", false},
		{"failed", r.Failed, "given up", false},
		{"withdrawn", r.Withdrawn, "no longer wanted, or cancelled", false},
		{"uncertain", r.Uncertain, "handed over when the line died; nothing is sent again unless you say so", false},
	} {
		if line.show || line.count > 0 {
			fmt.Fprintf(w, "%s\t%d\t  %s\n", line.name, line.count, line.words)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range r.Deliveries {
		fmt.Fprintf(a.std.out, "  %s  %d %s %s\n", d.Address, d.Code, d.Enhanced, d.Reply)
	}
	return nil
}
