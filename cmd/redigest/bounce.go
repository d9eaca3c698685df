package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"redigest/subscribers/bounce"
)

type bounceCommands struct {
	Read bounceReadCommand `cmd:"" help:"Say what returned mails report, and change nothing."`
}

type bounceReadCommand struct {
	Files []string `arg:"" name:"FILE" help:"A mail as it came in; - is standard input."`
	JSON  bool     `help:"Print one JSON array a file, one file a line."`
}

func (bounceReadCommand) example() string {
	return "redigest bounce read returned.eml\nredigest bounce read *.eml --json"
}

// Run reads all files that can be read and says what is wrong with the others.
func (c *bounceReadCommand) Run(std *streams) error {
	failed := false
	for _, file := range c.Files {
		raw, err := readMail(file, std.in)
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

// maxReturnedMail is how much of a file is read: what follows in a larger one
// belongs to the copy it returns.
const maxReturnedMail = 10 << 20

// readMail reads a mail from a file, or from in when the file is “-”.
func readMail(file string, in io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(io.LimitReader(in, maxReturnedMail))
	}
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
