package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
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
	Relay   string            `json:"relay"`          // what took the mail, or would
	Test    string            `json:"test,omitempty"` // the address of a test copy, which the account is about then
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

func (a *app) newReport(i digest.Issue, account subscribers.Account, relay string) report {
	return report{
		Edition: i.Edition, Day: i.Day, State: i.State, Reason: i.Reason, Subject: i.Subject,
		Stories: len(i.Stories), Relay: relay, Account: account,
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
		return a.newReport(issue, subscribers.Account{}, relayName(a.config)), nil
	}
	if err != nil {
		return report{}, err
	}
	return a.accountOf(ctx, issue, mailing.ID)
}

// accountOf returns the account of one mailing of an issue. It names the relays
// that took the mail, which may not be those of today's configuration.
func (a *app) accountOf(ctx context.Context, issue digest.Issue, mailing subscribers.ID) (report, error) {
	account, err := a.outbox.Account(ctx, mailing)
	if err != nil {
		return report{}, err
	}
	relays, err := a.outbox.Relays(ctx, mailing)
	if err != nil {
		return report{}, err
	}
	relay := relayName(a.config)
	if len(relays) > 0 {
		relay = strings.Join(relays, ", ")
	}
	r := a.newReport(issue, account, relay)
	r.mailing = mailing
	return r, nil
}

// headline says which issue a report is about.
func (r report) headline() string {
	line := fmt.Sprintf("%s of %s, %s: %s", r.Edition, r.Day, r.State, r.Subject)
	if r.Test != "" {
		line = fmt.Sprintf("test copy of the %s issue of %s to %s: %s", r.Edition, r.Day, r.Test, r.Subject)
	}
	return strings.TrimSpace(line + " " + bracketed(r.Reason))
}

// print prints the account, in words or as JSON.
func (r report) print(a *app, asJSON bool) error {
	if asJSON {
		return printJSON(a.std.out, r)
	}
	fmt.Fprintln(a.std.out, r.headline())
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
		{"queued", r.Queued, "owed; serve goes on with them, or this command run again", false},
		{"handed", r.Handed, "being handed over", false},
		{"deferred", r.Deferred, "refused for now; serve tries them again, or this command run later", false},
		{"refused", r.Refused, "refused for good", false},
		{"failed", r.Failed, "given up", false},
		{"withdrawn", r.Withdrawn, "no longer wanted, or cancelled", false},
		{"uncertain", r.Uncertain, "the line died when they had been handed over; they are not sent again", false},
	} {
		if line.show || line.count > 0 {
			fmt.Fprintf(w, "%s\t%d\t  %s\n", line.name, line.count, line.words)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, d := range r.Deliveries {
		fmt.Fprintf(a.std.out, "  %s  %s\n", d.Address, d.words())
	}
	return nil
}

// words is the last reply about a recipient.
func (d address) words() string {
	var words []string
	if d.Code != 0 {
		words = append(words, strconv.Itoa(d.Code))
	}
	for _, w := range []string{d.Enhanced, d.Reply} {
		if w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}
