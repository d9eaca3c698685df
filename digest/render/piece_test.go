package render

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"redigest/digest"
	"redigest/templates"
)

func TestEachPartOfAnIssueIsKnownForWhatItIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		markdown string
		want     []templates.SectionKind
	}{
		"a lead": {"## [A](https://a.example/)\n\n- b", []templates.SectionKind{templates.LeadSection}},
		"figures on top": {
			"NdPr **612 CNY/kg** (2 Feb)\n\n## [A](https://a.example/)",
			[]templates.SectionKind{templates.FiguresSection, templates.LeadSection},
		},
		"a lead that has no address":         {"## A\n\n- b\n- c", []templates.SectionKind{templates.LeadSection}},
		"a lead that has a headline alone":   {"## A", []templates.SectionKind{templates.LeadSection}},
		"a second story by itself":           {"## [A](https://a.example/)\n\n## [B](https://b.example/)", []templates.SectionKind{templates.LeadSection, templates.StorySection}},
		"a day of foreign stories":           {"## Elsewhere\n\n- [A](https://a.example/)\\\n  *B.* c", []templates.SectionKind{templates.GroupSection}},
		"a day without a lead":               {"## Worth your time\n\n### [A](https://a.example/)\n\nb", []templates.SectionKind{templates.GroupSection}},
		"groups":                             {"## [A](https://a.example/)\n\n## In brief\n\n### Magnets\n\n- [B](https://b.example/)", []templates.SectionKind{templates.LeadSection, templates.GroupSection}},
		"numbers":                            {"## [A](https://a.example/)\n\n## Numbers\n\n|a|\n|---|\n|b|", []templates.SectionKind{templates.LeadSection, templates.NumbersSection}},
		"corrections":                        {"## [A](https://a.example/)\n\n## Corrections\n\n- b: c", []templates.SectionKind{templates.LeadSection, templates.CorrectionSection}},
		"a sponsor":                          {"## [A](https://a.example/)\n\n## Sponsor\n\n[b](https://b.example/)", []templates.SectionKind{templates.LeadSection, templates.SponsorSection}},
		"whole texts on the page of a story": {"## A {#story-k3}\n\n### b\n\n## C {#story-k4}", []templates.SectionKind{templates.StorySection, templates.StorySection}},
		"words and nothing else":             {"a\n\nb", []templates.SectionKind{templates.StorySection}},
		"nothing":                            {"", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []templates.SectionKind
			for _, p := range pieces(parse(test.markdown, frame.place)) {
				got = append(got, p.kind)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnIssueIsShownAsItWasComposed holds the names of groups that digest writes
// against those that are known here.
func TestAnIssueIsShownAsItWasComposed(t *testing.T) {
	t.Parallel()
	story := func(title string) digest.Story {
		return digest.Story{Title: title, URL: "https://a.example/" + title, Highlights: []string{"b is the fact of " + title}}
	}
	issue := digest.Compose(digest.Input{
		Edition: digest.Daily, Day: "2026-02-03",
		Stories:     []digest.Story{story("one"), story("two"), story("three"), story("four"), story("five"), story("six"), story("seven")},
		Figures:     []digest.Figure{{Quote: digest.Quote{Item: "NdPr oxide", Kind: digest.Price, Day: "2026-02-02", Low: "612", Unit: "CNY/kg"}, InLine: true, Trend: []float64{1, 2, 3}}},
		Corrections: []digest.Correction{{Title: "zero", URL: "https://a.example/0", Text: "it was 1", Day: "2026-02-02"}},
		Sponsor:     &digest.Sponsor{Text: "Kiln", URL: "https://kiln.example/"},
	}, nil)
	var got []templates.SectionKind
	for _, s := range frame.sections(issue.Markdown) {
		got = append(got, s.Kind)
	}
	want := []templates.SectionKind{
		templates.FiguresSection, templates.LeadSection, templates.GroupSection, templates.GroupSection,
		templates.NumbersSection, templates.CorrectionSection, templates.SponsorSection,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, issue.Markdown)
	}
}

// boxOf returns the colour behind the text that begins with words.
func boxOf(t *testing.T, source, words string) string {
	t.Helper()
	for n := range parsed(t, source).Descendants() {
		if n.Type == html.TextNode && strings.HasPrefix(strings.TrimSpace(n.Data), words) {
			return inherited(n, background)
		}
	}
	t.Fatalf("%q is not in the mail", words)
	return ""
}

func TestATakeawayAndASponsorAreSetApart(t *testing.T) {
	t.Parallel()
	body := mail(t, issues(t)["seventeen"], frame)
	light := templates.DefaultPalette().Light
	for words, want := range map[string]string{
		"Takeaway:": light.Tint, "Sponsor": light.Tint, "Assays of rare earths": light.Tint, "NdPr oxide": light.Tint,
		"FORGE was opened": light.Sheet, "Washington sets aside": light.Paper, "Correction": light.Sheet,
	} {
		if got := boxOf(t, body.HTML, words); got != want {
			t.Errorf("%q stands on %s, want %s", words, got, want)
		}
	}
	if !slices.Contains(textsOf(t, body.HTML, "h2"), "Sponsor") || !strings.Contains(body.Text, "\nSponsor\n-------\n") {
		t.Error("what is paid for is not labelled in both parts")
	}
}

func TestEachStoryRunsInTheDirectionOfItsHeadline(t *testing.T) {
	t.Parallel()
	for name, issue := range issues(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range parsed(t, mail(t, issue, frame).HTML).Descendants() {
				if n.Type != html.ElementNode || n.Data != "a" || strings.Contains(attributeOf(n, "href"), "digest.example.org/") {
					continue
				}
				// The nearest element with a direction must see the words of the
				// link: browsers do not look into what has one of its own.
				around := n.Parent
				for around != nil && attributeOf(around, "dir") == "" {
					around = around.Parent
				}
				if around == nil || attributeOf(around, "dir") != "auto" && attributeOf(n, "href") != frame.URL && attributeOf(n, "href") != frame.ImprintURL {
					t.Errorf("the direction of %q is not its own", textOf(n))
				}
			}
		})
	}
}

func TestListsAndTakeawaysBeginOnTheSideOfThePublication(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"en": "left", "ar": "right"} {
		f := frame
		f.Language = language
		body := mail(t, issues(t)["seventeen"], f)
		other := map[string]string{"left": "right", "right": "left"}[want]
		for _, property := range []string{"margin-", "border-", "padding-"} {
			if !strings.Contains(body.HTML, property+want+":") {
				t.Errorf("%s: nothing has %s%s", language, property, want)
			}
			_, stories, _ := strings.Cut(body.HTML, "<body")
			if strings.Contains(stories, property+other+":") {
				t.Errorf("%s: something has %s%s", language, property, other)
			}
		}
	}
}

func TestColoursAreThoseThatThePublisherChose(t *testing.T) {
	t.Parallel()
	set, err := templates.Load(nil, templates.Colours{Light: templates.ColourChoice{Accent: "#7a1f1f"}})
	if err != nil {
		t.Fatal(err)
	}
	f := frame
	f.Templates = set
	body := mail(t, issues(t)["seventeen"], f)
	if strings.Contains(body.HTML, templates.DefaultPalette().Light.Accent) || !strings.Contains(body.HTML, "#7a1f1f") {
		t.Error("the mail has another colour for its links")
	}
}
