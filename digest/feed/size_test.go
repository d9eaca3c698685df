package feed

import (
	"strings"
	"testing"
)

// Each of these once took minutes or lost what it says. That they end is the
// test; what they must still give stands beside them.
func TestInputBuiltToBeSlowIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	ticks := ""
	for i := range 300 {
		ticks += strings.Repeat("`", i) + " "
	}
	tests := map[string]struct {
		data    string
		stories int
	}{
		"elements inside one another":       {"<html><body>" + strings.Repeat("<div>", 100_000) + "x", -1},
		"the same in a feed's story":        {`<rss version="2.0"><channel><item><description>` + strings.Repeat("&lt;b&gt;", 100_000) + `text</description></item></channel></rss>`, 1},
		"a page with many places":           {"<html><title>A page</title><body>" + strings.Repeat("<article>", 400) + strings.Repeat("<p>word word word</p>", 20_000), 1},
		"many items":                        {`<rss version="2.0"><channel>` + strings.Repeat("<item><title>a</title></item>", 20_000) + `</channel></rss>`, 20_000},
		"many items without an end":         {`<rss version="2.0"><channel><title>` + strings.Repeat("x", 1<<20) + `</title>` + strings.Repeat("<item><title>a</title>", 20_000), -1},
		"many items below a long head":      {`{"version":"https://jsonfeed.org/version/1","title":"` + strings.Repeat("x", 1<<20) + `","items":[` + strings.Repeat(`{"id":"1","title":"a"},`, 5_000) + `{"id":"2","title":"b"}]}`, 5_001},
		"a table with many lines a cell":    {"<html><title>A page</title><body><article><table><tr><td>" + strings.Repeat("word<br>", 50_000), 1},
		"lists inside one another, in text": {"Title\n\n" + strings.Repeat(strings.Repeat(" ", 300)+"- w\n - w\n", 300), 1},
		"backticks that close nothing":      {"---\ntitle: x\n---\n" + ticks, 1},
		"signs that open nothing":           {"---\ntitle: x\n---\n" + strings.Repeat("<", 1<<18), 1},
		"quotations inside one another":     {"<html><title>A page</title><body><article>" + strings.Repeat("<blockquote>", 200) + strings.Repeat("<p>word and word", 2_000), 1},
		"doubtful characters":               {"Title\n\n" + strings.Repeat("ยก รถ ย\u00a0 é\u00a0» Ã\u00a0 ", 20_000), 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := Read([]byte(test.data), Options{Name: "it", Now: now})
			if (err != nil) != (test.stories < 0) || err == nil && len(result.Stories) != test.stories {
				t.Errorf("%d stories, want %d; %v", len(result.Stories), test.stories, err)
			}
			for _, s := range result.Stories {
				if len(s.Body) > 3*len(test.data) {
					t.Errorf("%d bytes became %d", len(test.data), len(s.Body))
				}
			}
			if len(result.Problems) > maxProblems {
				t.Errorf("%d problems", len(result.Problems))
			}
		})
	}
}
