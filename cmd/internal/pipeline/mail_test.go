package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"redigest/digest"
)

// longest returns n stories of the longest kind.
func longest(now time.Time, n int) (all []digest.Story) {
	for i := range n {
		s := digest.Story{
			Title:         fmt.Sprintf("%d: %s", i, strings.Repeat("A Headline of the Longest Kind — ", 4)),
			URL:           fmt.Sprintf("https://www.example.org/news/%d/%s", i, strings.Repeat("a-long-slug-", 8)),
			Takeaway:      strings.Repeat("What it all comes down to. ", 8),
			Source:        digest.Reference{Name: "An Outlet", URL: "https://outlet.example.com/" + strings.Repeat("x", 80)},
			DiscussionURL: fmt.Sprintf("https://forum.example.com/threads/%d/", i),
			PublishedAt:   now.Add(-time.Duration(i+1) * time.Minute),
		}
		for range 7 {
			s.Highlights = append(s.Highlights, strings.Repeat("“Dy₂O₃ & Tb₄O₇” <fact> ", 11))
		}
		all = append(all, s)
	}
	return all
}

// fill stores a day of n stories of the longest kind, a fifth of them foreign,
// and a long table of numbers.
func (d *day) fill(t *testing.T, n int) {
	t.Helper()
	all := longest(d.now, n)
	abroad := n / 5
	if _, err := d.store.AddStories(t.Context(), nil, all[abroad:]); err != nil {
		t.Fatal(err)
	}
	for i := range all[:abroad] {
		all[i].Summary = strings.Repeat("Words of theirs & more, ", 20)
	}
	outlet := digest.Source{Name: "An Outlet With a Long Name", FirstReadAt: d.now}
	if _, err := d.store.AddStories(t.Context(), &outlet, all[:abroad]); err != nil {
		t.Fatal(err)
	}
	var quotes []digest.Quote
	for i := range 20 * 12 {
		quotes = append(quotes, digest.Quote{
			Item: fmt.Sprintf("NdFeB blank of the %d. kind", i%20), Kind: digest.Price, Day: today.Add(-i / 20), Unit: "CNY/kg",
			Low: digest.Decimal(fmt.Sprint(200 + i)), High: digest.Decimal(fmt.Sprint(210 + i)), Basis: "ex-works China", VAT: "incl", Source: "https://prices.example.com/sheet",
		})
	}
	if _, err := d.store.AddQuotes(t.Context(), quotes); err != nil {
		t.Fatal(err)
	}
}

func TestPromise7TheMailFitsWithItsFooter(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 10, 17, 50, 200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			d := newDay(t)
			d.fill(t, n)
			issue, err := d.Compose(t.Context(), digest.Daily, today)
			if err != nil {
				t.Fatal(err)
			}
			if len(issue.HTML) > 95_000 || !strings.Contains(issue.HTML, "/unsubscribe/") || !strings.Contains(issue.HTML, "1 Street") {
				t.Errorf("the HTML part has %d octets", len(issue.HTML))
			}
			if left := n - len(issue.Stories); left > 0 && !strings.Contains(issue.Text, fmt.Sprintf("And %d more stor", left)) {
				t.Errorf("%d stories were left out, and the text part does not say so", left)
			}
			if n == 200 && (len(issue.HTML) < 90_000 || len(issue.Cut) == 0) {
				t.Errorf("of 200 stories only %d octets are left, reported as %q", len(issue.HTML), issue.Cut)
			}
			if n <= 10 && len(issue.Cut) > 0 {
				t.Errorf("of %d stories something was cut: %q", n, issue.Cut)
			}
			t.Logf("%d octets, %q", len(issue.HTML), issue.Cut)
		})
	}
}

func TestPromise8TheMailTracksNobody(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	stories := longest(d.now, 3)
	stories[0].Highlights = []string{`<img src="https://spy.example/p.gif">`, "![x](https://spy.example/q.gif)"}
	stories[1].Title = `<script src="https://spy.example/s.js"></script> Title`
	if _, err := d.store.AddStories(t.Context(), nil, stories); err != nil {
		t.Fatal(err)
	}
	issue, err := d.Compose(t.Context(), digest.Daily, today)
	if err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range stories {
		allowed = append(allowed, s.URL, s.Source.URL, s.DiscussionURL)
	}
	for tag, address := range loaded(t, issue.HTML) {
		own := strings.HasPrefix(address, "https://news.example.org/")
		if tag != "a" || !own && !slices.Contains(allowed, address) {
			t.Errorf("the mail has <%s> to %s, want links to the stories' own addresses alone", tag, address)
		}
	}
}

// loaded yields each address in a page with the tag it stands in.
func loaded(t *testing.T, page string) func(func(tag, address string) bool) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(tag, address string) bool) {
		for n := range root.Descendants() {
			if n.Type == html.ElementNode && slices.Contains([]string{"img", "script", "iframe", "object", "embed", "link", "video", "audio"}, n.Data) {
				if !yield(n.Data, "(loads something)") {
					return
				}
			}
			for _, a := range n.Attr {
				if slices.Contains([]string{"href", "src", "srcset", "background", "poster", "action", "ping"}, a.Key) && !yield(n.Data, a.Val) {
					return
				}
			}
		}
	}
}
