package main

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPromise4OpeningEveryLinkOfEveryMailChangesNothing does what mail scanners
// do: it opens each link of a confirmation and of an issue by GET, HEAD and
// OPTIONS, twice, and compares all that is kept.
func TestPromise4OpeningEveryLinkOfEveryMailChangesNothing(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	p.run(exitDone, "subscriber", "add", "reader@example.org", "--consent", "a friend")
	p.run(exitDone, "story", "add", p.write("story.md", strings.Replace(story, "---\n", "---\ndate: 2026-02-03\n", 1)))
	p.run(exitDone, "issue", "send", "--day", "2026-02-03")
	s := p.serve()
	assertSignUp(p, "pending@example.org")
	p.eventually("the confirmation mail arrives", func() bool { return len(p.inbox("pending@example.org")) == 1 })

	before := p.kept()
	links := p.links("reader@example.org", "pending@example.org")
	if len(links) < 3 {
		t.Fatalf("only %d links: %q", len(links), links)
	}
	for range 2 {
		for _, link := range links {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				p.request(method, link)
			}
		}
	}
	if after := p.kept(); after != before {
		t.Errorf("opening links changed what is kept from\n%s\nto\n%s", before, after)
	}
	// The test is not blind: a POST does change it.
	if code, _ := p.post(links[slices.IndexFunc(links, func(l string) bool { return strings.Contains(l, "/confirm/") })], nil); code != http.StatusOK {
		t.Fatalf("confirming answers %d", code)
	}
	if p.kept() == before {
		t.Error("confirming changed nothing that this test would see")
	}
	s.stop()
}

// kept is all that the program says of its readers and issues.
func (p *program) kept() string {
	p.t.Helper()
	all := p.run(exitDone, "subscriber", "list", "--json") + p.run(exitDone, "issue", "list", "--json")
	for _, address := range []string{"reader@example.org", "pending@example.org"} {
		all += p.run(exitDone, "subscriber", "show", address, "--json")
	}
	return all
}

var webLink = regexp.MustCompile(`https?://[^\s"<>]+`)

// links returns the addresses on this site in the mails to some readers.
func (p *program) links(readers ...string) (all []string) {
	p.t.Helper()
	for _, reader := range readers {
		for _, l := range p.inbox(reader) {
			for _, link := range webLink.FindAllString(l.text+" "+l.html+" "+l.header.Get("List-Unsubscribe"), -1) {
				if strings.HasPrefix(link, p.base) && !slices.Contains(all, link) {
					all = append(all, link)
				}
			}
		}
	}
	return all
}

func (p *program) request(method, link string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, link, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	if code, _ := p.answer(http.DefaultClient.Do(r)); code >= 500 {
		p.t.Errorf("%s %s answers %d", method, link, code)
	}
}
