package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"redigest/subscribers"
)

type subscriberCommands struct {
	Add      subscriberAddCommand      `cmd:"" help:"Put one address on the list."`
	Import   subscriberImportCommand   `cmd:"" help:"Put the addresses of files on the list; mails nobody."`
	List     subscriberListCommand     `cmd:"" help:"List subscribers."`
	Show     subscriberShowCommand     `cmd:"" help:"Print all that is kept of one subscriber."`
	Export   subscriberExportCommand   `cmd:"" help:"Write the whole list as CSV."`
	Erase    subscriberEraseCommand    `cmd:"" help:"Forget a person; keeps only a keyed hash that stops further mail."`
	Suppress subscriberSuppressCommand `cmd:"" help:"Never mail an address again, on the list or not."`
	Allow    subscriberAllowCommand    `cmd:"" help:"Lift your own suppression of an address, a bounce or a complaint."`
}

type subscriberAddCommand struct {
	Address string `arg:"" help:"The address."`
	Name    string `help:"The person's name."`
	Consent string `help:"On what ground you may mail this person; confirmed at once. Without it the address gets a confirmation mail." placeholder:"WHY"`
	JSON    bool   `help:"Print the subscriber as JSON."`
}

func (subscriberAddCommand) example() string {
	return "redigest subscriber add ann@example.org\nredigest subscriber add ann@example.org --consent \"asked by letter, 3 February 2026\""
}

// Run adds one subscriber.
func (c *subscriberAddCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		s, err := a.list.Add(ctx, c.Address, c.Name, c.Consent)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.out, s)
		}
		fmt.Fprintf(std.out, "%s: %s\n", s.Address, s.Status)
		if s.Status == subscribers.Pending {
			fmt.Fprintln(std.err, "the confirmation mail is in the outbox; redigest serve sends it")
		}
		return nil
	})
}

type subscriberImportCommand struct {
	Files   []string `arg:"" name:"FILE" help:"One address per line, or a table with a column of addresses; - is standard input."`
	Consent string   `help:"On what ground you may mail these people; kept with each of them." placeholder:"WHY"`
	DryRun  bool     `help:"Count what would come of it and change nothing."`
	JSON    bool     `help:"Print the outcome as JSON."`
}

func (subscriberImportCommand) example() string {
	return "redigest subscriber import readers.csv --consent \"moved from our old list, double opt-in\""
}

// Run imports the files one after the other and stops at the first that cannot
// be read.
func (c *subscriberImportCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		for _, file := range c.Files {
			report, err := c.run(ctx, a, file)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if err := c.print(std, file, report); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *subscriberImportCommand) run(ctx context.Context, a *app, file string) (subscribers.ImportReport, error) {
	var in io.Reader = a.std.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return subscribers.ImportReport{}, err
		}
		defer f.Close()
		in = f
	}
	bar := newProgress(a.std.err, a.now)
	defer bar.done()
	return a.list.Import(ctx, in, subscribers.ImportOptions{Name: file, Ground: c.Consent, DryRun: c.DryRun, Progress: bar.update})
}

func (c *subscriberImportCommand) print(std *streams, file string, r subscribers.ImportReport) error {
	if c.JSON {
		return printJSON(std.out, r)
	}
	if r.DryRun {
		fmt.Fprintf(std.out, "%s: nothing was changed; this is what would come of it\n", file)
	} else {
		fmt.Fprintf(std.out, "%s:\n", file)
	}
	w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, line := range []struct {
		count int
		words string
	}{
		{r.Added, "added, confirmed on the ground given"},
		{r.Already, "on the list before"},
		{r.Pending, "not confirmed, says the file"},
		{r.Unsubscribed, "left, and stay so"},
		{r.Suppressed, "must not be mailed, and stay so"},
		{r.Doubled, "said twice in the file"},
		{r.Rejected, "could not be read"},
	} {
		if line.count > 0 {
			fmt.Fprintf(w, "%d\t  %s\n", line.count, line.words)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, l := range r.Lines {
		fmt.Fprintf(std.err, "line %d: %s: %s\n", l.Line, l.Text, l.Reason)
	}
	return nil
}

type subscriberListCommand struct {
	Status string `help:"Only those with this status: pending, confirmed, unsubscribed or erased." enum:",pending,confirmed,unsubscribed,erased" default:""`
	JSON   bool   `help:"Print them as JSON."`
}

func (subscriberListCommand) example() string {
	return "redigest subscriber list --status confirmed --json"
}

// Run lists subscribers.
func (c *subscriberListCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		all := []subscribers.Subscriber{}
		for s, err := range a.list.Subscribers(ctx, subscribers.Filter{Status: subscribers.Status(c.Status)}) {
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		if c.JSON {
			return printJSON(std.out, all)
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for _, s := range all {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Address, s.Status, s.CreatedAt.In(a.config.Zone()).Format(time.DateOnly), reasons(s.Suppressed))
		}
		return w.Flush()
	})
}

// reasons says why an address is not mailed.
func reasons(suppressed []subscribers.Suppression) string {
	var words []string
	for _, s := range suppressed {
		words = append(words, string(s.Reason))
	}
	if len(words) == 0 {
		return ""
	}
	return "not mailed: " + strings.Join(words, ", ")
}

type subscriberShowCommand struct {
	Address string `arg:"" help:"The address."`
	JSON    bool   `help:"Print the record as JSON."`
}

func (subscriberShowCommand) example() string {
	return "redigest subscriber show ann@example.org"
}

// Run prints one subscriber's record.
func (c *subscriberShowCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		r, err := a.list.Find(ctx, c.Address)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.out, r)
		}
		return a.printRecord(ctx, c.Address, r)
	})
}

func (a *app) printRecord(ctx context.Context, address string, r subscribers.Record) error {
	if r.Status == "" {
		fmt.Fprintf(a.std.out, "%s is not on the list\n", address)
	} else {
		fmt.Fprintf(a.std.out, "%s, %s edition\n", strings.TrimSpace(r.Address+" "+string(r.Status)), r.Edition)
	}
	if r.Name != "" {
		fmt.Fprintln(a.std.out, r.Name)
	}
	for _, s := range r.Suppressed {
		fmt.Fprintf(a.std.out, "not mailed since %s: %s\n", a.moment(s.CreatedAt), strings.TrimSpace(string(s.Reason)+" "+bracketed(s.Source)))
	}
	steps, err := a.stepsOf(ctx, r)
	for _, s := range steps {
		a.printStep(s)
	}
	return err
}

// A step is one thing that happened and what is kept of it.
type step struct {
	at      time.Time
	what    string
	details []string
}

// stepsOf returns all that happened to one subscriber, in the order of time.
func (a *app) stepsOf(ctx context.Context, r subscribers.Record) (steps []step, err error) {
	for _, c := range r.Consents {
		steps = append(steps, step{c.At, string(c.Event), []string{c.Ground, c.Wording, c.Form, c.Network, c.Agent}})
	}
	for _, f := range r.SignUps {
		what := strings.TrimSpace("form filled in " + bracketed(string(f.Outcome)))
		steps = append(steps, step{f.At, what, []string{f.Name, f.Wording, f.Form, f.Network, f.Agent}})
	}
	for _, x := range r.Returned {
		about, err := a.about(ctx, x.Mailing)
		if err != nil {
			return nil, err
		}
		steps = append(steps, stepBack(x, about))
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.at.Compare(b.at) })
	return steps, nil
}

// about says in words what a mailing was; nothing for 0.
func (a *app) about(ctx context.Context, mailing subscribers.ID) (string, error) {
	if mailing == 0 {
		return "", nil
	}
	m, err := a.outbox.Mailing(ctx, mailing)
	if err != nil || m.IssueID == 0 {
		return "the mail: " + string(m.Kind), err
	}
	issue, err := a.store.IssueByID(ctx, m.IssueID)
	return fmt.Sprintf("the mail: %s, %s of %s", m.Kind, issue.Edition, issue.Day), err
}

// stepBack is what came back of one mail.
func stepBack(x subscribers.ReturnedRecord, about string) step {
	what := string(x.Event)
	if x.Event == subscribers.ReturnBounced && x.Weight == subscribers.WeightNone {
		what = "reported" // of a delay, or that it arrived: nothing was sent back
	}
	what = strings.TrimSpace(what + " " + bracketed(strings.Join(strings.Fields(x.Reason+" "+x.Status+" "+x.Code), " ")))
	if x.Effect != subscribers.EffectNone {
		what += ": " + string(x.Effect)
	} else {
		what += ": counts nothing"
	}
	told := ""
	if x.MessageID != "" {
		told = "told by <" + x.MessageID + ">"
	}
	next := ""
	if x.Effect == subscribers.EffectDoubted {
		next = "too many mails of that issue came back so; if it is right: redigest subscriber suppress ADDRESS"
	}
	return step{x.At, what, []string{about, told, next}}
}

func (a *app) printStep(s step) {
	fmt.Fprintf(a.std.out, "%s  %s\n", a.moment(s.at), s.what)
	for _, d := range s.details {
		if d != "" {
			fmt.Fprintf(a.std.out, "    %s\n", d)
		}
	}
}

// moment writes a time for people, in the publisher's zone.
func (a *app) moment(t time.Time) string {
	return t.In(a.config.Zone()).Format("2006-01-02 15:04:05 MST")
}

type subscriberExportCommand struct {
	Out string `help:"The file to write; standard output if none." placeholder:"FILE"`
}

func (subscriberExportCommand) example() string {
	return "redigest subscriber export --out readers.csv"
}

// Run writes the list as CSV.
func (c *subscriberExportCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) (err error) {
		out := std.out
		if c.Out != "" {
			f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, f.Close()) }()
			out = f
		}
		n, err := a.list.Export(ctx, out)
		if err == nil {
			fmt.Fprintln(std.err, many(n, "subscriber"))
		}
		return err
	})
}

type subscriberEraseCommand struct {
	Address string `arg:"" help:"The address."`
}

func (subscriberEraseCommand) example() string {
	return "redigest subscriber erase ann@example.org"
}

// Run erases one person.
func (c *subscriberEraseCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.list.Erase(ctx, c.Address); err != nil {
			return err
		}
		fmt.Fprintln(std.out, "erased: address, name and consents are gone; a keyed hash stays so that no import brings the address back")
		return nil
	})
}

type subscriberSuppressCommand struct {
	Address string `arg:"" help:"The address."`
	Why     string `help:"Why, for the record." default:"by the operator"`
}

func (subscriberSuppressCommand) example() string {
	return "redigest subscriber suppress ann@example.org --why \"asked by phone\""
}

// Run suppresses an address.
func (c *subscriberSuppressCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.list.Suppress(ctx, c.Address, c.Why); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s is not mailed any more\n", c.Address)
		return nil
	})
}

type subscriberAllowCommand struct {
	Address string `arg:"" help:"The address."`
}

func (subscriberAllowCommand) example() string {
	return "redigest subscriber allow ann@example.org"
}

// Run lifts what the operator may lift.
func (c *subscriberAllowCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		done, err := a.list.Allow(ctx, c.Address)
		if err != nil {
			return err
		}
		for _, s := range done.Lifted {
			fmt.Fprintf(std.out, "lifted: %s\n", s.Reason)
		}
		for _, s := range done.Remaining {
			fmt.Fprintf(std.out, "stays: %s; only the owner lifts it, by signing up again\n", s.Reason)
		}
		if len(done.Lifted)+len(done.Remaining) == 0 {
			fmt.Fprintln(std.out, "the address is not suppressed")
		}
		return nil
	})
}
