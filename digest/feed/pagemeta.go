package feed

import (
	"encoding/json"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A meta is what a page says of its story outside of the text.
type meta struct {
	url, title, site, author, date, summary string
	feed                                    string // of the site
	alsoAt, topics                          []string
	base                                    *url.URL

	heading, pageTitle string // <h1>, <title>
	canonical, short   string // addresses
	named              map[string]string
}

// metaOf reads the head of a page and the marks in its body.
func metaOf(doc *html.Node, o Options) meta {
	m := meta{named: map[string]string{}}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			m.read(n)
		}
	}
	m.addresses(o)
	m.site = fixed(m.named["og:site_name"])
	m.title = m.bestTitle()
	m.summary, _ = excerptText(paragraphBlocks(m.first("og:description", "description")))
	m.author = fixed(m.first("author", "byl", "ld:author", "class:author"))
	if strings.Contains(m.author, "://") || strings.EqualFold(m.author, "admin") {
		m.author = ""
	}
	m.date = m.first("article:published_time", "datepublished", "ld:datepublished", "dc.date", "date", "time", "class:date")
	return m
}

func paragraphBlocks(text string) []block {
	if text = fixed(text); text == "" {
		return nil
	}
	return []block{{kind: paragraph, text: text}}
}

// first returns the first of the named values that is there.
func (m *meta) first(names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(m.named[name]); v != "" {
			return v
		}
	}
	return ""
}

// note keeps the first value of a name.
func (m *meta) note(name, value string) {
	if name = strings.ToLower(name); name != "" && m.named[name] == "" {
		m.named[name] = value
	}
}

func (m *meta) read(n *html.Node) {
	switch n.DataAtom {
	case atom.Meta:
		m.readMeta(n)
	case atom.Link:
		m.readLink(n)
	case atom.Base:
		m.note("base", attr(n, "href"))
	case atom.Title:
		if m.pageTitle == "" && n.Namespace == "" {
			m.pageTitle = fixed(lines(n))
		}
	case atom.H1:
		if m.heading == "" {
			m.heading = fixed(lines(n))
		}
	case atom.Time:
		m.note("time", attr(n, "datetime"))
	case atom.Script:
		if attr(n, "type") == "application/ld+json" && n.FirstChild != nil {
			m.readLinkedData(n.FirstChild.Data)
		}
	}
	for _, class := range []string{"published", "entry-date", "post-date"} {
		if hasClass(n, class) {
			m.note("class:date", fold(lines(n)))
		}
	}
	if attr(n, "rel") == "author" || attr(n, "itemprop") == "author" {
		m.note("class:author", fold(lines(n)))
	}
	if attr(n, "itemprop") == "datePublished" {
		m.note("datepublished", attr(n, "content")+attr(n, "datetime"))
	}
}

func (m *meta) readMeta(n *html.Node) {
	name, value := strings.ToLower(attr(n, "name")+attr(n, "property")), attr(n, "content")
	if name == "article:tag" || name == "article:section" {
		m.topics = append(m.topics, fixed(value))
	}
	m.note(name, value)
}

func (m *meta) readLink(n *html.Node) {
	href := attr(n, "href")
	for rel := range strings.FieldsSeq(strings.ToLower(attr(n, "rel"))) {
		switch {
		case rel == "canonical" && m.canonical == "":
			m.canonical = href
		case rel == "shortlink" && m.short == "":
			m.short = href
		case rel == "alternate" && (strings.HasSuffix(attr(n, "type"), "/rss+xml") || strings.HasSuffix(attr(n, "type"), "/atom+xml")):
			m.note("feed", href)
		}
	}
}

// readLinkedData takes date and author from JSON-LD, wherever in it they are.
func (m *meta) readLinkedData(text string) {
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return
	}
	m.walkLinkedData(value, 0)
}

func (m *meta) walkLinkedData(value any, depth int) {
	if depth > 8 {
		return
	}
	switch v := value.(type) {
	case []any:
		for _, e := range v {
			m.walkLinkedData(e, depth+1)
		}
	case map[string]any:
		if date, ok := v["datePublished"].(string); ok {
			m.note("ld:datepublished", date)
		}
		if author, ok := v["author"].(map[string]any); ok {
			if name, ok := author["name"].(string); ok {
				m.note("ld:author", name)
			}
		}
		if graph, ok := v["@graph"]; ok {
			m.walkLinkedData(graph, depth+1)
		}
	}
}

// addresses settles where the story is: where it was read from, else where it
// says it is.
func (m *meta) addresses(o Options) {
	m.base = resolve(nil, o.URL)
	canonical := webAddress(m.canonical, m.base)
	if canonical == "" {
		canonical = webAddress(m.named["og:url"], m.base)
	}
	m.url = webAddress(o.URL, nil)
	if m.url == "" || canonical != "" && host(canonical) == host(m.url) {
		if m.url != "" {
			m.alsoAt = append(m.alsoAt, m.url)
		}
		m.url = canonical
	} else if canonical != "" {
		m.alsoAt = append(m.alsoAt, canonical)
	}
	if m.base == nil {
		m.base = resolve(nil, m.url)
	}
	m.base = resolve(m.base, m.named["base"])
	m.feed = webAddress(m.named["feed"], m.base)
	if short := webAddress(m.short, m.base); short != "" {
		m.alsoAt = append(m.alsoAt, short)
	}
	var others []string
	for _, address := range unique(m.alsoAt) {
		if address != m.url {
			others = append(others, address)
		}
	}
	m.alsoAt = others
}

// bestTitle prefers the heading that the page's own title begins with: the
// latter has the site's name at its end.
func (m *meta) bestTitle() string {
	named := fixed(m.first("og:title", "twitter:title"))
	for _, whole := range []string{named, m.pageTitle} {
		if m.heading != "" && strings.HasPrefix(whole, m.heading) {
			return m.heading
		}
	}
	for _, title := range []string{named, m.pageTitle, m.heading} {
		if title != "" {
			return withoutSite(withoutOutlet(title, m.site))
		}
	}
	return ""
}

// withoutSite removes a site's name behind a bar from the end of a title.
func withoutSite(title string) string {
	if i := strings.LastIndex(title, " | "); i > 20 {
		return title[:i]
	}
	return title
}
