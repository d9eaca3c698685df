package render

import (
	"strings"
	"testing"

	"redigest/digest"
)

// FuzzEscapedTextMeansItself: whatever a story says, its words come out as they
// were, in each place where an issue puts them.
func FuzzEscapedTextMeansItself(f *testing.F) {
	for _, text := range []string{
		"Dy₂O₃ & “quotes” – plain", "*a* _b_ `c` [d](e) <f> ![g] ~~h~~ | i", "1. one", "- two", "+ three", "# four", "> five", "&amp; &#60;",
		"a\\", "Title {#story-k3}", "===", "---", "https://a.example/", "a  b\tc\nd", "!", "[", "<!-- x -->", "2026) x", "`` ` ``", "$1 | $2", "    code",
	} {
		f.Add(text)
	}
	places := map[string]struct{ markdown, plain string }{
		"paragraph": {"%", "%"}, "heading": {"## %", "%"}, "link": {"[%](https://a.example/)", "%"}, "headline": {"## [%](https://a.example/)", "%"},
		"item": {"- %", "%"}, "takeaway": {"**Takeaway:** %", "Takeaway: %"}, "outlet": {"*%*", "%"}, "story": {"## % {#story-k3}", "%"},
		"brief": {"- [x](https://a.example/) (%)", "x (%)"},
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.Join(strings.Fields(cleanLine(text)), " ") // as stories are stored
		if text == "" {
			return // nothing is left of it to be shown
		}
		for name, place := range places {
			got := Plain(strings.ReplaceAll(place.markdown, "%", digest.EscapeMarkdown(text)))
			if want := strings.ReplaceAll(place.plain, "%", text); got != want {
				t.Errorf("as %s, %q became %q", name, want, got)
			}
		}
	})
}
