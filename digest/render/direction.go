package render

import "golang.org/x/text/unicode/bidi"

// runsBackwards reports whether s has a letter that is written from right to
// left.
func runsBackwards(s string) bool {
	for _, r := range s {
		if r < 0x590 {
			continue
		}
		p, _ := bidi.LookupRune(r)
		if c := p.Class(); c == bidi.R || c == bidi.AL {
			return true
		}
	}
	return false
}

// A direction is the one in which words run, by their first letter that has one,
// as browsers find it; empty where there is none.
type direction string

const (
	leftToRight direction = "ltr"
	rightToLeft direction = "rtl"
)

func directionOf(s string) direction {
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch p.Class() {
		case bidi.L:
			return leftToRight
		case bidi.R, bidi.AL:
			return rightToLeft
		}
	}
	return ""
}

// against reports whether words in d run against those in around.
func (d direction) against(around direction) bool { return d != "" && around != "" && d != around }
