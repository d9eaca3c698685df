//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jing has a feed judged by a checker of RELAX NG, which knows what RFC 4287 asks
// for, and returns what it finds wrong.
func jing(t *testing.T, feed string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "feed.xml")
	if err := os.WriteFile(file, []byte(feed), 0o644); err != nil {
		t.Fatal(err)
	}
	// On its standard error it misses libraries that it has no need of.
	out, err := exec.Command("jing", "-c", "testdata/atom.rnc", file).Output()
	if _, judged := err.(*exec.ExitError); err != nil && !judged {
		t.Fatalf("jing: %v", err)
	}
	if err != nil && len(out) == 0 {
		t.Fatalf("jing fails without a word: %v", err)
	}
	return string(out)
}

// feedPasses requires that the feed of an issue's site is Atom.
func feedPasses(t *testing.T, i issued) {
	if wrong := jing(t, read(t, i.site+"/issues/feed.xml")); wrong != "" {
		t.Error(wrong)
	}
}

// feedCondemns shows that the judge is not blind.
func feedCondemns(t *testing.T, i issued) {
	feed := read(t, i.site+"/issues/feed.xml")
	for old, change := range map[string]struct{ new, want string }{
		"<updated>":         {"<updated>on ", `"updated" invalid`},
		"<author>":          {"<editor/><author>", `"editor" not allowed`},
		`<content type="ht`: {`<content type="mark`, `"type" is invalid`},
		"</feed>":           {"", "feed"},
	} {
		spoilt := strings.Replace(feed, old, change.new, 1)
		if spoilt == feed {
			t.Fatalf("there is no %s to spoil", old)
		}
		if got := jing(t, spoilt); !strings.Contains(got, change.want) {
			t.Errorf("with %s it says %q, not %q", change.new, got, change.want)
		}
	}
}
