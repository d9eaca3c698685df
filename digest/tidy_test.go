package digest_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"redigest/digest"
)

func TestTextsComeTidy(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"white space is one space":          {" India \u00a0Makes\n  Magnets ", "India Makes Magnets"},
		"no space before a mark":            {"Tonnes , not claims ; that is all .", "Tonnes, not claims; that is all."},
		"no space inside of brackets":       {"Dysprosium ( Dy₂O₃ ) rises", "Dysprosium (Dy₂O₃) rises"},
		"a decimal keeps its space":         {"a rise of .5% and a smile :)", "a rise of .5% and a smile :)"},
		"two hyphens are a dash":            {"Scrap--the mine -- of the city---pays", "Scrap—the mine — of the city—pays"},
		"each of several dashes":            {"a--b--c--d", "a—b—c—d"},
		"an option is none":                 {"run it with --help", "run it with --help"},
		"a rule is none":                    {"a ---- b", "a ---- b"},
		"a lost dash between sentences":     {"China Eases Its Grip.-But for How Long?", "China Eases Its Grip. But for How Long?"},
		"a lost dash with a question":       {"What Matters?and Why", "What Matters?and Why"},
		"a hyphen that may be meant stays":  {"No.-7 and Fe-5.-B", "No.-7 and Fe-5.-B"},
		"an apostrophe":                     {"China's rule isn't Europe's", "China’s rule isn’t Europe’s"},
		"a decade":                          {"the '90s and the 1990's", "the ’90s and the 1990's"},
		"quotation marks":                   {`He called it "a pause", not "an end".`, "He called it “a pause”, not “an end”."},
		"quotation marks in brackets":       {`("a pause")`, "(“a pause”)"},
		"single ones":                       {"a 'pause' of a year", "a ‘pause’ of a year"},
		"a plural is no quotation":          {"the miners' strike 'again'", "the miners' strike 'again'"},
		"inches are none":                   {`a 5" disk and "a quote"`, `a 5" disk and "a quote"`},
		"a mark too many":                   {`"one" and "two`, `"one" and "two`},
		"typographic ones stay":             {"“a ‘pause’”", "“a ‘pause’”"},
		"brackets of an empty link":         {"Read [](https://example.org/x) this () now", "Read this now"},
		"brackets that become empty":        {"gone ([]) now", "gone now"},
		"an address stays":                  {"at https://example.org/a--b?c='d' and www.example.org/e--f", "at https://example.org/a--b?c='d' and www.example.org/e--f"},
		"a mailbox stays":                   {"write o'neill--x@example.org", "write o'neill--x@example.org"},
		"formulas stay whole":               {"Dy₂O₃ , Tb₄O₇ and Fe₁₆N₂", "Dy₂O₃, Tb₄O₇ and Fe₁₆N₂"},
		"Chinese stays":                     {"氧化镝（Dy₂O₃）：上涨", "氧化镝（Dy₂O₃）：上涨"},
		"Thai stays":                        {"ประเทศไทย และจีน", "ประเทศไทย และจีน"},
		"nothing stays nothing":             {" \u00a0 ", ""},
		"dots for what was left out":        {"so it goes ... on", "so it goes ... on"},
		"a dash with spaces keeps them":     {"China – and not only China", "China – and not only China"},
		"negative numbers and ranges stay":  {"-5% to 3-4 kg", "-5% to 3-4 kg"},
		"a question within quotation marks": {`"Who pays?" asked Ann`, "“Who pays?” asked Ann"},
	}
	for name, tt := range tests {
		if got := digest.Tidy(tt.text, "en-US"); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", name, tt.text, got, tt.want)
		}
	}
}

func TestEachLanguageKeepsItsOwnMarks(t *testing.T) {
	t.Parallel()
	tests := []struct{ language, text, want string }{
		{"fr", "« Qui paie ? » : l'État !", "« Qui paie ? » : l’État !"},
		{"fr", "deux , trois", "deux, trois"},
		{"de", "Er sagte »Ja« und »nein« .", "Er sagte »Ja« und »nein«."},
		{"sv", "Hon sade ”ja” och ”nej ” .", "Hon sade ”ja” och ”nej”."},
		{"de", `Er sagt "nein", das war's`, `Er sagt "nein", das war’s`},
		{"pt-BR", `Ele diz "não"`, "Ele diz “não”"},
		{"", `He says "no"`, "He says “no”"},
	}
	for _, tt := range tests {
		if got := digest.Tidy(tt.text, tt.language); got != tt.want {
			t.Errorf("in %q %q becomes %q, want %q", tt.language, tt.text, got, tt.want)
		}
	}
}

// letters returns what a text says, without its white space and marks.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func FuzzTidy(f *testing.F) {
	for _, text := range []string{
		"a--b--c ( x ) [](https://e.org) 'q' \"r\"", ".-But", "a.-Bc.-De", "((()))", "[ ]( )", "'90s 'n' \"\"", "x -- --y", "« a » !",
	} {
		f.Add(text, "en")
		f.Add(text, "fr")
	}
	f.Fuzz(func(t *testing.T, text, language string) {
		if !utf8.ValidString(text) {
			return
		}
		tidied := digest.Tidy(text, language)
		if again := digest.Tidy(tidied, language); again != tidied {
			t.Errorf("%q becomes %q and then %q", text, tidied, again)
		}
		if strings.Contains(tidied, "  ") || strings.TrimSpace(tidied) != tidied {
			t.Errorf("%q becomes %q", text, tidied)
		}
		if !strings.Contains(text, "[") && letters(tidied) != letters(text) {
			t.Errorf("%q loses words: %q", text, tidied)
		}
	})
}
