package feed

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// twin returns our own page as text, without its damage.
func twin(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("testdata/page-clean.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestTheDamagedTwinIsThePageReadAsThai(t *testing.T) {
	t.Parallel()
	damaged, err := os.ReadFile("testdata/in/page.txt")
	if err != nil {
		t.Fatal(err)
	}
	clean := twin(t)
	if again := strings.ReplaceAll(misread(strings.ReplaceAll(clean, "•", "\x00"), thaiHybrid), "\x00", "•"); again != string(damaged) {
		t.Error("testdata/in/page.txt is not testdata/page-clean.txt with the damage")
	}
	if fixed, lost := Repair(string(damaged)); fixed != clean || lost {
		t.Errorf("repaired it is not the page again (damaged %v)", lost)
	}
}

func TestAPageIsTheSameHoweverItWasCopied(t *testing.T) {
	t.Parallel()
	page := twin(t)
	want, err := Read([]byte(page), Options{Name: "it", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for name, copied := range map[string]string{
		"without empty lines":       regexp.MustCompile(`\n\n+`).ReplaceAllString(page, "\n"),
		"with more of them":         strings.ReplaceAll(page, "\n\n", "\n \n\u00a0\n"),
		"with Windows' lines":       strings.ReplaceAll(page, "\n", "\r\n"),
		"with the menu on top":      "Skip to content\n\nHome\nNews\nMarkets\n\n" + page,
		"with other bullets":        strings.ReplaceAll(page, "  • ", "* "),
		"with the reading time":     strings.Replace(page, "Mar 11, 2026\n", "Mar 11, 2026\n\n15 minute read.\n", 1),
		"with the picture's text":   strings.Replace(page, "\nHighlights", "\nman beside a heap of slag\n\nHighlights", 1),
		"with a table of contents":  strings.Replace(page, "\nA harbour town has", "\nTable of Contents\n\nWhat the Firm Got Right\n\nWhere the Sums Get Thin\n\nWhy It Still Matters\n\nA harbour town has", 1),
		"without what stands below": page[:strings.Index(page, "Search")] + "By Johanna\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Read([]byte(copied), Options{Name: "it", Now: now})
			if err != nil {
				t.Fatal(err)
			}
			if asJSON(t, got) != asJSON(t, want) {
				t.Errorf("read as\n%s\nwant\n%s", asJSON(t, got), asJSON(t, want))
			}
		})
	}
}

func TestShortLinesAloneAreHeadings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"a short line between paragraphs": {"One is here.\n\nWhat Adds Up\n\nTwo is here.", "One is here.\n\n## What Adds Up\n\nTwo is here."},
		"a question in a title's letters": {"One is here.\n\nWhat Adds Up?\n\nTwo is here.", "One is here.\n\n## What Adds Up?\n\nTwo is here."},
		"a question in a sentence's":      {"One is here.\n\nWhat then adds up?\n\nTwo is here.", "One is here.\n\nWhat then adds up?\n\nTwo is here."},
		"a sentence":                      {"One is here.\n\nIt is so.\n\nTwo is here.", "One is here.\n\nIt is so.\n\nTwo is here."},
		"the last line":                   {"One is here.\n\nThe end", "One is here.\n\nThe end"},
		"lines of a table":                {"One is here.\n\nOxide\n\nLow\n\nHigh\n\nTwo is here.", "One is here.\n\nOxide\n\nLow\n\nHigh\n\nTwo is here."},
		"over a list":                     {"One is here.\n\nPlants\n\n- Narvik\n- Trieste", "One is here.\n\n## Plants\n\n- Narvik\n- Trieste"},
		"with signs":                      {"One is here.\n\n3 * 4 {#x} [y]\n\nTwo is here.", "One is here.\n\n## 3 \\* 4 \\{#x} \\[y\\]\n\nTwo is here."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := Read([]byte("A Title\n\nMar 11, 2026\n\n"+test.text), Options{Name: "it", Now: now})
			if err != nil || result.Stories[0].Body != test.want {
				t.Errorf("%v, body %q", err, result.Stories[0].Body)
			}
		})
	}
}

func TestTextIsEscapedSoThatMarkdownShowsItAsItIs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain, with (brackets) & $12": "plain, with (brackets) & $12", "*a* _b_ `c`": "\\*a\\* \\_b\\_ \\`c\\`", "<b> [x](y)": `\<b\> \[x\](y)`, "&amp; &#65; AT&T": `\&amp; \&#65; AT&T`,
		"# one": `\# one`, "1. one": `1\. one`, "- one": `\- one`, "+ one": `\+ one`, "a | b": `a \| b`, "2026 was": "2026 was", `a\b`: `a\\b`, "=== x": `\=== x`,
	} {
		if got := escape(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
