package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"redigest/subscribers"
)

type issueStatusCommand struct {
	forDay
	State    []string `help:"Also list every address in this state, with the last reply; several with a comma between." enum:"queued,handed,deferred,accepted,refused,failed,uncertain,withdrawn" placeholder:"STATE"`
	Returned bool     `help:"Also list every address whose mail came back or was refused, with the reason and what followed."`
	JSON     bool     `help:"Print the account as JSON."`
}

func (issueStatusCommand) example() string {
	return "redigest issue status --day 2026-02-03 --state refused,uncertain\nredigest issue status --returned"
}

// Run prints one issue's account.
func (c *issueStatusCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		issue, err := a.issue(ctx, c.Day)
		if err != nil {
			return err
		}
		r, err := a.report(ctx, issue.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.printJSON(ctx, a, r)
		}
		if err := r.print(a, false); err != nil {
			return err
		}
		if err := printLines(std.out, a.recipients(ctx, r.mailing, c.State), a.config.Zone()); err != nil || !c.Returned {
			return err
		}
		return printLines(std.out, a.cameBack(ctx, r.mailing), a.config.Zone())
	})
}

// A recipient is one address and what has become of its mail.
type recipient struct {
	Address  string            `json:"address"` // empty once erased
	State    subscribers.State `json:"state"`
	Code     int               `json:"code,omitempty"`
	Enhanced string            `json:"enhanced,omitempty"`
	Reply    string            `json:"reply,omitempty"`
	Relay    string            `json:"relay,omitempty"`
	Attempts int               `json:"attempts,omitempty"`
	HandedAt time.Time         `json:"handed_at,omitzero"` // the last time
	DueAt    time.Time         `json:"due_at,omitzero"`    // of a deferred one: when it is tried again
}

// recipients yields the recipients of a mailing that are in one of states, one
// state after another; none for no mailing.
func (a *app) recipients(ctx context.Context, mailing subscribers.ID, states []string) iter.Seq2[recipient, error] {
	return func(yield func(recipient, error) bool) {
		for _, state := range states {
			for d, err := range a.outbox.Deliveries(ctx, mailing, subscribers.State(state)) {
				r := recipient{
					Address: d.Address, State: d.State, Code: d.Reply.Code, Enhanced: d.Reply.Enhanced, Reply: d.Reply.Text,
					Relay: d.Relay, Attempts: d.Attempts, HandedAt: d.HandedAt, DueAt: d.DueAt,
				}
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

// A comeback is one address and what came back of its mail.
type comeback struct{ subscribers.ReturnedFrom }

// cameBack yields what came back of a mailing; nothing for no mailing.
func (a *app) cameBack(ctx context.Context, mailing subscribers.ID) iter.Seq2[comeback, error] {
	return func(yield func(comeback, error) bool) {
		if mailing == 0 {
			return
		}
		for r, err := range a.outbox.Returned(ctx, mailing) {
			if !yield(comeback{r}, err) || err != nil {
				return
			}
		}
	}
}

// line is a comeback in words.
func (c comeback) line(*time.Location) string {
	return cmp.Or(c.Address, "(erased)") + "  " + stepBack(c.ReturnedRecord, "").what
}

// printLines prints one line each.
func printLines[T interface{ line(*time.Location) string }](out io.Writer, rows iter.Seq2[T, error], zone *time.Location) error {
	w := bufio.NewWriter(out)
	for r, err := range rows {
		if err != nil {
			return err
		}
		fmt.Fprintln(w, "  "+r.line(zone))
	}
	return w.Flush()
}

// line is a recipient in words.
func (r recipient) line(zone *time.Location) string {
	words := []string{r.Address, " " + string(r.State)}
	if r.Address == "" {
		words[0] = "(erased)"
	}
	if r.Code != 0 {
		words = append(words, strconv.Itoa(r.Code))
	}
	for _, w := range []string{r.Enhanced, r.Reply} {
		if w != "" {
			words = append(words, w)
		}
	}
	if !r.DueAt.IsZero() {
		words = append(words, "(tried again on "+r.DueAt.In(zone).Format(shortMoment)+")")
	}
	return strings.Join(words, " ")
}

// printJSON prints a report with the lists that are asked for. Their rows are
// written one by one: there may be a million.
func (c *issueStatusCommand) printJSON(ctx context.Context, a *app, r report) error {
	var head bytes.Buffer
	if err := printJSON(&head, r); err != nil {
		return err
	}
	w := bufio.NewWriter(a.std.out)
	w.Write(bytes.TrimSuffix(head.Bytes(), []byte("\n}\n")))
	if len(c.State) > 0 {
		if err := writeList(w, "deliveries", a.recipients(ctx, r.mailing, c.State)); err != nil {
			return err
		}
	}
	if c.Returned {
		if err := writeList(w, "returned", a.cameBack(ctx, r.mailing)); err != nil {
			return err
		}
	}
	w.WriteString("\n}\n")
	return w.Flush()
}

// writeList writes rows as the next member of an object.
func writeList[T any](w *bufio.Writer, name string, rows iter.Seq2[T, error]) error {
	fmt.Fprintf(w, ",\n  %q: [", name)
	between := "\n    "
	for r, err := range rows {
		if err != nil {
			return err
		}
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		w.WriteString(between)
		w.Write(line)
		between = ",\n    "
	}
	w.WriteString("\n  ]")
	return nil
}
