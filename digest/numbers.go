package digest

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// A Quote is one row of the publisher's table: what an item cost on one day,
// exactly as it is given there. Nothing is ever converted.
type Quote struct {
	// Item is what was priced, such as “NdPr oxide 99%”, or a share by its
	// exchange and ticker, “ASX: LYC”. An item has one line in an issue.
	Item string `json:"item"`

	Kind QuoteKind `json:"kind"`
	Day  Day       `json:"day"` // of the price itself, not of its import

	Low  Decimal `json:"low"`            // the value, or the lower end of a range
	High Decimal `json:"high,omitempty"` // the upper end; empty for a single value

	Unit   string `json:"unit"`             // such as CNY/kg; of a share its currency
	Basis  string `json:"basis,omitempty"`  // such as “ex-works China”
	VAT    string `json:"vat,omitempty"`    // such as “13% included”
	Source string `json:"source,omitempty"` // who says so
	Note   string `json:"note,omitempty"`

	// GivenChange is the change in percent that the table itself names, of a
	// share on its exchange; empty when it names none.
	GivenChange Decimal `json:"given_change,omitempty"`
}

// A QuoteKind says what is priced.
type QuoteKind string

const (
	Price QuoteKind = "price" // of a material
	Share QuoteKind = "share" // of a company, at the close of an exchange
)

// A Figure is the newest quote of an item as an issue shows it: with what has
// changed since the quote before it.
type Figure struct {
	Quote

	// ChangePercent and ChangeAbs (in the figure's own unit) are what changed
	// since PreviousDay, that of the item's quote before this one with the same
	// unit, basis and VAT; of ranges, between their middles. They are nil when
	// there is none: what is counted otherwise cannot be compared. Where the
	// table names the change itself (GivenChange), ChangePercent is that, and
	// ChangeAbs and PreviousDay are empty.
	ChangePercent *float64 `json:"change_percent"`
	ChangeAbs     *float64 `json:"change_abs"`
	PreviousDay   Day      `json:"previous_day,omitempty"`

	// Trend holds the last values of the same unit, basis and VAT, this one
	// last: at most 12, of ranges their middles.
	Trend []float64 `json:"trend"`

	TrendFrom Day `json:"trend_from,omitempty"` // of the first value of Trend

	Old    bool `json:"old"`     // too old on the day to be shown as news
	InLine bool `json:"in_line"` // one of the two or three above the lead
}

// Key returns what two quotes have in common of which the later replaces the
// earlier: item, day, unit, basis and VAT.
func (q Quote) Key() string { return q.itemKey() + "|" + q.series() + "|" + string(q.Day) }

// itemKey returns what tells an item from others: its name, however its case,
// its white space and its raised and lowered digits are written.
func (q Quote) itemKey() string { return foldFigure(q.Item) }

// series returns what two quotes of an item must have in common to be compared.
func (q Quote) series() string {
	return foldFigure(q.Unit) + "|" + foldFigure(q.Basis) + "|" + foldFigure(q.VAT)
}

func foldFigure(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), "")
}
