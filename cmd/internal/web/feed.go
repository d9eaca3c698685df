package web

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"redigest/digest"
	"redigest/digest/render"
)

// inFeed is how many issues the feed holds.
const inFeed = 20

// An atomFeed is the archive as RFC 4287 has it.
type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Language string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr,omitempty"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary,omitempty"`
	Content   atomText `xml:"content"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// feed answers GET /issues/feed.xml.
func (s *server) feed(w http.ResponseWriter, r *http.Request) error {
	headings, err := s.store.Headings(r.Context(), digest.Daily, inFeed)
	if err != nil {
		return err
	}
	var issues []digest.Issue
	for _, h := range headings {
		issue, err := s.store.Issue(r.Context(), digest.Daily, h.Day)
		if err != nil {
			return err
		}
		issues = append(issues, issue)
	}
	feed, err := s.atom(issues)
	if err != nil {
		return err
	}
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	var changed time.Time
	if len(issues) > 0 {
		changed = issues[0].FrozenAt
	}
	serve(w, r, "application/atom+xml; charset=utf-8", changed, []byte(xml.Header+string(body)+"\n"))
	return nil
}

func (s *server) atom(issues []digest.Issue) (atomFeed, error) {
	feed := atomFeed{
		Language: s.site.Language,
		ID:       s.BaseURL + "/issues/feed.xml",
		Title:    s.site.Name,
		Subtitle: s.site.Tagline,
		Updated:  s.atomTime(time.Unix(0, 0)),
		Author:   s.Publication.FromName,
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: s.BaseURL + "/issues/feed.xml"},
			{Rel: "alternate", Type: "text/html", Href: s.BaseURL + "/issues"},
		},
	}
	for _, issue := range issues {
		entry, err := s.atomEntry(issue)
		if err != nil {
			return atomFeed{}, err
		}
		feed.Entries = append(feed.Entries, entry)
	}
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].Updated
	}
	return feed, nil
}

func (s *server) atomEntry(issue digest.Issue) (atomEntry, error) {
	body, err := render.Page(issue.Markdown)
	if err != nil {
		return atomEntry{}, fmt.Errorf("render issue %s for the feed: %w", issue.Day, err)
	}
	address := s.BaseURL + "/issues/" + string(issue.Day)
	return atomEntry{
		ID:        address,
		Title:     issue.Title(),
		Published: s.atomTime(issue.FrozenAt),
		Updated:   s.atomTime(issue.FrozenAt),
		Link:      atomLink{Type: "text/html", Href: address},
		Summary:   issue.Preheader,
		Content:   atomText{Type: "html", Text: string(body)},
	}, nil
}

func (s *server) atomTime(t time.Time) string { return t.In(s.Zone).Format(time.RFC3339) }
