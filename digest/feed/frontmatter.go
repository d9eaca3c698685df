package feed

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"redigest/digest"
)

var frontMatter = regexp.MustCompile(`^---[ \t]*\n`)

// readMarkdown reads Markdown whose first lines, between two of dashes, say in
// YAML what the text does not: title, date, url, highlights and so on.
func readMarkdown(text string, o Options) (Result, error) {
	text, _ = Repair(text)
	g := gatherer{o: o, number: 1, result: Result{Kind: Markdown}}
	fields, body, err := splitFrontMatter(text, o)
	if err != nil {
		return Result{}, err
	}
	var front front
	if err := g.readFront(fields, &front); err != nil {
		return Result{}, err
	}
	blocks := markdownBlocks(body)
	front.title, blocks = titleOf(front.title, blocks)
	if front.title == "" {
		return Result{}, fmt.Errorf("%s: no title: write “title: …” into the front matter, or “# …” on the first line of the text", o.name())
	}
	s := front.story(takeApart(blocks, false), o)
	g.dateOf(item{date: front.date}, &s)
	if front.date == "" {
		g.problem(g.where(s.Title), "names no date; it counts from now")
	}
	for _, address := range []string{front.url, front.discussion, front.source.URL} {
		if webAddress(address, nil) == "" {
			g.noAddress(g.where(s.Title), address)
		}
	}
	g.keep(s)
	return g.result, nil
}

// splitFrontMatter parts the YAML at the top from the text below it.
func splitFrontMatter(text string, o Options) (fields, body string, err error) {
	if strings.HasPrefix(text, "+++") {
		return "", "", fmt.Errorf("%s: the front matter is TOML (+++), which is not read; write it as YAML between lines of ---", o.name())
	}
	if !frontMatter.MatchString(text) {
		return "", text, nil
	}
	rest := text[strings.IndexByte(text, '\n')+1:]
	for from := 0; from < len(rest); {
		end := strings.IndexByte(rest[from:], '\n')
		if end < 0 {
			end = len(rest) - from
		}
		if line := strings.TrimRight(rest[from:from+end], " \t"); line == "---" || line == "..." {
			return rest[:from], rest[min(len(rest), from+end+1):], nil
		}
		from += end + 1
	}
	return "", "", fmt.Errorf("%s: %s: the front matter has no end; close it with a line of ---", o.name(), o.line(1))
}

// A front is what the front matter says.
type front struct {
	title, date, url, summary, takeaway, author, discussion string
	source                                                  digest.Reference
	highlights, topics                                      []string
	rank                                                    int
}

// story makes a story of what the front matter says and what the text shows;
// the former is believed.
func (f front) story(p parts, o Options) digest.Story {
	s := digest.Story{
		URL: webAddress(o.URL, nil), Title: cut(f.title, maxTitle), Summary: f.summary, Highlights: f.highlights, Takeaway: f.takeaway,
		Author: f.author, Source: digest.Reference{Name: f.source.Name, URL: webAddress(f.source.URL, nil)}, Topics: unique(f.topics), Rank: f.rank, State: digest.Active,
	}
	if s.URL == "" {
		s.URL = webAddress(f.url, nil)
	}
	s.DiscussionURL = discussion(f.discussion, s.URL)
	if len(s.Highlights) == 0 {
		s.Highlights = p.highlights
	}
	if s.Takeaway == "" {
		s.Takeaway = p.takeaway
	}
	if s.Source == (digest.Reference{}) {
		s.Source = p.source
	}
	if s.Summary == "" {
		s.Summary = firstParagraph(p.body)
	}
	s.Summary = cut(s.Summary, maxSummary)
	s.Body = markdownOf(p.body)
	return s
}

// readFront reads the YAML of the front matter. What it does not know it says;
// a value of the wrong form is an error, for whoever wrote it can mend it.
func (g *gatherer) readFront(fields string, f *front) error {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(fields), &doc); err != nil {
		return fmt.Errorf("%s: front matter (its line 1 is the second of the file): %w; a text with a colon in it stands in quotes, as in title: \"One: two\"", g.o.name(), err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s: %s: the front matter is no list of “key: value” lines", g.o.name(), g.o.line(root.Line+1))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		where := g.o.line(key.Line + 1)
		if seen[key.Value] {
			return fmt.Errorf("%s: %s: the key %q stands there twice", g.o.name(), where, key.Value)
		}
		seen[key.Value] = true
		known, err := f.set(strings.ToLower(key.Value), value)
		if err != nil {
			return fmt.Errorf("%s: %s: %s: %w", g.o.name(), where, key.Value, err)
		}
		if !known {
			g.problem(where, "the key “%s” is not known; ignored", cut(fold(key.Value), 40))
		}
	}
	return nil
}

// set stores the value of one key.
func (f *front) set(key string, value *yaml.Node) (known bool, err error) {
	var text *string
	switch key {
	case "title":
		text = &f.title
	case "date", "published", "published_at":
		text = &f.date
	case "url", "link", "canonical", "canonical_url":
		text = &f.url
	case "summary", "description", "excerpt":
		text = &f.summary
	case "takeaway":
		text = &f.takeaway
	case "discussion", "discussion_url":
		text = &f.discussion
	case "source_url":
		text = &f.source.URL
	case "author", "authors":
		names, err := texts(value)
		f.author = strings.Join(names, ", ")
		return true, err
	case "highlights":
		f.highlights, err = texts(value)
		return true, err
	case "topics", "tags", "categories", "category":
		topics, err := texts(value)
		f.topics = append(f.topics, topics...)
		return true, err
	case "rank":
		return true, f.setRank(value)
	case "source":
		return true, f.setSource(value)
	case "draft":
		if value.Value == "true" {
			return true, fmt.Errorf("the story is marked as a draft; remove the line when it may be mailed")
		}
		return true, nil
	default:
		return false, nil
	}
	*text, err = scalar(value)
	return true, err
}

// setRank reads how much the story matters.
func (f *front) setRank(value *yaml.Node) error {
	text, err := scalar(value)
	if err != nil || text == "" {
		return err
	}
	if f.rank, err = strconv.Atoi(text); err != nil {
		return fmt.Errorf("%q is no whole number; the story with the highest goes first, as in rank: 3", cut(text, 40))
	}
	return nil
}

// setSource reads a name, or a name and an address.
func (f *front) setSource(value *yaml.Node) error {
	if value.Kind != yaml.MappingNode {
		name, err := scalar(value)
		f.source.Name = name
		return err
	}
	for i := 0; i+1 < len(value.Content); i += 2 {
		text, err := scalar(value.Content[i+1])
		if err != nil {
			return err
		}
		switch value.Content[i].Value {
		case "name":
			f.source.Name = text
		case "url":
			f.source.URL = text
		default:
			return fmt.Errorf("%q is not known in it; there are name and url", value.Content[i].Value)
		}
	}
	return nil
}

func scalar(n *yaml.Node) (string, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.ScalarNode {
		return "", fmt.Errorf("it is one text, not a list; if it holds a colon, put it in quotes")
	}
	if n.Tag == "!!null" {
		return "", nil
	}
	return inlinePlain(n.Value), nil
}

// texts reads a list of texts, or one.
func texts(n *yaml.Node) ([]string, error) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.SequenceNode {
		text, err := scalar(n)
		return unique([]string{text}), err
	}
	var out []string
	for _, c := range n.Content {
		text, err := scalar(c)
		if err != nil {
			return nil, err
		}
		out = append(out, text)
	}
	return unique(out), nil
}
