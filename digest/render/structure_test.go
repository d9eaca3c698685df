package render

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func TestMailsAreBuiltForEveryClient(t *testing.T) {
	t.Parallel()
	for name, source := range mails(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := parsed(t, source)
			if !isBalanced(source) {
				t.Error("elements are not closed where they should be")
			}
			for n := range root.Descendants() {
				checkElement(t, n)
			}
			if n := len(textsOf(t, source, "h1")); n != 1 {
				t.Errorf("there are %d headings of the first level", n)
			}
		})
	}
}

// checkElement checks what is asked of a single element.
func checkElement(t *testing.T, n *html.Node) {
	t.Helper()
	switch n.DataAtom {
	case atom.Html:
		if attributeOf(n, "lang") != "en" || attributeOf(n, "dir") != "ltr" {
			t.Error("language and direction are not said")
		}
	case atom.Title:
		if strings.TrimSpace(n.FirstChild.Data) == "" {
			t.Error("the title is empty")
		}
	case atom.Style:
		if size := len(n.FirstChild.Data); size >= 8192 || strings.Contains(n.FirstChild.Data, "/*") || strings.Contains(n.FirstChild.Data, "url(") {
			t.Errorf("the style sheet has %d bytes, a comment or an address", size)
		}
	case atom.Table:
		hasHead := n.FirstChild != nil && n.FirstChild.DataAtom == atom.Thead
		drawing := attributeOf(n, "role") == "img" && attributeOf(n, "aria-label") != ""
		if attributeOf(n, "role") != "presentation" && !hasHead && !drawing {
			t.Error("a table is not for the layout, has no head and draws nothing")
		}
	case atom.A:
		if !strings.Contains(attributeOf(n, "style"), "text-decoration:underline") || strings.TrimSpace(textOf(n)) == "" {
			t.Errorf("the link to %s is not underlined or has no words", attributeOf(n, "href"))
		}
	case atom.Img, atom.Script, atom.Link, atom.Iframe, atom.Form, atom.Input, atom.Base, atom.Object, atom.Svg:
		t.Errorf("there is an element <%s>", n.Data)
	}
	if slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "src" || a.Key == "background" || strings.HasPrefix(a.Key, "on")
	}) {
		t.Errorf("<%s> loads or runs something", n.Data)
	}
}

func TestHeadlinesFollowThePublication(t *testing.T) {
	t.Parallel()
	body := mail(t, issues(t)["seventeen"], frame)
	var levels []string
	for n := range parsed(t, body.HTML).Descendants() {
		if n.Type == html.ElementNode && len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			levels = append(levels, n.Data)
		}
	}
	want := strings.Fields("h1 h2 h2 h3 h3 h3 h3 h2 h3 h3 h3 h3 h2 h2 h2 h2") // no level is left out on the way down
	if !slices.Equal(levels, want) {
		t.Errorf("headings are %v, want %v", levels, want)
	}
}

func TestWhatAMailClientShowsAfterTheSubjectIsThePreheader(t *testing.T) {
	t.Parallel()
	issue := issues(t)["seven"]
	words := strings.TrimSpace(textOf(parsed(t, mail(t, issue, frame).HTML)))
	if !strings.HasPrefix(words, issue.Preheader) {
		t.Errorf("the mail begins with %.80q, want %q", words, issue.Preheader)
	}
}

func TestMailKnowsItsLanguage(t *testing.T) {
	t.Parallel()
	f := frame
	f.Language = "ar"
	body := mail(t, issues(t)["one"], f)
	if !strings.Contains(body.HTML, `<html lang="ar" dir="rtl">`) {
		t.Error("the mail does not say that it is in Arabic and runs from right to left")
	}
}
