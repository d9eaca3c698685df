package render

import (
	"html/template"
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// Page returns a piece of Markdown as it stands on a page: headings from the
// second level down, those of full texts with the id that links in the issue
// lead to, no styles.
func Page(markdown string) (template.HTML, error) {
	w := &htmlWriter{}
	w.all(parse(markdown, func(fragment string) string { return fragment }).children)
	return template.HTML(pagePolicy.Sanitize(w.String())), nil
}

// pagePolicy lets through what an htmlWriter writes on a page and nothing else.
// It is a second lock: should the writer ever be wrong, scripts still do not
// pass, since a page is on the host where readers sign up and editors sign in.
var pagePolicy = newPagePolicy()

func newPagePolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "hr", "br",
		"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "del", "code", "span")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^auto$`)).Globally()
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^story-[a-z0-9-]+$`)).OnElements("h2")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^col$`)).OnElements("th")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // places on the page itself; the tree has no other relative address
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false)
	return p
}
