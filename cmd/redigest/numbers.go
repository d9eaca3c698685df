package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/feed"
)

type numbersCommands struct {
	Import numbersImportCommand `cmd:"" help:"Store the prices or shares of tables (CSV)."`
	List   numbersListCommand   `cmd:"" help:"List the figures that an issue would show."`
	Remove numbersRemoveCommand `cmd:"" help:"Take back what was stored of an item."`
}

type numbersImportCommand struct {
	Inputs []string `arg:"" name:"FILE|URL" help:"A table with the columns date,item,low,high,unit,basis,vat,source,note or date,ticker,exchange,close,currency,change_pct; - is standard input."`
	JSON   bool     `help:"Print the outcome as JSON."`
}

func (numbersImportCommand) example() string {
	return "redigest numbers import prices.csv shares.csv"
}

// A numbersReport says what came of one table.
type numbersReport struct {
	File string `json:"file"`
	digest.QuotesReport
	Rejected int             `json:"rejected"` // lines that could not be read
	Problems []numbersRemark `json:"problems"`
}

// A numbersRemark is something that is wrong with a table.
type numbersRemark struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// Run stores the tables one after the other and stops at the first that cannot
// be read. It ends with exit code 1 when lines could not be read; the others are
// stored.
func (c *numbersImportCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		rejected := 0
		for _, input := range c.Inputs {
			r, err := c.run(ctx, a, input)
			if err != nil {
				return err
			}
			if err := c.print(std, r); err != nil {
				return err
			}
			rejected += r.Rejected
		}
		if rejected > 0 {
			return errNotDone
		}
		return nil
	})
}

func (c *numbersImportCommand) run(ctx context.Context, a *app, input string) (numbersReport, error) {
	found, err := c.read(ctx, a, input)
	if err != nil {
		return numbersReport{}, err
	}
	report, err := a.store.AddQuotes(ctx, found.Quotes)
	r := numbersReport{File: input, QuotesReport: report, Rejected: found.Rejected, Problems: []numbersRemark{}}
	for _, p := range found.Problems {
		r.Problems = append(r.Problems, numbersRemark(p))
	}
	return r, err
}

func (c *numbersImportCommand) read(ctx context.Context, a *app, input string) (feed.Numbers, error) {
	if digest.Canonical(input) != "" {
		return a.fetcher().Numbers(ctx, input)
	}
	data, err := readInput(input, a.std.in)
	if err != nil {
		return feed.Numbers{}, err
	}
	return feed.ReadNumbers(data, feed.Options{Name: input, Zone: a.config.Zone(), Now: a.now()})
}

func (c *numbersImportCommand) print(std *streams, r numbersReport) error {
	if c.JSON {
		return printJSON(std.out, r)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(std.err, "%s: %s: %s\n", r.File, p.Where, p.What)
	}
	fmt.Fprintf(std.out, "%s: %d added, %d changed, %d unchanged, %d rejected\n", r.File, r.Added, r.Changed, r.Unchanged, r.Rejected)
	return nil
}

type numbersListCommand struct {
	forDay
	JSON bool `help:"Print them as JSON."`
}

func (numbersListCommand) example() string { return "redigest numbers list --day 2026-02-03" }

// Run lists the figures of a day's issue.
func (c *numbersListCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		day, err := a.day(c.Day)
		if err != nil {
			return err
		}
		figures, err := a.store.Figures(ctx, day)
		if err != nil {
			return err
		}
		if c.JSON {
			return printJSON(std.out, figures)
		}
		if len(figures) == 0 {
			fmt.Fprintln(std.err, "no numbers; redigest numbers import stores them")
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for i, f := range figures {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", f.Item, f.Price("en"), f.Change("en", day), f.Day,
				strings.Join(about(f), ", "), figureNotes(i, f))
		}
		return w.Flush()
	})
}

// about returns what qualifies a price.
func about(f digest.Figure) (words []string) {
	for _, s := range []string{f.Basis, f.VATInWords(), f.Source, f.Note} {
		if s != "" {
			words = append(words, s)
		}
	}
	return words
}

// figureNotes says how an issue shows the figure at a place of the list.
func figureNotes(place int, f digest.Figure) string {
	switch {
	case place >= digest.MaxFigures:
		return fmt.Sprintf("not shown: an issue has room for %d", digest.MaxFigures)
	case f.Old:
		return "old"
	case f.InLine:
		return "above the lead"
	}
	return ""
}

type numbersRemoveCommand struct {
	Item string `arg:"" help:"The item, as numbers list prints it."`
	Day  string `help:"Only what it cost on this day; all days if none." placeholder:"DAY"`
}

func (numbersRemoveCommand) example() string {
	return "redigest numbers remove \"NdPr oxide\" --day 2026-02-03"
}

// Run takes back quotes.
func (c *numbersRemoveCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		var day digest.Day
		if c.Day != "" {
			var err error
			if day, err = a.day(c.Day); err != nil {
				return err
			}
		}
		n, err := a.store.RemoveQuotes(ctx, c.Item, day)
		if err != nil {
			return err
		}
		if n == 0 {
			when := ""
			if c.Day != "" {
				when = " on " + string(day)
			}
			return fmt.Errorf("nothing is stored of “%s”%s; redigest numbers list prints the items", c.Item, when)
		}
		fmt.Fprintf(std.out, "removed: %s of %s\n", many(n, "price"), c.Item)
		return nil
	})
}

// readNumbers reads the publisher's table before an issue is made, and returns
// what came of it. Nothing about it keeps the issue from being made. Of an issue
// that is frozen nothing changes any more, so nothing is read for it.
func (a *app) readNumbers(ctx context.Context, day digest.Day) pipeline.NumbersReading {
	if issue, err := a.store.Issue(ctx, digest.Daily, day); err == nil && !issue.FrozenAt.IsZero() {
		return pipeline.NumbersReading{}
	}
	reading, err := a.pipeline.ReadNumbers(ctx, a.fetcher())
	if err != nil {
		a.log.Warn("the numbers are as they were: they could not be stored", "error", err)
	}
	return reading
}
