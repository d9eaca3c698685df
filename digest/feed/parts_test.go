package feed

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/digest"
)

// taken reads a piece of HTML as a feed's content.
func taken(t *testing.T, html string) (parts, string) {
	t.Helper()
	p := takeApart(item{content: html}.blocks(html), false)
	return p, markdownOf(p.body)
}

func TestHighlightsAreFoundInTheirManyForms(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		html string
		want []string
		body string
	}{
		"a label and a list":          {"<p><strong>Highlights</strong></p><ul><li>One</li>\n\n<li>Two</li></ul><hr><p>Text</p>", []string{"One", "Two"}, "Text"},
		"a heading and numbers":       {"<h3>Highlights:</h3><ol><li>One</li><li>Two</li></ol><p>Text</p>", []string{"One", "Two"}, "Text"},
		"in one paragraph":            {"<p>Highlights • One • Two • Three</p><p>Text</p>", []string{"One", "Two", "Three"}, "Text"},
		"lines of one paragraph":      {"<p><b>Highlights</b><br>• One<br>• Two goes<br>on</p><p>Text</p>", []string{"One", "Two goes on"}, "Text"},
		"paragraphs with bullets":     {"<p>Key Highlights</p><p>• One</p><p>• Two</p><p>Text</p>", []string{"One", "Two"}, "Text"},
		"in a box":                    {`<div class="box"><p>Highlights</p><div><ul><li>One</li></ul></div></div><p>Text</p>`, []string{"One"}, "Text"},
		"below a picture and a date":  {`<figure><img src=x></figure><p>Mar 1, 2026</p><p>Highlights</p><ul><li>One</li></ul><p>Text</p>`, []string{"One"}, "Mar 1, 2026\n\nText"},
		"a label over nothing":        {"<p><strong>Highlights</strong></p><p>None today.</p>", nil, "None today."},
		"a heading over prose":        {"<h2>Highlights</h2><p>The fair was full.</p>", nil, "## Highlights\n\nThe fair was full."},
		"a list that is none":         {"<p>Text</p><ul><li>One</li></ul>", nil, "Text\n\n- One"},
		"the word in a sentence":      {"<p>Highlights of the fair were few.</p><ul><li>One</li></ul>", nil, "Highlights of the fair were few.\n\n- One"},
		"a short lead-in":             {"<p>Highlights</p><ul><li>Plants in:<ul><li>Narvik</li><li>Trieste</li></ul></li><li>Two</li></ul>", []string{"Plants in: Narvik; Trieste", "Two"}, ""},
		"a lead-in over long bullets": {"<p>Highlights</p><ul><li>Plans<ul><li>" + strings.Repeat("a ", 99) + "</li><li>" + strings.Repeat("b ", 99) + "</li></ul></li></ul>", []string{"Plans: " + strings.TrimSpace(strings.Repeat("a ", 99)), "Plans: " + strings.TrimSpace(strings.Repeat("b ", 99))}, ""},
		"a sentence over bullets":     {"<p>Highlights</p><ul><li>It is so.<ul><li>One</li></ul></li></ul>", []string{"It is so.", "One"}, ""},
		"a list inside a bare list":   {"<p>Highlights</p><ul><ul><li>One</li></ul></ul>", []string{"One"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, body := taken(t, test.html)
			if diff := cmp.Diff(test.want, p.highlights); diff != "" {
				t.Error(diff)
			}
			if body != test.body {
				t.Errorf("body %q, want %q", body, test.body)
			}
		})
	}
}

func TestTakeawayAndSourceAreTakenFromTheEnd(t *testing.T) {
	t.Parallel()
	const empty = `<a href="https://ani.example/s?a=1&amp;b=2" target="_blank"><span class="sr-only">(opens in a new tab)</span></a>`
	tests := map[string]struct {
		html     string
		takeaway string
		source   digest.Reference
		body     string
	}{
		"a label in bold":                    {"<p>Text</p><p><strong>REEx Takeaway:</strong> So it is.</p>", "So it is.", digest.Reference{}, "Text"},
		"a heading over it":                  {"<p>Text</p><h2>The Takeaway</h2><p>So it is.</p><p>And so.</p>", "So it is. And so.", digest.Reference{}, "Text"},
		"a sentence that names it":           {"<p>The takeaway is clear: wait.</p>", "", digest.Reference{}, "The takeaway is clear: wait."},
		"a link that holds nothing":          {"<p>Text</p><p>Source: ANI, " + empty + " Feb. 4, 2026</p>", "", digest.Reference{Name: "ANI", URL: "https://ani.example/s?a=1&b=2"}, "Text"},
		"a link that holds the name":         {`<p>Text</p><p>Source: <a href="https://r.example/x">Reuters</a>, May 10, 2026</p>`, "", digest.Reference{Name: "Reuters", URL: "https://r.example/x"}, "Text"},
		"no link":                            {"<p>Text</p><p>Source: South China Morning Post May 10, 2026</p>", "", digest.Reference{Name: "South China Morning Post"}, "Text"},
		"a link alone":                       {`<p>Text</p><p>Source: <a href="https://www.r.example/x">https://www.r.example/x</a></p>`, "", digest.Reference{Name: "r.example", URL: "https://www.r.example/x"}, "Text"},
		"a quoted title first":               {"<p>Text</p><p>Source: “Sand, sorted,” The Quay Post, Mar. 1</p>", "", digest.Reference{Name: "The Quay Post"}, "Text"},
		"a name with full stops":             {"<p>Text</p><p>Source: U.S. Geological Survey (2026)</p>", "", digest.Reference{Name: "U.S. Geological Survey"}, "Text"},
		"both, and a note":                   {"<p>Text</p><p>Takeaway: Wait.</p><p>Source: ANI</p><p>A note.</p>", "Wait.", digest.Reference{Name: "ANI"}, "Text\n\nA note."},
		"far from the end it is a caption":   {"<p>Source: a table</p>" + strings.Repeat("<p>Text</p>", 7), "", digest.Reference{}, "Source: a table" + strings.Repeat("\n\nText", 7)},
		"a source that names nobody":         {"<p>Text</p><p>Source:</p>", "", digest.Reference{}, "Text\n\nSource:"},
		"“appeared first on” is the site's":  {"<p>Text</p><p>The post <a href='https://a.example'>T</a> appeared first on <a href='https://a.example'>A</a>.</p>", "", digest.Reference{}, "Text"},
		"a script in the link is no address": {`<p>Text</p><p>Source: <a href="javascript:alert(1)">ANI</a></p>`, "", digest.Reference{Name: "ANI"}, "Text"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, body := taken(t, test.html)
			if p.takeaway != test.takeaway || p.source != test.source || body != test.body {
				t.Errorf("takeaway %q, source %+v, body %q", p.takeaway, p.source, body)
			}
		})
	}
}

func TestMarkdownHoldsNothingThatRuns(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		`<p onclick=x style="a" class=b id=c>Text</p>`:                                                                                           "Text",
		`<p>a<script>x</script><style>x</style><iframe src=x></iframe>b</p>`:                                                                     "ab",
		`<p><a href="javascript:x">a</a> <a href="data:text/html,x">b</a></p>`:                                                                   "a b",
		`<p>&lt;script&gt;x&lt;/script&gt; &amp;lt; &amp;copy;</p>`:                                                                              "&lt;script&gt;x&lt;/script&gt; &amp;lt; &amp;copy;",
		`<p>a<span class="x sr-only"> for screen readers</span> b</p>`:                                                                           "a b",
		`<p>(Opens in a new tab) <a href="https://a.example/">a (opens in a new window)</a></p>`:                                                 "[a](https://a.example/)",
		`<p><a class="wpil_keyword_link" href="https://a.example/">a</a> <a data-wpil-keyword-link="linked" href="https://a.example/">b</a></p>`: "a b",
		`<h2>Head {#x onclick=y}</h2>`:                                                                                                           `## Head \{#x onclick=y}`,
		`<p>a<img src=x width=1 height=1>b<img src=y alt="a man"></p>`:                                                                           "ab",
		`<table><tr><th>A</th></tr><tr><td><ul><li>x</li><li>y</li></ul></td></tr></table>`:                                                      "| A |\n|---|\n| x y |",
		`<ul><li>a</li></ul><ul><li>b</li></ul>`:                                                                                                 "- a\n\n- b",
		`<p style="display: none">hidden</p><p hidden>too</p><p>seen</p>`:                                                                        "seen",
		`<svg><a xlink:href="javascript:x"><text>x</text></a></svg><p>seen</p>`:                                                                  "seen",
	} {
		if _, got := taken(t, html); got != want {
			t.Errorf("%s\ngave %q\nwant %q", html, got, want)
		}
	}
}

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	zone := denver(t)
	day := time.Date(2026, 2, 3, 12, 0, 0, 0, zone)
	at := time.Date(2026, 2, 3, 15, 4, 0, 0, zone)
	utc := time.Date(2026, 2, 3, 15, 4, 0, 0, time.UTC)
	for text, want := range map[string]struct {
		t        time.Time
		dateOnly bool
	}{
		"Feb 3, 2026": {day, true}, "Feb. 3rd, 2026": {day, true}, "Tuesday, February 3, 2026": {day, true}, "3 février 2026": {day, true}, "3. Februar 2026": {day, true},
		"2026-02-03": {day, true}, "03.02.2026": {day, true}, "mar, 3 feb 2026": {day, true}, "20260203": {day, true},
		"February 3, 2026 at 3:04 p.m.": {at, false}, "2026-02-03 15:04": {at, false}, "3.2.2026 15:04": {at, false}, "Tue, Feb 3 2026 3:04 PM": {at, false},
		"2026-02-03T15:04:00Z": {utc, false}, "mer, 3 feb 2026 16:04:00 +0100": {utc, false}, "2026-02-03 15:04:00 UTC": {utc, false},
		"02/03/2026": {time.Time{}, false}, "0001-01-01": {time.Time{}, false}, "Feb 2026": {time.Time{}, false}, "May": {time.Time{}, false}, "": {time.Time{}, false}, "Feb 30, 2026": {time.Time{}, false},
	} {
		got, dateOnly, ok := readDate(text, zone)
		if !got.Equal(want.t) || dateOnly != want.dateOnly || ok == want.t.IsZero() {
			t.Errorf("%q: %v, %v, %v; want %v", text, got, dateOnly, ok, want)
		}
	}
}

func TestATitleMadeOfAnAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://metal.example/news/a-kiln-restarts/":                 "A kiln restarts",
		"https://metal.example/news/%C3%A9cole_du_nord":               "École du nord",
		"https://metal.example/%E7%A8%80%E5%9C%9F-%E4%BB%B7%E6%A0%BC": "稀土 价格",
		"https://metal.example/":                                      "metal.example",
		"https://metal.example/%3Cb%3E":                               "metal.example",
	} {
		if got := fromSlug(address); got != want {
			t.Errorf("of %s it makes %q, want %q", address, got, want)
		}
	}
}
