package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"redigest/digest"
	"redigest/digest/render"
	"redigest/digest/search"
	"redigest/templates"
)

const (
	foundOnPage   = 20  // stories
	snippetLength = 220 // characters
)

// search answers GET /search: the form, and with ?q= what it finds. Whatever is
// typed is answered; with ?before= come the stories behind those of another
// page.
func (s *server) search(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("q")
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	before = max(before, 0) // what is no place is the first page
	q := search.Parse(typed)
	found, err := s.store.Search(r.Context(), q, before, foundOnPage+1)
	if err != nil {
		return err
	}
	view := templates.SearchPage{Page: s.searchTitle(typed), Query: typed}
	if len(found) > foundOnPage {
		found = found[:foundOnPage]
		view.Older = searchPath(typed, found[foundOnPage-1].Place)
	}
	if before > 0 {
		view.First = searchPath(typed, 0)
	}
	view.Issues = s.foundIssues(q, found)
	w.Header().Set("X-Robots-Tag", "noindex") // search engines search for themselves
	return s.writePublic(w, r, view)
}

func searchPath(typed string, before int64) string {
	values := url.Values{"q": {typed}}
	if before > 0 {
		values.Set("before", strconv.FormatInt(before, 10))
	}
	return "/search?" + values.Encode()
}

// foundIssues groups what was found by issue.
func (s *server) foundIssues(q search.Query, found []digest.Found) []templates.FoundIssue {
	var all []templates.FoundIssue
	for _, f := range found {
		if n := len(all); n == 0 || all[n-1].Issue.ISODate != string(f.Issue.Day) {
			all = append(all, templates.FoundIssue{Issue: s.line(f.Issue)})
		}
		last := &all[len(all)-1]
		last.Stories = append(last.Stories, s.foundStory(q, f))
	}
	return all
}

func (s *server) foundStory(q search.Query, f digest.Found) templates.FoundStory {
	address := f.Story.URL
	if address == "" {
		address = s.line(f.Issue).Path + "#story-" + f.Story.ID.String()
	}
	return templates.FoundStory{
		URL: address, Outlet: f.Story.Outlet,
		Headline: marked(q.Mark(f.Title)), Snippet: snippet(q, f.Story),
	}
}

// snippet returns a piece of the story in which what is looked for stands. Its
// own short texts come first, and last what is said about it; where only its
// headline fits, it is their beginning.
func snippet(q search.Query, s digest.Story) []templates.Words {
	short := strings.Join(slices.Concat([]string{s.Summary}, s.Highlights, []string{s.Takeaway}), " ")
	for _, text := range []func() string{
		func() string { return short },
		func() string { return render.Plain(s.Body) },
		func() string { return strings.Join(remarks(s), " · ") },
	} {
		if pieces := q.Snippet(text(), snippetLength); pieces != nil {
			return marked(pieces)
		}
	}
	return []templates.Words{{Text: digest.CutWords(short, snippetLength)}}
}

// remarks returns who wrote a story, whom it cites and what it is about.
func remarks(s digest.Story) []string {
	return slices.DeleteFunc(slices.Concat([]string{s.Author, s.Source.Name}, s.Topics), func(r string) bool { return r == "" })
}

func marked(pieces []search.Piece) []templates.Words {
	all := make([]templates.Words, len(pieces))
	for i, p := range pieces {
		all[i] = templates.Words(p)
	}
	return all
}

// searchTitle returns what all views have, with what is looked for in the title.
func (s *server) searchTitle(typed string) templates.Page {
	if typed = strings.TrimSpace(typed); typed == "" {
		return s.page("Search")
	}
	return s.page("Search: " + digest.CutWords(typed, 60))
}
