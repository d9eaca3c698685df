package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"redigest/digest"
)

func TestTheArchiveIsSearched(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wire := digest.Story{URL: "https://wire.example/dy", Title: "Dysprosium elsewhere", Outlet: "The Other Daily", Summary: "A short one."}
	here := digest.Story{Title: "Told only here", Author: "Dana Reyes", Topics: []string{"Trade"}, Highlights: []string{"Nothing of it."}, Body: "In the third paragraph stands [dysprosium](https://secret.example/)."}
	first := s.publish(t, "2026-02-02", here)
	s.publish(t, "2026-02-03", append(stories("Dysprosium & <terbium>", "Another"), wire)...)

	page := wantPage(t, s.get(t, "/search?q=DYSPROSIUM"), http.StatusOK,
		`<title>Search: DYSPROSIUM · Rare Earth Daily</title>`, `value="DYSPROSIUM"`,
		`<a href="/issues/2026-02-03">Issue 2 · <time datetime="2026-02-03">Tuesday, 3 February 2026</time></a>`,
		`<mark>Dysprosium</mark> &amp; &lt;terbium&gt;</a>`, `href="https://www.example.org/news/dysprosium----terbium-/"`,
		`href="https://wire.example/dy"`, "The Other Daily", "A short one.",
		`href="/issues/2026-02-02#story-`+first.Stories[0].StoryID.String()+`"`, "In the third paragraph stands <mark>dysprosium</mark>.")
	if strings.Contains(page, "Another") || strings.Contains(page, "secret.example") {
		t.Errorf("the page shows more than what was found:\n%s", page)
	}
	if strings.Index(page, "2026-02-03") > strings.Index(page, "2026-02-02") {
		t.Error("an older issue stands above a newer one")
	}
	wantPage(t, s.get(t, "/search?q=reyes"), http.StatusOK, "<p>Dana <mark>Reyes</mark> · Trade</p>")
	wantPage(t, s.get(t, "/search?q=told"), http.StatusOK, "<mark>Told</mark> only here", "<p>Nothing of it.</p>")
	wantPage(t, s.get(t, "/issues"), http.StatusOK, `action="/search"`)
	wantPage(t, s.get(t, "/"), http.StatusOK, `href="/search"`)
}

func TestWhatWasFoundIsShownPageByPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var want []string
	for day := range 5 {
		var titles []string
		for n := range 9 {
			titles = append(titles, fmt.Sprintf("Oxide %d-%d", 5-day, n))
		}
		want = append(want, titles...)
		s.publish(t, digest.Day("2026-02-10").Add(-day), stories(titles...)...)
	}
	older := regexp.MustCompile(`<a rel="next" href="([^"]+)">`)
	var got []string
	path, pages := "/search?q=oxide", 0
	for ; path != ""; pages++ {
		body := wantPage(t, s.get(t, path), http.StatusOK)
		for _, m := range regexp.MustCompile(`</mark> (\d-\d)</a>`).FindAllStringSubmatch(body, -1) {
			got = append(got, "Oxide "+m[1])
		}
		if newest := strings.Contains(body, `<a href="/search?q=oxide">`); newest != (pages > 0) {
			t.Errorf("page %d leads to the newest: %t", pages+1, newest)
		}
		path = ""
		if m := older.FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if !slices.Equal(got, want) || pages != 3 {
		t.Errorf("on %d pages are found %q", pages, got)
	}
}

func TestWhateverIsTypedIsAnswered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wantPage(t, s.get(t, "/search"), http.StatusOK, "Search all issues", "Quotation marks")
	s.publish(t, "2026-02-03", stories("Terbium")...)
	for _, typed := range []string{
		"", " ", "platypus", `"`, `"""`, `*`, "a*", "AND", "NOT", "OR terbium NOT", "NEAR(", "title:", "terbium^2", "{x}", "-", "'; DROP TABLE stories; --", "\x00", "\xff\xfe",
		"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, strings.Repeat("terbium ", 500), strings.Repeat("(", 3000), "稀土", "\u202eevil", "%", "_",
	} {
		body := wantPage(t, s.get(t, "/search?"+url.Values{"q": {typed}}.Encode()), http.StatusOK)
		checkPage(t, body)
		if strings.TrimSpace(typed) == "platypus" && !strings.Contains(body, "Nothing was found for") {
			t.Errorf("that nothing was found is not said:\n%s", body)
		}
	}
	for _, odd := range []string{"before=x", "before=-1", "before=99999999999999999999", "q=a&q=b", "%zz", "q=%zz"} {
		wantPage(t, s.get(t, "/search?q=terbium&"+odd), http.StatusOK, "<mark>Terbium</mark>")
	}
	wantPage(t, s.press(t, "/search", nil), http.StatusMethodNotAllowed)
	if s.log.Len() != 0 {
		t.Errorf("the log says %q", s.log)
	}
}

func TestSearchEnginesAreNotSentIntoTheSearch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if robots := s.get(t, "/search?q=x").Header.Get("X-Robots-Tag"); robots != "noindex" {
		t.Errorf("X-Robots-Tag is %q", robots)
	}
}
