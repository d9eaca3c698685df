package main

import (
	"context"
	"time"

	"redigest/digest"
	"redigest/digest/feed"
)

// addSampleNumbers stores the sample tables as if their last day were last.
func (a *app) addSampleNumbers(ctx context.Context, last digest.Day) error {
	for _, name := range []string{"prices.csv", "shares.csv"} {
		data, err := sample.ReadFile("sample/" + name)
		if err != nil {
			return err
		}
		found, err := feed.ReadNumbers(data, feed.Options{Name: name, Zone: a.config.Zone(), Now: a.now()})
		if err != nil {
			return err
		}
		moveQuotes(found.Quotes, last)
		if _, err := a.store.AddQuotes(ctx, found.Quotes); err != nil {
			return err
		}
	}
	return nil
}

// moveQuotes moves quotes in time until the newest is of day last.
func moveQuotes(quotes []digest.Quote, last digest.Day) {
	var newest digest.Day
	for _, q := range quotes {
		newest = max(newest, q.Day)
	}
	days := int(last.Noon(time.UTC).Sub(newest.Noon(time.UTC)) / (24 * time.Hour))
	for i := range quotes {
		quotes[i].Day = quotes[i].Day.Add(days)
	}
}
