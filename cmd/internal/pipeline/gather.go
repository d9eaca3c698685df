package pipeline

import (
	"context"
	"fmt"

	"redigest/digest"
	"redigest/digest/feed"
)

// A Gathering is what one fetch of a source brought.
type Gathering struct {
	Source   digest.Source
	Stories  []digest.Added
	Problems []feed.Problem // what of the source could not be read
	Err      error          // why it could not be fetched at all; nil when it was
}

// Gather fetches the sources whose time has come, or all that are active when
// all is set, and stores what they bring. A source that fails does not stop
// the others. The error is of our own store, never of a source.
func (p *Pipeline) Gather(ctx context.Context, fetcher *feed.Fetcher, all bool) ([]Gathering, error) {
	sources, err := p.store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	var gathered []Gathering
	for _, src := range sources {
		if src.State != digest.SourceActive || !all && src.NextAt.After(p.opts.Now()) {
			continue
		}
		g, err := p.gather(ctx, fetcher, src)
		if err != nil {
			return gathered, fmt.Errorf("source %s: %w", src.Name, err)
		}
		if ctx.Err() != nil {
			return gathered, ctx.Err()
		}
		gathered = append(gathered, g)
	}
	return gathered, nil
}

func (p *Pipeline) gather(ctx context.Context, fetcher *feed.Fetcher, src digest.Source) (Gathering, error) {
	learnt, result, fetchErr := fetcher.Fetch(ctx, src)
	if ctx.Err() != nil {
		return Gathering{}, nil // being stopped says nothing about the source
	}
	g := Gathering{Source: learnt, Problems: result.Problems, Err: fetchErr}
	var err error
	if g.Stories, err = p.store.AddStories(ctx, &src, result.Stories); err != nil {
		return g, err
	}
	// Last, so that a crash before it makes the fetch be done again.
	return g, p.store.RecordFetch(ctx, learnt)
}
