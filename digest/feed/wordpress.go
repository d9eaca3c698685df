package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// readJSON reads a JSON Feed or a list of the WordPress REST interface.
func readJSON(doc string, o Options) (Result, error) {
	g := gatherer{o: o, result: Result{Kind: Feed}}
	in, err := splitJSON(doc)
	switch {
	case in.list:
		g.addWordPress(in.items)
	case len(in.items) > 0 || strings.Contains(string(in.head["version"]), "jsonfeed"):
		g.addJSONFeed(in)
	default:
		return Result{}, in.notAFeed(o, err)
	}
	if err != nil {
		if len(g.result.Stories) == 0 {
			return Result{}, fmt.Errorf("%s: %s: the feed breaks off before its first story: %w; read it again later", o.name(), o.line(lineAt(doc, in.offset)), err)
		}
		g.result.cutOff = true
		g.problem(o.line(lineAt(doc, in.offset)), "the feed breaks off in story %d: %v", len(in.items)+1, err)
	}
	if len(g.result.Stories) == 0 && len(in.items) > 0 {
		return Result{}, fmt.Errorf("%s: a JSON list without any story in it; is its address right?", o.name())
	}
	return g.result, nil
}

// jsonItems is a JSON document taken apart, as far as it can be read.
type jsonItems struct {
	list   bool                       // the document is a list
	head   map[string]json.RawMessage // what it holds besides, when it is none
	items  []json.RawMessage
	offset int // where reading ended
}

func splitJSON(doc string) (in jsonItems, err error) {
	d := json.NewDecoder(strings.NewReader(doc))
	defer func() { in.offset = min(int(d.InputOffset()), len(doc)) }()
	first, err := d.Token()
	if err != nil {
		return in, err
	}
	if first == json.Delim('[') {
		in.list = true
		err = in.readItems(d)
		return in, err
	}
	in.head = map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return in, err
		}
		if key == "items" {
			if start, err := d.Token(); err != nil || start != json.Delim('[') {
				return in, errors.Join(err, errors.New("items is no list"))
			}
			if err := in.readItems(d); err != nil {
				return in, err
			}
			continue
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return in, err
		}
		in.head[fmt.Sprint(key)] = value
	}
	_, err = d.Token()
	return in, err
}

func (in *jsonItems) readItems(d *json.Decoder) error {
	for d.More() {
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		in.items = append(in.items, value)
	}
	_, err := d.Token()
	return err
}

// notAFeed says what a JSON document is instead. WordPress explains itself when
// it refuses.
func (in jsonItems) notAFeed(o Options, err error) error {
	var message string
	if json.Unmarshal(in.head["message"], &message) == nil && message != "" {
		return fmt.Errorf("%s: not a feed; the site answers: “%s”", o.name(), cut(plain(message), 200))
	}
	if err != nil {
		return fmt.Errorf("%s: JSON that cannot be read: %w", o.name(), err)
	}
	return fmt.Errorf("%s: JSON, but neither a JSON Feed nor a list of WordPress stories", o.name())
}

// addJSONFeed reads each item by itself, so that one that breaks the format
// costs no other.
func (g *gatherer) addJSONFeed(in jsonItems) {
	in.head = shortHead(in.head)
	for _, raw := range in.items {
		f, err := parseJSONItem(in.head, raw)
		if err != nil {
			g.number++
			g.problem(storyName(g.number, ""), "cannot be read: %v; left out", err)
			continue
		}
		g.addAll(f, "", nil)
	}
	if len(in.items) == 0 {
		if f, err := parseJSONItem(in.head, nil); err == nil {
			g.addAll(f, "", nil)
		}
	}
}

// shortHead returns what of a head says something of its items; it is read again
// with each of them.
func shortHead(head map[string]json.RawMessage) map[string]json.RawMessage {
	short := map[string]json.RawMessage{}
	for _, key := range []string{"version", "title", "home_page_url", "author", "authors"} {
		if value, ok := head[key]; ok && len(value) < 1<<12 {
			short[key] = value
		}
	}
	return short
}

func parseJSONItem(head map[string]json.RawMessage, raw json.RawMessage) (*gofeed.Feed, error) {
	doc := map[string]json.RawMessage{"items": json.RawMessage("[" + string(withStringID(raw)) + "]")}
	for key, value := range head {
		doc[key] = value
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	return parseFeed(string(text))
}

// withStringID writes an id that is a number as text, as the format's authors
// ask of its readers.
func withStringID(raw json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	var id json.Number
	if json.Unmarshal(fields["id"], &id) != nil || bytes.HasPrefix(fields["id"], []byte(`"`)) {
		return raw
	}
	fields["id"] = json.RawMessage(`"` + id.String() + `"`)
	out, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return out
}

// A wpStory is a story as WordPress's REST interface gives it.
type wpStory struct {
	ID       int64    `json:"id"`
	Date     string   `json:"date"`     // in the site's zone
	DateGMT  string   `json:"date_gmt"` // in UTC
	GUID     rendered `json:"guid"`
	Status   string   `json:"status"`
	Link     string   `json:"link"`
	Title    rendered `json:"title"`
	Content  rendered `json:"content"`
	Excerpt  rendered `json:"excerpt"`
	Embedded struct {
		Author []struct {
			Name string `json:"name"`
		} `json:"author"`
		Terms [][]struct {
			Name string `json:"name"`
		} `json:"wp:term"`
	} `json:"_embedded"`
}

// rendered is a text as WordPress gives it: in an object, or bare where a
// plugin simplified it.
type rendered string

func (r *rendered) UnmarshalJSON(data []byte) error {
	var object struct {
		Rendered string `json:"rendered"`
	}
	var text string
	switch {
	case json.Unmarshal(data, &object) == nil:
		*r = rendered(object.Rendered)
	case json.Unmarshal(data, &text) == nil:
		*r = rendered(text)
	}
	return nil
}

func (g *gatherer) addWordPress(items []json.RawMessage) {
	for _, raw := range items {
		var in wpStory
		if err := json.Unmarshal(raw, &in); err != nil {
			g.number++
			g.problem(storyName(g.number, plain(string(in.Title))), "cannot be read: %v; left out", err)
			continue
		}
		if in.Status != "" && in.Status != "publish" {
			g.number++
			g.problem(storyName(g.number, plain(string(in.Title))), "is not published (%s); left out", fold(in.Status))
			continue
		}
		g.add(in.item(g.base("")))
	}
}

func (in wpStory) item(base *url.URL) item {
	out := item{
		title: string(in.Title), guid: string(in.GUID), excerpt: string(in.Excerpt), content: string(in.Content),
		url: absolute(in.Link, base), date: in.Date, base: base,
	}
	if link, err := url.Parse(out.url); err == nil && link.Host != "" {
		out.base = link.ResolveReference(&url.URL{Path: "/"})
		if in.ID > 0 {
			out.alsoAt = []string{out.base.String() + fmt.Sprintf("?p=%d", in.ID)}
		}
	}
	if t, err := time.Parse("2006-01-02T15:04:05", in.DateGMT); err == nil && plausible(t) {
		out.at, out.date = &t, in.DateGMT
	}
	for _, a := range in.Embedded.Author {
		out.author = a.Name
	}
	for _, terms := range in.Embedded.Terms {
		for _, term := range terms {
			out.topics = append(out.topics, term.Name)
		}
	}
	return out
}
