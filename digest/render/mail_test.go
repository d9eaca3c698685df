package render

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"redigest/digest"
	"redigest/templates"
	"redigest/templates/golden"
)

// frame has every address that a mail may print.
var frame = Frame{
	Name:           "Rare Earth Daily",
	Tagline:        "What moved in rare earths, in three minutes",
	URL:            "https://daily.example.org/",
	Language:       "en",
	PostalAddress:  "Example Press Ltd\n12 Quarry Road\n1234 Ytterby",
	ImprintURL:     "https://daily.example.org/imprint",
	Reply:          true,
	Since:          "2026-02-03",
	SignUpURL:      "https://digest.example.org/",
	WeeklyURL:      "https://digest.example.org/weekly/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrs",
	PauseURL:       "https://digest.example.org/pause/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrs",
	WebURL:         "https://digest.example.org/issues/2026-02-05",
	UnsubscribeURL: "https://digest.example.org/unsubscribe/abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrs",
}

// issues are those that stand in testdata, by the name of their file.
func issues(t testing.TB) map[string]digest.Issue {
	return map[string]digest.Issue{
		"one": {
			Day: "2026-02-03", Number: 1,
			Subject:   "Washington sets aside $12 billion for a stockpile",
			Preheader: "A buyer who must hold stock moves the price of a small market.",
			Markdown:  testdata(t, "one.md"), Stories: make([]digest.Place, 1),
		},
		"seven": {
			Day: "2026-02-04", Number: 11,
			Subject:   "Dysprosium oxide costs $255 in China and $900 outside it",
			Preheader: "China’s licences on seven elements stay · India offers Rs 7,280 crore for 6,000 tonnes of magnets a year",
			Markdown:  testdata(t, "seven.md"), Stories: make([]digest.Place, 7),
		},
		"seventeen": {
			Day: "2026-02-05", Number: 12,
			Subject:   "54 countries and the EU sign up for a trade zone",
			Preheader: "Washington sets aside $12 billion for a stockpile of 60 minerals · Dysprosium oxide costs $255 a kilogram in China",
			Markdown:  testdata(t, "seventeen.md"), Stories: make([]digest.Place, 17),
		},
		"fifty": {
			Day: "2026-02-05", Number: 12,
			Subject:   "54 countries and the EU sign up for a trade zone",
			Preheader: "Washington sets aside $12 billion for a stockpile of 60 minerals · Dysprosium oxide costs $255 a kilogram in China",
			Markdown:  testdata(t, "fifty.md"), Stories: make([]digest.Place, 50),
		},
	}
}

func testdata(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func mail(t testing.TB, issue digest.Issue, f Frame) Body {
	t.Helper()
	body, err := Mail(issue, f)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// mailOf returns the mail of an issue that says markdown and nothing more.
func mailOf(t testing.TB, markdown string) Body {
	t.Helper()
	return mail(t, digest.Issue{Day: "2026-02-05", Subject: "Test", Markdown: markdown}, frame)
}

func TestIssuesLookAsTheyDid(t *testing.T) {
	t.Parallel()
	for name, issue := range issues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := mail(t, issue, frame)
			golden.Check(t, name+".html", body.HTML)
			golden.Check(t, name+".txt", body.Text)
			page, err := Page(issue.Markdown)
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, name+".page.html", string(page))
		})
	}
}

func TestBothPartsHaveTheSameLinksInTheSameOrder(t *testing.T) {
	t.Parallel()
	for name, issue := range issues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := mail(t, issue, frame)
			links := linksOfHTML(t, body.HTML)
			if diff := cmp.Diff(links, linksOfText(body.Text)); diff != "" {
				t.Errorf("links (-HTML +text):\n%s", diff)
			}
			if n := strings.Count(issue.Markdown, "]("); len(links) != n+7 {
				t.Errorf("%d links, want the %d of the stories and 7 of the frame", len(links), n)
			}
		})
	}
}

func TestBothPartsHaveTheSameHeadlinesInTheSameOrder(t *testing.T) {
	t.Parallel()
	for name, issue := range issues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := mail(t, issue, frame)
			rest := strings.Join(strings.Fields(body.Text), "")
			for n := range parsed(t, body.HTML).Descendants() {
				if !slices.Contains([]string{"h2", "h3", "a"}, n.Data) {
					continue
				}
				headline := strings.Join(strings.Fields(textOf(n)), "")
				at := strings.Index(rest, headline)
				if at < 0 {
					t.Fatalf("headline %q is not in the text part where it should be", headline)
				}
				rest = rest[at:] // a headline is a heading and a link
			}
		})
	}
}

func TestTextPartFitsATerminal(t *testing.T) {
	t.Parallel()
	for name, issue := range issues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := mail(t, issue, frame)
			for line := range strings.Lines(body.Text) {
				line = strings.TrimSuffix(line, "\n")
				if templates.Width(line) > templates.TextWidth && !strings.Contains(line, "://") {
					t.Errorf("%d cells: %q", templates.Width(line), line)
				}
			}
			if strings.Count(body.Text, "\n-- \n") != 1 {
				t.Error("there is not one line “-- ” above the footer")
			}
		})
	}
}

func TestDatelineSaysDayStoriesAndMinutes(t *testing.T) {
	t.Parallel()
	words := func(n int) string { return strings.Repeat("word ", n) }
	tests := map[string]struct {
		language string
		issue    digest.Issue
		want     string
	}{
		"many stories":                     {"en", digest.Issue{Day: "2026-02-05", Stories: make([]digest.Place, 17), Markdown: words(700)}, "Thursday, 5 February 2026 · 17 stories · 3 minutes to read"},
		"one story":                        {"en", digest.Issue{Day: "2026-03-01", Stories: make([]digest.Place, 1), Markdown: words(20)}, "Sunday, 1 March 2026 · 1 story · 1 minute to read"},
		"an address takes no time to read": {"en", digest.Issue{Day: "2026-03-01", Markdown: strings.Repeat("[a](https://a.example/)\n\n", 360)}, "Sunday, 1 March 2026 · 2 minutes to read"},
		"Chinese has no blanks":            {"en", digest.Issue{Day: "2026-03-01", Markdown: strings.Repeat("稀土", 700)}, "Sunday, 1 March 2026 · 3 minutes to read"},
		"in the publisher's language":      {"de", digest.Issue{Day: "2026-02-05"}, "Donnerstag, 5. Februar 2026 · 1 minute to read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := frame
			f.Language = test.language
			body := mail(t, test.issue, f)
			if !slices.Contains(textsOf(t, body.HTML, "p"), test.want) {
				t.Errorf("HTML part does not say %q", test.want)
			}
			if !strings.Contains(body.Text, "\n"+test.want+"\n") {
				t.Errorf("text part does not say %q", test.want)
			}
		})
	}
}

func TestFooterNamesTheIssueOnceItHasANumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[int]bool{0: false, 12: true} {
		body := mail(t, digest.Issue{Day: "2026-02-05", Number: number}, frame)
		for part, text := range map[string]string{"HTML": strings.Join(textsOf(t, body.HTML, "body"), ""), "text": body.Text} {
			if got := strings.Contains(text, "Issue No. 12"); got != want {
				t.Errorf("number %d: the %s part names it: %t", number, part, got)
			}
		}
	}
}

func TestOnlyAddressesThatExistArePrinted(t *testing.T) {
	t.Parallel()
	all := []string{frame.SignUpURL, frame.WeeklyURL, frame.PauseURL, frame.UnsubscribeURL, frame.WebURL, frame.URL, frame.ImprintURL}
	without := func(i int) []string { return slices.Delete(slices.Clone(all), i, i+1) }
	tests := map[string]struct {
		change func(*Frame)
		want   []string
	}{
		"all given":      {func(*Frame) {}, all},
		"no sign-up":     {func(f *Frame) { f.SignUpURL = "" }, without(0)},
		"no weekly":      {func(f *Frame) { f.WeeklyURL = "" }, without(1)},
		"no pause":       {func(f *Frame) { f.PauseURL = "" }, without(2)},
		"no unsubscribe": {func(f *Frame) { f.UnsubscribeURL = "" }, without(3)},
		"no page":        {func(f *Frame) { f.WebURL = "" }, without(4)},
		"no site":        {func(f *Frame) { f.URL = "" }, without(5)},
		"no imprint":     {func(f *Frame) { f.ImprintURL = "" }, without(6)},
		"none":           {func(f *Frame) { *f = Frame{Name: f.Name} }, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := frame
			test.change(&f)
			body := mail(t, digest.Issue{Day: "2026-02-05", Markdown: "## [A](#story-k3)"}, f)
			want := test.want
			if f.WebURL != "" {
				want = append([]string{f.WebURL + "#story-k3"}, want...)
			}
			if diff := cmp.Diff(want, linksOfHTML(t, body.HTML)); diff != "" {
				t.Errorf("HTML part (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want, linksOfText(body.Text)); diff != "" {
				t.Errorf("text part (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFooterSaysWhoWhyAndWhere(t *testing.T) {
	t.Parallel()
	always := []string{"Example Press Ltd, 12 Quarry Road, 1234 Ytterby", "Unsubscribe", "Read on the web", "Imprint", "Weekly instead", "Pause"}
	tests := map[string]struct {
		change  func(*Frame)
		says    []string
		saysNot []string
	}{
		"all known": {func(*Frame) {}, []string{
			"You get this because this address signed up for Rare Earth Daily on 2026-02-03.",
			"Reply: a person reads it.", "Forwarded to you? Get your own",
		}, nil},
		"the day is not known": {func(f *Frame) { f.Since = "" }, []string{"You get this because this address is subscribed to Rare Earth Daily."}, []string{"signed up"}},
		"nobody reads replies": {func(f *Frame) { f.Reply = false }, nil, []string{"Reply"}},
		"no page to sign up":   {func(f *Frame) { f.SignUpURL = "" }, nil, []string{"Forwarded"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := frame
			test.change(&f)
			body := mail(t, digest.Issue{Day: "2026-02-05", Markdown: "## [A](https://a.example/)"}, f)
			html := strings.Join(textsOf(t, body.HTML, "body"), " ")
			for part, text := range map[string]string{"HTML": html, "text": strings.Join(strings.Fields(body.Text), " ")} {
				for _, want := range slices.Concat(always, test.says) {
					if !strings.Contains(text, want) {
						t.Errorf("%s part does not say %q", part, want)
					}
				}
				for _, not := range test.saysNot {
					if strings.Contains(text, not) {
						t.Errorf("%s part says %q", part, not)
					}
				}
			}
		})
	}
}
