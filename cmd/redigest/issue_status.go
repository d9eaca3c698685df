package main

import (
	"bufio"
	"bytes"
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
	State []string `help:"Also list every address in this state, with the last reply; several with a comma between." enum:"queued,handed,deferred,accepted,refused,failed,uncertain,withdrawn" placeholder:"STATE"`
	JSON  bool     `help:"Print the account as JSON."`
}

func (issueStatusCommand) example() string {
	return "redigest issue status --day 2026-02-03 --state refused,uncertain"
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
		if len(c.State) == 0 {
			return r.print(a, c.JSON)
		}
		recipients := a.recipients(ctx, r.mailing, c.State)
		if c.JSON {
			return printWithRecipients(std.out, r, recipients)
		}
		if err := r.print(a, false); err != nil {
			return err
		}
		return printRecipients(std.out, recipients, a.config.Zone())
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

// printRecipients prints one line each.
func printRecipients(out io.Writer, recipients iter.Seq2[recipient, error], zone *time.Location) error {
	w := bufio.NewWriter(out)
	for r, err := range recipients {
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

// printWithRecipients prints a report as JSON with its recipients. They are
// written one by one: there may be a million.
func printWithRecipients(out io.Writer, r report, recipients iter.Seq2[recipient, error]) error {
	var head bytes.Buffer
	if err := printJSON(&head, r); err != nil {
		return err
	}
	w := bufio.NewWriter(out)
	w.Write(bytes.TrimSuffix(head.Bytes(), []byte("\n}\n")))
	w.WriteString(",\n  \"deliveries\": [")
	between := "\n    "
	for r, err := range recipients {
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
	w.WriteString("\n  ]\n}\n")
	return w.Flush()
}
