package feed

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"redigest/digest"
)

// A Kind says what the bytes given to [Read] turned out to be.
type Kind string

const (
	Feed     Kind = "feed"     // RSS, RDF, Atom, JSON Feed, or a WordPress REST list
	Page     Kind = "page"     // a page as HTML
	Text     Kind = "text"     // a page saved or copied as plain text
	Markdown Kind = "markdown" // Markdown with front matter
)

// Options say where the bytes came from and how to fill what they leave open.
type Options struct {
	Name        string // file name or URL, for messages
	ContentType string // as the server gave it; may be empty

	// URL is the address the bytes were read from, or that the user gave:
	// the base of relative links, and the address of a page's story. It is
	// empty when there is none.
	URL string

	Zone *time.Location // a date without a time is noon there; UTC if nil
	Now  time.Time      // the date of stories that have none

	skipped int // lines before what is read
}

func (o Options) name() string {
	switch {
	case o.Name != "":
		return o.Name
	case o.URL != "":
		return o.URL
	}
	return "input"
}

// line names a line of what is read.
func (o Options) line(n int) string { return fmt.Sprintf("line %d", n+o.skipped) }

// A Problem is something that could not be read as it should.
type Problem struct {
	Where string // the place: “story 3, “Title””, “line 120”
	What  string // what is wrong there, and what was done about it
}

// String returns p as one line.
func (p Problem) String() string { return p.Where + ": " + p.What }

// A Result is what [Read] found.
type Result struct {
	Kind     Kind
	Title    string // of the feed, or of the page's site
	Stories  []digest.Story
	Problems []Problem

	// cutOff is set when a feed broke off: it may be whole the next time, so
	// its validators are not to be kept.
	cutOff bool
}

// ErrNoStory means that what was read holds no story.
var ErrNoStory = errors.New("there is no story in it")

// Read recognises what data is and returns its stories. It returns an error
// only when nothing of it could be read; what could not be read of the rest is
// in the result's problems.
func Read(data []byte, o Options) (Result, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return Result{}, fmt.Errorf("%s: empty", o.name())
	}
	text, skipped, problems := decode(data, o.ContentType)
	o.skipped = skipped
	if text == "" || isBinary(data, text) {
		return Result{}, fmt.Errorf("%s: neither a feed nor a page nor text", o.name())
	}
	result, err := guarded(text, o)
	if err != nil {
		return Result{}, err
	}
	if o.URL != "" && webAddress(o.URL, nil) == "" {
		problems = append(problems, Problem{Where: "address", What: fmt.Sprintf("“%s” is no web address; left out", cut(fold(o.URL), 80))})
	}
	result.Problems = append(problems, result.Problems...)
	return result, nil
}

// guarded is read, for input that nobody vouches for: should a library panic
// over it, that costs this feed and not the program.
func guarded(text string, o Options) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = Result{}, fmt.Errorf("%s: cannot be read: %v", o.name(), p)
		}
	}()
	return read(text, o)
}

func read(text string, o Options) (Result, error) {
	switch kind, from := recognise(text, o); kind {
	case isXML:
		o.skipped += strings.Count(text[:from], "\n")
		result, err := readXML(text[from:], o)
		if err == nil && from > 0 {
			result.Problems = append([]Problem{{"line 1", "something stands before the feed; skipped"}}, result.Problems...)
		}
		return result, err
	case isOtherXML:
		return Result{}, fmt.Errorf("%s: XML, but no feed: its outermost element is <%s>", o.name(), rootName(text))
	case isJSON:
		return readJSON(text, o)
	case isHTML:
		return readPage(text, o)
	case isMarkdown:
		return readMarkdown(text, o)
	}
	return readText(text, o)
}

// isBinary reports whether data, of which text was made, is no text at all.
func isBinary(data []byte, text string) bool {
	if _, ok := fromUTF16(data); ok {
		return false
	}
	controls := 0
	for _, b := range data {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			controls++
		}
	}
	return controls > len(data)/10
}

type form int

const (
	isText form = iota
	isXML
	isOtherXML
	isJSON
	isHTML
	isMarkdown
)

var (
	htmlStart = regexp.MustCompile(`(?i)^<(?:!doctype html|html|head|body|div|article|section|main|p|h[1-6]|header|meta|title|table|ul|span|a|!--)[\s>/-]`)
	htmlRoot  = regexp.MustCompile(`(?i)<(?:html|body)[\s>]`)
	jsonStart = regexp.MustCompile(`^(?:\{\s*(?:"|\}|$)|\[\s*(?:\{|\]|$))`)
)

// recognise tells what text is, and where in it that begins: some servers
// write warnings before the feed.
func recognise(text string, o Options) (form, int) {
	if strings.HasPrefix(text, "---") && frontMatter.MatchString(text) {
		return isMarkdown, 0
	}
	root := rootElement.FindStringIndex(text[:min(len(text), 4096)])
	html := htmlRoot.FindStringIndex(text)
	switch {
	case jsonStart.MatchString(text):
		return isJSON, 0
	case root != nil && (html == nil || root[0] < html[0]) && (text[0] == '<' || strings.Contains(text[:root[0]], "<?xml")):
		return isXML, max(0, strings.Index(text[:root[0]], "<?xml"))
	case html != nil && html[0] < 4096, htmlStart.MatchString(text):
		return isHTML, 0
	case strings.HasPrefix(text, "<?xml"):
		return isOtherXML, 0
	case strings.HasPrefix(text, "+++\n"), strings.HasPrefix(text, "+++\r\n"), isMarkdownName(o):
		return isMarkdown, 0
	}
	return isText, 0
}

func isMarkdownName(o Options) bool {
	name := o.Name
	if u, err := url.Parse(name); err == nil {
		name = u.Path
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown", ".mdown":
		return true
	}
	return strings.HasPrefix(o.ContentType, "text/markdown")
}

var anyElement = regexp.MustCompile(`<([A-Za-z_][\w:.-]*)`)

func rootName(text string) string {
	if m := anyElement.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}
