package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"redigest/digest"
	"redigest/templates"
	"redigest/templates/golden"
)

// versions are the parts of addresses that change with the content of a file.
var versions = regexp.MustCompile(`\?v=[0-9a-f]+`)

func TestThePagesLookAsTheyWereLookedAt(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-01-30", stories("Tanbreez ships its first ore")...)
	s.publish(t, "2026-02-02", stories("Project Vault: a stockpile worth twelve billion dollars")...)
	own := digest.Story{
		Title: "Four states, one budget, and a long list of questions", Author: "Daniel",
		Highlights: []string{"The budget names four coastal states.", "Separation stays the narrow place."},
		Takeaway:   "The money is there, the chemistry is not yet.",
		Source:     digest.Reference{Name: "ANI", URL: "https://wire.example/a"},
		Body:       "The budget puts money behind an old idea.\n\n## What is new\n\nA premium for every tonne of magnets sold.",
	}
	issue := s.publish(t, "2026-02-03", append([]digest.Story{own}, stories("Terbium at a three-year high")...)...)
	confirm, leave := s.pending(t, "pending@inbox.example"), s.confirmed(t, "confirmed@inbox.example")
	pages := []struct {
		name string
		r    *http.Response
	}{
		{"home.html", s.get(t, "/")},
		{"home-fault.html", s.press(t, "/subscribe", url.Values{"email": {"reader@inbox"}})},
		{"look-for-mail.html", s.press(t, "/subscribe", url.Values{"email": {"reader@inbox.example"}})},
		{"confirm.html", s.get(t, "/confirm/"+confirm)},
		{"confirmed.html", s.press(t, "/confirm/"+confirm, nil)},
		{"leave.html", s.get(t, "/unsubscribe/"+leave)},
		{"left.html", s.press(t, "/unsubscribe/"+leave, nil)},
		{"no-such-link.html", s.get(t, "/confirm/forged")},
		{"issues.html", s.get(t, "/issues")},
		{"month.html", s.get(t, "/issues/2026/01")},
		{"issue.html", s.get(t, "/issues/2026-02-03")},
		{"search.html", s.get(t, "/search?q=budget+states")},
		{"search-nothing.html", s.get(t, "/search?q=platypus")},
		{"feed.xml", s.get(t, "/issues/feed.xml")},
	}
	for _, page := range pages {
		body := text(t, page.r)
		for _, p := range issue.Stories {
			body = strings.ReplaceAll(body, p.StoryID.String(), "ID") // chance is in it
		}
		golden.Check(t, page.name, versions.ReplaceAllString(body, "?v=…"))
		if strings.HasSuffix(page.name, ".html") {
			checkPage(t, body)
		}
	}
}

// checkPage checks what holds for every page: it is for people with and
// without sight, it runs nothing, and it loads nothing from elsewhere.
func checkPage(t *testing.T, body string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var p pageFacts
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			p.note(t, n)
		}
	}
	if p.lang == "" || p.h1 != 1 || p.main != 1 || !p.skip || len(p.title) < 3 {
		t.Errorf("the page has the language %q, %d h1, %d main, a skip link: %t, the title %q:\n%s", p.lang, p.h1, p.main, p.skip, p.title, body)
	}
	for _, id := range p.needed {
		if !slices.Contains(p.ids, id) {
			t.Errorf("nothing on the page has the id %q that is named", id)
		}
	}
	slices.Sort(p.ids)
	if len(slices.Compact(slices.Clone(p.ids))) != len(p.ids) {
		t.Errorf("an id stands twice among %q", p.ids)
	}
	if len(body) > 30_000 {
		t.Errorf("the page has %d octets", len(body))
	}
}

type pageFacts struct {
	lang, title string
	h1, main    int
	skip        bool
	ids, needed []string
}

func (p *pageFacts) note(t *testing.T, n *html.Node) {
	t.Helper()
	switch n.Data {
	case "script", "style", "iframe", "object", "embed", "img", "svg", "video", "base":
		t.Errorf("the page has a <%s>", n.Data)
	case "h1":
		p.h1++
	case "main":
		p.main++
	case "title":
		p.title = n.FirstChild.Data
	}
	for _, a := range n.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style":
			t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
		case a.Key == "lang":
			p.lang = a.Val
		case a.Key == "id":
			p.ids = append(p.ids, a.Val)
		case a.Key == "for", a.Key == "aria-labelledby", a.Key == "aria-describedby":
			p.needed = append(p.needed, strings.Fields(a.Val)...)
		case a.Key == "href" || a.Key == "action" || a.Key == "src":
			p.noteAddress(t, n, a.Val)
		}
	}
}

func (p *pageFacts) noteAddress(t *testing.T, n *html.Node, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" && u.Scheme != "https" && u.Scheme != "http" {
		if address != "#ZgotmplZ" {
			t.Errorf("<%s> leads to %q", n.Data, address)
		}
		return
	}
	if address == "#main" {
		p.skip = true
	}
	loads := n.Data == "link" && !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "rel" && (a.Val == "canonical" || a.Val == "alternate")
	})
	if loads && !strings.HasPrefix(address, "/static/") {
		t.Errorf("the page loads %q", address)
	}
}

func TestPagesAreMadeOfThePublishersOwnTemplates(t *testing.T) {
	t.Parallel()
	set, err := templates.Load(fstest.MapFS{
		"web/message.html.tmpl": {Data: []byte(`{{template "top" .}}<h1>Oh dear</h1>{{.Text}} {{.LinkPath}}{{template "bottom" .}}`)},
		"static/logo.svg":       {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
	}, templates.Colours{Light: templates.ColourChoice{Accent: "#990f3d"}})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, func(o *Options) { o.Templates = set })
	wantPage(t, s.get(t, "/nowhere"), http.StatusNotFound, "Oh dear", "All issues")
	wantPage(t, s.get(t, "/"), http.StatusOK, "Straight Into Your Inbox")
	wantPage(t, s.get(t, "/static/colours.css"), http.StatusOK, "--accent: #990f3d")
	r := s.get(t, "/static/logo.svg")
	wantPage(t, r, http.StatusOK, "<svg")
	if got := r.Header.Get("Content-Type"); got != "image/svg+xml" {
		t.Errorf("the logo is of the type %q", got)
	}
}
