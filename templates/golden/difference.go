package golden

import (
	"fmt"
	"strings"
)

// difference names the first line at which got leaves want.
func difference(want, got string) string {
	wants, gots := strings.Split(want, "\n"), strings.Split(got, "\n")
	n := 0
	for n < len(wants) && n < len(gots) && wants[n] == gots[n] {
		n++
	}
	return fmt.Sprintf("in line %d:\nwant %s\ngot  %s", n+1, line(wants, n), line(gots, n))
}

// line returns line n in quotes, so that blanks and invisible characters show.
func line(lines []string, n int) string {
	if n >= len(lines) {
		return "(no more lines)"
	}
	return fmt.Sprintf("%q", lines[n])
}
