package feed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// fold returns s on one line, with single spaces and no character that shows
// nothing.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r) || isInvisible(r):
			continue
		case space && b.Len() > 0:
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// isInvisible reports whether r shows nothing and only serves to hide or to
// turn round what is written. Joiners stay: emoji and Indian scripts need them.
func isInvisible(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u200E', '\u200F', '\u2060', '\uFEFF':
		return true
	}
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r >= 0xE0000 && r <= 0xE007F
}

// plain returns the text of a piece of HTML that stands where a feed has plain
// text: a title, a name, a topic.
func plain(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return fixed(s)
	}
	root, err := parseFragment(tagStart.ReplaceAllStringFunc(s, unlessTag))
	if err != nil {
		return fixed(html.UnescapeString(s))
	}
	clean(root, nil)
	return fixed(lines(root))
}

var tagStart = regexp.MustCompile(`</?[A-Za-z][^\s<>/]*`)

// unlessTag escapes a < that begins no tag: “if x<y” is a comparison. Names
// with a colon or a dash are tags of some program's own.
func unlessTag(start string) string {
	name := strings.ToLower(strings.TrimLeft(start, "</"))
	if atom.Lookup([]byte(name)) != 0 || strings.ContainsAny(name, ":-") {
		return start
	}
	return "&lt;" + start[1:]
}

// fixed returns s repaired and folded, without what is said to screen readers:
// where a tag is broken, that may stand in any text.
func fixed(s string) string {
	s, _ = Repair(s)
	return fold(newTab.ReplaceAllString(s, ""))
}

// cut shortens s to at most max characters, at the end of a word if it can.
func cut(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	short := string([]rune(s)[:max-1])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:.–—-") + "…"
}

// unique returns list without empty and repeated values, in its order.
func unique(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if key := strings.ToLower(s); s != "" && !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}
