package main

import (
	"context"
	"time"

	"redigest/digest"
	"redigest/digest/feed"
)

// addSampleNumbers stores the sample tables as if their last day were last or,
// at a weekend, the Friday before.
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

// moveQuotes moves quotes in time by whole trading days, until the newest is of
// the last of these up to last: nobody quotes a price on a Sunday.
func moveQuotes(quotes []digest.Quote, last digest.Day) {
	var newest digest.Day
	for _, q := range quotes {
		newest = max(newest, q.Day)
	}
	for i, q := range quotes {
		day := tradingDay(last)
		for at := q.Day; at < newest; at = at.Add(1) {
			if at == tradingDay(at) {
				day = tradingDay(day.Add(-1))
			}
		}
		quotes[i].Day = day
	}
}

// tradingDay returns the last day up to day that is neither Saturday nor Sunday.
func tradingDay(day digest.Day) digest.Day {
	for weekday := day.Noon(time.UTC).Weekday(); weekday == time.Saturday || weekday == time.Sunday; weekday = day.Noon(time.UTC).Weekday() {
		day = day.Add(-1)
	}
	return day
}
