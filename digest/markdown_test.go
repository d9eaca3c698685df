package digest

import "testing"

func TestTheHeadingsOfAStoryStandBelowItsHeadline(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ in, want string }{
		"marked":                     {"# A\n\ntext\n\n## B", "### A\n\ntext\n\n### B"},
		"the deepest stays":          {"###### A", "###### A"},
		"underlined":                 {"A\n===\n\nB\n---", "### A\n\n\n### B\n"},
		"a rule is none":             {"text\n\n---\n\nmore", "text\n\n---\n\nmore"},
		"a hashtag is none":          {"#tag\n\n#", "#tag\n\n#"},
		"code is none":               {"```\n# A\nB\n---\n```\n\n# C", "```\n# A\nB\n---\n```\n\n### C"},
		"nor is code between tildes": {"~~~\n# A\n```\n~~~\n## C", "~~~\n# A\n```\n~~~\n### C"},
		"set in":                     {"   ## A", "   ### A"},
		"with a tab":                 {"##\tA", "###\tA"},
		"underlined, of two lines":   {"A and\nB\n===", "### A and B\n\n"},
		"a rule below a list":        {"- item\n---\ntext", "- item\n---\ntext"},
		"a rule below a quotation":   {"> words\n---", "> words\n---"},
		"a rule below code":          {"```\nA\n```\n---", "```\nA\n```\n---"},
	}
	for name, tt := range tests {
		if got := pushDown(tt.in); got != tt.want {
			t.Errorf("%s: %q becomes %q, want %q", name, tt.in, got, tt.want)
		}
	}
}

func TestEscapeMarkdown(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"plain words":           "plain words",
		"a *b* _c_ [d](e) <f>":  `a \*b\* \_c\_ \[d\](e) \<f\>`,
		"# one":                 `\# one`,
		"12. twelve":            `12\. twelve`,
		"3) three":              `3\) three`,
		"- dash":                `\- dash`,
		"AT&T &copy; x":         `AT\&T \&copy; x`,
		"two\n\nlines\tand\x00": "two lines and",
		"costs $5 - 6 {#x}":     `costs $5 - 6 \{\#x\}`,
	}
	for in, want := range tests {
		if got := EscapeMarkdown(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
