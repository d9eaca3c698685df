package digest

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// A key is one thing by which a story may be recognised. Keys only find
// candidates: feeds give one GUID, and pages one address, to several stories,
// so a key may mean more than one. Keys are stored, so their form is final.
type key string

const (
	addressKey = "at "
	guidKey    = "guid "
	titleKey   = "title " // with its day
	textKey    = "text "
)

// keys returns everything that may mean s. Days are days in zone.
func (s Story) keys(zone *time.Location) []key {
	var keys []key
	for _, raw := range append([]string{s.URL}, s.AlsoAt...) {
		if c := Canonical(raw); c != "" && !homePage(raw) {
			keys = append(keys, key(addressKey+c))
		}
	}
	if g := s.guidPath(); g != "" {
		keys = append(keys, key(guidKey+g))
	}
	if len(keys) == 0 && s.Summary+s.Body != "" {
		keys = append(keys, key(textKey+s.contentHash()))
	}
	if t := foldTitle(s.Title); t != "" {
		keys = append(keys, key(titleKey+string(s.day(zone))+" "+t))
	}
	return keys
}

// sharedAddresses returns the addresses that several of the stories have, which
// were read together.
func sharedAddresses(found []Story, zone *time.Location) map[key]bool {
	shared, titles := map[key]bool{}, map[key]string{}
	for _, s := range found {
		for _, k := range s.keys(zone) {
			title, seen := titles[k]
			shared[k] = shared[k] || k.kind() == addressKey && seen && title != foldTitle(s.Title)
			titles[k] = foldTitle(s.Title)
		}
	}
	return shared
}

func (s Story) day(zone *time.Location) Day { return DayOf(s.PublishedAt.In(zone)) }

// lookups returns the keys under which a story equal to k's may be stored. An
// address may have been seen as a GUID before, and the other way round; two
// sources may date one story some hours apart.
func (k key) lookups() []key {
	if rest, ok := strings.CutPrefix(string(k), addressKey); ok {
		return []key{k, key(guidKey + rest)}
	}
	if rest, ok := strings.CutPrefix(string(k), guidKey); ok {
		return []key{k, key(addressKey + rest)}
	}
	if rest, ok := strings.CutPrefix(string(k), titleKey); ok {
		day, title, _ := strings.Cut(rest, " ")
		before, after := Day(day).Add(-1), Day(day).Add(1)
		return []key{k, key(titleKey + string(before) + " " + title), key(titleKey + string(after) + " " + title)}
	}
	return []key{k}
}

// guidPath returns the story's GUID within its publisher. Of a GUID that is an
// address only what follows the host counts: old ones carry the name of a
// staging host.
func (s Story) guidPath() string {
	guid := strings.TrimSpace(s.GUID)
	if u, err := url.Parse(guid); err == nil && (u.Scheme == "http" || u.Scheme == "https") {
		if path := canonicalPath(u); path != "" || u.Fragment != "" {
			return site(s.URL) + path + strings.TrimSuffix("#"+u.Fragment, "#")
		}
		return ""
	}
	if guid == "" {
		return ""
	}
	return site(s.URL) + " " + guid
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
