package templates

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWidthCountsCellsOfATerminal(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want int
	}{
		"letters take one":                     {"Dysprosium", 10},
		"subscripts take one":                  {"Dy₂O₃", 5},
		"Chinese takes two":                    {"稀土", 4},
		"Korean takes two":                     {"희토류", 6},
		"marks on a letter take none":          {"e\u0301te\u0301", 3},
		"Arabic takes one":                     {"أتربة", 5},
		"quotes and dashes take one":           {"“–”", 3},
		"joiners that shape words take none":   {"می\u200cشود", 5},
		"full-width digits take two":           {"１２", 4},
		"half-width katakana take one":         {"ﾚｱｱｰｽ", 5},
		"a picture character takes two":        {"🧲", 2},
		"nothing takes none":                   {"", 0},
		"vowel signs below a consonant: none":  {"ที่", 1},
		"the ideographic full stop takes two":  {"。", 2},
		"the trade mark and degree sign: one ": {"™°", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Width(test.text); got != test.want {
				t.Errorf("Width(%q) = %d, want %d", test.text, got, test.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text  string
		cells int
		want  []string
	}{
		"breaks at blanks":               {"mixed rare earth carbonate", 12, []string{"mixed rare", "earth", "carbonate"}},
		"folds blanks":                   {"  mixed   rare ", 12, []string{"mixed rare"}},
		"keeps line breaks":              {"one\ntwo", 12, []string{"one", "two"}},
		"keeps an empty text":            {"", 12, []string{""}},
		"never breaks an address":        {"see https://example.org/a-long-path now", 12, []string{"see", "https://example.org/a-long-path", "now"}},
		"breaks a word beyond the line":  {"praseodymium-neodymium", 12, []string{"praseodymium", "-neodymium"}},
		"breaks between wide characters": {"中国稀土出口", 8, []string{"中国稀土", "出口"}},
		"counts wide characters twice":   {"稀土 oxide", 8, []string{"稀土", "oxide"}},
		"begins no line with a stop":     {"中国稀土。", 8, []string{"中国稀", "土。"}},
		"ends no line with a bracket":    {"中国稀（土）", 8, []string{"中国稀", "（土）"}},
		"keeps a non-breaking space":     {"72.5\u00a0kg oxide", 9, []string{"72.5\u00a0kg", "oxide"}},
		"keeps a joined picture whole":   {"🧲👩\u200d🔬", 4, []string{"🧲", "👩\u200d🔬"}},
		"keeps a mark with its letter":   {"e\u0301e\u0301e\u0301", 2, []string{"e\u0301e\u0301", "e\u0301"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, Wrap(test.text, test.cells)); diff != "" {
				t.Errorf("Wrap(%q, %d) (-want +got):\n%s", test.text, test.cells, diff)
			}
		})
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("mixed rare earth carbonate 中国稀土（土）。 https://example.org/path", 20)
	f.Fuzz(func(t *testing.T, text string, cells int) {
		if cells < 2 || cells > 200 {
			t.Skip()
		}
		lines := Wrap(text, cells)
		if got, want := squeezed(strings.Join(lines, "\n")), squeezed(text); got != want {
			t.Fatalf("Wrap changed the text: %q became %q", want, got)
		}
		for _, line := range lines {
			if Width(line) > cells && !strings.Contains(line, "://") {
				t.Errorf("line %q has %d cells, more than %d", line, Width(line), cells)
			}
		}
	})
}

// squeezed returns s without the blanks at which lines are broken.
func squeezed(s string) string { return strings.NewReplacer(" ", "", "\t", "", "\n", "").Replace(s) }
