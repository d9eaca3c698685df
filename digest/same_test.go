package digest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"redigest/digest"
)

func at(url string) func(*digest.Story)      { return func(s *digest.Story) { s.URL = url } }
func called(guid string) func(*digest.Story) { return func(s *digest.Story) { s.GUID = guid } }
func saying(text string) func(*digest.Story) { return func(s *digest.Story) { s.Body = text } }

func dated(day int) func(*digest.Story) {
	return func(s *digest.Story) {
		s.PublishedAt, s.DateOnly = time.Date(2026, 2, day, 19, 0, 0, 0, time.UTC), true
	}
}

// relayed makes a story one that a search over many outlets found.
func relayed(publisher string) func(*digest.Story) {
	return func(s *digest.Story) {
		s.URL = "https://news.google.com/rss/articles/CBM" + strings.ReplaceAll(s.Title, " ", "") + "?oc=5"
		s.Source = digest.Reference{Name: publisher, URL: "https://" + publisher}
		s.Highlights, s.Body = nil, ""
	}
}

// Whatever a feed does to addresses and GUIDs: what are two stories stay two,
// what is one is one, and the same feed read again adds nothing.
func TestPromise6StoriesAreToldApartByMoreThanOneSign(t *testing.T) {
	t.Parallel()
	own, search := &digest.Source{Name: "Own", Own: true}, &digest.Source{Name: "Search"}
	type sight struct {
		source *digest.Source
		story  digest.Story
	}
	hour := func(n int) func(*digest.Story) { return published(morning.Add(time.Duration(-n) * time.Hour)) }
	tests := map[string]struct {
		seen []sight
		want int
	}{
		"all link to the home page": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/"), dated(3))},
			{own, story("A Mine Opens", at("https://example.org/?utm_source=feed"), dated(3))},
			{own, story("A Mine Closes", at("https://www.example.org"), dated(3), called("https://example.org/"))},
		}, 3},
		"pages call the home page their own address": {[]sight{
			{nil, story("Terbium Gets Dearer", func(s *digest.Story) { s.AlsoAt = []string{"https://example.org/"} })},
			{nil, story("A Mine Opens", func(s *digest.Story) { s.AlsoAt = []string{"https://example.org/"} })},
		}, 2},
		"two places of one page, of one day": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/briefs#one"), dated(3))},
			{own, story("A Mine Opens", at("https://example.org/briefs#two"), dated(3))},
		}, 2},
		"two places of one page, which are their GUIDs": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/briefs#one"), called("https://example.org/briefs#one"), hour(2))},
			{own, story("A Mine Opens", at("https://example.org/briefs#two"), called("https://example.org/briefs#two"), hour(2))},
		}, 2},
		"one page of all stories": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/briefs"), hour(2))},
			{own, story("A Mine Opens", at("https://example.org/briefs"), hour(3))},
		}, 2},
		"a story and its comments": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/news/a"), hour(2))},
			{own, story("Terbium Dearer Again", at("https://example.org/news/a#comments"), hour(2))},
		}, 1},
		"moved and rewritten under its GUID and time": {[]sight{
			{own, story("Terbium Gets Dearer", at("https://example.org/news/terbium"), called("https://example.org/?p=7"), hour(2))},
			{own, story("Why Nobody Can Buy It", at("https://example.org/news/nobody"), called("https://example.org/?p=7"), hour(2))},
		}, 1},
		"a GUID used every day": {[]sight{
			{own, story("Rare Earth Prices, Monday", called("prices"), dated(2))},
			{own, story("Rare Earth Prices, Tuesday", called("prices"), dated(3))},
		}, 2},
		"a GUID used for undated stories": {[]sight{
			{own, story("Terbium Gets Dearer", called("1"), published(morning))},
			{own, story("A Mine Opens", called("1"), published(morning))},
		}, 2},
		"the same headline on two hosts": {[]sight{
			{own, story("Terbium Gets Dearer", hour(2))},
			{own, story("Terbium Gets Dearer", at("https://example.substack.com/p/terbium"), saying("Another version."), hour(5))},
		}, 1},
		"the same headline of two mornings on two hosts": {[]sight{
			{own, story("Market Wrap", hour(2))},
			{own, story("Market Wrap", at("https://example.substack.com/p/wrap"), hour(26))},
		}, 2},
		"the same headline twice on each of two hosts": {[]sight{
			{own, story("Market Wrap", hour(2))},
			{own, story("Market Wrap", at("https://example.substack.com/p/wrap"), saying("A third."), hour(2))},
			{own, story("Market Wrap", at("https://example.org/news/wrap-2"), saying("Another."), hour(1))},
		}, 2},
		"passed on by a search, dated hours later": {[]sight{
			{own, story("Terbium Gets Dearer", hour(2))},
			{own, story("Terbium Gets Dearer", relayed("example.org"), hour(9))},
		}, 1},
		"passed on by a search that is foreign": {[]sight{
			{own, story("Terbium Gets Dearer", hour(2))},
			{search, story("Terbium Gets Dearer", relayed("example.org"), hour(2))},
		}, 1},
		"another outlet's, passed on by a search": {[]sight{
			{own, story("Terbium Gets Dearer", hour(2))},
			{search, story("Terbium Gets Dearer", relayed("other.example"), hour(2))},
		}, 2},
		"passed on twice by a search": {[]sight{
			{search, story("Terbium Gets Dearer", relayed("other.example"), hour(2))},
			{search, story("Terbium Gets Dearer", relayed("other.example"), at("https://news.google.com/rss/articles/2"), hour(2))},
		}, 1},
		"twice by one outlet": {[]sight{
			{search, story("Terbium Gets Dearer", at("https://other.example/a"), hour(2))},
			{search, story("Terbium Gets Dearer", at("https://other.example/b"), hour(2))},
		}, 1},
		"one text under two given addresses": {[]sight{
			{nil, story("Terbium Gets Dearer", at("https://example.org/a"))},
			{nil, story("Terbium Gets Dearer", at("https://example.org/b"))},
		}, 1},
		"one text without address or date, read on two days": {[]sight{
			{nil, story("Terbium Gets Dearer", at(""), hour(0))},
			{nil, story("Terbium Gets Dearer", at(""), hour(70))},
		}, 1},
	}
	for name, tt := range tests {
		for _, backwards := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, backwards %t", name, backwards), func(t *testing.T) {
				t.Parallel()
				store, seen := newStore(t), slices.Clone(tt.seen)
				if backwards {
					slices.Reverse(seen)
				}
				for _, s := range seen {
					add(t, store, s.source, s.story)
				}
				if all, err := store.Stories(t.Context(), 10); err != nil || len(all) != tt.want {
					t.Errorf("%d stories are stored (%v), want %d: %q", len(all), err, tt.want, titles(all))
				}
				for _, s := range seen {
					if again := add(t, store, s.source, s.story)[0]; again.Result == digest.ResultAdded {
						t.Errorf("%q is added when it is read again", again.Title)
					}
				}
			})
		}
	}
}

// A page of short news, read as a whole: its stories have a date at most, and
// no GUID. The day after, with one more story and one gone, only that is new.
func TestPromise6StoriesOfOnePageWithoutTimesStayApart(t *testing.T) {
	t.Parallel()
	brief := func(title string, edits ...func(*digest.Story)) digest.Story {
		return story(title, append([]func(*digest.Story){at("https://example.org/briefs")}, edits...)...)
	}
	for name, when := range map[string]func(*digest.Story){"a date": dated(3), "no date": published(morning)} {
		store := newStore(t)
		page := []digest.Story{brief("Terbium Gets Dearer", when), brief("A Mine Opens", when), brief("Norway Finds a Vein", when)}
		for i := range 2 {
			add(t, store, nil, page...)
			if all, _ := store.Stories(t.Context(), 10); len(all) != 3 {
				t.Errorf("%s, read %d: %q are stored", name, i+1, titles(all))
			}
		}
		add(t, store, nil, append(page[:2:2], brief("A Magnet Plant Is Sold", when))...)
		if all, _ := store.Stories(t.Context(), 10); len(all) != 4 {
			t.Errorf("%s, with a new one: %q are stored", name, titles(all))
		}
	}
}

func TestThePublishersAddressAndTextWin(t *testing.T) {
	t.Parallel()
	mine := story("Terbium Gets Dearer")
	for name, source := range map[string]*digest.Source{"own": nil, "foreign": {Name: "Search"}} {
		for _, mineFirst := range []bool{true, false} {
			store := newStore(t)
			if mineFirst {
				add(t, store, nil, mine)
			}
			got := add(t, store, source, story(mine.Title, relayed("example.org")))[0]
			if !mineFirst {
				got = add(t, store, nil, mine)[0]
			}
			if got.URL != mine.URL || got.Body != mine.Body || got.Source.Name != "" || got.Foreign() {
				t.Errorf("%s, first %t: it is %+v", name, mineFirst, got.Story)
			}
		}
	}
}

func TestAPageIsWhereItWasReadWhenItNamesItsHomePage(t *testing.T) {
	t.Parallel()
	got := add(t, newStore(t), nil, story("A Mine Opens", at("https://example.org/"), func(s *digest.Story) {
		s.AlsoAt = []string{"https://example.org/news/mine"}
	}))[0]
	if got.URL != "https://example.org/news/mine" {
		t.Errorf("it is at %s", got.URL)
	}
}
