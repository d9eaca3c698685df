package feed

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"redigest/digest"
)

// enough is how many characters a page must say to hold a story: a notice that
// a door is closed is shorter.
const enough = 140

// readPage reads a saved page or one that a server sent.
func readPage(text string, o Options) (Result, error) {
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return Result{}, fmt.Errorf("%s: a page that cannot be read: %w", o.name(), err)
	}
	m := metaOf(doc, o)
	blocks := storyBlocks(doc, m)
	head := takeHead(blocks, m.title, o)
	story, _ := headless(blocks[head.body:])
	p := takeApart(story, true)
	first := firstParagraph(p.body)
	s := digest.Story{
		URL: m.url, AlsoAt: m.alsoAt, Title: cut(m.title, maxTitle), Highlights: p.highlights, Takeaway: p.takeaway,
		Source: p.source, Author: m.author, Topics: unique(m.topics), State: digest.Active,
	}
	length := textLength(p.body)
	s.Body = markdownOf(p.body)
	if s.Title == "" || len(s.Highlights) == 0 && length < enough {
		return Result{}, m.noStory(o)
	}
	if s.Summary = m.summary; s.Summary == "" || first != "" && highlightsRun.MatchString(s.Summary) {
		s.Summary = first
	}
	s.Summary = cut(s.Summary, maxSummary)
	if s.Author == "" {
		s.Author = head.author
	}
	if s.Author == "" {
		s.Author = byline(cleaned(clone(doc), nil))
	}
	g := gatherer{o: o, number: 1, result: Result{Kind: Page, Title: m.site}}
	if m.date == "" {
		m.date = head.date
	}
	if g.dateOf(item{date: m.date}, &s); m.date == "" {
		g.problem(g.where(s.Title), "names no date; it counts from now")
	}
	g.keep(s)
	return g.result, nil
}

// noStory says what a page is that holds no story.
func (m meta) noStory(o Options) error {
	hint := ""
	if m.feed != "" {
		hint = "; its site names a feed: " + m.feed
	}
	if m.title == "" {
		return fmt.Errorf("%s: an HTML page: %w%s", o.name(), ErrNoStory, hint)
	}
	return fmt.Errorf("%s: an HTML page titled “%s”: %w%s", o.name(), cut(m.title, madeTitle), ErrNoStory, hint)
}

// takeHead passes what stands above a story's text on its page: the title
// again, the date, the byline.
func takeHead(blocks []block, title string, o Options) head {
	var h head
	for h.body < len(blocks) {
		b := blocks[h.body]
		at, dated := headAt(b, o)
		by := bylineText.FindStringSubmatch(b.text)
		switch {
		case dated && h.date == "":
			h.date = at.date
			if at.author != "" {
				h.author = at.author
			}
		case by != nil:
			h.author = by[1]
		case b.text == title, b.kind == rule, minutesRead.MatchString(b.text), commentLine.MatchString(b.text):
		default:
			return h
		}
		h.body++
	}
	return h
}

// maxTried is how many elements of a page are tried for its story: each try
// copies all that is below it.
const maxTried = 12

// storyBlocks finds the part of a page that is its story.
func storyBlocks(doc *html.Node, m meta) []block {
	var longest []block
	length, tried := 0, 0
	for n := range doc.Descendants() {
		if !holdsStory(n) {
			continue
		}
		if tried++; tried > maxTried {
			break
		}
		blocks := cleaned(clone(n), m.base)
		if found, _ := takeHighlights(withoutContents(blocks), true); len(found) > 0 {
			return blocks
		}
		if l := textLength(blocks); l > length {
			longest, length = blocks, l
		}
	}
	if blocks := readable(doc, m); textLength(blocks) >= enough {
		return blocks
	}
	if length > 0 {
		return longest
	}
	return cleaned(clone(doc), m.base)
}

func textLength(blocks []block) int {
	n := 0
	for _, b := range blocks {
		n += utf8.RuneCountInString(b.text)
	}
	return n
}

func cleaned(n *html.Node, base *url.URL) []block {
	clean(n, base)
	return blocksOf(n)
}

// storyClass are the names that themes give to what holds a story's text.
var storyClass = regexp.MustCompile(`(?i)^(?:entry-content|post-content|article-content|story-content|et_pb_post_content|wp-block-post-content|article-body|articlebody|story-body|post-body)$`)

func holdsStory(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	if n.DataAtom == atom.Article || n.DataAtom == atom.Main || attr(n, "itemprop") == "articleBody" {
		return true
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		if storyClass.MatchString(class) {
			return true
		}
	}
	return false
}

// readable returns what a reader's view would show of a page.
func readable(doc *html.Node, m meta) []block {
	copied := clone(doc)
	dropUnread(copied)
	parser := readability.NewParser()
	found, err := parser.ParseAndMutate(copied, m.base)
	if err != nil || found.Node == nil {
		return nil
	}
	return cleaned(found.Node, m.base)
}

// dropUnread removes what is for screen readers while the classes that tell it
// are still there.
func dropUnread(n *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if c.Type == html.ElementNode && c.DataAtom != atom.Head && c.DataAtom != atom.Script && isDropped(c) {
			n.RemoveChild(c)
		} else {
			dropUnread(c)
		}
		c = next
	}
}

// clone returns a copy of n with all below it.
func clone(n *html.Node) *html.Node {
	c := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace, Attr: append([]html.Attribute(nil), n.Attr...)}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.AppendChild(clone(child))
	}
	return c
}
