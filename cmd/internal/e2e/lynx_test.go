//go:build e2e

package e2e

import (
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lynxLinks are the links of a file in HTML in their order, as a browser for
// terminals finds them.
func lynxLinks(t *testing.T, file string) (links []string) {
	t.Helper()
	out, err := exec.Command("lynx", "-dump", "-listonly", "-nonumbers", "-force_html", "-display_charset=utf-8", file).Output()
	if err != nil {
		t.Fatalf("lynx: %v", err)
	}
	for link := range strings.Lines(string(out)) {
		if link = strings.TrimSpace(link); strings.Contains(link, "://") {
			links = append(links, unescaped(link))
		}
	}
	return links
}

// unescaped returns a link as it reads. Lynx resolves some escapes, and writes
// the slash behind a host that has none.
func unescaped(link string) string {
	if u, err := url.Parse(link); err == nil && u.Path == "" {
		u.Path = "/"
		link = u.String()
	}
	if plain, err := url.PathUnescape(link); err == nil {
		return plain
	}
	return link
}

var textLink = regexp.MustCompile(`https?://\S+`)

// linksPair requires that both parts of a mail lead to the same places, in the
// same order.
func linksPair(t *testing.T, i issued) {
	shown, said := lynxLinks(t, i.file("mail.html")), textLink.FindAllString(i.text, -1)
	for n, link := range said {
		said[n] = unescaped(link)
	}
	if diff := cmp.Diff(shown, said); diff != "" {
		t.Errorf("the links of the HTML part (-) are not those of the text (+):\n%s", diff)
	}
	if len(said) == 0 {
		t.Error("there is no link at all")
	}
	i.html = strings.Replace(i.html, "</body>", `<a href="https://x.example/">x</a></body>`, 1)
	if slices.Equal(lynxLinks(t, htmlFile(t, i.html)), said) {
		t.Error("a link of one part alone is not seen")
	}
}
