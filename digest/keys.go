package digest

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// A key is one thing by which a story is recognised. Keys are stored, so their
// form is final.
type key string

// Addresses are trusted. GUIDs are not: feeds give one GUID to two stories.
// Titles are trusted only together with their day.
const (
	addressKey = "at "
	guidKey    = "guid "
	titleKey   = "title "
)

// keys returns everything that means s, the surest first. Days are days in
// zone.
func (s Story) keys(zone *time.Location) []key {
	var keys []key
	for _, raw := range append([]string{s.URL}, s.AlsoAt...) {
		if c := Canonical(raw); c != "" {
			keys = append(keys, key(addressKey+c))
		}
	}
	if g := s.guidPath(); g != "" {
		keys = append(keys, key(guidKey+g))
	}
	// Two outlets may well print the same headline on one day; one publisher
	// does not.
	if t := foldTitle(s.Title); t != "" && !s.Foreign() {
		keys = append(keys, key(titleKey+string(DayOf(s.PublishedAt.In(zone)))+" "+t))
	}
	return keys
}

// lookups returns the keys under which a story equal to k's may be stored: an
// address may have been seen as a GUID before, and the other way round.
func (k key) lookups() []key {
	if rest, ok := strings.CutPrefix(string(k), addressKey); ok {
		return []key{k, key(guidKey + rest)}
	}
	if rest, ok := strings.CutPrefix(string(k), guidKey); ok {
		return []key{k, key(addressKey + rest)}
	}
	return []key{k}
}

// guidPath returns the story's GUID within its publisher. Of a GUID that is an
// address only the path counts: old ones carry the name of a staging host.
func (s Story) guidPath() string {
	guid := strings.TrimSpace(s.GUID)
	host, _, _ := strings.Cut(Canonical(s.URL), "/")
	host, _, _ = strings.Cut(host, "?")
	if u, err := url.Parse(guid); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if path := canonicalPath(u); path != "" {
			return host + path
		}
		return ""
	}
	if guid == "" {
		return ""
	}
	return host + " " + guid
}

// same reports whether a story found under key found, when k was looked for,
// is the story s.
func (s Story) same(stored Story, k, found key) bool {
	here, there := Canonical(s.URL), Canonical(stored.URL)
	switch {
	case here != "" && here == there:
		return true
	case strings.HasPrefix(string(k), titleKey):
		// The same headline on one day at two lasting addresses of one site
		// is two stories.
		return here == "" || there == "" || draftAddress(s.URL) || draftAddress(stored.URL)
	case strings.HasPrefix(string(k), addressKey) && strings.HasPrefix(string(found), addressKey):
		return true
	default:
		return similar(s.Title, stored.Title)
	}
}

// foldTitle returns title in the form in which it is compared: small letters
// and digits, single spaces.
func foldTitle(title string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}), " ")
}

// similar reports whether two titles share more than half of their words, as
// the titles of a story before and after an edit do.
func similar(a, b string) bool {
	words := map[string]int{}
	for _, w := range strings.Fields(foldTitle(a)) {
		words[w] |= 1
	}
	for _, w := range strings.Fields(foldTitle(b)) {
		words[w] |= 2
	}
	both := 0
	for _, in := range words {
		if in == 3 {
			both++
		}
	}
	return len(words) > 0 && 2*both > len(words)
}
