package render

import (
	"fmt"
	"math"
	"regexp"
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

func TestEveryColourForTheDarkCanBeRead(t *testing.T) {
	t.Parallel()
	_, dark, found := strings.Cut(mailOf(t, "text").HTML, "(prefers-color-scheme: dark)")
	if !found {
		t.Fatal("there is no style for the dark")
	}
	dark, _, _ = strings.Cut(dark, "</style>")
	// The button alone is light, and its text dark.
	buttons, others := coloursOf(dark, true), coloursOf(dark, false)
	if len(buttons.on) != 1 || len(buttons.of) != 1 || len(others.on) != 3 || len(others.of) != 2 {
		t.Fatalf("colours found: %v, %v", buttons, others)
	}
	for _, c := range []colours{buttons, others} {
		for _, on := range c.on {
			for _, of := range c.of {
				if got := contrast(on, of); got < enough {
					t.Errorf("%s on %s: a contrast of %.2f", of, on, got)
				}
			}
		}
	}
}

// colours are those of text and those of what it may stand on.
type colours struct{ of, on []string }

var declaration = regexp.MustCompile(`(background|[^-]color): (#[0-9a-f]{6})`)

// coloursOf returns the colours of the rules for buttons or of all others.
func coloursOf(sheet string, buttons bool) colours {
	var c colours
	for rule := range strings.Lines(sheet) {
		if strings.Contains(rule, ".button") != buttons {
			continue
		}
		for _, m := range declaration.FindAllStringSubmatch(rule, -1) {
			if m[1] == "background" {
				c.on = append(c.on, m[2])
			} else {
				c.of = append(c.of, m[2])
			}
		}
	}
	return c
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
