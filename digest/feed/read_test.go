package feed

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redigest/digest"
	"redigest/templates/golden"
)

// now is the time of all tests; denver a publisher's zone.
var now = time.Date(2026, 3, 12, 12, 0, 0, 0, time.UTC)

func denver(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// Every file of testdata/in is read, and what is found in it is compared with
// the file of the same name in testdata/out.
func TestStoriesAreReadWhole(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/in/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			result, err := Read(data, Options{Name: filepath.Base(file), Zone: denver(t), Now: now})
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, "out/"+filepath.Base(file)+".json", asJSON(t, result))
			for _, s := range result.Stories {
				checkClean(t, s)
			}
		})
	}
}

func asJSON(t testing.TB, r Result) string {
	t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	type story struct {
		digest.Story
		GUID   string   `json:"guid,omitempty"`
		AlsoAt []string `json:"also_at,omitempty"`
	}
	view := struct {
		Kind     Kind
		Title    string
		Stories  []story
		Problems []string
	}{Kind: r.Kind, Title: r.Title}
	for _, s := range r.Stories {
		view.Stories = append(view.Stories, story{s, s.GUID, s.AlsoAt})
	}
	for _, p := range r.Problems {
		view.Problems = append(view.Problems, p.String())
	}
	if err := e.Encode(view); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// checkClean holds a story to what every story promises, wherever it is from.
func checkClean(t testing.TB, s digest.Story) {
	t.Helper()
	texts := append([]string{s.Title, s.Summary, s.Takeaway, s.Author, s.Source.Name}, append(s.Highlights, s.Topics...)...)
	for _, text := range texts {
		if text != fold(text) {
			t.Errorf("%q is not on one line of folded text", text)
		}
		if strings.Contains(text, "(opens in a new tab)") {
			t.Errorf("%q has what is for screen readers", text)
		}
	}
	if s.Title == "" {
		t.Errorf("a story without a title: %+v", s)
	}
	for _, address := range append([]string{s.URL, s.DiscussionURL, s.Source.URL}, s.AlsoAt...) {
		if address != "" && !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			t.Errorf("%q is no web address", address)
		}
	}
	if raw := rawHTML(s.Body); raw != "" {
		t.Errorf("raw HTML %q in the body:\n%s", raw, s.Body)
	}
	if s.PublishedAt.IsZero() {
		t.Errorf("%q has no date", s.Title)
	}
}

// rawHTML returns the first place in Markdown that may be taken for HTML.
func rawHTML(md string) string {
	found := ""
	outsideFences(md, func(s string) string {
		return outsideCodeSpans(s, func(s string) string {
			for _, tag := range htmlLike.FindAllString(mdAutolink.ReplaceAllString(s, ""), -1) {
				if before, _, _ := strings.Cut(tag, "<"); len(before)%2 == 0 {
					found = tag
				}
			}
			return s
		})
	})
	return found
}

func TestWhatIsNoStoryIsSaidInWords(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ data, want string }{
		"nothing":                      {" \n\t", "empty"},
		"a refusal in HTML":            {"<!DOCTYPE html><html><head><title>Access Denied</title></head><body><h1>Access Denied</h1>Reference 1.</body></html>", "an HTML page titled “Access Denied”: there is no story in it"},
		"a page that names a feed":     {`<html><head><title>Home</title><link rel="alternate" type="application/rss+xml" href="https://a.example/feed/"></head><body>Hi</body></html>`, "its site names a feed: https://a.example/feed/"},
		"XML that is no feed":          {"<?xml version='1.0'?><catalog><book/></catalog>", "its outermost element is <catalog>"},
		"a refusal in JSON":            {`{"code":"rest_no_route","message":"No route was found","data":{"status":404}}`, "the site answers: “No route was found”"},
		"other JSON":                   {`{"a":1}`, "neither a JSON Feed nor a list of WordPress stories"},
		"half of other JSON":           {`{"a":`, "JSON that cannot be read"},
		"a program":                    {"\x7fELF\x00\x00\x01\x02\x00\x00\x00", "neither a feed nor a page nor text"},
		"one line":                     {"Just a line", "there is no story in it"},
		"front matter without an end":  {"---\ntitle: x\n", "the front matter has no end"},
		"front matter without a title": {"---\ndate: 2026-03-11\n---\nText.", "no title"},
		"front matter that is no YAML": {"---\ntitle: [x\n---\nText.", "front matter"},
		"a list where a text belongs":  {"---\ntitle: x\ndate: [1, 2]\n---\nText.", "line 3: date: it is one text"},
		"a key that stands twice":      {"---\ntitle: x\ntitle: y\n---\nText.", `"title"`},
		"a draft":                      {"---\ntitle: x\ndraft: true\n---\nText.", "marked as a draft"},
		"TOML":                         {"+++\ntitle = 'x'\n+++\nText.", "TOML"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := Read([]byte(test.data), Options{Name: "it", Now: now})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "it: ") {
				t.Errorf("error %v, want one with %q; stories %v", err, test.want, result.Stories)
			}
		})
	}
}
