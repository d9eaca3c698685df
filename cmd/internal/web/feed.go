package web

import (
	"context"
	"encoding/xml"
	"fmt"
	"net/http"
	"sync"
	"time"

	"redigest/digest"
	"redigest/digest/render"
)

// The bounds of the feed: of issues, and of octets in all. The newest issue is
// in it, however long it is.
const (
	inFeed   = 10
	feedSize = 1_000_000
)

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

// A madeFeed is the feed as it was made last. Readers of feeds ask for it every
// few minutes, and it changes once a day.
type madeFeed struct {
	mu      sync.Mutex
	mark    string // of the issues it was made from; empty at first
	body    []byte
	changed time.Time
}

// feed answers GET /issues/feed.xml: the newest issues with the publisher's own
// stories whole. Of the stories of others it has the headlines.
func (s *server) feed(w http.ResponseWriter, r *http.Request) error {
	body, changed, err := s.latestFeed(r.Context())
	if err != nil {
		return err
	}
	serve(w, r, "application/atom+xml; charset=utf-8", changed, body)
	return nil
}

// latestFeed returns the feed and when something in it last changed.
func (s *server) latestFeed(ctx context.Context) ([]byte, time.Time, error) {
	mark, err := s.store.TellingsMark(ctx, digest.Daily, inFeed)
	if err != nil {
		return nil, time.Time{}, err
	}
	s.made.mu.Lock()
	defer s.made.mu.Unlock()
	if s.made.mark == mark {
		return s.made.body, s.made.changed, nil
	}
	body, changed, err := s.makeFeed(ctx)
	if err != nil {
		return nil, time.Time{}, err
	}
	s.made.mark, s.made.body, s.made.changed = mark, body, changed
	return body, changed, nil
}

func (s *server) makeFeed(ctx context.Context) (body []byte, changed time.Time, err error) {
	headings, err := s.store.Headings(ctx, digest.Daily, inFeed)
	if err != nil {
		return nil, changed, err
	}
	feed, size := s.emptyFeed(), 0
	for _, h := range headings {
		told, err := s.store.Telling(ctx, digest.Daily, h.Day)
		if err != nil {
			return nil, changed, err
		}
		entry, err := s.atomEntry(told)
		if err != nil {
			return nil, changed, err
		}
		if size += len(entry.Content.Text); size > feedSize && len(feed.Entries) > 0 {
			break
		}
		feed.Entries = append(feed.Entries, entry)
		if at := updated(told); at.After(changed) {
			changed = at
		}
	}
	feed.Updated = s.atomTime(changed)
	if body, err = xml.MarshalIndent(feed, "", " "); err != nil {
		return nil, changed, fmt.Errorf("write the feed: %w", err)
	}
	return []byte(xml.Header + string(body) + "\n"), changed, nil
}

func (s *server) emptyFeed() atomFeed {
	return atomFeed{
		Language: s.site.Language,
		ID:       s.BaseURL + "/issues/feed.xml",
		Title:    s.site.Name,
		Subtitle: s.site.Tagline,
		Author:   s.Publication.FromName,
		Links: []atomLink{
			{Rel: "self", Type: "application/atom+xml", Href: s.BaseURL + "/issues/feed.xml"},
			{Rel: "alternate", Type: "text/html", Href: s.BaseURL + "/issues"},
		},
	}
}

func (s *server) atomEntry(t digest.Telling) (atomEntry, error) {
	address := s.BaseURL + "/issues/" + string(t.Issue.Day)
	body, err := render.Page(t.Markdown(address, s.site.Language))
	if err != nil {
		return atomEntry{}, fmt.Errorf("render issue %s for the feed: %w", t.Issue.Day, err)
	}
	return atomEntry{
		ID:        address,
		Title:     t.Issue.Title(),
		Published: s.atomTime(t.Issue.FrozenAt),
		Updated:   s.atomTime(updated(t)),
		Link:      atomLink{Rel: "alternate", Type: "text/html", Href: address},
		Summary:   t.Issue.Preheader,
		Content:   atomText{Type: "html", Text: string(body)},
	}, nil
}

// updated returns when an issue or a story in it last changed.
func updated(t digest.Telling) time.Time {
	at := t.Issue.FrozenAt
	for _, s := range t.Stories {
		if s.UpdatedAt.After(at) {
			at = s.UpdatedAt
		}
	}
	return at
}

// atomTime writes a time as RFC 3339 has it. Before the first issue the feed has
// not changed since it began.
func (s *server) atomTime(t time.Time) string {
	if t.IsZero() {
		t = time.Unix(0, 0)
	}
	return t.In(s.Zone).Format(time.RFC3339)
}
