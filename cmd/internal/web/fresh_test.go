package web

import (
	"net/http"
	"testing"
	"time"
)

// publicPages are those that everybody may keep for a while.
var publicPages = []string{"/", "/issues", "/issues/2026/02", "/issues/2026-02-03", "/issues/feed.xml", "/search?q=terbium"}

func TestWhoAsksAgainIsToldWhetherSomethingChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-03", stories("Terbium")...)
	s.setClock(morning.Add(24 * time.Hour))
	for _, path := range publicPages {
		first := s.get(t, path)
		tag, changed := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if first.StatusCode != http.StatusOK || tag == "" || changed != "Wed, 04 Feb 2026 13:00:00 GMT" || first.Header.Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("%s: status %d, ETag %q, Last-Modified %q, Cache-Control %q", path, first.StatusCode, tag, changed, first.Header.Get("Cache-Control"))
		}
		for field, value := range map[string]string{"If-None-Match": tag, "If-Modified-Since": changed} {
			again := s.do(t, call{method: http.MethodGet, path: path, header: map[string]string{field: value}})
			if body := text(t, again); again.StatusCode != http.StatusNotModified || body != "" || again.Header.Get("ETag") != tag {
				t.Errorf("%s with %s: status %d, ETag %q and %d octets", path, field, again.StatusCode, again.Header.Get("ETag"), len(body))
			}
		}
		other := s.do(t, call{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": `"another"`, "If-Modified-Since": changed}})
		if other.StatusCode != http.StatusOK {
			t.Errorf("%s with another mark: status %d", path, other.StatusCode)
		}
	}
	tags := map[string]string{}
	for _, path := range publicPages {
		tags[path] = s.get(t, path).Header.Get("ETag")
	}
	s.publish(t, "2026-02-04", stories("More terbium")...)
	for _, path := range publicPages {
		old := s.do(t, call{method: http.MethodGet, path: path, header: map[string]string{"If-None-Match": tags[path]}})
		if old.StatusCode != http.StatusOK || old.Header.Get("Last-Modified") != "Thu, 05 Feb 2026 13:00:00 GMT" {
			t.Errorf("%s after the next issue: status %d, Last-Modified %q", path, old.StatusCode, old.Header.Get("Last-Modified"))
		}
	}
}

func TestPagesAreAsNewAsTheStartOfTheProgram(t *testing.T) {
	t.Parallel()
	started := morning.Add(time.Hour)
	s := newSite(t, func(o *Options) { o.Started = started })
	s.publish(t, "2026-02-03", stories("Terbium")...)
	for path, want := range map[string]string{"/issues/2026-02-03": "Wed, 04 Feb 2026 14:00:00 GMT", "/issues/feed.xml": "Wed, 04 Feb 2026 13:00:00 GMT"} {
		if got := s.get(t, path).Header.Get("Last-Modified"); got != want {
			t.Errorf("%s changed at %q, want %q", path, got, want)
		}
	}
}

func TestWhoAsksForTheHeadGetsNoBody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-03", stories("Terbium")...)
	for _, path := range publicPages {
		get, head := s.get(t, path), s.do(t, call{method: http.MethodHead, path: path})
		if head.StatusCode != http.StatusOK || head.Header.Get("ETag") != get.Header.Get("ETag") || head.Header.Get("Content-Length") == "" {
			t.Errorf("%s: status %d, %v", path, head.StatusCode, head.Header)
		}
		if body := text(t, head); body != "" {
			t.Errorf("%s: a body of %d octets", path, len(body))
		}
		for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
			if path == "/" && method == http.MethodPost {
				continue
			}
			if r := s.do(t, call{method: method, path: path, header: map[string]string{"Origin": baseURL}}); r.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: status %d", method, path, r.StatusCode)
			}
		}
	}
}
