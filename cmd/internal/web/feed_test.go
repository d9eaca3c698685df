package web

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"redigest/digest"
)

func TestTheFeedIsAtomWithWholeIssues(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	read := func() (f atomFeed) {
		t.Helper()
		r := s.get(t, "/issues/feed.xml")
		if kind := r.Header.Get("Content-Type"); kind != "application/atom+xml; charset=utf-8" {
			t.Errorf("Content-Type %q", kind)
		}
		if err := xml.Unmarshal([]byte(wantPage(t, r, http.StatusOK)), &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	if f := read(); f.Title != "Rare Earth Daily" || len(f.Entries) != 0 || f.Updated == "" || f.Author == "" {
		t.Errorf("without an issue the feed is %+v", f)
	}
	s.publish(t, "2026-02-02", stories("Older")...)
	s.setClock(morning.Add(24 * time.Hour))
	s.publish(t, "2026-02-03", stories("Terbium & <dysprosium>")...)

	f := read()
	if len(f.Entries) != 2 {
		t.Fatalf("%d entries, want 2", len(f.Entries))
	}
	e := f.Entries[0]
	if e.Title != "Terbium & <dysprosium>" || e.Link.Href != baseURL+"/issues/2026-02-03" || e.ID != e.Link.Href ||
		e.Published != "2026-02-05T13:00:00Z" || f.Updated != e.Updated {
		t.Errorf("the newest entry is %+v", e)
	}
	if e.Content.Type != "html" || !strings.Contains(e.Content.Text, `<a href="https://www.example.org/news/terbium----dysprosium-/"`) || strings.Contains(e.Content.Text, "/unsubscribe/") {
		t.Errorf("its content is %+v", e.Content)
	}
	for _, l := range f.Links {
		if !strings.HasPrefix(l.Href, baseURL+"/issues") {
			t.Errorf("a link of the feed leads to %s", l.Href)
		}
	}
}

func TestTheFeedHoldsTheNewestIssuesOnly(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for day := digest.Day("2026-01-01"); day <= "2026-01-25"; day = day.Add(1) {
		s.publish(t, day, stories("Story of "+string(day))...)
	}
	body := wantPage(t, s.get(t, "/issues/feed.xml"), http.StatusOK, "2026-01-25", "2026-01-06")
	if strings.Contains(body, "2026-01-05") {
		t.Error("the feed holds more than twenty issues")
	}
}
