package feed

import (
	"strings"
	"testing"
)

// said returns what is told of data, its problems or its error.
func said(data, name, url string) (Result, string) {
	result, err := Read([]byte(data), Options{Name: name, URL: url, Now: now})
	if err != nil {
		return result, err.Error()
	}
	var all []string
	for _, p := range result.Problems {
		all = append(all, p.String())
	}
	return result, strings.Join(all, "\n")
}

func TestWhatIsLeftOutIsTold(t *testing.T) {
	t.Parallel()
	const front = "---\ntitle: A mine opens\ndate: 2026-02-03\n%s\n---\nIt opens.\n"
	tests := map[string]struct{ data, name, url, want string }{
		"an address in front matter":  {strings.Replace(front, "%s", "url: javascript:alert(1)", 1), "a.md", "", "javascript:alert(1)"},
		"a path in front matter":      {strings.Replace(front, "%s", "url: /news/x", 1), "a.md", "", "/news/x"},
		"a source's address":          {strings.Replace(front, "%s", "source: {name: A, url: nowhere}", 1), "a.md", "", "nowhere"},
		"an address given by hand":    {strings.Replace(front, "%s", "author: D", 1), "a.md", "not a url", "not a url"},
		"a story's address in a feed": {`<rss version="2.0"><channel><title>F</title><item><title>A mine opens</title><link>javascript:alert(1)</link></item></channel></rss>`, "f.xml", "", "javascript:alert(1)"},
		"front matter without quotes": {"---\ntitle: Colon: in the title\n---\nText.\n", "a.md", "", "in quotes"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, got := said(tt.data, tt.name, tt.url); !strings.Contains(got, tt.want) {
				t.Errorf("told is %q, want something of %q", got, tt.want)
			}
		})
	}
}
