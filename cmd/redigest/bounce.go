package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"redigest/subscribers"
	"redigest/subscribers/bounce"
	"redigest/subscribers/returns"
)

type bounceCommands struct {
	Read bounceReadCommand `cmd:"" help:"Say what returned mails report; take in the one on standard input."`
}

type bounceReadCommand struct {
	Files []string `arg:"" name:"FILE" help:"A mail as it came in; it is read and nothing changes. - is standard input: a mail of ours that came back is taken in, for a mail server to pipe it here. The code is 0, also when it is none of ours and nothing is written down, as stderr says then; 75 when the server is to try again; 65 when a person wrote."`
	To    []string `help:"The address that the mail on standard input came to, if its header does not say." placeholder:"ADDRESS"`
	JSON  bool     `help:"Print one JSON array a file, one file a line."`
}

func (bounceReadCommand) example() string {
	return "redigest bounce read returned.eml\nredigest bounce read *.eml --json\nredigest bounce read - --config /etc/redigest/config.yaml < returned.eml"
}

// Run reads all files that can be read and says what is wrong with the others.
//
// Standard input is for mail servers, and so are the exit codes of a mail that
// came by it: 75 when it could not be taken in, so that the server keeps it and
// tries again, and 65 when a person wrote to a return path, so that they hear.
// A mail that has no token of ours ends with 0 and a word on stderr.
func (c *bounceReadCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	failed := false
	for _, file := range c.Files {
		if file == "-" {
			if err := c.readInput(ctx, g, std); err != nil {
				return err
			}
			continue
		}
		raw, err := readReturned(file)
		if err != nil {
			fmt.Fprintf(std.err, "redigest: %v\n", err)
			failed = true
			continue
		}
		if err := c.print(std.out, file, bounce.Parse(raw)); err != nil {
			return err
		}
	}
	if failed {
		return errNotDone
	}
	return nil
}

// readInput reads the mail on standard input. It is taken in before it is
// printed: a mail server takes a code that it does not know for a refusal, and
// what is printed it may not read.
func (c *bounceReadCommand) readInput(ctx context.Context, g *Globals, std *streams) error {
	raw, err := io.ReadAll(io.LimitReader(std.in, maxReturnedMail))
	if err != nil {
		return exitError{fmt.Errorf("read standard input: %w", err), exitKeep}
	}
	taken := c.take(ctx, g, std, raw)
	return cmp.Or(taken, c.print(std.out, "-", bounce.Parse(raw)))
}

// take does what follows from a mail, if it is one of ours.
func (c *bounceReadCommand) take(ctx context.Context, g *Globals, std *streams, raw []byte) error {
	if !returns.Concerns(raw, c.To) {
		fmt.Fprintln(std.err, "nothing is written down: the mail does not say which of our mails it is about")
		return nil
	}
	var out returns.Outcome
	err := g.with(ctx, std, func(a *app) (err error) {
		out, err = a.returns().Take(ctx, raw, c.To)
		return err
	})
	switch {
	case err != nil:
		return exitError{fmt.Errorf("take in a mail that came back: %w", err), exitKeep}
	case out.Claim != returns.Proven:
		// The code is 0 all the same: whoever forged it must hear nothing, and not
		// fill the server's queue.
		fmt.Fprintf(std.err, "nothing is written down: no token in the mail is of the installation that %s is for; it is forged, or --config names the wrong one\n", g.Config)
	case !out.Done():
		return exitError{errors.New("this is no report that can be read: write to the address that the mail is from"), exitNoReport}
	default:
		fmt.Fprintf(std.err, "taken in: %s\n", followed(out))
	}
	return nil
}

// followed says in words what followed from a mail that came back.
func followed(out returns.Outcome) string {
	switch out.Effect {
	case subscribers.EffectSuppressed:
		return "the address is not mailed any more"
	case subscribers.EffectLeft:
		return "its reader has left"
	case subscribers.EffectCounted:
		return "it counts towards not mailing the address any more"
	case subscribers.EffectDoubted:
		return "too many mails of that issue came back so; it is not believed, and the address is still mailed"
	case subscribers.EffectTakenBefore:
		return "it was taken in before"
	}
	return "nothing follows from it"
}

// maxReturnedMail is how much of a file is read: what follows in a larger one
// belongs to the copy it returns.
const maxReturnedMail = 10 << 20

func readReturned(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxReturnedMail))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return raw, nil
}

func (c *bounceReadCommand) print(w io.Writer, file string, r bounce.Returned) error {
	if c.JSON {
		return printReportsJSON(w, r.Reports)
	}
	fmt.Fprintf(w, "%s: %s\n", file, kindOf(r))
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, p := range append(r.Reports, r.Arrived...) {
		hard := ""
		if p.Hard {
			hard = "hard"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", orDash(p.Recipient), p.Action, p.Reason, orDash(p.Code), orDash(p.Status), hard)
	}
	return t.Flush()
}

// printReportsJSON writes the reports of one file as one line.
func printReportsJSON(w io.Writer, reports []bounce.Report) error {
	if reports == nil {
		reports = []bounce.Report{} // [] and not null
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(reports)
}

// kindOf says in words what sort of mail it is.
func kindOf(r bounce.Returned) string {
	switch r.Kind {
	case bounce.Bounce:
		return "a report about delivery"
	case bounce.Complaint:
		return "a complaint (" + r.Feedback + ")"
	case bounce.Reply:
		return "an automatic reply, which says nothing about delivery"
	}
	return "no report about delivery"
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
