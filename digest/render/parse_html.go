package render

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// htmlBlock returns the words of a block of raw HTML as a paragraph. Its markup
// is lost, and so is what browsers would not have shown.
func (c *converter) htmlBlock(n *ast.HTMLBlock) []*node {
	raw := string(n.Lines().Value(c.source))
	if n.HasClosure() {
		raw += string(n.ClosureLine.Value(c.source))
	}
	l := lineConverter{converter: c, blank: true}
	return filled(&node{kind: paragraph, children: trimEnd(l.plain(wordsOfHTML(raw)))})
}

// wordsOfHTML returns the text in raw, a blank between two elements.
func wordsOfHTML(raw string) string {
	var b strings.Builder
	hidden := ""
	for z := html.NewTokenizer(strings.NewReader(raw)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			if name, _ := z.TagName(); hidden == "" && isHidden(string(name)) {
				hidden = string(name)
			}
			b.WriteByte(' ')
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == hidden {
				hidden = ""
			}
			b.WriteByte(' ')
		case html.TextToken:
			if hidden == "" {
				b.Write(z.Text())
			}
		}
	}
}

func isHidden(name string) bool {
	switch name {
	case "script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "select", "textarea", "xmp", "noembed", "noframes", "plaintext":
		return true
	}
	return false
}
