package digest

import "slices"

// A fit says how much of an issue of n stories is told after so many steps of
// shortening, each of which takes a little more away. The lead is the last to
// lose something.
type fit struct{ step, n int }

// fewRows is how many rows of its table of numbers an issue keeps that has no
// room for all.
const fewRows = 12

// rest is how many stories there are below the first.
func (f fit) rest() int { return f.n - 1 }

// steps returns how many steps an issue of n stories has.
func steps(n int) int { return fit{n: n}.leadBare() }

// The steps, in their order: at shorter+1 the last story says less, and so on up
// to the one below the lead; then the next kind of step begins.
func (f fit) shorter() int   { return 0 }
func (f fit) trendless() int { return f.shorter() + f.rest() + 1 }
func (f fit) bare() int      { return f.trendless() }
func (f fit) fewer() int     { return f.bare() + f.rest() + 1 }
func (f fit) out() int       { return f.fewer() }
func (f fit) tableless() int { return f.out() + f.rest() + 1 }
func (f fit) leadShort() int { return f.tableless() + 1 }
func (f fit) leadBare() int  { return f.leadShort() + 1 }

// shown returns how much of story i is told, and false when it is left out.
func (f fit) shown(i int) (Shown, bool) {
	if i == 0 {
		switch {
		case f.step >= f.leadBare():
			return Headline, true
		case f.step >= f.leadShort():
			return Shortened, true
		}
		return InFull, true
	}
	fromEnd := f.n - i // the last story is the first to go
	switch {
	case f.step >= f.out()+fromEnd:
		return "", false
	case f.step >= f.bare()+fromEnd:
		return Headline, true
	case f.step >= f.shorter()+fromEnd:
		return Shortened, true
	}
	return InFull, true
}

// table returns the figures of the table, and what of them was left out, in
// words.
func (f fit) table(figures []Figure) (shown []Figure, cut []string) {
	if len(figures) == 0 {
		return nil, nil
	}
	if f.step >= f.tableless() {
		return nil, []string{"the table of numbers left out"}
	}
	most := MaxFigures
	if f.step >= f.fewer() {
		most = fewRows
	}
	if beyond := len(figures) - most; beyond > 0 {
		cut = append(cut, count(beyond, "row", "rows")+" of the table of numbers left out")
		figures = figures[:most]
	}
	if f.step < f.trendless() || !slices.ContainsFunc(figures, Figure.hasTrend) {
		return figures, cut
	}
	for _, figure := range figures {
		figure.Trend = nil
		shown = append(shown, figure)
	}
	return shown, append(cut, "the trends of the numbers left out")
}
