package pipeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redigest/digest"
	"redigest/digest/feed"
)

// samples returns the folder of real inputs.
func samples(t *testing.T, name ...string) string {
	t.Helper()
	dir := os.Getenv("REDIGEST_SAMPLES")
	if dir == "" {
		t.Skip("REDIGEST_SAMPLES is not set: the real feeds are not there to read")
	}
	return filepath.Join(append([]string{dir}, name...)...)
}

// take reads a file and stores its stories; it returns how many came out how.
func (d *day) take(t *testing.T, file string) map[digest.Result]int {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[digest.Result]int{}
	result, err := feed.Read(data, feed.Options{Name: filepath.Base(file), Now: d.now})
	if err != nil {
		return counts
	}
	added, err := d.store.AddStories(t.Context(), nil, result.Stories)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range added {
		counts[a.Result]++
	}
	return counts
}

func TestPromise6RealFeedsGiveNoStoryTwice(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]struct {
		file                      string
		added, updated, unchanged int
	}{
		"an edited story": {
			{"update-v1.xml", 2, 0, 0}, {"update-v2.xml", 0, 1, 1}, {"update-v2.xml", 0, 0, 2},
		},
		"two pages of one feed": {
			{"wp-main.xml", 10, 0, 0}, {"wp-paged-2.xml", 10, 0, 0}, {"wp-main.xml", 0, 0, 10},
		},
		"two stories with one GUID": {
			{"dup-guid.xml", 3, 0, 0}, {"dup-guid.xml", 0, 0, 3},
		},
		"a search that passes the publisher's stories on": {
			{"wp-main.xml", 10, 0, 0}, {"google-news.xml", 30, 0, 18}, {"google-news.xml", 0, 0, 48}, {"wp-main.xml", 0, 0, 10},
		},
		"a category's feed and the main one": {
			{"wp-cat-industrial-metals.xml", 1, 0, 0}, {"wp-cat-industrial-metals.xml", 0, 0, 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDay(t)
			for i, s := range steps {
				got := d.take(t, samples(t, "samples", "feeds", s.file))
				if got[digest.ResultAdded] != s.added || got[digest.ResultUpdated] != s.updated || got[digest.ResultUnchanged] != s.unchanged {
					t.Errorf("step %d, %s: %v, want %d added, %d updated, %d unchanged", i+1, s.file, got, s.added, s.updated, s.unchanged)
				}
			}
		})
	}
}

// The same stories served as RSS, Atom, JSON Feed and a REST list are the same
// stories, whichever comes first.
func TestPromise6OneStoryInFourFormatsIsOneStory(t *testing.T) {
	t.Parallel()
	files := []string{"wp-main.xml", "atom.xml", "feed.json", "wp-rest-news-archive.json", "wp-excerpt-only.xml"}
	for first := range files {
		d := newDay(t)
		titles := map[string]bool{}
		for i := range files {
			d.take(t, samples(t, "samples", "feeds", files[(first+i)%len(files)]))
		}
		all, err := d.store.Stories(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			key := strings.ToLower(s.Title)
			if titles[key] {
				t.Errorf("beginning with %s, %q is stored twice", files[first], s.Title)
			}
			titles[key] = true
		}
	}
}

// Any file, read twice, adds nothing the second time.
func TestPromise6EveryRealFeedReadTwiceAddsNothing(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{samples(t, "samples", "feeds", "*"), samples(t, "corpora", "feeds", "*", "*")} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) < 60 {
		t.Fatalf("only %d files", len(files))
	}
	d := newDay(t)
	for _, file := range files {
		if strings.HasSuffix(file, ".serde.json") {
			continue // another parser's view and no feed
		}
		d.take(t, file)
		if again := d.take(t, file); again[digest.ResultAdded] > 0 {
			t.Errorf("%s, read again: %v", filepath.Base(file), again)
		}
	}
}
