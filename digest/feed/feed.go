package feed

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	jsonfeed "github.com/mmcdole/gofeed/json"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"redigest/digest"
)

// readXML reads RSS, RDF or Atom. Where the whole cannot be read, each of its
// items is tried by itself.
func readXML(doc string, o Options) (Result, error) {
	g := gatherer{o: o, result: Result{Kind: Feed}}
	doc = withoutEncoding(doc)
	items := splitXML(doc)
	f, err := parseFeed(doc)
	if err == nil && len(f.Items) < len(items.pieces) {
		// A forgiving parser takes a story without an end for one that holds
		// all that follow.
		err = fmt.Errorf("of %d stories only %d can be told apart", len(items.pieces), len(f.Items))
	}
	if err != nil {
		return g.readBroken(doc, items, err)
	}
	g.addAll(f, doc, items.pieces)
	return g.result, nil
}

func parseFeed(doc string) (*gofeed.Feed, error) {
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	p.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	return p.ParseString(doc)
}

// readBroken reads each complete item of a document that as a whole gives err.
func (g *gatherer) readBroken(doc string, items xmlItems, err error) (Result, error) {
	for _, p := range items.pieces {
		f, pieceErr := items.parse(p)
		switch {
		case (p.open || pieceErr != nil || len(f.Items) == 0) && g.enough():
			g.number++
		case p.open:
			g.number++
			g.problem(storyName(g.number, p.title()), "breaks off at %s, before its end; left out", g.o.line(lineAt(doc, p.end)))
		case pieceErr != nil || len(f.Items) == 0:
			g.number++
			g.problem(storyName(g.number, p.title()), "cannot be read (%s): %v; left out", g.o.line(lineAt(doc, p.start)), pieceErr)
		default:
			g.addAll(f, doc, []piece{p})
		}
	}
	g.result.cutOff = true
	if len(items.pieces) > 0 && len(g.result.Stories) == 0 {
		return Result{}, fmt.Errorf("%s: no story of it can be read; %s", g.o.name(), g.result.Problems[0])
	}
	if len(items.pieces) > 0 {
		g.problem(g.place(err), "the feed is not well-formed: %v; its stories were read one by one", reason(err))
		return g.result, nil
	}
	f, headErr := parseFeed(items.head + items.tail())
	if headErr != nil {
		return Result{}, fmt.Errorf("%s: a feed that cannot be read: %w; its owner has to mend it", g.o.name(), err)
	}
	if g.addAll(f, doc, nil); len(g.result.Stories) == 0 {
		return Result{}, fmt.Errorf("%s: %s: the feed breaks off before its first story: %v; read it again later", g.o.name(), g.place(err), reason(err))
	}
	return g.result, nil
}

// place returns where in the document err is.
func (g *gatherer) place(err error) string {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return g.o.line(syntax.Line)
	}
	return "feed"
}

// reason returns what err says, without the place.
func reason(err error) string {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return syntax.Msg
	}
	return err.Error()
}

func lineAt(doc string, offset int) int { return 1 + strings.Count(doc[:offset], "\n") }

// addAll adds the stories of f, which was read from the pieces of doc.
func (g *gatherer) addAll(f *gofeed.Feed, doc string, pieces []piece) {
	if g.result.Title == "" {
		g.result.Title = plain(f.Title)
	}
	base := g.base(f.Link)
	if own := xmlBase(rootTag(doc)); own != "" {
		base = resolve(base, own)
	}
	for i, it := range itemsOf(f) {
		it.base = base
		if len(pieces) == len(f.Items) {
			it.base = resolve(base, xmlBase(pieces[i].tag()))
		}
		it.url = cmp.Or(absolute(it.url, it.base), it.url)
		it.comments = absolute(it.comments, it.base)
		g.add(it)
	}
}

// base returns what relative links of a feed are relative to: its site, or
// where it was read from.
func (g *gatherer) base(link string) *url.URL {
	base, _ := url.Parse(g.o.URL)
	if base != nil && base.Host == "" {
		base = nil
	}
	return resolve(base, link)
}

// resolve returns the address of link seen from base, base when that is none.
func resolve(base *url.URL, link string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(link))
	switch {
	case err != nil || link == "":
		return base
	case base != nil:
		return base.ResolveReference(u)
	case u.Host == "":
		return nil
	}
	return u
}

// itemsOf returns the items of f, with what its format alone tells.
func itemsOf(f *gofeed.Feed) []item {
	out := make([]item, len(f.Items))
	for i, in := range f.Items {
		out[i] = common(in)
		switch original := f.OriginalFeed().(type) {
		case *rss.Feed:
			out[i].addRSS(original.Items[i])
		case *atom.Feed:
			out[i].addAtom(original.Entries[i])
		case *jsonfeed.Feed:
			out[i].addJSON(original.Items[i])
		}
	}
	return out
}

func common(in *gofeed.Item) item {
	out := item{
		title: in.Title, url: in.Link, guid: in.GUID, excerpt: in.Description, content: in.Content,
		topics: in.Categories, date: in.Published, at: in.PublishedParsed,
	}
	if out.date == "" {
		out.date, out.at = in.Updated, in.UpdatedParsed
	}
	var names []string
	for _, a := range in.Authors {
		if a != nil && !strings.Contains(a.Name, "@") {
			names = append(names, strings.TrimSpace(a.Name))
		}
	}
	out.author = strings.Join(unique(names), ", ")
	return out
}

func (it *item) addRSS(in *rss.Item) {
	it.comments = in.Comments
	if in.Source != nil {
		it.cited = digest.Reference{Name: in.Source.Title, URL: in.Source.URL}
	}
	if it.url == "" && in.GUID != nil && in.GUID.IsPermalink != "false" {
		it.url = webAddress(in.GUID.Value, nil)
	}
	// FeedBurner puts an address of its own in the place of the story's.
	if origin := in.Extensions["feedburner"]["origLink"]; len(origin) > 0 && webAddress(origin[0].Value, nil) != "" {
		it.alsoAt = append(it.alsoAt, it.url)
		it.url = origin[0].Value
	}
}

func (it *item) addAtom(in *atom.Entry) {
	for _, link := range in.Links {
		if link.Rel == "replies" && !strings.Contains(link.Type, "xml") && it.comments == "" {
			it.comments = link.Href
		}
	}
	if it.url == "" {
		it.url = webAddress(in.ID, nil)
	}
	if in.Content != nil && (in.Content.Type == "text" || in.Content.Type == "text/plain") {
		it.content = paragraphs(in.Content.Value)
	}
	if in.Source != nil {
		it.cited.Name = in.Source.Title
	}
}

func (it *item) addJSON(in *jsonfeed.Item) {
	it.title = strings.ReplaceAll(in.Title, "<", "&lt;") // it is plain text, though some write entities
	if in.ContentHTML == "" {
		it.content = paragraphs(in.ContentText)
	}
	if it.url == "" {
		it.url = webAddress(in.ID, nil)
	}
}

// paragraphs returns plain text as HTML.
func paragraphs(text string) string {
	var b strings.Builder
	for p := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(p), "\n", "<br>") + "</p>\n")
		}
	}
	return b.String()
}
