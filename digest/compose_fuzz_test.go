package digest_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/digest/render"
)

// FuzzCompose holds that whatever a story says, the issue has each of them once,
// in its place, and nothing of a story becomes a heading or a link of the issue.
func FuzzCompose(f *testing.F) {
	f.Add("A Title", "A fact. And more.", "Magnets", "An Outlet")
	f.Add("1. # [x](https://evil.example) ![y](z)", "- a\n\n## b\n\n> c\\", "`code` *em*", "*")
	f.Add("[]", "()", "| a | b |\n|---|---|", "<b>")
	f.Add("\\", "Lynas\\", "***", "_")
	f.Add("``` \n~~~", "trend `1 2 3`", "<!--", "[")
	f.Fuzz(func(t *testing.T, title, fact, topic, outlet string) {
		for _, s := range []string{title, fact, topic, outlet} {
			if !utf8.ValidString(s) {
				return
			}
		}
		if strings.Join(strings.Fields(title), "") == "" || strings.Join(strings.Fields(outlet), "") == "" {
			return // no store takes those
		}
		in := digest.Input{Day: "2026-02-03", Companies: digest.ListedCompanies(), Stories: fuzzed(title, fact, topic, outlet)}
		issue := digest.Compose(in, nil)
		page, err := render.Page(issue.Markdown)
		if err != nil {
			t.Fatal(err)
		}
		html := string(page)
		for i := range in.Stories {
			if n := strings.Count(html, fmt.Sprintf(`href="https://example.org/%d"`, i)); n != 1 {
				t.Errorf("story %d is linked %d times in\n%s", i, n, issue.Markdown)
			}
		}
		if n := strings.Count(html, "<a "); n != len(in.Stories) {
			t.Errorf("%d stories have %d links:\n%s", len(in.Stories), n, issue.Markdown)
		}
		if n := strings.Count(html, "<h2"); n != 4 {
			t.Errorf("the issue has %d parts instead of 4:\n%s", n, issue.Markdown)
		}
	})
}

// fuzzed returns ten stories that all say the same, two of them foreign.
func fuzzed(title, fact, topic, outlet string) []digest.Story {
	var all []digest.Story
	for i := range 10 {
		s := digest.Story{ID: database.ID(i + 1), Title: title, URL: fmt.Sprintf("https://example.org/%d", i), PublishedAt: morning}
		s.Highlights, s.Takeaway, s.Summary, s.Topics = []string{fact}, fact, fact, []string{topic}
		if i > 7 {
			s.Outlet, s.Highlights = outlet, nil
		}
		if i == 5 {
			s.Topics = []string{"Another", topic}
		}
		if i == 6 || i == 7 {
			s.Topics = []string{"Another"}
		}
		all = append(all, s)
	}
	return all
}
