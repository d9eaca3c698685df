package feed

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// samples returns the folder of the originals that these tests are about.
func samples(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("REDIGEST_SAMPLES")
	if dir == "" {
		t.Skip("REDIGEST_SAMPLES is not set: it names the folder with the publisher's page and the public feeds")
	}
	return dir
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOriginalPage(t *testing.T) {
	t.Parallel()
	data := readFile(t, filepath.Join(samples(t), "samples", "reex-page.txt"))
	result, err := Read(data, Options{Name: "reex-page.txt", Zone: denver(t), Now: now})
	if err != nil || len(result.Stories) != 1 || len(result.Problems) != 0 || result.Kind != Text {
		t.Fatalf("%v, %+v", err, result)
	}
	s := result.Stories[0]
	checkClean(t, s)
	if want := time.Date(2026, 2, 3, 12, 0, 0, 0, denver(t)); !s.PublishedAt.Equal(want) || !s.DateOnly {
		t.Errorf("published at %v, date only %v", s.PublishedAt, s.DateOnly)
	}
	if s.Author != "Daniel" || s.Source.Name != "ANI" || s.URL != "" || s.Damaged || len(s.Highlights) != 5 {
		t.Errorf("%+v", s)
	}
	for text, beginning := range map[string]string{
		s.Title: "From Intent to Infrastructure:", s.Highlights[0]: "India is positioning itself", s.Highlights[4]: "India's strengths in engineering",
		s.Takeaway: "This is a necessary pivot—from speeches to supply chains—but success", s.Body: "India is being positioned", s.Summary: "India is being positioned",
	} {
		if !strings.HasPrefix(text, beginning) {
			t.Errorf("%q does not begin with %q", cut(text, 80), beginning)
		}
	}
	if !strings.HasSuffix(s.Body, "becoming symbolic.") {
		t.Errorf("the body ends %q", s.Body[len(s.Body)-60:])
	}
	if got := regexp.MustCompile(`(?m)^## .*$`).FindAllString(s.Body, -1); len(got) != 3 || got[0] != "## USA and India Makes Sense" {
		t.Errorf("headings %q", got)
	}
	for _, bad := range []string{"โ", "ย", "\uFFFD", "\u00a0", "  ", "Search", "Inbox", "Comment", "(opens", "Highlights", "Daniel"} {
		if strings.Contains(s.Body, bad) {
			t.Errorf("the body holds %q", bad)
		}
	}
	fixed, damaged := Repair(string(data))
	if again := strings.ReplaceAll(misread(strings.ReplaceAll(fixed, "•", "\x00"), thaiHybrid), "\x00", "•"); damaged || again != string(data) {
		t.Error("the repaired page does not give the original when it is damaged again")
	}
}

var (
	itemTag = regexp.MustCompile(`<(?:item|entry)[\s>]`)
	cdata   = regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>`)
)

// storiesIn counts the stories of a well-formed feed without reading it.
func storiesIn(t *testing.T, data []byte) int {
	t.Helper()
	switch data[0] {
	case '{':
		var f struct{ Items []json.RawMessage }
		if err := json.Unmarshal(data, &f); err != nil {
			t.Fatal(err)
		}
		return len(f.Items)
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	return len(itemTag.FindAll(cdata.ReplaceAll(data, nil), -1))
}

func TestOriginalFeeds(t *testing.T) {
	t.Parallel()
	root := samples(t)
	damaged := map[string]int{"truncated.xml": 2, "http-403.html": -1, "rss_2.0_invalid_1.xml": -1, "xml_sample_2.xml": -1} // stories; -1: an error
	files, _ := filepath.Glob(filepath.Join(root, "samples", "feeds", "*"))
	more, _ := filepath.Glob(filepath.Join(root, "corpora", "feeds", "real-sites", "*"))
	read := 0
	for _, file := range append(files, more...) {
		name := filepath.Base(file)
		if name == "LICENSE" || strings.HasSuffix(name, ".serde.json") {
			continue
		}
		read++
		t.Run(name, func(t *testing.T) {
			data := readFile(t, file)
			want, broken := damaged[name]
			if !broken {
				want = storiesIn(t, data)
			}
			result, err := Read(data, Options{Name: name, Now: now})
			if (err != nil) != (want < 0) || err == nil && len(result.Stories) != want {
				t.Fatalf("%d stories, want %d; %v; %v", len(result.Stories), want, err, result.Problems)
			}
			if broken && err == nil && len(result.Problems) == 0 {
				t.Error("what could not be read is not said")
			}
			for _, s := range result.Stories {
				checkClean(t, s)
			}
		})
	}
	if read < 60 {
		t.Errorf("only %d feeds: is the folder whole?", read)
	}
}

func TestOriginalStoriesHaveTheirParts(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(samples(t), "samples", "feeds")
	for _, name := range []string{"wp-main.xml", "wp-paged-2.xml", "wp-rest-news-archive.json", "feed.json", "atom.xml", "bad-mojibake-cp874.xml"} {
		result, err := Read(readFile(t, filepath.Join(dir, name)), Options{Name: name, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range result.Stories {
			if len(s.Highlights) < 3 || s.Takeaway == "" || s.Source.Name == "" || s.Source.URL == "" || s.Summary == "" || s.URL == "" || s.Damaged {
				t.Errorf("%s: %q: %d highlights, takeaway %q, source %v, summary %q", name, s.Title, len(s.Highlights), s.Takeaway, s.Source, s.Summary)
			}
			if strings.HasPrefix(name, "wp-") && strings.HasSuffix(name, ".xml") && !strings.HasPrefix(s.DiscussionURL, "https://forum.") {
				t.Errorf("%s: %q: discussion %q", name, s.Title, s.DiscussionURL)
			}
			for _, bad := range []string{"Highlights", "Takeaway:", "Source:", "post_type=acf", "wp-content", "![", "opens in"} {
				if strings.Contains(s.Body, bad) || strings.Contains(s.Summary, bad) {
					t.Errorf("%s: %q holds %q", name, s.Title, bad)
				}
			}
		}
	}
}

func TestOriginalDamagedFeedIsTheSoundOne(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(samples(t), "samples", "feeds")
	sound, err := Read(readFile(t, filepath.Join(dir, "wp-main.xml")), Options{Name: "feed", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	damaged, err := Read(readFile(t, filepath.Join(dir, "bad-mojibake-cp874.xml")), Options{Name: "feed", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, damaged), asJSON(t, sound); got != want {
		t.Errorf("damaged and repaired, the feed gives other stories:\n%s\nwant\n%s", got, want)
	}
}

// plainer undoes what the corpus does beyond undoing a wrong decoding.
var plainer = strings.NewReplacer("“", `"`, "”", `"`, "’", "'", "‘", "'", "„", `"`, "，", ",")

func TestOriginalMojibake(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(samples(t), "corpora", "mojibake", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no corpora: %v", err)
	}
	repaired, all := 0, 0
	for _, file := range files {
		var cases []struct{ Original, Fixed string }
		if err := json.Unmarshal(readFile(t, file), &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			got, damaged := Repair(c.Original)
			if c.Original == c.Fixed {
				if got != c.Original || damaged {
					t.Errorf("sound %q became %q, damaged %v", c.Original, got, damaged)
				}
				continue
			}
			all++
			if plainer.Replace(got) == plainer.Replace(c.Fixed) {
				repaired++
			}
		}
	}
	t.Logf("%d of %d damaged texts repaired", repaired, all)
	if repaired < 27 {
		t.Errorf("%d of %d damaged texts repaired, it was 27 once", repaired, all)
	}
}
