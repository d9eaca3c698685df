package subscribers

import (
	"strings"
	"unicode"
)

// clip returns s, or its first runes and an ellipsis when it has more than n.
func clip(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// cleanLine returns a stranger's text as one line of visible characters with
// white space folded, of at most n runes.
func cleanLine(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return clip(strings.Join(strings.Fields(s), " "), n)
}
