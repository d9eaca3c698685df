package web

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"redigest/digest"
)

// stories returns own stories with these titles.
func stories(titles ...string) []digest.Story {
	var made []digest.Story
	for _, title := range titles {
		made = append(made, digest.Story{
			URL:        "https://www.example.org/news/" + strings.ToLower(strings.Map(letters, title)) + "/",
			Title:      title,
			Highlights: []string{"What is new in " + title + ".", "Why it matters."},
			Takeaway:   "Watch it.",
		})
	}
	return made
}

func letters(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
		return r
	}
	return '-'
}

func TestTheFirstPageSaysWhatThisIsAndNamesTheLatestIssues(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	body := wantPage(t, s.get(t, "/"), http.StatusOK,
		"Rare Earth Daily", "What moved in rare earths, every morning", "Straight Into Your Inbox", `action="/subscribe"`,
		`<label for="email">`, `autocomplete="email"`, "one issue a day", "leave at any time", "daily@news.example.org", "Salt Lake City")
	if strings.Contains(body, "Latest issues") {
		t.Error("without an issue there is a list of them")
	}
	for day := 1; day <= 7; day++ {
		s.publish(t, digest.Day(fmt.Sprintf("2026-02-%02d", day)), stories(fmt.Sprintf("Story of day %d", day))...)
	}
	body = wantPage(t, s.get(t, "/"), http.StatusOK, "Latest issues", "Story of day 7", "Saturday, 7 February 2026", `href="/issues/2026-02-03"`)
	if strings.Contains(body, "2026-02-02") {
		t.Error("more than five issues are named")
	}
}

func TestAnIssueIsReadByEverybody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-02", stories("The day before")...)
	own := digest.Story{Title: "Told only here", Highlights: []string{"A first point."}, Body: "All of it.\n\n## How it went\n\nWell.", Author: "Daniel"}
	issue := s.freeze(t, "2026-02-03", append(stories("Terbium & dysprosium"), own)...)
	s.publish(t, "2026-02-05", stories("The day after next")...)

	body := wantPage(t, s.get(t, "/issues/2026-02-03"), http.StatusOK,
		"<title>"+"Terbium &amp; dysprosium · Rare Earth Daily</title>", "Tuesday, 3 February 2026", "Issue 2 · 2 stories",
		`href="https://www.example.org/news/terbium---dysprosium/"`, "A first point.", "All of it.", "How it went",
		fmt.Sprintf(`id="story-%s"`, issue.Stories[1].StoryID), fmt.Sprintf(`#story-%s"`, issue.Stories[1].StoryID),
		`rel="prev" href="/issues/2026-02-02"`, `rel="next" href="/issues/2026-02-05"`, "Straight Into Your Inbox", `action="/subscribe"`,
		`<link rel="canonical" href="`+baseURL+`/issues/2026-02-03">`)
	for _, secret := range []string{"/unsubscribe/", "/confirm/", "reader’s link"} {
		if strings.Contains(body, secret) {
			t.Errorf("%q stands on the page", secret)
		}
	}
	first := wantPage(t, s.get(t, "/issues/2026-02-02"), http.StatusOK, `rel="next" href="/issues/2026-02-03"`)
	if strings.Contains(first, `rel="prev"`) {
		t.Error("there is an issue before the first")
	}
	last := wantPage(t, s.get(t, "/issues/2026-02-05"), http.StatusOK, `rel="prev" href="/issues/2026-02-03"`)
	if strings.Contains(last, `rel="next"`) {
		t.Error("there is an issue after the last")
	}
}

func TestOnlyIssuesOnTheirWayToTheReadersAreShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx := t.Context()
	s.publish(t, "2026-02-01", stories("Sent")...)
	s.freeze(t, "2026-02-02", stories("Sending")...)
	if _, err := s.store.SaveDraft(ctx, s.compose(t, "2026-02-03", stories("Draft")...)); err != nil {
		t.Fatal(err)
	}
	if err := s.store.Cancel(ctx, s.freeze(t, "2026-02-04", stories("Cancelled")...), true, "a wrong figure"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.store.Skip(ctx, digest.Daily, "2026-02-05", "no story"); err != nil {
		t.Fatal(err)
	}
	var missing string
	for day, shown := range map[string]bool{"2026-02-01": true, "2026-02-02": true, "2026-02-03": false, "2026-02-04": false, "2026-02-05": false, "2026-02-06": false} {
		status := map[bool]int{true: 200, false: 404}[shown]
		body := wantPage(t, s.get(t, "/issues/"+day), status)
		for _, path := range []string{"/", "/issues", "/issues/feed.xml"} {
			if got := strings.Contains(text(t, s.get(t, path)), "/issues/"+day); got != shown {
				t.Errorf("%s names the issue of %s: %t, want %t", path, day, got, shown)
			}
		}
		if !shown && missing != "" && body != missing {
			t.Errorf("the page tells an issue of %s that is kept back from one that is not there", day)
		}
		if !shown {
			missing = body
		}
	}
	for _, path := range []string{"/issues/yesterday", "/issues/2026-02-30", "/issues/2026-2-1", "/issues/2026-02-01/", "/issues/2026-02-01/x", "/issues/..%2fissues"} {
		wantPage(t, s.get(t, path), http.StatusNotFound)
	}
}

func TestAnIssueCancelledHalfWayKeepsItsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own := digest.Story{Title: "Told only here", Highlights: []string{"A first point."}, Body: "All of it."}
	issue := s.freeze(t, "2026-02-03", own)
	if err := s.store.Cancel(t.Context(), issue, false, "a wrong figure"); err != nil {
		t.Fatal(err)
	}
	wantPage(t, s.get(t, "/issues/2026-02-03"), http.StatusOK, fmt.Sprintf(`id="story-%s"`, issue.Stories[0].StoryID), "All of it.")
	for _, path := range []string{"/", "/issues", "/issues/feed.xml"} {
		if strings.Contains(text(t, s.get(t, path)), "2026-02-03") {
			t.Errorf("%s names the cancelled issue", path)
		}
	}
}

func TestPagesShowTheWholeTitleOfTheLead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const title = "A title that is longer than what the subject of a mail may hold says all of it on the web"
	if issue := s.publish(t, "2026-02-03", stories(title)...); issue.Subject == title {
		t.Fatal("the subject is not cut")
	}
	s.publish(t, "2026-02-04", stories("The next day")...)
	for _, path := range []string{"/", "/issues", "/issues/feed.xml", "/issues/2026-02-04"} {
		wantPage(t, s.get(t, path), http.StatusOK, title)
	}
	wantPage(t, s.get(t, "/issues/2026-02-03"), http.StatusOK, "<title>"+title)
}

func TestTheDailyArchiveHoldsNoWeeklyIssue(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	weekly := s.compose(t, "2026-02-08", stories("The week")...)
	weekly.Edition = digest.Weekly
	if _, err := s.store.Freeze(t.Context(), weekly); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/issues", "/issues/feed.xml"} {
		if strings.Contains(wantPage(t, s.get(t, path), http.StatusOK), "2026-02-08") {
			t.Errorf("%s names the weekly issue", path)
		}
	}
	wantPage(t, s.get(t, "/issues/2026-02-08"), http.StatusNotFound)
}

func TestTheArchiveShowsAMonthAtATime(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	wantPage(t, s.get(t, "/issues"), http.StatusOK, "The first issue is still to come.")
	for _, day := range []digest.Day{"2025-11-30", "2025-12-30", "2025-12-31", "2026-02-01", "2026-02-03"} {
		s.publish(t, day, stories("Story of "+string(day))...)
	}
	for path, want := range map[string]struct {
		days  []string // newest first
		texts []string
	}{
		"/issues": {[]string{"2026-02-03", "2026-02-01"}, []string{
			"<h2>February 2026</h2>", `rel="prev" href="/issues/2025/12"`, `href="/issues/2025/11"`, `href="/issues/2026/02" aria-current="page"`,
			`<link rel="canonical" href="` + baseURL + `/issues">`}},
		"/issues/2025/12": {[]string{"2025-12-31", "2025-12-30"}, []string{
			"<h2>December 2025</h2>", "<title>December 2025 · Rare Earth Daily</title>", `rel="prev" href="/issues/2025/11"`, `rel="next" href="/issues/2026/02"`,
			`<link rel="canonical" href="` + baseURL + `/issues/2025/12">`}},
		"/issues/2025/11": {[]string{"2025-11-30"}, []string{"<h2>November 2025</h2>", `rel="next" href="/issues/2025/12"`}},
	} {
		body := wantPage(t, s.get(t, path), http.StatusOK, want.texts...)
		if days := regexp.MustCompile(`Story of [0-9-]+`).FindAllString(body, -1); !slices.Equal(days, storiesOf(want.days)) {
			t.Errorf("%s shows %q, want %q", path, days, want.days)
		}
	}
	for _, path := range []string{"/issues/2026/01", "/issues/2026/2", "/issues/2026/13", "/issues/26/02", "/issues/2026/02/", "/issues/1999/12", "/issues/%3Cscript%3E/02"} {
		wantPage(t, s.get(t, path), http.StatusNotFound)
	}
}

func storiesOf(days []string) (titles []string) {
	for _, day := range days {
		titles = append(titles, "Story of "+day)
	}
	return titles
}

func TestAYearLeadsToItsMonths(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-03", stories("One")...)
	r := s.get(t, "/issues/2026")
	if to := r.Header.Get("Location"); r.StatusCode != http.StatusFound || to != "/issues#year-2026" {
		t.Errorf("it leads to %q with status %d", to, r.StatusCode)
	}
	wantPage(t, s.get(t, "/issues"), http.StatusOK, `id="year-2026"`)
	for _, path := range []string{"/issues/2025", "/issues/26", "/issues/20260", "/issues/20x6"} {
		wantPage(t, s.get(t, path), http.StatusNotFound)
	}
}

func TestTitlesCannotBecomeMarkup(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) {
		o.Publication.Name = `<b onclick="x()">Rare</b>`
		o.Publication.Tagline = `</p><script>alert(1)</script>`
		o.Publication.URL = "javascript:alert(1)"
		o.ConfirmationSubject = `"><img src=x onerror=alert(1)>`
	})
	s.publish(t, "2026-02-03",
		digest.Story{URL: "https://www.example.org/a", Title: `<script>alert("lead")</script> & <img src=x onerror=alert(2)>`, Highlights: []string{`<svg/onload=alert(3)>`, `[x](javascript:alert(4))`}, Takeaway: `</div><style>*{display:none}</style>`},
		digest.Story{Title: `"><iframe src=//evil.example>`, Summary: "s", Body: "<script>alert(5)</script>\n\n[a](data:text/html,x) ![p](https://evil.example/pixel.gif)", Author: "<object>"},
	)
	token := s.pending(t, "reader@inbox.example")
	for _, r := range []*http.Response{
		s.get(t, "/"), s.get(t, "/issues"), s.get(t, "/issues/2026-02-03"), s.get(t, "/confirm/"+token), s.get(t, "/nowhere"),
		s.press(t, "/subscribe", map[string][]string{"email": {`"><svg onload=alert(6)>`}}),
		s.press(t, "/subscribe", map[string][]string{"email": {"reader@inbox.example"}}),
		s.press(t, "/confirm/"+token, nil),
	} {
		checkPage(t, text(t, r))
	}
}
