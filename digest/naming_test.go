package digest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"redigest/digest"
)

// named composes an issue whose lead says these things.
func named(highlights ...string) string {
	return digest.Compose(digest.Input{Day: "2026-02-03", Companies: digest.ListedCompanies(), Stories: []digest.Story{
		story("The Title", func(s *digest.Story) { s.Highlights = highlights }),
	}}, nil).Markdown
}

func TestACompanyIsNamedWithItsTickerOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"at its first mention":      {"Lynas sells to Lynas.", "Lynas (ASX: LYC) sells to Lynas."},
		"under another name of its": {"Lynas Rare Earths sells.", "Lynas Rare Earths (ASX: LYC) sells."},
		"with its legal form":       {"Ucore Rare Metals Inc. sells.", "Ucore Rare Metals Inc. (TSXV: UCU) sells."},
		"two companies":             {"MP Materials and Iluka sell.", "MP Materials (NYSE: MP) and Iluka (ASX: ILU) sell."},
		"at the end of a sentence":  {"It is for Lynas.", "It is for Lynas (ASX: LYC)."},
		"not where it is said":      {"Lynas (ASX:LYC) sells, says Lynas.", "Lynas (ASX:LYC) sells, says Lynas."},
		"not at the end of a word":  {"In pre-Lynas days MyLynas was unknown.", "In pre-Lynas days MyLynas was unknown."},
		"not within a word":         {"Lynasite is no company.", "Lynasite is no company."},
		"not before an ending":      {"Lynas’s mine pays; Lynas sells.", "Lynas’s mine pays; Lynas (ASX: LYC) sells."},
		"not in a compound":         {"A Lynas-backed plant.", "A Lynas-backed plant."},
		"not in a longer name":      {"Lynas Malaysia sells.", "Lynas Malaysia sells."},
		"not a town or a member":    {"An MP from Hastings spoke of critical metals.", "An MP from Hastings spoke of critical metals."},
		"not in lower case":         {"It was arafura.", "It was arafura."},
	}
	for name, tt := range tests {
		if got, want := named(tt.text), "- "+tt.want; !strings.HasSuffix(got, want) {
			t.Errorf("%s: %q is told as\n%s", name, tt.text, got)
		}
	}
}

func TestATickerStandsOnceInAnIssue(t *testing.T) {
	t.Parallel()
	in := dayOf(t, 17)
	for i := range in.Stories {
		if in.Stories[i].Foreign() {
			in.Stories[i].Summary = "MP Materials and Energy Fuels sell to Pensana."
			continue
		}
		in.Stories[i].Highlights = []string{"MP Materials sells to Lynas.", "And Lynas to MP Materials."}
		in.Stories[i].Title = "Lynas and MP Materials and Iluka"
	}
	markdown := digest.Compose(in, nil).Markdown
	for _, ticker := range []string{"ASX: LYC", "NYSE: MP"} {
		if n := strings.Count(markdown, ticker); n != 1 {
			t.Errorf("%s stands %d times in\n%s", ticker, n, markdown)
		}
	}
	for _, link := range regexp.MustCompile(`\[[^\]]*\]`).FindAllString(markdown, -1) {
		if strings.Contains(link, "ASX") {
			t.Errorf("the headline %s has a ticker", link)
		}
	}
	if strings.Contains(markdown, "UUUU") || strings.Contains(markdown, "LSE") {
		t.Errorf("words of another outlet were changed:\n%s", markdown)
	}
}

func TestATickerDoesNotMakeABriefFactLong(t *testing.T) {
	t.Parallel()
	in := dayOf(t, 17)
	const fact = "Seventeen words are what this sentence about a mine has if one does count them, says Lynas now."
	in.Stories[1].Highlights = []string{"Nobody is named."}
	for i := range in.Stories {
		if i > 5 && !in.Stories[i].Foreign() {
			in.Stories[i].Highlights = []string{fact}
		}
	}
	if markdown := digest.Compose(in, nil).Markdown; !strings.Contains(markdown, fact) || strings.Contains(markdown, "LYC") {
		t.Errorf("the issue says\n%s", markdown)
	}
}

func TestListedCompaniesHaveOneTickerEach(t *testing.T) {
	t.Parallel()
	ticker := regexp.MustCompile(`^(NYSE|NYSE American|NASDAQ|ASX|TSX|TSXV|LSE|SSE|SZSE|TSE): [0-9A-Z]+$`)
	var names, tickers []string
	for _, c := range digest.ListedCompanies() {
		if !ticker.MatchString(c.Ticker) || slices.Contains(tickers, c.Ticker) {
			t.Errorf("%s has the ticker %q", c.Name, c.Ticker)
		}
		tickers = append(tickers, c.Ticker)
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if slices.Contains(names, name) {
				t.Errorf("%q means two companies", name)
			}
			names = append(names, name)
		}
	}
	digest.ListedCompanies()[0].Name = "changed"
	if digest.ListedCompanies()[0].Name == "changed" {
		t.Error("whoever asks for the list can change it for all")
	}
}
