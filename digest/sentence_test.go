package digest_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"redigest/digest"
)

func TestFirstSentence(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"one":                       {"Terbium rose.", "Terbium rose."},
		"two":                       {"Terbium rose. Dysprosium fell.", "Terbium rose."},
		"without an end":            {"Terbium rose", "Terbium rose"},
		"a question":                {"Who pays? Nobody says.", "Who pays?"},
		"a decimal":                 {"It rose 2.5 per cent. Then it fell.", "It rose 2.5 per cent."},
		"a country":                 {"The U.S. Treasury bought. It paid.", "The U.S. Treasury bought."},
		"a company":                 {"Lynas Inc. Said so. Nobody else did.", "Lynas Inc. Said so."},
		"an initial":                {"J. Smith left. He said why.", "J. Smith left."},
		"a place":                   {"The ore of Mt. Weld is leached. It is rich.", "The ore of Mt. Weld is leached."},
		"a month":                   {"It ends on 10 Nov. 2026. Nobody knows more.", "It ends on 10 Nov. 2026."},
		"what goes on in lower":     {"It asked “how much?” and left. Then it came back.", "It asked “how much?” and left."},
		"quotation marks at an end": {"He said “no.” She said yes.", "He said “no.”"},
		"brackets at an end":        {"It rose (a little.) Then it fell.", "It rose (a little.)"},
		"Chinese":                   {"包头的指数上涨。镝价下跌。", "包头的指数上涨。"},
		"Arabic":                    {"تخطط الشركة لبناء المصفاة. ثم تبيعها.", "تخطط الشركة لبناء المصفاة."},
		"an ellipsis":               {"The text goes on… And on.", "The text goes on…"},
		"dots alone":                {"...", "..."},
		"white space":               {"  Terbium\n rose.  It fell.", "Terbium rose."},
		"nothing":                   {"", ""},
	}
	for name, tt := range tests {
		if got := digest.FirstSentence(tt.text); got != tt.want {
			t.Errorf("%s: the first sentence of %q is %q, want %q", name, tt.text, got, tt.want)
		}
	}
}

func TestCutSentences(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		n    int
		want string
	}{
		"what fits stays":                {"One. Two. Three.", 16, "One. Two. Three."},
		"as many as fit":                 {"One. Two. Three.", 12, "One. Two."},
		"none fits: as many words":       {"A sentence of many words. Two.", 14, "A sentence of…"},
		"not after an abbreviation":      {"The U.S. Treasury and no other bought it.", 12, "The U.S…"},
		"the end of the first, to a dot": {"One. Two.", 4, "One."},
	}
	for name, tt := range tests {
		if got := digest.CutSentences(tt.text, tt.n); got != tt.want || utf8.RuneCountInString(got) > tt.n {
			t.Errorf("%s: %d characters of %q are %q, want %q", name, tt.n, tt.text, got, tt.want)
		}
	}
}

func TestCutWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		n    int
		want string
	}{
		"what fits stays":           {"Terbium rose", 12, "Terbium rose"},
		"whole words":               {"Terbium rose again", 15, "Terbium rose…"},
		"no mark before the dots":   {"Terbium, rose again", 10, "Terbium…"},
		"a formula stays whole":     {strings.Repeat("a", 5) + "Dy₂O₃", 8, "aaaaa…"},
		"a formula at its number":   {strings.Repeat("a", 5) + "Fe₁₆N₂", 10, "aaaaa…"},
		"a formula among words":     {"The price of Dy₂O₃ rose", 17, "The price of…"},
		"Chinese between any two":   {"包头稀土价格指数连续四周上涨", 6, "包头稀土价…"},
		"no mark of Chinese before": {"包头，赣州，南宁", 4, "包头…"},
		"a mark on its letter":      {"aaaae\u0301bbb", 6, "aaaa…"},
	}
	for name, tt := range tests {
		if got := digest.CutWords(tt.text, tt.n); got != tt.want || utf8.RuneCountInString(got) > tt.n {
			t.Errorf("%s: %d characters of %q are %q, want %q", name, tt.n, tt.text, got, tt.want)
		}
	}
}

func FuzzCut(f *testing.F) {
	for _, text := range []string{"One. Two! Three?", "Dy₂O₃氧化镝。价格", "U.S. Inc. “a.” b", "…", "e\u0301\u0301 👩‍🔬 a", ".. .A."} {
		f.Add(text, 5)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 2 || n > 1000 || !utf8.ValidString(text) {
			return
		}
		for name, got := range map[string]string{
			"CutWords": digest.CutWords(text, n), "CutTitle": digest.CutTitle(text, n, "en"), "CutSentences": digest.CutSentences(text, n), "FirstSentence": digest.FirstSentence(text),
		} {
			if utf8.RuneCountInString(got) > n && name != "FirstSentence" {
				t.Errorf("%s of %q has more than %d characters: %q", name, text, n, got)
			}
			whole := strings.Join(strings.Fields(text), " ")
			if !strings.HasPrefix(whole, strings.TrimSuffix(got, "…")) {
				t.Errorf("%s of %q is no beginning of it: %q", name, text, got)
			}
			if got == "" && whole != "" {
				t.Errorf("%s leaves nothing of %q", name, text)
			}
		}
	})
}
