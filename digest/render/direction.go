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
