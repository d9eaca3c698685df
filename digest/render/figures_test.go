package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"redigest/templates"
)

const someFigures = "## Numbers\n\n| Item | Price | Change | Date | Trend |\n| --- | ---: | ---: | --- | --- |\n" +
	"| **NdPr oxide** fob China | 85 USD/kg | +1.2% | 2 Feb, [A](https://a.example/) | `trend 1 2 3 2 8` |\n" +
	"| *Tb oxide* | *900 USD/kg* | | *2 Jan* | |\n"

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
		{"Item", "Price", "Change"},
		{"NdPr oxide fob China2 Feb, A", "85 USD/kg", "+1.2%"},
		{"Tb oxide2 Jan", "900 USD/kg", ""},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOldFiguresAreGrey(t *testing.T) {
	t.Parallel()
	source := mailOf(t, someFigures).HTML
	light := templates.DefaultPalette().Light
	for words, want := range map[string]string{"85 USD/kg": light.Ink, "NdPr oxide": light.Ink, "900 USD/kg": light.Soft, "Tb oxide": light.Soft, "2 Jan": light.Soft} {
		for n := range parsed(t, source).Descendants() {
			if n.Type == html.TextNode && n.Data == words {
				if got := inherited(n, colour); got != want {
					t.Errorf("%q is %s, want %s", words, got, want)
				}
			}
		}
	}
}

func TestATrendInAMailIsOneBarForEachValue(t *testing.T) {
	t.Parallel()
	var heights []string
	for n := range parsed(t, mailOf(t, someFigures).HTML).Descendants() {
		if high, ok := strings.CutPrefix(attributeOf(n, "style"), "border-bottom:"); ok && n.FirstChild == nil {
			heights = append(heights, strings.Fields(high)[0])
		}
	}
	if diff := cmp.Diff([]string{"2px", "4px", "7px", "4px", "18px"}, heights); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTrend(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		code string
		want string // in the text part; empty: it is no trend
	}{
		"rising":                        {"trend 48.6 49.1 50", "▁▄█"},
		"nothing changes":               {"trend 5 5 5", "▄▄▄"},
		"below nothing":                 {"trend -1 -2 -3", "█▅▁"},
		"two values are no trend":       {"trend 1 2", ""},
		"words":                         {"trend one two three", ""},
		"no number":                     {"trend 1 2 NaN", ""},
		"no end":                        {"trend 1 2 Inf", ""},
		"too large to be a price":       {"trend 1 2 1e300", ""},
		"another word":                  {"prices 1 2 3", ""},
		"of many values the last count": {"trend " + strings.Repeat("9 ", 30) + strings.Repeat("1 2 ", 12), strings.Repeat("▁█", 12)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values := trendValues(test.code)
			got := ""
			if values != nil {
				got = trendText(values)
			}
			if got != test.want {
				t.Errorf("%q is %q, want %q", test.code, got, test.want)
			}
		})
	}
}

func TestATrendStandsInACellAlone(t *testing.T) {
	t.Parallel()
	for _, markdown := range []string{"`trend 1 2 3`", "- `trend 1 2 3`", "|a|\n|---|\n|see `trend 1 2 3`|"} {
		if text := mailOf(t, markdown).Text; !strings.Contains(text, "trend 1 2 3") {
			t.Errorf("of %q the words are lost: %s", markdown, text)
		}
	}
}
