package pipeline

import (
	"context"
	"fmt"

	"redigest/digest"
	"redigest/digest/feed"
)

// A NumbersReading is what one reading of the publisher's table brought.
type NumbersReading struct {
	digest.QuotesReport
	Rejected int
	Problems []feed.Problem // what of the table could not be read
	Err      error          // why it could not be read at all; nil when it was
}

// ReadNumbers reads the publisher's table, if there is one, and stores what it
// says. Whatever is wrong with it, the issue shows what was stored before. The
// error is of our own store, never of the table.
func (p *Pipeline) ReadNumbers(ctx context.Context, fetcher *feed.Fetcher) (NumbersReading, error) {
	if p.opts.NumbersURL == "" {
		return NumbersReading{}, nil
	}
	found, err := fetcher.Numbers(ctx, p.opts.NumbersURL)
	if err != nil {
		return NumbersReading{Err: err}, nil
	}
	report, err := p.store.AddQuotes(ctx, found.Quotes)
	if err != nil {
		return NumbersReading{}, fmt.Errorf("store the numbers of %s: %w", p.opts.NumbersURL, err)
	}
	return NumbersReading{QuotesReport: report, Rejected: found.Rejected, Problems: found.Problems}, nil
}

// unpriced finds the items that were to stand above the lead and cannot: most
// likely they are named in another way than in the table.
func (p *Pipeline) unpriced(ctx context.Context, day digest.Day) (found []Finding, err error) {
	items, err := p.store.Unpriced(ctx, day)
	for _, item := range items {
		found = append(found, Finding{Warning, CheckNumbers, "numbers.line", "there is no price of “" + item + "” to show above the lead",
			"name the item as redigest numbers list prints it"})
	}
	return found, err
}
