package digest

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// A known story is a stored one, with all keys that it was ever seen under.
type known struct {
	Story
	keys []key
}

// A pair is a story that was found and a stored one that it may be.
type pair struct {
	seen, stored Story
	storedKeys   []key
	zone         *time.Location

	address, guid, crossed, title, text bool // the keys that both have
	shared                              bool // an address of theirs is that of several stories
}

// beside sets s beside a stored story. shared holds addresses that are known to
// be those of several stories.
func (s Story) beside(k known, zone *time.Location, shared map[key]bool) pair {
	p := pair{seen: s, stored: k.Story, storedKeys: k.keys, zone: zone}
	for _, mine := range s.keys(zone) {
		for _, lookup := range mine.lookups() {
			if slices.Contains(k.keys, lookup) {
				p.note(mine, lookup)
				p.shared = p.shared || shared[mine]
			}
		}
	}
	return p
}

func (p *pair) note(mine, theirs key) {
	switch kind := mine.kind(); {
	case kind != theirs.kind():
		p.crossed = true
	case kind == addressKey:
		p.address = true
	case kind == guidKey:
		p.guid = true
	case kind == titleKey:
		p.title = true
	case kind == textKey:
		p.text = true
	}
}

func (k key) kind() string {
	kind, _, _ := strings.Cut(string(k), " ")
	return kind + " "
}

// same reports whether the two are one story. No key says so alone.
func (p pair) same() bool {
	return p.text || p.sameByAddress() || p.sameByGUID() || p.sameByTitle()
}

// sameByAddress: an address may be that of a page with several stories, and of
// stories without a time of their own the day or the moment of reading says
// nothing then. What was an address here and a GUID there is the same case.
func (p pair) sameByAddress() bool {
	if !p.address && !p.crossed {
		return false
	}
	alike := similar(p.seen.Title, p.stored.Title)
	if p.apart() {
		return p.guid && (p.sameTime() || alike) || p.sameDay() && p.sameTitle()
	}
	atOnce := p.seen.PublishedAt.Equal(p.stored.PublishedAt) && !p.shared
	return p.address && (p.guid || atOnce) || p.sameTime() || alike
}

// sameByGUID: feeds repeat the GUID of another story, and keep it when they
// give a story a new address and title. Its date tells these two apart.
func (p pair) sameByGUID() bool {
	return p.guid && (p.sameTime() || p.sameDay() && similar(p.seen.Title, p.stored.Title))
}

// hoursApart is how far the times may differ that two sources give one story.
const hoursApart = 12 * time.Hour

// sameByTitle: one headline of one day is one story wherever a publisher
// prints it, and two when he gives it two lasting addresses of one site. Two
// outlets may well print the same headline.
func (p pair) sameByTitle() bool {
	if !p.title || !p.sameDay() && !p.near() {
		return false
	}
	relayed := aggregator(p.seen.URL) || aggregator(p.stored.URL)
	switch {
	case relayed && p.seen.publisher() != "" && p.seen.publisher() == p.stored.publisher():
		return true
	case p.seen.Foreign() != p.stored.Foreign():
		return false
	case p.seen.Foreign():
		return !relayed && strings.EqualFold(p.seen.Outlet, p.stored.Outlet)
	}
	return !p.bothLast() || !p.onOneSite() || p.seen.Body != "" && p.seen.contentHash() == p.stored.contentHash()
}

// sure tells how sure it is that the two are one story: of several that may
// be, the surest is.
func (p pair) sure() (n int) {
	for _, sign := range []bool{p.title && p.sameTitle(), p.sameTime(), p.guid, p.address, p.address && !p.apart()} {
		n *= 2
		if sign {
			n++
		}
	}
	return n
}

// apart reports whether the addresses name two places of a page.
func (p pair) apart() bool {
	a, b := fragment(p.seen.URL), fragment(p.stored.URL)
	return a != "" && b != "" && a != b
}

func (p pair) sameTitle() bool { return foldTitle(p.seen.Title) == foldTitle(p.stored.Title) }

func (p pair) sameDay() bool { return p.seen.day(p.zone) == p.stored.day(p.zone) }

// sameTime: a story without any date is given the moment at which it is read,
// so only what was seen now must have a time of its own.
func (p pair) sameTime() bool {
	return p.seen.timed() && !p.stored.DateOnly && p.seen.PublishedAt.Equal(p.stored.PublishedAt)
}

func (p pair) near() bool {
	return !p.seen.DateOnly && !p.stored.DateOnly && p.seen.PublishedAt.Sub(p.stored.PublishedAt).Abs() < hoursApart
}

func (p pair) bothLast() bool { return lasting(p.seen.URL) && lasting(p.stored.URL) }

// onOneSite reports whether the stored story was ever seen on the site of the
// other.
func (p pair) onOneSite() bool {
	host := site(p.seen.URL)
	return slices.ContainsFunc(p.storedKeys, func(k key) bool {
		rest, ok := strings.CutPrefix(string(k), addressKey)
		return ok && hostOf(rest) == host
	})
}

// timed reports whether the story has a time of its own. One without any date
// was given the moment at which it was read.
func (s Story) timed() bool {
	return !s.DateOnly && s.PublishedAt.Sub(s.FirstSeenAt).Abs() > time.Minute
}

// publisher returns the site that a story stands on, "" when that is not known.
func (s Story) publisher() string {
	if aggregator(s.URL) {
		return site(s.Source.URL)
	}
	return site(s.URL)
}

// aggregator reports whether raw is an address under which others' stories are
// passed on.
func aggregator(raw string) bool { return site(raw) == "news.google.com" }

// lasting reports whether raw is the address that a story has on its site and
// keeps.
func lasting(raw string) bool {
	return Canonical(raw) != "" && !homePage(raw) && !draftAddress(raw) && !aggregator(raw)
}

// homePage reports whether raw is the address of a whole site, which is none
// of a story.
func homePage(raw string) bool {
	c := Canonical(raw)
	return c != "" && c == hostOf(c)
}

// bestAddress returns where the story is: pages that call their site's home
// page their own address are where they were read.
func (s Story) bestAddress() string {
	if i := slices.IndexFunc(s.AlsoAt, lasting); homePage(s.URL) && i >= 0 {
		return s.AlsoAt[i]
	}
	return s.URL
}

// site returns the host of an address in its canonical form.
func site(raw string) string { return hostOf(Canonical(raw)) }

func hostOf(canonical string) string {
	if i := strings.IndexAny(canonical, "/?"); i >= 0 {
		return canonical[:i]
	}
	return canonical
}

func fragment(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Fragment
}
