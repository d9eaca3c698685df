package digest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"redigest/digest/database"
)

// A QuotesReport says what became of the quotes of one table.
type QuotesReport struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`   // known, and said otherwise before
	Unchanged int `json:"unchanged"` // known
}

const selectQuote = `
SELECT low, high, source, note, given_change, item, unit, basis, vat, kind
FROM quotes
WHERE item_key = $1
  AND series = $2
  AND day = $3`

// An upsert keeps the id: a correction does not move an item to another place.
const upsertQuote = `
INSERT INTO quotes (
    id, item_key, series, day, kind, item, low, high, unit, basis, vat, source, note, given_change, changed_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (item_key, series, day) DO UPDATE
SET kind = excluded.kind, item = excluded.item, low = excluded.low, high = excluded.high, unit = excluded.unit,
    basis = excluded.basis, vat = excluded.vat, source = excluded.source, note = excluded.note,
    given_change = excluded.given_change, changed_at = excluded.changed_at`

// AddQuotes stores quotes. One that is known by its item, day, unit, basis and
// VAT replaces what was stored, so a table may be stored again and again. It may
// be cut off at any point and be run again.
func (s *Store) AddQuotes(ctx context.Context, quotes []Quote) (QuotesReport, error) {
	var report QuotesReport
	since := s.now()
	for chunk := range slices.Chunk(quotes, batch) {
		var err error
		if since, err = database.Rest(ctx, since, s.now); err != nil {
			return report, err
		}
		part := QuotesReport{}
		err = s.db.Transact(ctx, func(tx *sql.Tx) error {
			for _, q := range chunk {
				if err := s.addQuote(ctx, tx, q, &part); err != nil {
					return fmt.Errorf("store %s of %s: %w", q.Item, q.Day, err)
				}
			}
			return nil
		})
		if err != nil {
			return report, err
		}
		report.Added, report.Changed, report.Unchanged = report.Added+part.Added, report.Changed+part.Changed, report.Unchanged+part.Unchanged
	}
	return report, nil
}

func (s *Store) addQuote(ctx context.Context, tx *sql.Tx, q Quote, report *QuotesReport) error {
	known := Quote{Day: q.Day}
	err := tx.QueryRowContext(ctx, selectQuote, q.itemKey(), q.series(), q.Day).Scan(&known.Low, &known.High, &known.Source,
		&known.Note, &known.GivenChange, &known.Item, &known.Unit, &known.Basis, &known.VAT, &known.Kind)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		report.Added++
	case err != nil:
		return err
	case known == q:
		report.Unchanged++
		return nil
	default:
		report.Changed++
	}
	_, err = tx.ExecContext(ctx, upsertQuote, s.db.NewID(s.now()), q.itemKey(), q.series(), q.Day, q.Kind, q.Item, q.Low, q.High,
		q.Unit, q.Basis, q.VAT, q.Source, q.Note, q.GivenChange, database.Millis(s.now()))
	return err
}

const deleteQuotes = `
DELETE FROM quotes
WHERE item_key = $1
  AND (day = $2 OR $2 = '')`

// RemoveQuotes takes back what was stored of an item on a day, or on all days
// when day is empty, and returns how many quotes that were.
func (s *Store) RemoveQuotes(ctx context.Context, item string, day Day) (n int, err error) {
	err = s.db.Transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, deleteQuotes, foldFigure(item), day)
		if err != nil {
			return fmt.Errorf("remove %s: %w", item, err)
		}
		removed, err := result.RowsAffected()
		n = int(removed)
		return err
	})
	return n, err
}

// What is newest of each series, the items in the order of their first import.
const selectSeries = `
SELECT q.item_key, q.series, MAX(q.day)
FROM quotes AS q
JOIN (SELECT item_key, MIN(id) AS first FROM quotes GROUP BY item_key) AS items ON items.item_key = q.item_key
WHERE q.day <= $1
GROUP BY q.item_key, q.series
ORDER BY MIN(items.first), MIN(q.id)`

const selectNewest = `
SELECT kind, item, day, low, high, unit, basis, vat, source, note, given_change
FROM quotes
WHERE item_key = $1
  AND series = $2
  AND day <= $3
ORDER BY day DESC
LIMIT $4`

// A seriesHead names a series and its newest day.
type seriesHead struct {
	item, series string
	day          Day
}

// Figures returns the newest quote of each item up to day as an issue of that
// day shows it, in the order in which the items were first stored. An item that
// was quoted in two ways on its newest day has two figures. One without a quote
// in the last 92 days has none.
func (s *Store) Figures(ctx context.Context, day Day) ([]Figure, error) {
	heads, err := s.seriesHeads(ctx, day)
	if err != nil {
		return nil, fmt.Errorf("read the numbers up to %s: %w", day, err)
	}
	figures := []Figure{}
	for _, head := range heads {
		quotes, err := s.newestQuotes(ctx, head, day)
		if err != nil {
			return nil, fmt.Errorf("read the numbers up to %s: %w", day, err)
		}
		figures = append(figures, figure(quotes, day, s.numbers.OldAfter))
	}
	chooseLine(figures, s.numbers.Line)
	return figures, nil
}

// Unpriced returns those of the items named for the line above the lead of which
// an issue of day has no figure.
func (s *Store) Unpriced(ctx context.Context, day Day) ([]string, error) {
	if len(s.numbers.Line) == 0 {
		return nil, nil
	}
	heads, err := s.seriesHeads(ctx, day)
	if err != nil {
		return nil, fmt.Errorf("read the numbers up to %s: %w", day, err)
	}
	return slices.DeleteFunc(slices.Clone(s.numbers.Line), func(name string) bool {
		return slices.ContainsFunc(heads, func(h seriesHead) bool { return h.item == foldFigure(name) })
	}), nil
}

// seriesHeads returns the series that an issue of day shows.
func (s *Store) seriesHeads(ctx context.Context, day Day) ([]seriesHead, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectSeries, day)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var heads []seriesHead
	newest := map[string]Day{}
	for rows.Next() {
		var h seriesHead
		if err := rows.Scan(&h.item, &h.series, &h.day); err != nil {
			return nil, err
		}
		heads = append(heads, h)
		newest[h.item] = max(newest[h.item], h.day)
	}
	return slices.DeleteFunc(heads, func(h seriesHead) bool {
		return h.day < newest[h.item] || h.day < day.Add(-shownFor)
	}), rows.Err()
}

// newestQuotes returns the newest quotes of a series, the newest first.
func (s *Store) newestQuotes(ctx context.Context, head seriesHead, day Day) ([]Quote, error) {
	rows, err := s.db.Read().QueryContext(ctx, selectNewest, head.item, head.series, day, trendLength)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var quotes []Quote
	for rows.Next() {
		var q Quote
		if err := rows.Scan(&q.Kind, &q.Item, &q.Day, &q.Low, &q.High, &q.Unit, &q.Basis, &q.VAT, &q.Source, &q.Note, &q.GivenChange); err != nil {
			return nil, err
		}
		quotes = append(quotes, q)
	}
	return quotes, rows.Err()
}
