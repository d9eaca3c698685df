package digest

import (
	"math"
	"slices"
	"time"
)

const (
	// LineLength is how many figures stand above the lead at most.
	LineLength = 3
	// MaxFigures is how many figures the table of an issue has at most. A row
	// takes 1.6 kB of the mail, of which there are 95.
	MaxFigures = 20
)

const (
	trendLength = 12 // values of a trend at most

	// shownFor is how many days an item stays in the table without a new
	// quote. Holidays leave gaps of twelve days; what was silent for a quarter
	// is no longer priced.
	shownFor = 92
)

// NumbersOptions says how quotes become the figures of an issue.
type NumbersOptions struct {
	OldAfter time.Duration // before the day, from then on a figure is old; 96 hours if zero

	// Line names the items above the lead; none: the first three prices that
	// are not old.
	Line []string
}

// figure returns the newest of the quotes of one series as an issue of day
// shows it. They are sorted, the newest first, and there is at least one.
func figure(quotes []Quote, day Day, oldAfter time.Duration) Figure {
	f := Figure{Quote: quotes[0], Trend: []float64{}}
	f.Old = day.date().Sub(f.Day.date()) > oldAfter
	f.TrendFrom = quotes[min(len(quotes), trendLength)-1].Day
	for _, q := range slices.Backward(quotes[:min(len(quotes), trendLength)]) {
		f.Trend = append(f.Trend, q.middle())
	}
	switch {
	case f.GivenChange != "":
		percent := f.GivenChange.Float()
		f.ChangePercent = &percent
	case len(quotes) > 1:
		f.setChange(quotes[1])
	}
	return f
}

// setChange sets what has changed since the quote before.
func (f *Figure) setChange(before Quote) {
	change := rounded(f.middle()-before.middle(), 6)
	f.ChangeAbs, f.PreviousDay = &change, before.Day
	if before.middle() <= 0 {
		return // of nothing, or of less, there is no share
	}
	percent := 100 * (f.middle() - before.middle()) / before.middle()
	digits := 2
	if math.Abs(percent) < leastPercent/2 {
		digits = 6 // what changed a little is not unchanged
	}
	percent = rounded(percent, digits)
	f.ChangePercent = &percent
}

// middle returns the value of q, of a range its middle.
func (q Quote) middle() float64 {
	if q.High == "" {
		return q.Low.Float()
	}
	return rounded((q.Low.Float()+q.High.Float())/2, 6)
}

// rounded returns f with so many digits after the point, and never -0.
func rounded(f float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(f*scale)/scale + 0
}

// chooseLine marks the figures that stand above the lead: those that names name
// and that are not old or, without names, the first prices that are not.
func chooseLine(figures []Figure, names []string) {
	keys := make([]string, 0, len(names))
	for _, name := range names {
		keys = append(keys, foldFigure(name))
	}
	chosen := 0
	for i := range figures {
		f := &figures[i]
		wanted := len(keys) == 0 && f.Kind == Price || slices.Contains(keys, f.itemKey())
		if f.InLine = wanted && !f.Old && chosen < LineLength; f.InLine {
			chosen++
		}
	}
}
