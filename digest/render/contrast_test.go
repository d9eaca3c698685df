package render

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"redigest/templates"
)

// enough is the contrast that WCAG 2.2 AA asks of text.
const enough = 4.5

var (
	background = regexp.MustCompile(`background:(#[0-9a-f]{6})`)
	colour     = regexp.MustCompile(`(?:^|;)color:(#[0-9a-f]{6})`)
)

// mails returns the HTML part of every mail that tests know.
func mails(t *testing.T) map[string]string {
	t.Helper()
	confirmation, err := templates.Default().ConfirmationHTML(templates.ConfirmationMail{
		Publication: templates.Publication{Name: frame.Name, Tagline: frame.Tagline, URL: frame.URL, PostalAddress: frame.PostalAddress, ImprintURL: frame.ImprintURL},
		Subject:     "Confirm", HowOften: "every day", ConfirmURL: "https://digest.example.org/confirm/x", ValidDays: 7,
	})
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{"confirmation": confirmation}
	for name, issue := range issues(t) {
		found[name] = mail(t, issue, frame).HTML
	}
	return found
}

func TestEveryTextCanBeReadOnItsBackground(t *testing.T) {
	t.Parallel()
	for name, source := range mails(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := 0
			for n := range parsed(t, source).Descendants() {
				if n.Type != html.TextNode || strings.TrimSpace(n.Data) == "" || n.Parent.DataAtom == atom.Style || n.Parent.DataAtom == atom.Title {
					continue
				}
				seen++
				on, of := inherited(n, background), inherited(n, colour)
				if on == "" || of == "" {
					t.Errorf("%q has colour %q on %q: one is left to the client, which may choose the same", n.Data, of, on)
				} else if c := contrast(on, of); c < enough {
					t.Errorf("%q has %s on %s: a contrast of %.2f", n.Data, of, on, c)
				}
			}
			if seen == 0 {
				t.Error("there is no text")
			}
		})
	}
}

func TestEveryTextCanBeReadInTheDark(t *testing.T) {
	t.Parallel()
	for name, source := range mails(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dark := darkRules(t, source)
			light := templates.DefaultPalette().Light
			for n := range parsed(t, source).Descendants() {
				if n.Type != html.TextNode || strings.TrimSpace(n.Data) == "" || n.Parent.DataAtom == atom.Style || n.Parent.DataAtom == atom.Title {
					continue
				}
				on, of := dark.value(n, "background", background), dark.value(n, "color", colour)
				if c := contrast(on, of); c < enough {
					t.Errorf("%q has %s on %s: a contrast of %.2f", n.Data, of, on, c)
				}
				if on == light.Paper || on == light.Sheet || on == light.Tint {
					t.Errorf("%q stands on %s, which is not dark", n.Data, on)
				}
			}
		})
	}
}

// A darkRule is a rule of the style sheet for the dark.
type darkRule struct {
	selector, property, value string
}

type darkSheet []darkRule

var declaration = regexp.MustCompile(`([a-z-]+): (#[0-9a-f]{6}) !important`)

func darkRules(t *testing.T, source string) (rules darkSheet) {
	t.Helper()
	_, sheet, _ := strings.Cut(source, "(prefers-color-scheme: dark) {\n")
	sheet, _, found := strings.Cut(sheet, "</style>")
	if !found {
		t.Fatal("there is no style for the dark")
	}
	for line := range strings.Lines(sheet) {
		selectors, declared, _ := strings.Cut(line, "{")
		for selector := range strings.SplitSeq(selectors, ",") {
			for _, m := range declaration.FindAllStringSubmatch(declared, -1) {
				rules = append(rules, darkRule{strings.TrimSpace(selector), m[1], m[2]})
			}
		}
	}
	return rules
}

// value returns what the sheet makes of a property of n, or what the elements
// around it say.
func (d darkSheet) value(n *html.Node, property string, inline *regexp.Regexp) string {
	for ; n != nil; n = n.Parent {
		best, found := -1, ""
		for _, r := range d {
			// A class weighs more than any number of elements here.
			weight := 10*strings.Count(r.selector, ".") + strings.Count(r.selector, " ")
			if r.property == property && weight >= best && matches(n, r.selector) {
				best, found = weight, r.value
			}
		}
		if found != "" {
			return found
		}
		if m := inline.FindStringSubmatch(attributeOf(n, "style")); m != nil {
			return m[1]
		}
	}
	return ""
}

func matches(n *html.Node, selector string) bool {
	around, own, nested := strings.Cut(selector, " ")
	if !nested {
		class, isClass := strings.CutPrefix(selector, ".")
		return !isClass && n.Data == selector || isClass && slices.Contains(strings.Fields(attributeOf(n, "class")), class)
	}
	for a := n.Parent; a != nil; a = a.Parent {
		if matches(a, around) && matches(n, own) {
			return true
		}
	}
	return false
}

// inherited returns the value that n has by itself or from the nearest element
// around it.
func inherited(n *html.Node, property *regexp.Regexp) string {
	for ; n != nil; n = n.Parent {
		if m := property.FindStringSubmatch(attributeOf(n, "style")); m != nil {
			return m[1]
		}
	}
	return ""
}

// contrast returns the contrast of two colours as WCAG defines it.
func contrast(a, b string) float64 {
	light, dark := luminance(a), luminance(b)
	return (max(light, dark) + 0.05) / (min(light, dark) + 0.05)
}

func luminance(colour string) float64 {
	var r, g, b int
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &r, &g, &b); err != nil {
		panic(err)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func linear(c int) float64 {
	v := float64(c) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
