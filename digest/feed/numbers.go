package feed

import (
	"errors"
	"fmt"
	"strings"

	"redigest/digest"
)

// Numbers is what [ReadNumbers] found.
type Numbers struct {
	Quotes   []digest.Quote
	Rejected int       // how many lines could not be read
	Problems []Problem // which lines, with what to do about them, and what else was odd
}

// ReadNumbers reads a table of prices or of shares as CSV: with commas,
// semicolons or tabs, in UTF-8, UTF-16 or Windows-1252. Its first line names the
// columns, in any order: date, item, low, high, unit, basis, vat, source and note
// of prices; date, ticker, exchange, close, currency and change_pct of shares. A
// line that begins with # is a remark.
//
// What is written in a way that could mean two numbers or two days is asked
// about and never guessed, unless the rest of the table shows which is meant. An
// error means that nothing could be read; what of the lines could not be is in
// the problems.
func ReadNumbers(data []byte, o Options) (Numbers, error) {
	text, skipped, problems := decode(data, o.ContentType)
	o.skipped = skipped
	switch {
	case text == "":
		return Numbers{}, fmt.Errorf("%s: empty", o.name())
	case isBinary(data, text):
		return Numbers{}, fmt.Errorf("%s: not a text; save the table as CSV and give that", o.name())
	case strings.HasPrefix(text, "<"):
		return Numbers{}, fmt.Errorf("%s: a page and not a table; publish the table as CSV and give the address of that", o.name())
	}
	t, err := readSheet(text, o)
	if err != nil {
		return Numbers{}, fmt.Errorf("%s: %w", o.name(), err)
	}
	found := t.quotes()
	found.Problems = append(problems, found.Problems...)
	return found, nil
}

// The columns of the two kinds of table.
var (
	priceColumns = []string{"date", "item", "low", "high", "unit", "basis", "vat", "source", "note"}
	shareColumns = []string{"date", "ticker", "exchange", "close", "currency", "change_pct", "source", "note"}
)

var errColumns = errors.New("its first line must name the columns: " +
	"date,item,low,high,unit,basis,vat,source,note for prices, or date,ticker,exchange,close,currency,change_pct for shares")

// quotes reads all rows. Of two that say something about the same thing the
// later stands, and where they differ that is told.
func (t *sheet) quotes() Numbers {
	found := Numbers{Quotes: []digest.Quote{}, Problems: t.problems}
	places, lines := map[string]int{}, map[string]int{}
	for _, row := range t.rows {
		q, err := t.quote(row)
		if err != nil {
			found.Rejected++
			found.Problems = append(found.Problems, Problem{t.o.line(row.line), err.Error()})
			continue
		}
		i, twice := places[q.Key()]
		switch {
		case !twice:
			places[q.Key()] = len(found.Quotes)
			found.Quotes = append(found.Quotes, q)
		case found.Quotes[i] != q:
			found.Problems = append(found.Problems, Problem{t.o.line(row.line),
				fmt.Sprintf("says otherwise about %s of %s than %s; this line was taken", q.Item, q.Day, t.o.line(lines[q.Key()]))})
			found.Quotes[i] = q
		}
		lines[q.Key()] = row.line
	}
	return found
}

// quote reads one row.
func (t *sheet) quote(row sheetRow) (digest.Quote, error) {
	if row.fault != nil {
		return digest.Quote{}, row.fault
	}
	day, err := t.day(row.cell(t, "date"))
	if err != nil {
		return digest.Quote{}, err
	}
	q := digest.Quote{Kind: digest.Price, Day: day, Source: row.cell(t, "source"), Note: row.cell(t, "note")}
	if t.shares {
		q.Kind = digest.Share
		err = t.fillShare(&q, row)
	} else {
		err = t.fillPrice(&q, row)
	}
	if err != nil {
		return digest.Quote{}, err
	}
	return q, checkLengths(q)
}

// fillPrice reads what only a row of prices has.
func (t *sheet) fillPrice(q *digest.Quote, row sheetRow) (err error) {
	q.Item, q.Unit, q.Basis, q.VAT = row.cell(t, "item"), row.cell(t, "unit"), row.cell(t, "basis"), row.cell(t, "vat")
	switch {
	case q.Item == "":
		return errors.New("there is no item; name what costs that")
	case q.Unit == "":
		return errors.New("there is no unit; a price without one says nothing: write CNY/kg, or points for an index")
	case row.cell(t, "low") == "":
		return errors.New("there is no price in the column low; write the value there, or take the line out")
	}
	if q.Low, err = t.number("low", row.cell(t, "low")); err != nil {
		return err
	}
	if row.cell(t, "high") == "" {
		return nil
	}
	if q.High, err = t.number("high", row.cell(t, "high")); err != nil {
		return err
	}
	switch low, high := q.Low.Float(), q.High.Float(); {
	case low > high:
		return fmt.Errorf("the low (%s) is more than the high (%s); exchange them", q.Low, q.High)
	case low == high:
		q.High = ""
	}
	return nil
}

// fillShare reads what only a row of shares has.
func (t *sheet) fillShare(q *digest.Quote, row sheetRow) (err error) {
	exchange, ticker := strings.ToUpper(row.cell(t, "exchange")), strings.ToUpper(row.cell(t, "ticker"))
	if before, after, ok := strings.Cut(ticker, ":"); ok && (exchange == "" || exchange == strings.TrimSpace(before)) {
		exchange, ticker = strings.TrimSpace(before), strings.TrimSpace(after)
	}
	q.Item, q.Unit = exchange+": "+ticker, row.cell(t, "currency")
	switch {
	case ticker == "":
		return errors.New("there is no ticker; name the share")
	case exchange == "":
		return fmt.Errorf("there is no exchange; %s may be listed at several", ticker)
	case q.Unit == "":
		return errors.New("there is no currency; write AUD, USD, …")
	case row.cell(t, "close") == "":
		return errors.New("there is no price in the column close; write it there, or take the line out")
	}
	if q.Low, err = t.number("close", row.cell(t, "close")); err != nil {
		return err
	}
	if change := row.cell(t, "change_pct"); change != "" {
		q.GivenChange, err = t.number("change_pct", change)
	}
	return err
}

// checkLengths refuses what would not fit into a table on a phone.
func checkLengths(q digest.Quote) error {
	for _, c := range []struct {
		column, text string
		most         int
	}{
		{"item", q.Item, 60}, {"unit", q.Unit, 20}, {"basis", q.Basis, 60}, {"vat", q.VAT, 30}, {"note", q.Note, 80}, {"source", q.Source, 200},
	} {
		if n := len([]rune(c.text)); n > c.most {
			return fmt.Errorf("%s has %d characters; %d fit into the table: shorten it", c.column, n, c.most)
		}
	}
	return nil
}
