package render

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"redigest/templates"
)

// Whatever colours a publisher chooses that are taken at all, every text stands
// on one of them and can be read, by light and in the dark.
func TestEveryTextCanBeReadInThePublishersColours(t *testing.T) {
	t.Parallel()
	for name, chosen := range map[string]templates.Colours{
		"a claret accent": {Light: templates.ColourChoice{Accent: "#990f3d"}},
		"salmon paper":    {Light: templates.ColourChoice{Accent: "#0d5f6b", Paper: "#fff1e5", Sheet: "#fff9f3"}},
		"a yellow night":  {Dark: templates.ColourChoice{Accent: "#ffd400", Paper: "#000000", Sheet: "#141414"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, err := templates.Load(nil, chosen)
			if err != nil {
				t.Fatal(err)
			}
			f := frame
			f.Templates = set
			for issue, i := range issues(t) {
				checkColours(t, issue, mail(t, i, f).HTML, set.Palette())
			}
		})
	}
}

func checkColours(t *testing.T, issue, source string, p templates.Palette) {
	t.Helper()
	dark := darkRules(t, source)
	for n := range parsed(t, source).Descendants() {
		if n.Type != html.TextNode || strings.TrimSpace(n.Data) == "" || n.Parent.DataAtom == atom.Style || n.Parent.DataAtom == atom.Title {
			continue
		}
		for _, seen := range []struct {
			on, of string
			templates.Shades
		}{
			{inherited(n, background), inherited(n, colour), p.Light},
			{dark.value(n, "background", background), dark.value(n, "color", colour), p.Dark},
		} {
			if !slices.Contains([]string{seen.Paper, seen.Sheet, seen.Tint, seen.Accent}, seen.on) {
				t.Errorf("%s: %q stands on %s, which is not of the palette", issue, n.Data, seen.on)
			}
			if c := contrast(seen.on, seen.of); c < enough {
				t.Errorf("%s: %q has %s on %s: a contrast of %.2f", issue, n.Data, seen.of, seen.on, c)
			}
		}
	}
}
