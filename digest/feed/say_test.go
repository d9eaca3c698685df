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
		"a rank in words":             {strings.Replace(front, "%s", "rank: high", 1), "a.md", "", "as in rank: 3"},
		"a rank that is a list":       {strings.Replace(front, "%s", "rank: [1]", 1), "a.md", "", "line 4: rank"},
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

func TestComparisonsInTitlesStay(t *testing.T) {
	t.Parallel()
	const rss = `<rss version="2.0"><channel><title>F</title><item><title><![CDATA[%s]]></title></item></channel></rss>`
	const json = `{"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [{"id": "1", "url": "https://example.org/a", "title": "%s"}]}`
	for _, tt := range []struct{ form, title, want string }{
		{json, "If a<b then c>d holds", "If a<b then c>d holds"},
		{json, "Grade <2% TREO", "Grade <2% TREO"},
		{json, "India&#8217;s <b>turn</b>", "India’s <b>turn</b>"},
		{rss, "If x<y then z>w holds", "If x<y then z>w holds"},
		{rss, "Grade <2% TREO", "Grade <2% TREO"},
		{rss, "A <em>mine</em> opens<o:p></o:p>", "A mine opens"},
	} {
		result, _ := said(strings.Replace(tt.form, "%s", tt.title, 1), "f", "")
		if len(result.Stories) != 1 || result.Stories[0].Title != tt.want {
			t.Errorf("%q is read as %+v", tt.title, result.Stories)
		}
	}
}

func TestAFeedThatBreaksOffBeforeItsFirstStoryIsAFailure(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`<rss version="2.0"><channel><title>F</title><link>https://exam`:                      "before its first story",
		`<rss version="2.0"><channel><title>F</title><item><title>A mine op`:                  "no story of it",
		`{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A m`: "before its first story",
		`[{"id": 1, "title": {"rend`: "before its first story",
	} {
		if _, err := Read([]byte(data), Options{Name: "f", Now: now}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: it is read with error %v", data, err)
		}
	}
	if _, err := Read([]byte(`<rss version="2.0"><channel><title>F</title></channel></rss>`), Options{Name: "f.xml", Now: now}); err != nil {
		t.Errorf("a whole feed without stories: %v", err)
	}
}

func TestALongHighlightIsCutAtASentence(t *testing.T) {
	t.Parallel()
	sentence := "It says a little more of this than anybody asked for."
	result, told := said("---\ntitle: A mine opens\ndate: 2026-02-03\nhighlights: ["+strings.Repeat(sentence+" ", 20)+", A short one.]\n---\nIt opens.\n", "a.md", "")
	first := result.Stories[0].Highlights[0]
	if len(first) > 600 || len(first) < 500 || !strings.HasSuffix(first, sentence) || !strings.Contains(told, "highlight 1") {
		t.Errorf("it is %q, told is %q", first, told)
	}
}
