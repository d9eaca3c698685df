package feed

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"

	"redigest/digest"
)

// An item is a story as a feed has it, whatever the feed's format.
type item struct {
	title, url, guid string
	excerpt, content string // HTML
	author           string
	topics           []string
	comments         string           // address
	cited            digest.Reference // from a <source>, not from the text
	date             string           // as it is written
	at               *time.Time       // what the feed's reader made of it
	alsoAt           []string
	base             *url.URL // of the links in its text
}

const (
	maxTitle     = 300
	maxSummary   = 600
	maxHighlight = 600
	madeTitle    = 80 // of a title made from a story's first words
)

// A gatherer collects the stories of one feed.
type gatherer struct {
	o      Options
	result Result
	number int // of the item it is at, counted from 1
}

// maxProblems is how many problems of one feed are told: whoever mends it sees
// from the first what is wrong.
const maxProblems = 50

// enough reports whether no more problems are told.
func (g *gatherer) enough() bool { return len(g.result.Problems) >= maxProblems }

func (g *gatherer) problem(where, format string, args ...any) {
	if g.enough() {
		return
	}
	g.result.Problems = append(g.result.Problems, Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

// noAddress tells that an address was given that is none.
func (g *gatherer) noAddress(where, raw string) {
	if raw = fold(raw); raw != "" {
		g.problem(where, "the address “%s” is no web address; left out", cut(raw, 80))
	}
}

// where names the item g is at.
func (g *gatherer) where(title string) string { return storyName(g.number, title) }

func storyName(number int, title string) string {
	if title == "" {
		return fmt.Sprintf("story %d", number)
	}
	return fmt.Sprintf("story %d, “%s”", number, cut(title, madeTitle))
}

// add makes a story of it. An item that says nothing is reported and left out.
func (g *gatherer) add(it item) {
	g.number++
	s := digest.Story{
		URL:    webAddress(it.url, nil),
		GUID:   strings.TrimSpace(it.guid),
		AlsoAt: it.alsoAt,
		Title:  cut(plain(it.title), maxTitle),
		Author: plain(it.author),
		Source: digest.Reference{Name: plain(it.cited.Name), URL: webAddress(it.cited.URL, nil)},
		State:  digest.Active,
	}
	for _, topic := range it.topics {
		if topic = plain(topic); !strings.EqualFold(topic, "uncategorized") {
			s.Topics = append(s.Topics, topic)
		}
	}
	s.Topics = unique(s.Topics)
	s.Title = withoutOutlet(s.Title, s.Source.Name)
	it.fill(&s)
	s.DiscussionURL = discussion(it.comments, s.URL)
	g.dateOf(it, &s)
	if s.URL == "" {
		g.noAddress(g.where(s.Title), it.url)
	}
	if s.Title == "" {
		s.Title = strings.TrimSuffix(cut(firstText(s), madeTitle), ".")
	}
	if s.Title == "" {
		s.Title = fromSlug(s.URL)
	}
	if s.Title == "" && s.URL == "" {
		g.problem(g.where(""), "has neither address nor title nor text; left out")
		return
	}
	g.keep(s)
}

// keep adds s to the result and says when it is damaged or was shortened.
func (g *gatherer) keep(s digest.Story) {
	for i, h := range s.Highlights {
		if s.Highlights[i] = digest.CutSentences(h, maxHighlight); s.Highlights[i] != h {
			g.problem(g.where(s.Title), "highlight %d is longer than %d characters; cut at a sentence", i+1, maxHighlight)
		}
	}
	if s.Damaged = damaged(s); s.Damaged {
		g.problem(g.where(s.Title), "characters were lost before it came here and cannot be brought back; no issue takes it by itself")
	}
	g.result.Stories = append(g.result.Stories, s)
}

// damaged reports whether characters are lost in any text of s.
func damaged(s digest.Story) bool {
	texts := append([]string{s.Title, s.Summary, s.Takeaway, s.Body, s.Author, s.Source.Name}, s.Highlights...)
	for _, text := range append(texts, s.Topics...) {
		if _, lost := Repair(text); lost {
			return true
		}
	}
	return false
}

// fill puts into s what its texts say.
func (it item) fill(s *digest.Story) {
	content, excerpt := it.blocks(it.content), it.blocks(it.excerpt)
	if len(content) == 0 && isWhole(excerpt) {
		content, excerpt = excerpt, nil
	}
	p := takeApart(content, false)
	s.Highlights, s.Takeaway = p.highlights, p.takeaway
	if p.source.Name != "" {
		s.Source = p.source
	}
	first := firstParagraph(p.body)
	s.Body = markdownOf(p.body)
	summary, repeats := excerptText(excerpt)
	if summary == "" || repeats && first != "" {
		summary = first
	}
	s.Summary = cut(withoutRepeat(summary, *s), maxSummary)
}

var anyTag = regexp.MustCompile(`<[^>]*>`)

func (it item) blocks(source string) []block {
	if strings.TrimSpace(source) == "" {
		return nil
	}
	source, _ = Repair(source) // before it is cut at tags: its parts explain one another
	root, err := parseFragment(source)
	if err != nil { // nested too deep: keep at least what it says
		root, err = parseFragment(paragraphs(html.UnescapeString(anyTag.ReplaceAllString(source, " "))))
	}
	if err != nil {
		return nil
	}
	clean(root, it.base)
	return blocksOf(root)
}

// isWhole reports whether what stands where an excerpt should is the whole
// story: many feeds have but the one place.
func isWhole(blocks []block) bool {
	characters, count := 0, 0
	for _, b := range blocks {
		if isFurniture(b) {
			continue
		}
		count++
		characters += len(b.text)
		if b.kind == heading || b.kind == list {
			return true
		}
	}
	return count > 2 || characters > 1000
}

var (
	cutOff        = regexp.MustCompile(`(?i)[\s,;:–—-]*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.\.\.)?\s*(?:\(?(?:continue reading|read more|read full article|read the full)[^.]*\.{0,3}\)?)?\s*(?:→|»|&raquo;)?$`)
	highlightsRun = regexp.MustCompile(`^Highlights:? +`)
)

// excerptText returns what an excerpt says, an ellipsis at its end if it was
// cut off there. repeats is set when it is but the beginning of the highlights.
func excerptText(blocks []block) (text string, repeats bool) {
	var texts []string
	for _, b := range blocks {
		if !isFurniture(b) && b.text != "" {
			texts = append(texts, b.text)
		}
	}
	text = strings.Join(texts, " ")
	if at := cutOff.FindStringIndex(text); at != nil && strings.TrimSpace(text[at[0]:]) != "" {
		if text = text[:at[0]]; text != "" && !endsSentence(text) {
			text += "…"
		}
	}
	if label := highlightsRun.FindString(text); label != "" {
		return text[len(label):], true
	}
	return text, false
}

// withoutRepeat returns summary, or nothing when it only says what the title
// and the outlet's name say.
func withoutRepeat(summary string, s digest.Story) string {
	rest, ok := strings.CutPrefix(summary, s.Title)
	if !ok || s.Title == "" {
		return summary
	}
	if rest = strings.Trim(strings.TrimSpace(rest), "-–—|·. "); rest == "" || rest == s.Source.Name {
		return ""
	}
	return summary
}

// withoutOutlet removes the outlet's name from the end of a title, where
// searches over many outlets put it.
func withoutOutlet(title, outlet string) string {
	for _, dash := range []string{" - ", " – ", " — ", " | "} {
		if short, ok := strings.CutSuffix(title, dash+outlet); ok && outlet != "" && strings.TrimSpace(short) != "" {
			return strings.TrimSpace(short)
		}
	}
	return title
}

// discussion returns where a story is talked about: comments below the story
// itself are none.
func discussion(comments, story string) string {
	comments = webAddress(comments, nil)
	if comments == "" || host(comments) == host(story) {
		return ""
	}
	return comments
}

func firstText(s digest.Story) string {
	if len(s.Highlights) > 0 {
		return s.Highlights[0]
	}
	return s.Summary
}

// fromSlug makes a title of the words in an address.
func fromSlug(address string) string {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return ""
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	words := fold(strings.NewReplacer("-", " ", "_", " ", "+", " ").Replace(segments[len(segments)-1]))
	if words == "" || strings.ContainsAny(words, "<>") {
		return host(address)
	}
	first, size := utf8.DecodeRuneInString(words)
	return cut(string(unicode.ToUpper(first))+words[size:], madeTitle)
}

// dateOf sets the date of s.
func (g *gatherer) dateOf(it item, s *digest.Story) {
	if t, dateOnly, ok := readDate(it.date, g.o.zone()); ok && (dateOnly || it.at == nil) {
		s.PublishedAt, s.DateOnly = t, dateOnly
		return
	}
	if it.at != nil && plausible(*it.at) {
		s.PublishedAt = *it.at
		return
	}
	s.PublishedAt = g.o.Now
	if strings.TrimSpace(it.date) != "" {
		g.problem(g.where(s.Title), "has the date “%s”, which cannot be read; it counts from now", cut(fold(it.date), 40))
	}
}
