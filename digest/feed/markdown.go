package feed

import (
	"regexp"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markdownOf returns the blocks of a body as Markdown without raw HTML.
func markdownOf(body []block) string {
	var out []string
	var run *html.Node // blocks in HTML that follow one another, converted together
	flush := func() {
		if run != nil {
			out = append(out, convert(run))
		}
		run = nil
	}
	for _, b := range body {
		if b.node == nil {
			flush()
			out = append(out, b.markdown)
			continue
		}
		if run == nil {
			run = &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
		}
		run.AppendChild(b.node)
	}
	flush()
	return strings.TrimSpace(strings.Join(out, "\n\n"))
}

// convert returns cleaned HTML as Markdown.
func convert(root *html.Node) string {
	var cells []*html.Node
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.H1: // a story's own title is the only one of that rank
			n.Data, n.DataAtom = "h2", atom.H2
		case atom.Td, atom.Th:
			cells = append(cells, n)
		}
	}
	for _, cell := range cells {
		flattenCell(cell)
	}
	flattenDeep(root, maxNested)
	md, err := newConverter().ConvertNode(root)
	if err != nil {
		return escape(fold(lines(root)))
	}
	return tidy(string(md))
}

func newConverter() *converter.Converter {
	c := converter.NewConverter(converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(
			commonmark.WithListEndComment(false), // it would be raw HTML
			commonmark.WithLinkEmptyContentBehavior(commonmark.LinkBehaviorSkip),
			commonmark.WithLinkEmptyHrefBehavior(commonmark.LinkBehaviorSkip),
		),
		strikethrough.NewStrikethroughPlugin(),
		table.NewTablePlugin(
			// Without it a table with one line break in a cell is lost as a whole.
			table.WithNewlineBehavior(table.NewlineBehaviorPreserve),
			table.WithHeaderPromotion(true),
			table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal),
		),
	))
	c.Register.TextTransformer(func(_ converter.Context, s string) string {
		return entityLike.ReplaceAllString(s, "&amp;$1")
	}, converter.PriorityEarly)
	return c
}

// flattenCell makes a table's cell one line of text and links: Markdown has no
// lists or paragraphs in tables.
func flattenCell(cell *html.Node) {
	var blocks []*html.Node
	for c := range cell.Descendants() {
		if isBlock(c) || c.DataAtom == atom.Br || c.DataAtom == atom.Tbody || c.DataAtom == atom.Td || c.DataAtom == atom.Th {
			blocks = append(blocks, c)
		}
	}
	for _, b := range blocks {
		b.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: " "}, b)
		b.Parent.InsertBefore(&html.Node{Type: html.TextNode, Data: " "}, b.NextSibling)
		unwrap(b)
	}
	mergeTexts(cell)
}

// flattenDeep unwraps quotations and lists that lie deeper inside one another
// than levels: in Markdown each puts its mark before every line it holds.
func flattenDeep(n *html.Node, levels int) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch c.DataAtom {
		case atom.Blockquote, atom.Ul, atom.Ol:
			flattenDeep(c, levels-1)
			if levels <= 0 {
				unwrap(c)
			}
		case atom.Li:
			flattenDeep(c, levels)
			if levels < 0 {
				unwrap(c)
			}
		default:
			flattenDeep(c, levels)
		}
		c = next
	}
}

// mergeTexts makes one text of those that follow one another below n: the
// converter is slow with many.
func mergeTexts(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		var b strings.Builder
		for c.Type == html.TextNode && c.NextSibling != nil && c.NextSibling.Type == html.TextNode {
			b.WriteString(c.NextSibling.Data)
			n.RemoveChild(c.NextSibling)
		}
		c.Data += b.String()
		mergeTexts(c)
	}
}

var (
	entityLike  = regexp.MustCompile(`&(#?[0-9A-Za-z]+;)`)
	headingLine = regexp.MustCompile(`(?m)^(?:[> ]*)#{1,6} .*\{.*$`)
	bareBrace   = regexp.MustCompile(`(^|[^\\])\{`)
	fenceMark   = regexp.MustCompile("^ {0,3}(?:`{3,}|~{3,})")
	special     = regexp.MustCompile("[\\\\`*_\\[\\]<>~|]")
	atLineStart = regexp.MustCompile(`^(?:([#+=-])|(\d{1,9})([.)](?:\s|$)))`)
)

// tidy takes from headings what goldmark reads as their attributes: nobody but
// us names them.
func tidy(md string) string {
	return outsideFences(md, func(s string) string {
		return headingLine.ReplaceAllStringFunc(s, func(line string) string { return bareBrace.ReplaceAllString(line, `$1\{`) })
	})
}

// outsideFences applies f to what stands outside of fenced code.
func outsideFences(md string, f func(string) string) string {
	var out, open []string
	fence := ""
	flush := func() {
		if len(open) > 0 {
			out = append(out, f(strings.Join(open, "\n")))
		}
		open = nil
	}
	for line := range strings.SplitSeq(md, "\n") {
		mark := fenceMark.FindString(line)
		switch {
		case fence == "" && mark == "":
			open = append(open, line)
			continue
		case fence == "":
			fence = strings.TrimSpace(mark)
		case strings.HasPrefix(strings.TrimSpace(mark), fence) && strings.TrimSpace(line) == strings.TrimSpace(mark):
			fence = ""
		}
		flush()
		out = append(out, line)
	}
	flush()
	return strings.Join(out, "\n")
}

// escape returns plain text, on one line, as Markdown that shows it as it is.
func escape(s string) string {
	s = special.ReplaceAllString(s, `\$0`)
	s = entityLike.ReplaceAllString(s, `\&$1`)
	return atLineStart.ReplaceAllString(s, `$2\$1$3`)
}
