package feed

import (
	"errors"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"
)

// xmlItems is a feed taken apart without reading it, so that the sound items
// of a broken feed can be read.
type xmlItems struct {
	head   string  // all before the first item
	root   string  // name of the outermost element, with its prefix
	pieces []piece // the items
}

// A piece is the text of one item.
type piece struct {
	text       string
	start, end int
	open       bool // its end tag is missing
}

var (
	rootElement  = regexp.MustCompile(`<((?:[\w.-]+:)?(?:rss|RSS|RDF|rdf|feed))[\s>/]`)
	itemName     = regexp.MustCompile(`^</?(?:(?:atom|rss|a):)?(?:item|entry)[\s>/]`)
	titleTag     = regexp.MustCompile(`(?s)<(?:\w+:)?title\b[^>]*>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</(?:\w+:)?title>`)
	baseAttr     = regexp.MustCompile(`\sxml:base\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	encodingDecl = regexp.MustCompile(`^(<\?xml\b[^>]*?)\s+encoding\s*=\s*(?:"[^"]*"|'[^']*')`)
)

// withoutEncoding removes the encoding from the XML declaration: the text has
// been decoded already.
func withoutEncoding(doc string) string { return encodingDecl.ReplaceAllString(doc, "$1") }

func rootTag(doc string) string {
	at := rootElement.FindStringIndex(doc)
	if at == nil {
		return ""
	}
	tag, _, _ := strings.Cut(doc[at[0]:], ">")
	return tag
}

// xmlBase returns the xml:base of a start tag.
func xmlBase(tag string) string {
	m := baseAttr.FindStringSubmatch(tag)
	if m == nil {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(m[1]+m[2], "&amp;", "&"))
}

// splitXML finds the items of doc.
func splitXML(doc string) xmlItems {
	x := xmlItems{head: doc}
	if m := rootElement.FindStringSubmatch(doc); m != nil {
		x.root = m[1]
	}
	start := -1 // of the item it is in
	closed := func(end int, open bool) {
		x.pieces = append(x.pieces, piece{text: doc[start:end], start: start, end: end, open: open})
		start = -1
	}
	for i := 0; i < len(doc); {
		next := strings.IndexByte(doc[i:], '<')
		if next < 0 {
			break
		}
		i += next
		tag, n := tagAt(doc[i:])
		switch {
		case !itemName.MatchString(tag):
		case tag[1] == '/':
			if start >= 0 {
				closed(i+n, false)
			}
		default:
			if start >= 0 {
				closed(i, true)
			}
			if start = i; len(x.pieces) == 0 {
				x.head = doc[:i]
			}
			if strings.HasSuffix(tag, "/>") {
				closed(i+n, false)
			}
		}
		i += n
	}
	if start >= 0 {
		closed(len(doc), true)
	}
	return x
}

// tagAt returns the tag that s begins with and its length; of a comment or a
// CDATA section only the length.
func tagAt(s string) (tag string, n int) {
	end := ""
	switch {
	case strings.HasPrefix(s, "<![CDATA["):
		end = "]]>"
	case strings.HasPrefix(s, "<!--"):
		end = "-->"
	}
	if end != "" {
		if i := strings.Index(s, end); i >= 0 {
			return "", i + len(end)
		}
		return "", len(s)
	}
	if i := strings.IndexByte(s, '>'); i >= 0 {
		return s[:i+1], i + 1
	}
	return "", len(s)
}

// tail closes what head leaves open.
func (x xmlItems) tail() string {
	tail := "</" + x.root + ">"
	if strings.Contains(x.head, "<channel") && !strings.Contains(x.head, "</channel") {
		tail = "</channel>" + tail
	}
	return tail
}

// spare stands in for a head that is broken itself.
const spare = `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>`

// maxHead is how long a head may be that is read again with each item.
const maxHead = 64 << 10

// parse reads one item.
func (x xmlItems) parse(p piece) (*gofeed.Feed, error) {
	if p.open {
		return nil, errors.New("it has no end")
	}
	if len(x.head) > maxHead {
		x.head = rootTag(x.head) + ">"
	}
	f, err := parseFeed(x.head + p.text + x.tail())
	if err == nil || !strings.Contains(p.text, "</item") {
		return f, err
	}
	if f, spareErr := parseFeed(spare + p.text + "</channel></rss>"); spareErr == nil {
		return f, nil
	}
	return nil, err
}

func (p piece) tag() string {
	tag, _, _ := strings.Cut(p.text, ">")
	return tag
}

// title returns the title of an item that cannot be read.
func (p piece) title() string {
	if m := titleTag.FindStringSubmatch(p.text); m != nil {
		return plain(m[1])
	}
	return ""
}
