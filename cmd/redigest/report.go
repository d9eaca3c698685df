package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"redigest/digest"
	"redigest/subscribers"
)

// A report is an issue's account as commands print it.
type report struct {
	Edition digest.Edition    `json:"edition"`
	Day     digest.Day        `json:"day"`
	State   digest.IssueState `json:"state"`          // “none” where there is no issue
	Held    bool              `json:"held,omitempty"` // nothing of it goes out until it is released
	Reason  string            `json:"reason,omitempty"`
	Subject string            `json:"subject"`
	Stories int               `json:"stories"`
	Relay   string            `json:"relay"`          // what took the mail, or would
	Test    string            `json:"test,omitempty"` // the address of a test copy, which the account is about then
	subscribers.Account
	NextTry   time.Time `json:"next_try,omitzero"`   // when the first of the deferred ones is due
	CameBack  int       `json:"came_back,omitempty"` // of the accepted ones, how many came back because their address is no good
	DoubtedAt time.Time `json:"doubted_at,omitzero"` // from then on those are not believed

	mailing subscribers.ID
}

func (a *app) newReport(i digest.Issue, account subscribers.Account, relay string) report {
	return report{
		Edition: i.Edition, Day: i.Day, State: i.State, Held: i.Held && !ended(i), Reason: i.Reason, Subject: i.Subject,
		Stories: len(i.Stories), Relay: relay, Account: account,
	}
}

// ended reports whether nothing of an issue goes out any more.
func ended(i digest.Issue) bool { return i.State != digest.Draft && i.State != digest.Sending }

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
	return a.accountOf(ctx, issue, mailing)
}

// accountOf returns the account of one mailing of an issue. It names the relays
// that took the mail, which may not be those of today's configuration.
func (a *app) accountOf(ctx context.Context, issue digest.Issue, mailing subscribers.Mailing) (report, error) {
	account, err := a.outbox.Account(ctx, mailing.ID)
	if err != nil {
		return report{}, err
	}
	relays, err := a.outbox.Relays(ctx, mailing.ID)
	if err != nil {
		return report{}, err
	}
	next, err := a.outbox.NextTry(ctx, mailing.ID)
	if err != nil {
		return report{}, err
	}
	back, err := a.outbox.HardReturns(ctx, mailing.ID)
	if err != nil {
		return report{}, err
	}
	relay := relayName(a.config)
	if len(relays) > 0 {
		relay = strings.Join(relays, ", ")
	}
	r := a.newReport(issue, account, relay)
	r.mailing, r.NextTry, r.CameBack, r.DoubtedAt = mailing.ID, next, back.Readers, back.DoubtedAt
	r.Held = r.Held || !mailing.HeldAt.IsZero() && !ended(issue)
	return r, nil
}

// headline says which issue a report is about.
func (r report) headline() string {
	line := fmt.Sprintf("%s of %s, %s", r.Edition, r.Day, r.standing())
	if r.Test != "" {
		line = fmt.Sprintf("test copy of the %s issue of %s to %s", r.Edition, r.Day, r.Test)
	}
	if r.Subject != "" {
		line += ": " + r.Subject
	}
	return strings.TrimSpace(line + " " + bracketed(r.Reason))
}

// standing is the issue's state in words.
func (r report) standing() string {
	if r.Held {
		return string(r.State) + ", held"
	}
	return string(r.State)
}

func (r report) title() string { return strings.TrimSpace(r.Subject + " " + bracketed(r.Reason)) }

// owed says what will become of the queued ones.
func (r report) owed() string {
	if r.Held {
		return "owed, and held"
	}
	return "owed; serve goes on with them, or: redigest issue send --day " + string(r.Day)
}

// putOff says what will become of the deferred ones.
func (r report) putOff(zone *time.Location) string {
	if r.Held {
		return "refused for now, and held"
	}
	return fmt.Sprintf("refused for now; from %s on serve tries them again, or then: redigest issue send --day %s",
		r.NextTry.In(zone).Format(shortMoment), r.Day)
}

// shortMoment is how reports write a time that is near.
const shortMoment = "2 January at 15:04"

// mailed says in a few words how far the mail is.
func (r report) mailed() string {
	if r.mailing == 0 {
		return "not mailed yet"
	}
	return fmt.Sprintf("%d of %d accepted by %s", r.Accepted, r.Planned, r.Relay)
}

// print prints the account, in words or as JSON.
func (r report) print(a *app, asJSON bool) error {
	if asJSON {
		return printJSON(a.std.out, r)
	}
	fmt.Fprintln(a.std.out, r.headline())
	if r.Held {
		fmt.Fprintf(a.std.out, "nothing of it goes out until: redigest issue release --day %s\n", r.Day)
	}
	if r.mailing == 0 {
		return nil // nobody was to get it so far
	}
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
		{"queued", r.Queued, r.owed(), false},
		{"handed", r.Handed, "being handed over; uncertain, if their sender has died", false},
		{"deferred", r.Deferred, r.putOff(a.config.Zone()), false},
		{"refused", r.Refused, "refused for good", false},
		{"failed", r.Failed, "given up", false},
		{"withdrawn", r.Withdrawn, "no longer wanted, or cancelled", false},
		{"uncertain", r.Uncertain, "the line died when they had been handed over; sent again only by: redigest issue resend --uncertain", false},
	} {
		if line.show || line.count > 0 {
			fmt.Fprintf(w, "%s\t%d\t  %s\n", line.name, line.count, line.words)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	r.printCameBack(a)
	return nil
}

// printCameBack says how much came back, and what the operator can do where
// that is not believed.
func (r report) printCameBack(a *app) {
	if r.CameBack > 0 {
		fmt.Fprintf(a.std.out, "%d of the accepted came back because their address is no good\n", r.CameBack)
	}
	if r.DoubtedAt.IsZero() {
		return
	}
	fmt.Fprintf(a.std.out, `that is more than a list has: from %s on it is not believed, and nobody is suppressed for it
  redigest issue status --day %s --returned  says who they are
  redigest subscriber suppress ADDRESS  where the relay is right
  redigest subscriber allow ADDRESS  where it is wrong, for those who were suppressed before
`, r.DoubtedAt.In(a.config.Zone()).Format(shortMoment), r.Day)
}
