package render

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What tests read from a rendered mail or page, as a client would.

// parsed returns a document, or the body's content of a fragment, as a browser
// reads it.
func parsed(t testing.TB, source string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatalf("HTML does not parse: %v", err)
	}
	return root
}

// linksOfHTML returns where the links of an HTML part lead, in their order.
func linksOfHTML(t testing.TB, source string) []string {
	t.Helper()
	var found []string
	for n := range parsed(t, source).Descendants() {
		if n.DataAtom == atom.A {
			found = append(found, attributeOf(n, "href"))
		}
	}
	return found
}

// attributeOf returns an attribute's value.
func attributeOf(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// addressLine is a line of the text part that holds an address and nothing else
// but what sets it in and numbers it.
var addressLine = regexp.MustCompile(`^[ >]*(?:-|\d+\.)?[ >]*(?:(?:-|\d+\.) *)*(?:\[\d+\] )?((?:https?://|mailto:)\S+)$`)

// linksOfText returns the addresses of a text part, in their order.
func linksOfText(source string) []string {
	var found []string
	for line := range strings.Lines(source) {
		if m := addressLine.FindStringSubmatch(strings.TrimRight(line, "\n")); m != nil {
			found = append(found, m[1])
		}
	}
	return found
}

// textsOf returns the words of each element of that name, blanks folded.
func textsOf(t testing.TB, source, element string) []string {
	t.Helper()
	var found []string
	for n := range parsed(t, source).Descendants() {
		if n.Type == html.ElementNode && n.Data == element {
			found = append(found, strings.Join(strings.Fields(textOf(n)), " "))
		}
	}
	return found
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && !slices.Contains([]string{"style", "title"}, d.Parent.Data) {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// isBalanced reports whether every element of source is closed where it should
// be and no link stands within another, without a parser's help.
func isBalanced(source string) bool {
	var open []string
	for z := html.NewTokenizer(strings.NewReader(source)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return len(open) == 0
		case html.StartTagToken:
			name, _ := z.TagName()
			if string(name) == "a" && slices.Contains(open, "a") {
				return false
			}
			if !slices.Contains([]string{"br", "hr", "meta"}, string(name)) {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				return false
			}
			open = open[:len(open)-1]
		}
	}
}
