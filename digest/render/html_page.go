package render

import (
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/microcosm-cc/bluemonday"

	"redigest/templates"
)

// pageClasses are the classes of elements on a page, by their role. Together
// with those of the pieces, which are named like their kinds, they are all that
// Page ever writes.
var pageClasses = map[role]string{
	headline:   "headline",
	groupName:  "group-name",
	topicName:  "topic",
	headlines:  "headlines",
	takeaway:   "takeaway",
	outletName: "outlet",
	references: "references",
	note:       "note",
	figures:    "figures",
	outdated:   "old",
	whole:      "whole",
	tableFrame: "frame",
}

var pageKinds = []templates.SectionKind{
	templates.FiguresSection, templates.LeadSection, templates.StorySection, templates.GroupSection,
	templates.NumbersSection, templates.CorrectionSection, templates.SponsorSection,
}

// Page returns a piece of Markdown as it stands on a page: each part of an issue
// as a section with the name of its kind for a class, each story as an article,
// headings from the second level down, those of full texts with the id that
// links in the issue lead to, trends as drawings, no styles.
func Page(markdown string) (template.HTML, error) {
	return template.HTML(pagePolicy.Sanitize(pageHTML(markdown))), nil
}

func pageHTML(markdown string) string {
	w := &htmlWriter{}
	for _, p := range pieces(parse(markdown, func(fragment string) string { return fragment })) {
		w.WriteString(`<section class="` + string(p.kind) + `">` + "\n")
		w.all(p.blocks)
		w.WriteString("</section>\n")
	}
	return w.String()
}

// drawing writes a trend as a line that is drawn in the colour of the words around.
func (w *htmlWriter) drawing(n *node) {
	wide, high := strconv.Itoa(trendWide), strconv.Itoa(trendHigh)
	w.WriteString(`<svg class="trend" role="img"`)
	w.attribute("aria-label", trendWords(n))
	w.WriteString(` viewBox="0 0 ` + wide + " " + high + `" width="` + wide + `" height="` + high + `"><polyline points="` + trendPoints(n.values) +
		`" fill="none" stroke="currentColor" stroke-width="1.5"></polyline></svg>`)
}

// pagePolicy lets through what an htmlWriter writes on a page and nothing else.
// It is a second lock: should the writer ever be wrong, scripts still do not
// pass, since a page is on the host where readers sign up and editors sign in.
var pagePolicy = newPagePolicy()

func newPagePolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("section", "article", "div", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "hr", "br",
		"table", "thead", "tbody", "tr", "th", "td", "strong", "em", "del", "code", "span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(` + strings.Join(classNames(), "|") + `)$`)).Globally()
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^auto$`)).Globally()
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^story-[a-z0-9-]+$`)).OnElements("h2")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("div")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^(col|row)$`)).OnElements("th")
	p.AllowAttrs("data-align").Matching(regexp.MustCompile(`^(left|right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("colspan").Matching(bluemonday.Integer).OnElements("td")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener$`)).OnElements("a")
	allowTrends(p)
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // places on the page itself; the tree has no other relative address
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(false)
	return p
}

func classNames() []string {
	names := []string{"trend"}
	for _, class := range pageClasses {
		names = append(names, class)
	}
	for _, kind := range pageKinds {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}

// allowTrends lets the drawings of trends through: lines of numbers.
func allowTrends(p *bluemonday.Policy) {
	p.AllowElements("svg", "polyline")
	number := regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
	p.AllowAttrs("width", "height").Matching(number).OnElements("svg")
	p.AllowAttrs("viewbox", "viewBox").Matching(regexp.MustCompile(`^[0-9 ]+$`)).OnElements("svg")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^img$`)).OnElements("svg")
	p.AllowAttrs("aria-label").Matching(regexp.MustCompile(`^trend from -?[0-9.]+ to -?[0-9.]+( .+)?$`)).OnElements("svg")
	p.AllowAttrs("points").Matching(regexp.MustCompile(`^[0-9., ]+$`)).OnElements("polyline")
	p.AllowAttrs("fill").Matching(regexp.MustCompile(`^none$`)).OnElements("polyline")
	p.AllowAttrs("stroke").Matching(regexp.MustCompile(`^currentColor$`)).OnElements("polyline")
	p.AllowAttrs("stroke-width").Matching(number).OnElements("polyline")
}
