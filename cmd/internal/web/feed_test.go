package web

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html"

	"redigest/digest"
)

// readFeed reads the feed as a strict reader does.
func (s *site) readFeed(t *testing.T) (f atomFeed) {
	t.Helper()
	r := s.get(t, "/issues/feed.xml")
	if kind := r.Header.Get("Content-Type"); kind != "application/atom+xml; charset=utf-8" {
		t.Errorf("Content-Type %q", kind)
	}
	body := wantPage(t, r, http.StatusOK)
	checkAtom(t, body)
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTheFeedHoldsOwnStoriesWholeAndHeadlinesOfOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if f := s.readFeed(t); f.Title != "Rare Earth Daily" || len(f.Entries) != 0 || f.Updated != "1970-01-01T00:00:00Z" || f.Author == "" {
		t.Errorf("without an issue the feed is %+v", f)
	}
	s.publish(t, "2026-02-02", stories("Older")...)
	s.setClock(morning.Add(24 * time.Hour))
	own := digest.Story{
		URL: "https://www.example.org/news/vault/", Title: "Terbium & <dysprosium>", Author: "Dana Reyes", Highlights: []string{"A first point."},
		Body: "The first paragraph.\n\n## What is new\n\nThe last [one](https://wire.example/x).", Takeaway: "Watch it.", Source: digest.Reference{Name: "ANI", URL: "https://wire.example/a"},
	}
	here := digest.Story{Title: "Told only here", Highlights: []string{"Its point."}, Body: "All of it."}
	foreign := digest.Story{URL: "https://other.example/a", Title: "Told elsewhere", Summary: "What others wrote.", Outlet: "The Other Daily"}
	issue := s.publish(t, "2026-02-03", own, here, foreign)

	f := s.readFeed(t)
	if len(f.Entries) != 2 {
		t.Fatalf("%d entries, want 2", len(f.Entries))
	}
	e := f.Entries[0]
	if e.Title != "Terbium & <dysprosium>" || e.Link.Href != baseURL+"/issues/2026-02-03" || e.ID != e.Link.Href ||
		e.Published != "2026-02-05T13:00:00Z" || e.Updated != e.Published || f.Updated != e.Updated {
		t.Errorf("the newest entry is %+v", e)
	}
	for _, want := range []string{
		`<a href="https://www.example.org/news/vault/"`, "Terbium &amp; &lt;dysprosium&gt;", "By Dana Reyes", "A first point.", "The first paragraph.",
		"<h3>What is new</h3>", `<a href="https://wire.example/x"`, "Watch it.", "Source: ", "All of it.",
		`<a href="` + baseURL + `/issues/2026-02-03#story-` + issue.Stories[1].StoryID.String() + `"`,
		"Elsewhere", `href="https://other.example/a"`, "The Other Daily",
	} {
		if !strings.Contains(e.Content.Text, want) {
			t.Errorf("%q does not stand in the newest entry:\n%s", want, e.Content.Text)
		}
	}
	if strings.Contains(e.Content.Text, "What others wrote") || strings.Contains(e.Content.Text, "/unsubscribe/") {
		t.Errorf("the feed tells more than it may:\n%s", e.Content.Text)
	}
}

func TestTheFeedFollowsAStoryThatIsEditedOrHidden(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	told := stories("Wrong figure", "To be hidden")
	issue := s.publish(t, "2026-02-03", told...)
	s.setClock(morning.Add(time.Hour))
	told[0].Body = "It is twelve, not twenty."
	if _, err := s.store.AddStories(t.Context(), nil, told[:1]); err != nil {
		t.Fatal(err)
	}
	for _, p := range issue.Stories {
		if p.Title == "To be hidden" {
			if err := s.store.Hide(t.Context(), p.StoryID); err != nil {
				t.Fatal(err)
			}
		}
	}
	f := s.readFeed(t)
	if e := f.Entries[0]; !strings.Contains(e.Content.Text, "It is twelve") || strings.Contains(e.Content.Text, "To be hidden") ||
		e.Published != "2026-02-04T13:00:00Z" || e.Updated != "2026-02-04T14:00:00Z" || f.Updated != e.Updated {
		t.Errorf("the entry is %+v", e)
	}
}

func TestTheFeedHoldsTheNewestIssuesOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for day := digest.Day("2026-01-01"); day <= "2026-01-12"; day = day.Add(1) {
		s.publish(t, day, stories("Story of "+string(day))...)
	}
	if f := s.readFeed(t); len(f.Entries) != 10 || f.Entries[0].Title != "Story of 2026-01-12" || f.Entries[9].Title != "Story of 2026-01-03" {
		t.Errorf("the feed holds %d issues, want the newest 10", len(f.Entries))
	}
	for n := range 3 { // 600,000 octets a day
		long := stories(fmt.Sprintf("Long story %d", n))
		long[0].Body = strings.Repeat("A sentence of some forty octets in length. ", 15_000)
		s.publish(t, digest.Day("2026-01-20").Add(n), long...)
	}
	if f := s.readFeed(t); len(f.Entries) != 1 || f.Entries[0].Title != "Long story 2" {
		t.Errorf("the feed holds %d long issues, want 1", len(f.Entries))
	}
}

// Feed readers are forgiving, each in its own way; what an independent one reads
// is what we wrote.
func TestAnotherProgramReadsTheFeed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-03", stories("Terbium & <dysprosium>", "中国稀土")...)
	f, err := gofeed.NewParser().ParseString(text(t, s.get(t, "/issues/feed.xml")))
	if err != nil {
		t.Fatal(err)
	}
	if f.FeedType != "atom" || f.Title != "Rare Earth Daily" || f.Link != baseURL+"/issues" || f.FeedLink != baseURL+"/issues/feed.xml" || f.Language != "en" || len(f.Items) != 1 {
		t.Errorf("it reads %+v", f)
	}
	if i := f.Items[0]; i.Title != "Terbium & <dysprosium>" || i.Link != baseURL+"/issues/2026-02-03" || i.PublishedParsed == nil || !strings.Contains(i.Content, "中国稀土") {
		t.Errorf("it reads the item %+v", i)
	}
}

// What RFC 4287 asks of each element that we write: which children it has, how
// often, and which attributes.
var atomRules = map[string]struct {
	needed, allowed []string // children; what is needed stands there once
	attributes      []string
	text            bool
}{
	"feed":      {[]string{"id", "title", "updated"}, []string{"author", "entry", "link", "subtitle"}, []string{"lang", "xmlns"}, false},
	"entry":     {[]string{"id", "title", "updated", "content"}, []string{"link", "published", "summary"}, nil, false},
	"author":    {[]string{"name"}, nil, nil, false},
	"link":      {nil, nil, []string{"rel", "type", "href"}, false},
	"content":   {nil, nil, []string{"type"}, true},
	"id":        {nil, nil, nil, true},
	"title":     {nil, nil, nil, true},
	"subtitle":  {nil, nil, nil, true},
	"summary":   {nil, nil, nil, true},
	"updated":   {nil, nil, nil, true},
	"published": {nil, nil, nil, true},
	"name":      {nil, nil, nil, true},
}

// An element is one of a feed.
type element struct {
	XMLName    xml.Name
	Attributes []xml.Attr `xml:",any,attr"`
	Text       string     `xml:",chardata"`
	Children   []element  `xml:",any"`
}

// checkAtom checks a feed by the rules of RFC 4287, and some more by which feed
// readers live.
func checkAtom(t *testing.T, body string) {
	t.Helper()
	var feed element
	d := xml.NewDecoder(strings.NewReader(strings.TrimSpace(body)))
	if err := d.Decode(&feed); err != nil {
		t.Fatalf("the feed is not well-formed: %v", err)
	}
	if rest, err := d.Token(); err != io.EOF {
		t.Errorf("behind the feed stands %v: %v", rest, err)
	}
	checkElement(t, feed)
	seen := map[string]bool{}
	for _, e := range append(feed.all("entry"), feed) {
		id := e.all("id")[0].Text
		if u, err := url.Parse(id); err != nil || !u.IsAbs() || seen[id] {
			t.Errorf("the id %q is none, or stands twice", id)
		}
		seen[id] = true
		if n := len(e.links("alternate")); n != 1 {
			t.Errorf("%s has %d pages", id, n)
		}
	}
	if self := feed.links("self"); len(self) != 1 || self[0] != feed.all("id")[0].Text {
		t.Errorf("the feed calls itself %q", self)
	}
	if len(feed.all("author")) != 1 {
		t.Error("nobody has written the feed")
	}
}

func (e element) all(name string) (found []element) {
	for _, c := range e.Children {
		if c.XMLName.Local == name {
			found = append(found, c)
		}
	}
	return found
}

func (e element) attribute(name string) string {
	for _, a := range e.Attributes {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (e element) links(rel string) (addresses []string) {
	for _, l := range e.all("link") {
		if l.attribute("rel") == rel {
			addresses = append(addresses, l.attribute("href"))
		}
	}
	return addresses
}

func checkElement(t *testing.T, e element) {
	t.Helper()
	name := e.XMLName.Local
	rule, known := atomRules[name]
	if !known || e.XMLName.Space != "http://www.w3.org/2005/Atom" {
		t.Errorf("<%s> of %q is not of Atom", name, e.XMLName.Space)
		return
	}
	for _, needed := range rule.needed {
		if n := len(e.all(needed)); n != 1 {
			t.Errorf("<%s> has %d <%s>", name, n, needed)
		}
	}
	for _, a := range e.Attributes {
		if !slices.Contains(rule.attributes, a.Name.Local) || a.Value == "" {
			t.Errorf("<%s> has %s=%q", name, a.Name.Local, a.Value)
		}
	}
	if hasText := strings.TrimSpace(e.Text) != ""; hasText != rule.text {
		t.Errorf("<%s> has the text %q", name, e.Text)
	}
	checkValue(t, e)
	for _, c := range e.Children {
		if child := c.XMLName.Local; !slices.Contains(rule.needed, child) && !slices.Contains(rule.allowed, child) {
			t.Errorf("<%s> stands in <%s>", child, name)
		}
		checkElement(t, c)
	}
}

// checkValue checks what the text and the attributes of an element say.
func checkValue(t *testing.T, e element) {
	t.Helper()
	switch e.XMLName.Local {
	case "updated", "published":
		if _, err := time.Parse(time.RFC3339, e.Text); err != nil {
			t.Error(err)
		}
	case "link":
		if u, err := url.Parse(e.attribute("href")); err != nil || !u.IsAbs() {
			t.Errorf("a link leads to %q", e.attribute("href"))
		}
	case "content":
		if kind := e.attribute("type"); kind != "html" {
			t.Errorf("the content is of type %q", kind)
		}
		checkContent(t, e.Text)
	}
}

// checkContent checks that the HTML of an entry stands by itself: whole
// addresses, nothing that runs or is loaded.
func checkContent(t *testing.T, content string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(content))
	if err != nil {
		t.Error(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"script", "style", "iframe", "img", "object", "form", "meta", "link"}, n.Data) {
			t.Errorf("<%s> stands in an entry", n.Data)
		}
		for _, a := range n.Attr {
			u, err := url.Parse(a.Val)
			if a.Key == "href" && (err != nil || !u.IsAbs()) || a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
}
