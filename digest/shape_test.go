package digest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/templates/golden"
)

// dayOf returns a day with the first n of the sample stories.
func dayOf(t testing.TB, n int) digest.Input {
	t.Helper()
	data, err := os.ReadFile("testdata/stories.json")
	if err != nil {
		t.Fatal(err)
	}
	var stories []digest.Story
	if err := json.Unmarshal(data, &stories); err != nil {
		t.Fatal(err)
	}
	for i := range stories {
		stories[i].ID = database.ID(i + 1)
		stories[i].PublishedAt = morning.Add(-time.Duration(i) * time.Hour / 4)
	}
	return digest.Input{
		Edition: digest.Daily, Day: "2026-02-03", Number: 7, CutoffAt: morning, Language: "en", Stories: stories[:n],
		Companies: digest.ListedCompanies(), PageURL: "https://news.example.org/issues/2026-02-03",
	}
}

// everything returns a day on which each part of an issue has something to say.
func everything(t testing.TB) digest.Input {
	t.Helper()
	in := dayOf(t, 17)
	in.Figures = figures(4)
	in.Corrections = []digest.Correction{{
		Title: "Neodymium Falls by a Tenth", URL: "https://news.example.org/2026/02/neodymium-falls/",
		Text: "we wrote that neodymium oxide fell by 10%; it fell by 1%", Day: "2026-02-02",
	}}
	in.Sponsor = &digest.Sponsor{Text: "Kiln & Co. sinters magnets to order", URL: "https://kiln.example.com/?from=daily&day=3", From: "2026-02-01", Until: "2026-02-28"}
	return in
}

func figures(n int) (all []digest.Figure) {
	items := []string{"NdPr oxide 99%", "Dy oxide", "Tb oxide", "NdFeB blank N38"}
	for i := range n {
		change := float64(i) - 1.5
		name := items[i%len(items)]
		if i >= len(items) {
			name += fmt.Sprintf(" (%d)", i)
		}
		all = append(all, digest.Figure{
			Quote:         digest.Quote{Item: name, Kind: digest.Price, Day: "2026-02-02", Low: "612", High: "618", Unit: "CNY/kg", Basis: "ex-works China", VAT: "incl", Source: "Sample sheet"},
			ChangePercent: &change, PreviousDay: "2026-01-30", TrendFrom: "2026-01-16",
			Trend: []float64{600, 604, 603, 604, 606, 605, 608, 609, 609, 611, 610, 615}, InLine: i < 2,
		})
	}
	return all
}

// sheet returns an issue as its golden file holds it.
func sheet(i digest.Issue) string {
	return "Subject: " + i.Subject + "\nPreheader: " + i.Preheader + "\nCut: " + strings.Join(i.Cut, "; ") + "\n\n" + i.Markdown + "\n"
}

func TestADayOfAnySizeReadsAsIfMeant(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, 5, 17, 40} {
		t.Run(fmt.Sprintf("%d stories", n), func(t *testing.T) {
			t.Parallel()
			issue := digest.Compose(dayOf(t, n), nil)
			if len(issue.Stories) != n || len(issue.Cut) > 0 {
				t.Errorf("%d of %d stories are in it; cut: %q", len(issue.Stories), n, issue.Cut)
			}
			assertHeadings(t, issue.Markdown)
			golden.Check(t, fmt.Sprintf("day-%d.md", n), sheet(issue))
		})
	}
}

func TestEachPartAppearsWhenItHasSomethingToSay(t *testing.T) {
	t.Parallel()
	issue := digest.Compose(everything(t), nil)
	assertHeadings(t, issue.Markdown)
	golden.Check(t, "everything.md", sheet(issue))

	bare := digest.Compose(dayOf(t, 1), nil)
	for _, part := range []string{"Worth", "In brief", "Elsewhere", "Numbers", "Correction", "Sponsor", "more stor"} {
		if !strings.Contains(issue.Markdown, part) && part != "more stor" {
			t.Errorf("%q is missing from a day that has everything", part)
		}
		if strings.Contains(bare.Markdown, part) {
			t.Errorf("%q appears on a day with nothing to say there", part)
		}
	}
}

var heading = regexp.MustCompile(`(?m)^(#+) (.*)$`)

// assertHeadings holds that no group is empty or of one story, and no level of
// headings is left out.
func assertHeadings(t *testing.T, markdown string) {
	t.Helper()
	level := 2
	for _, h := range heading.FindAllStringSubmatch(markdown, -1) {
		if now := len(h[1]); now > level+1 || now < 2 {
			t.Errorf("%q stands below a heading of level %d", h[0], level)
		} else {
			level = now
		}
	}
	for _, section := range strings.Split("\n"+markdown, "\n## ")[1:] {
		name, body, _ := strings.Cut(section, "\n")
		stories := strings.Count(body, "\n- [") + strings.Count(body, "\n### [")
		switch {
		case name == "Worth your time" && (stories < 2 || stories > 5):
			t.Errorf("%d stories are worth the reader's time", stories)
		case name == "In brief" && stories < 2:
			t.Errorf("in brief there is one story:\n%s", body)
		}
	}
}

func TestASizeableDayIsReadInThreeMinutes(t *testing.T) {
	t.Parallel()
	issue := digest.Compose(dayOf(t, 17), nil)
	// Without the addresses, which nobody reads.
	text := regexp.MustCompile(`\]\([^)]*\)`).ReplaceAllString(issue.Markdown, "")
	if n := len(strings.Fields(text)); n < 450 || n > 700 {
		t.Errorf("17 stories have %d words, which should be about 600", n)
	}
	for _, item := range strings.Split(text, "\\\n  ")[1:] {
		fact, _, _ := strings.Cut(item, "\n")
		if n := len(strings.Fields(fact)); n > 18 && !strings.HasPrefix(fact, "*") {
			t.Errorf("in brief a fact has %d words: %q", n, fact)
		}
	}
}

func TestTheSponsorIsThereOnItsDaysOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, until digest.Day
		want        bool
	}{
		"first day":  {"2026-02-03", "2026-02-09", true},
		"last day":   {"2026-01-28", "2026-02-03", true},
		"too early":  {"2026-02-04", "", false},
		"too late":   {"2026-01-28", "2026-02-02", false},
		"no bounds":  {"", "", true},
		"from alone": {"2026-02-01", "", true},
	}
	for name, tt := range tests {
		in := dayOf(t, 1)
		in.Sponsor = &digest.Sponsor{Text: "Kiln", URL: "https://kiln.example.com/", From: tt.from, Until: tt.until}
		if got := strings.Contains(digest.Compose(in, nil).Markdown, "## Sponsor\n\n[Kiln](https://kiln.example.com/)"); got != tt.want {
			t.Errorf("%s: is the sponsor there? %t", name, got)
		}
	}
}

func TestSeveralCorrectionsStandInOneList(t *testing.T) {
	t.Parallel()
	in := dayOf(t, 1)
	in.Language = "de"
	in.Corrections = []digest.Correction{{Title: "A", Text: "es waren 3.", Day: "2026-02-01"}, {Title: "B", URL: "https://example.org/b", Text: "es waren *4*", Day: "2026-02-02"}}
	want := "## Corrections\n\n- A: es waren 3. (1. Februar)\n- [B](https://example.org/b): es waren \\*4\\*. (2. Februar)"
	if got := digest.Compose(in, nil).Markdown; !strings.HasSuffix(got, want) {
		t.Errorf("the issue ends\n%s", got)
	}
}
