package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
)

type fetchCommand struct {
	JSON bool `help:"Print the stories as JSON."`
}

func (fetchCommand) example() string { return "redigest fetch" }

// Run fetches all sources now. It ends with exit code 1 when one failed.
func (c *fetchCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.saveSources(ctx); err != nil {
			return err
		}
		gathered, err := a.pipeline.Gather(ctx, a.fetcher(), true)
		if err != nil {
			return err
		}
		failed := false
		stories := []digest.Added{}
		for _, one := range gathered {
			describe(std.err, one)
			stories = append(stories, one.Stories...)
			failed = failed || one.Err != nil
		}
		if len(gathered) == 0 {
			fmt.Fprintln(std.err, "no sources; name them under sources: in the configuration")
		}
		print := storyAddCommand{JSON: c.JSON}
		if err := print.print(std.out, a, stories); err != nil {
			return err
		}
		if failed {
			return errNotDone
		}
		return nil
	})
}

// describe says in a line or more what became of fetching one source.
func describe(w io.Writer, g pipeline.Gathering) {
	if g.Err != nil {
		fmt.Fprintf(w, "%s: %v\n", g.Source.Name, g.Err)
		return
	}
	counts := map[digest.Result]int{}
	for _, s := range g.Stories {
		counts[s.Result]++
	}
	fmt.Fprintf(w, "%s: %d added, %d updated, %d unchanged, %d rejected\n", g.Source.Name,
		counts[digest.ResultAdded], counts[digest.ResultUpdated], counts[digest.ResultUnchanged], counts[digest.ResultRejected])
	for _, p := range g.Problems {
		fmt.Fprintf(w, "%s: %s\n", g.Source.Name, p)
	}
}

// saveSources brings the stored sources in line with the configuration.
func (a *app) saveSources(ctx context.Context) error {
	var sources []digest.Source
	for _, s := range a.config.Sources {
		sources = append(sources, digest.Source{URL: s.URL, Name: s.Name, Own: s.Own, Every: time.Duration(s.Every)})
	}
	return a.store.SaveSources(ctx, sources)
}

type sourceCommands struct {
	List sourceListCommand `cmd:"" help:"List the sources and how they do."`
}

type sourceListCommand struct {
	JSON bool `help:"Print them as JSON."`
}

func (sourceListCommand) example() string { return "redigest source list" }

// Run lists the sources.
func (c *sourceListCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.saveSources(ctx); err != nil {
			return err
		}
		sources, err := a.store.Sources(ctx)
		if err != nil {
			return err
		}
		if c.JSON {
			listed := []listedSource{}
			for _, s := range sources {
				listed = append(listed, listedSource{s, s.Every.String()})
			}
			return printJSON(std.out, listed)
		}
		w := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		for _, s := range sources {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.Name, s.URL, ownOrForeign(s), a.health(s))
		}
		return w.Flush()
	})
}

// A listedSource is a source as JSON: with its rhythm in words.
type listedSource struct {
	digest.Source
	Every string `json:"every"`
}

func ownOrForeign(s digest.Source) string {
	if s.Own {
		return "own"
	}
	return "foreign"
}

// health says in words how a source does.
func (a *app) health(s digest.Source) string {
	switch {
	case s.State != digest.SourceActive:
		return string(s.State)
	case s.LastError != "":
		return "failed " + many(s.Failures, "time") + ": " + s.LastError
	case s.LastReadAt.IsZero():
		return "not yet fetched"
	}
	return "read " + s.LastReadAt.In(a.config.Zone()).Format("2006-01-02 15:04")
}
