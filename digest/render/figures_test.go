package render

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"redigest/templates"
)

const someFigures = "## Numbers\n\n*Unless a row says otherwise: ex-works.*\n\n| Item | Price | Change | Date | Trend |\n| --- | ---: | ---: | --- | --- |\n" +
	"| **NdPr oxide** fob China | 85 USD/kg | +1.2% | 2 Feb, [A](https://a.example/) | `trend 1 2 3 2 8; USD/kg, 2 Jan to 2 Feb` |\n" +
	"| *Tb oxide* | *900–910 USD/kg* | | *2 Jan* | `trend 900 900 900 900 905` |\n\n*How to read them.*\n"

func TestFiguresFitANarrowScreen(t *testing.T) {
	t.Parallel()
	var rows [][]string
	for n := range parsed(t, mailOf(t, someFigures).HTML).Descendants() {
		if n.Type != html.ElementNode || n.Data != "tr" || n.Parent.Data != "thead" && n.Parent.Parent.FirstChild.Data != "thead" {
			continue
		}
		var row []string
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode {
				row = append(row, strings.Join(strings.Fields(textOf(c)), " "))
			}
		}
		rows = append(rows, row)
	}
	want := [][]string{
		{"Item", "PriceChange · Trend"},
		{"NdPr oxide fob China2 Feb, A", "85 USD/kg+1.2%"},
		{"Tb oxide2 Jan", "900–910 USD/kg"},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var wordBreak = regexp.MustCompile(`word-break:([a-z-]+)`)

// The sheet lets long words be cut, so that nothing is wider than a phone; a
// table would give the narrow column so little room that its head is.
func TestAHeadOfFiguresIsNotCutWithinAWord(t *testing.T) {
	t.Parallel()
	heads := 0
	for n := range parsed(t, mailOf(t, someFigures).HTML).Descendants() {
		if n.DataAtom == atom.Th && attributeOf(n, "scope") == "col" && attributeOf(n, "align") == "right" {
			heads++
			if got := inherited(n, wordBreak); got != "normal" {
				t.Errorf("%q may be cut: word-break is %q", textOf(n), got)
			}
		}
	}
	if heads == 0 {
		t.Error("no column of figures has a head")
	}
}

func TestOldFiguresAreGrey(t *testing.T) {
	t.Parallel()
	source := mailOf(t, someFigures).HTML
	light := templates.DefaultPalette().Light
	for words, want := range map[string]string{"85 USD/kg": light.Ink, "NdPr oxide": light.Ink, "900–910 USD/kg": light.Soft, "Tb oxide": light.Soft, "2 Jan": light.Soft} {
		for n := range parsed(t, source).Descendants() {
			if n.Type == html.TextNode && n.Data == words {
				if got := inherited(n, colour); got != want {
					t.Errorf("%q is %s, want %s", words, got, want)
				}
			}
		}
	}
}

func TestATrendInAMailIsOneBarForEachValueAndGreyWhenOld(t *testing.T) {
	t.Parallel()
	light := templates.DefaultPalette().Light
	var bars, labels []string
	for n := range parsed(t, mailOf(t, someFigures).HTML).Descendants() {
		if bar, ok := strings.CutPrefix(attributeOf(n, "style"), "border-bottom:"); ok && n.FirstChild == nil {
			bars = append(bars, bar)
		}
		if label := attributeOf(n, "aria-label"); label != "" {
			labels = append(labels, label)
		}
	}
	var want []string
	for _, high := range []string{"2px", "4px", "7px", "4px", "18px"} {
		want = append(want, high+" solid "+light.Accent)
	}
	// The old ones hardly move, and look like it.
	for _, high := range []string{"9px", "9px", "9px", "9px", "11px"} {
		want = append(want, high+" solid "+light.Soft)
	}
	if diff := cmp.Diff(want, bars); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"trend from 1 to 8 USD/kg, 2 Jan to 2 Feb", "trend from 900 to 905"}, labels); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A price neither ends at the dash of its range nor before its unit, unless it
// would take more than half of a phone.
func TestAShortPriceStaysOnOneLine(t *testing.T) {
	t.Parallel()
	const markdown = "Dy oxide **1,560–1,580 CNY/kg** · Tb oxide **1 US dollar for each kilogram of it**\n\n## [Title](https://a.example/)\n\n" +
		"## Numbers\n\n| Item | Price |\n| --- | ---: |\n| Dy | 1,560–1,580 USD/kg |\n| *Tb* | *900–910 EUR/kg* |\n| Nd | 1 euro for each kilogram of it |\n"
	source := mailOf(t, markdown).HTML
	for words, want := range map[string]bool{
		"1,560–1,580 CNY/kg": true, "1 US dollar for each kilogram of it": false,
		"1,560–1,580 USD/kg": true, "900–910 EUR/kg": true, "1 euro for each kilogram of it": false,
	} {
		found := false
		for n := range parsed(t, source).Descendants() {
			if n.Type == html.TextNode && n.Data == words {
				found = true
				if got := strings.Contains(attributeOf(n.Parent, "style"), "nowrap"); got != want {
					t.Errorf("%q stays on one line: %t", words, got)
				}
			}
		}
		if !found {
			t.Errorf("%q is not there", words)
		}
	}
}

func TestTrend(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code string
		want string // in the text part; empty: it is no trend
	}{
		"rising":                        {"trend 46.6 47.6 48.6 49.1 50", "▁▃▅▆█"},
		"rising a little":               {"trend 500 501 502 504 505", "▄▄▄▅▅"},
		"nothing changes":               {"trend 5 5 5 5 5", "▅▅▅▅▅"},
		"nothing at all":                {"trend 0 0 0 0 0", "▄▄▄▄▄"},
		"below nothing":                 {"trend -1 -2 -3 -3 -3", "█▅▁▁▁"},
		"with what it is of":            {"trend 1 2 3 4 8; USD/kg", "▁▂▃▄█"},
		"four values are no trend":      {"trend 1 2 3 4", ""},
		"words":                         {"trend one two three four five", ""},
		"no number":                     {"trend 1 2 3 4 NaN", ""},
		"no end":                        {"trend 1 2 3 4 Inf", ""},
		"too large to be a price":       {"trend 1 2 3 4 1e300", ""},
		"another word":                  {"prices 1 2 3 4 5", ""},
		"of many values the last count": {"trend " + strings.Repeat("9 ", 30) + strings.Repeat("1 2 ", 12), strings.Repeat("▁█", 12)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if n := readTrend(test.code); n != nil {
				got = trendText(n.values)
			}
			if got != test.want {
				t.Errorf("%q is %q, want %q", test.code, got, test.want)
			}
		})
	}
}

func TestATrendStandsInACellAlone(t *testing.T) {
	t.Parallel()
	for _, markdown := range []string{"`trend 1 2 3 4 5`", "- `trend 1 2 3 4 5`", "|a|\n|---|\n|see `trend 1 2 3 4 5`|"} {
		if text := mailOf(t, markdown).Text; !strings.Contains(text, "trend 1 2 3 4 5") {
			t.Errorf("of %q the words are lost: %s", markdown, text)
		}
	}
}
