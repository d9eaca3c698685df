package feed

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// seed adds the files of testdata/in with one of the endings.
func seed(f *testing.F, endings ...string) {
	f.Helper()
	for _, ending := range endings {
		files, err := filepath.Glob("testdata/in/*" + ending)
		if err != nil || len(files) == 0 {
			f.Fatalf("no files *%s: %v", ending, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}

// check reads data without the guard against panics, and holds what comes to
// what every story promises.
func check(t *testing.T, data []byte) {
	t.Helper()
	o := Options{Name: "it", URL: "https://fuzz.example/a/b", Now: now}
	text, _, _ := decode(data, "")
	if text == "" || strings.TrimSpace(text) == "" {
		return
	}
	result, err := read(text, o)
	if err != nil {
		if len(result.Stories) > 0 || !strings.HasPrefix(err.Error(), "it: ") {
			t.Fatalf("%v beside %d stories", err, len(result.Stories))
		}
		return
	}
	for _, s := range result.Stories {
		checkClean(t, s)
		if !utf8.ValidString(s.Body) || strings.Contains(s.Body, "\x00") {
			t.Errorf("body %q", s.Body)
		}
	}
	if result.Kind != Feed && len(result.Stories) != 1 {
		t.Errorf("%d stories of one %s", len(result.Stories), result.Kind)
	}
}

func FuzzFeed(f *testing.F) {
	seed(f, ".xml", ".json")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

func FuzzPage(f *testing.F) {
	seed(f, ".html")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

func FuzzPageText(f *testing.F) {
	seed(f, ".txt")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

func FuzzFrontMatter(f *testing.F) {
	seed(f, ".md")
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}
