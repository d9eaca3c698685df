package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"redigest/digest"
	"redigest/subscribers"
)

// page is what a saved page must become, whichever page it is.
type page struct {
	file       string
	title      string
	highlights int
	sections   []string
	takeaway   string // its beginning
	source     string
	author     string
	never      []string // furniture of its site
}

var twin = page{
	file:       "testdata/page.txt",
	title:      "From Beach Sand to Magnet: How Kerala Wants to Close the Gap",
	highlights: 5,
	sections:   []string{"What the Plan Says", "Where the Numbers Are Soft", "Why It Matters"},
	takeaway:   "The sand is real and so is the will—the acid",
	source:     "PTI",
	author:     "Luis",
	never:      []string{"opens in a new tab", "Submit a Comment", "Straight Into Your Inbox", "A Mine in Greenland", "Moderator", "No replies yet"},
}

var original = page{
	file:       "samples/reex-page.txt",
	title:      "From Intent to Infrastructure: India Steps Into the Allied Minerals Game",
	highlights: 5,
	sections:   []string{"USA and India Makes Sense", "Where the Optimism Runs Ahead of Reality", "Why This Matters for the Rare Earth Supply Chain"},
	takeaway:   "This is a necessary pivot—from speeches to supply chains—but",
	source:     "ANI",
	author:     "Daniel",
	never:      []string{"opens in a new tab", "Submit a Comment", "Straight Into Your Inbox", "Humanoids", "Moderator", "No replies yet"},
}

func TestJourneyOfASavedPageAndItsReader(t *testing.T) {
	t.Parallel()
	journey(t, twin, (*process).stop)
}

func TestJourneyOfTheOriginalPage(t *testing.T) {
	t.Parallel()
	journey(t, samples(t, original), (*process).stop)
}

func TestPromise2JourneyWithAKillBetweenAnyTwoSteps(t *testing.T) {
	t.Parallel()
	journey(t, twin, (*process).kill)
}

func samples(t *testing.T, p page) page {
	t.Helper()
	dir := os.Getenv("REDIGEST_SAMPLES")
	if dir == "" {
		t.Skip("REDIGEST_SAMPLES is not set: the original page is not there to read")
	}
	p.file = filepath.Join(dir, p.file)
	return p
}

// journey takes a saved page and a reader through the whole program: the page
// becomes a story, the reader signs up and confirms over HTTP, gets the issue,
// and leaves by its one-click link; the next issue does not go to them. Between
// any two steps the program ends as end says and starts again.
func journey(t *testing.T, page page, end func(*process)) {
	p := newProgram(t, "")
	file, err := filepath.Abs(page.file)
	if err != nil {
		t.Fatal(err)
	}
	var added []digest.Added
	p.read(&added, "story", "add", file)
	assertStory(t, page, added)
	p.run(exitDone, "subscriber", "add", "stays@example.org", "--consent", "a friend")

	s := p.serve()
	assertSignUp(p, "reader@example.org")
	end(s)

	s = p.serve()
	p.eventually("the confirmation mail arrives", func() bool { return len(p.inbox("reader@example.org")) == 1 })
	end(s)

	s = p.serve()
	confirm := p.inbox("reader@example.org")[0].link(t, "/confirm/")
	assertButton(p, confirm)
	assertStatus(p, "reader@example.org", subscribers.Pending)
	if code, body := p.post(confirm, nil); code != http.StatusOK || !strings.Contains(body, "Fantastic! Thanks for subscribing, you won't regret it.") {
		t.Fatalf("confirming answers %d\n%s", code, body)
	}
	end(s)
	assertStatus(p, "reader@example.org", subscribers.Confirmed)

	var account report
	p.read(&account, "issue", "send", "--day", "2026-02-03")
	if account.Planned != 2 || account.Accepted != 2 || account.State != digest.Sent || account.Relay != mailboxRelay {
		t.Fatalf("the account is %+v", account)
	}
	mails := p.inbox("reader@example.org")
	if len(mails) != 2 {
		t.Fatalf("the reader has %d mails, want the confirmation and the issue", len(mails))
	}
	issue := mails[slices.IndexFunc(mails, func(l letter) bool { return l.header.Get("List-Unsubscribe") != "" })]
	assertIssue(t, page, added[0].Story, issue)

	s = p.serve()
	assertPage(p, page, added[0].Story)
	assertOneClick(p, issue)
	end(s)
	assertStatus(p, "reader@example.org", subscribers.Unsubscribed)

	p.write("next.md", "---\ntitle: The Next Day's Story\ndate: 2026-02-04\nurl: https://www.example.org/next/\nhighlights: [One thing happened.]\n---\nText.\n")
	p.run(exitDone, "story", "add", "next.md")
	p.read(&account, "issue", "send", "--day", "2026-02-04")
	if account.Planned != 1 || account.Accepted != 1 || account.Stories != 1 {
		t.Errorf("the next day's account is %+v, want it to go to the other reader alone", account)
	}
	if n := len(p.inbox("reader@example.org")); n != 2 {
		t.Errorf("who left has %d mails, want still 2", n)
	}
}

func assertStory(t *testing.T, page page, added []digest.Added) {
	t.Helper()
	if len(added) != 1 || added[0].Result != digest.ResultAdded {
		t.Fatalf("the page became %+v", added)
	}
	s := added[0].Story
	if s.Title != page.title || len(s.Highlights) != page.highlights || s.Source.Name != page.source || s.Author != page.author ||
		!strings.HasPrefix(s.Takeaway, page.takeaway) || s.URL != "" || !s.DateOnly || s.PublishedAt.Format("2006-01-02 15:04") != "2026-02-03 19:00" {
		t.Errorf("the story is %+v", s)
	}
	var sections []string
	for line := range strings.Lines(s.Body) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			sections = append(sections, strings.TrimSpace(heading))
		}
	}
	if !slices.Equal(sections, page.sections) {
		t.Errorf("its sections are %q, want %q", sections, page.sections)
	}
	assertClean(t, page, s.Title+strings.Join(s.Highlights, "")+s.Body+s.Takeaway)
}

// assertClean fails when text holds damage or something of the site around the
// story.
func assertClean(t *testing.T, page page, text string) {
	t.Helper()
	for _, never := range append([]string{"โ", "ย", "\uFFFD", "\u00a0"}, page.never...) {
		if i := strings.Index(text, never); i >= 0 {
			t.Errorf("it holds %q: …%s", never, text[max(0, i-40):min(len(text), i+60)])
		}
	}
}

func assertSignUp(p *program, address string) {
	p.t.Helper()
	code, body := p.post(p.base+"/subscribe", url.Values{"email": {address}})
	if code != http.StatusOK || !strings.Contains(body, "daily@example.org") || !strings.Contains(body, "spam") {
		p.t.Fatalf("signing up answers %d\n%s", code, body)
	}
}

// assertButton requires that a link shows a page with a form and that looking
// at it, twice and with HEAD, is all right.
func assertButton(p *program, link string) {
	p.t.Helper()
	for range 2 {
		if code, body := p.get(link); code != http.StatusOK || strings.Count(body, "<button") != 1 {
			p.t.Fatalf("%s shows %d\n%s", link, code, body)
		}
		if r, err := http.Head(link); err != nil || r.Body.Close() != nil || r.StatusCode != http.StatusOK {
			p.t.Fatalf("HEAD %s: %v", link, err)
		}
	}
}

func assertStatus(p *program, address string, want subscribers.Status) {
	p.t.Helper()
	var s subscribers.Subscriber
	p.read(&s, "subscriber", "show", address)
	if s.Status != want {
		p.t.Fatalf("%s is %s, want %s", address, s.Status, want)
	}
}

func assertIssue(t *testing.T, page page, s digest.Story, l letter) {
	t.Helper()
	if l.subject != digest.CutTitle(digest.Tidy(page.title, "en"), 60, "en") || !strings.Contains(l.header.Get("To"), "reader@example.org") {
		t.Errorf("the mail is %q to %q", l.subject, l.header.Get("To"))
	}
	words := strings.Join(strings.Fields(l.text), " ")
	for _, h := range append([]string{s.Title, s.Takeaway}, s.Highlights...) {
		h = digest.Tidy(h, "en")
		if !strings.Contains(words, h) {
			t.Errorf("the text part lacks %q\n%s", h, l.text)
		}
		if !strings.Contains(htmlWords(l.html), h) {
			t.Errorf("the HTML part lacks %q", h)
		}
	}
	for _, part := range []string{l.text, l.html} {
		assertClean(t, page, part)
		for _, want := range []string{l.link(t, "/unsubscribe/"), "/issues/2026-02-03#story-" + s.ID.String(), "Sample Street"} {
			if !strings.Contains(part, want) {
				t.Errorf("a part lacks %q", want)
			}
		}
	}
	if got, want := l.header.Get("List-Unsubscribe"), "<"+l.link(t, "/unsubscribe/")+">"; !strings.HasPrefix(got, want) {
		t.Errorf("List-Unsubscribe is %q, want %q", got, want)
	}
	if got := l.header.Get("List-Unsubscribe-Post"); got != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post is %q", got)
	}
}

// htmlWords returns the words of a page without its markup.
func htmlWords(page string) string {
	var b strings.Builder
	tag := false
	for _, r := range page {
		switch {
		case r == '<':
			tag = true
		case r == '>':
			tag = false
		case !tag:
			b.WriteRune(r)
		}
	}
	replaced := strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#34;", `"`, "&quot;", `"`, "&lt;", "<", "&gt;", ">").Replace(b.String())
	return strings.Join(strings.Fields(replaced), " ")
}

// assertPage requires that the headline of a story without an address leads to
// its whole text on the issue's page, and that the page has nobody's link.
func assertPage(p *program, page page, s digest.Story) {
	p.t.Helper()
	code, body := p.get(p.base + "/issues/2026-02-03")
	if code != http.StatusOK || !strings.Contains(body, `id="story-`+s.ID.String()+`"`) || strings.Contains(body, "/unsubscribe/") {
		p.t.Fatalf("the issue's page is %d\n%s", code, body)
	}
	for _, section := range page.sections {
		if !strings.Contains(htmlWords(body), section) {
			p.t.Errorf("the page lacks the section %q", section)
		}
	}
	for _, path := range []string{"/issues", "/issues/2026/02", "/issues/feed.xml", "/search?" + url.Values{"q": {`"` + s.Title + `"`}}.Encode()} {
		if code, list := p.get(p.base + path); code != http.StatusOK || !strings.Contains(list, "/issues/2026-02-03") {
			p.t.Errorf("%s is %d and does not lead to the issue:\n%s", path, code, list)
		}
	}
}

// assertOneClick leaves as a mailbox provider does (RFC 8058 section 3.1),
// after a scanner has opened the link.
func assertOneClick(p *program, l letter) {
	p.t.Helper()
	link := strings.Trim(strings.Split(l.header.Get("List-Unsubscribe"), ",")[0], "<>")
	assertButton(p, link)
	assertStatus(p, "reader@example.org", subscribers.Confirmed)
	for range 2 {
		r, err := http.PostForm(link, url.Values{"List-Unsubscribe": {"One-Click"}})
		code, _ := p.answer(r, err)
		if code != http.StatusOK || len(r.Cookies()) > 0 || r.Request.URL.String() != link {
			p.t.Fatalf("one click answers %d with %v at %s", code, r.Cookies(), r.Request.URL)
		}
	}
}
