package feed

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"redigest/digest"
)

// parts are what a story's text consists of.
type parts struct {
	highlights []string
	takeaway   string
	source     digest.Reference
	body       []block
}

// takeApart finds in a story's blocks the highlights it opens with, the
// takeaway and the source line it closes with; the rest is its body. On a page
// what stands before the highlights and behind the source line is the site's.
func takeApart(blocks []block, page bool) parts {
	var p parts
	blocks = slices.DeleteFunc(blocks, isFurniture)
	p.highlights, blocks = takeHighlights(blocks, page)
	p.source, blocks = takeSource(blocks, page)
	p.takeaway, blocks = takeTakeaway(blocks)
	p.body = trimRules(blocks)
	return p
}

var (
	highlightsLabel = regexp.MustCompile(`(?i)^(?:(?:key|story|article|main) )?highlights\s*:?$|^key (?:points|takeaways)\s*:?$`)
	highlightsLine  = regexp.MustCompile(`(?i)^(?:key )?highlights\s*:?\s*[•·●▪◦‣]\s*`)
	bulletMark      = regexp.MustCompile(`^\s*[•·●▪■◦○‣⁃∙*+–—-]\s+`)
	bulletInLine    = regexp.MustCompile(`\s*[•●▪◦‣]\s*`)
	appearedFirst   = regexp.MustCompile(`(?i)^the post .* appeared first on .*$`)
	readMore        = regexp.MustCompile(`(?i)^(?:continue reading|read more|read the (?:full|whole|rest).*|\(?read full article.*)\W*$`)
)

// isFurniture reports whether b is no part of the story wherever it stands.
func isFurniture(b block) bool {
	return b.kind == paragraph && (appearedFirst.MatchString(b.text) || readMore.MatchString(b.text))
}

// opening is how many blocks may stand before the highlights: a picture's
// caption, a date, a byline.
const opening = 8

func takeHighlights(blocks []block, page bool) ([]string, []block) {
	for i, b := range blocks[:min(opening, len(blocks))] {
		bullets, used := highlightsAt(blocks[i:])
		if used == 0 {
			continue
		}
		rest := trimRules(blocks[i+used:])
		if !page {
			rest = append(slices.Clone(blocks[:i]), rest...)
		}
		if len(bullets) == 0 && b.kind == heading { // a heading over something that is no list
			return nil, blocks
		}
		return bullets, rest
	}
	return nil, blocks
}

// highlightsAt returns the highlights that begin with blocks, and how many
// blocks they and their label take.
func highlightsAt(blocks []block) (bullets []string, used int) {
	label := blocks[0]
	if at := highlightsLine.FindStringIndex(label.text); at != nil {
		return unique(bulletInLine.Split(label.text[at[1]:], -1)), 1
	}
	if len(label.lines) == 0 || label.kind == list || !highlightsLabel.MatchString(label.lines[0]) {
		return nil, 0
	}
	if len(label.lines) > 1 {
		return markedLines(label.lines[1:]), 1
	}
	used = 1
	for used < len(blocks) && blocks[used].kind == rule {
		used++
	}
	if used < len(blocks) && blocks[used].kind == list {
		return flatten(blocks[used].bullets), used + 1
	}
	for used < len(blocks) && blocks[used].kind == paragraph && bulletMark.MatchString(blocks[used].text) {
		bullets = append(bullets, markedLines(blocks[used].lines)...)
		used++
	}
	return bullets, used
}

// markedLines returns lines without their bullets. A line without one goes on
// from the line before, unless none has one.
func markedLines(lines []string) []string {
	marked := slices.ContainsFunc(lines, bulletMark.MatchString)
	var out []string
	for _, line := range lines {
		text := bulletMark.ReplaceAllString(line, "")
		if marked && text == line && len(out) > 0 {
			out[len(out)-1] += " " + text
			continue
		}
		out = append(out, text)
	}
	return out
}

var takeawayLabel = regexp.MustCompile(`(?i)^(?:[\p{L}\p{N}&.’'-]+ ){0,3}take-?aways?(?:\s*[:：—–]\s*(.*))?$`)

func takeTakeaway(blocks []block) (string, []block) {
	for i := len(blocks) - 1; i >= 0; i-- {
		m := takeawayLabel.FindStringSubmatch(blocks[i].text)
		if m == nil || blocks[i].kind != paragraph && blocks[i].kind != heading {
			continue
		}
		texts, end := []string{m[1]}, i+1
		for m[1] == "" && end < len(blocks) && (blocks[end].kind == paragraph || blocks[end].kind == list) {
			texts = append(texts, blocks[end].text)
			end++
		}
		if text := fold(strings.Join(texts, " ")); text != "" {
			return text, slices.Concat(blocks[:i], blocks[end:])
		}
	}
	return "", blocks
}

var sourceLabel = regexp.MustCompile(`(?i)^(?:original |news )?sources?\s*[:：]\s*(.*)$`)

const (
	closing   = 6   // how many blocks from the end a source line may stand
	maxSource = 300 // characters; what is longer is a paragraph about sources
)

func takeSource(blocks []block, page bool) (digest.Reference, []block) {
	for i := len(blocks) - 1; i >= 0 && (page || i >= len(blocks)-closing); i-- {
		b := blocks[i]
		m := sourceLabel.FindStringSubmatch(b.text)
		if m == nil || b.kind != paragraph || len(b.text) > maxSource {
			continue
		}
		source := reference(m[1], b.links)
		if source == (digest.Reference{}) {
			continue
		}
		if page {
			return source, blocks[:i]
		}
		return source, slices.Concat(blocks[:i], blocks[i+1:])
	}
	return digest.Reference{}, blocks
}

var (
	quoted      = regexp.MustCompile(`^[“"„«][^”"“»]*[”"“»][,.]?\s*`)
	trailingDay = regexp.MustCompile(`(?i)[\s,(–—-]*(?:\d{1,2} )?(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,4}(?:,? \d{4})?.*$|[\s,(–—-]*\d{4}-\d\d-\d\d.*$`)
)

// reference reads what stands behind “Source:”, up to the first comma: the name
// of whom the story cites. The address is that of the first link.
func reference(s string, links []string) digest.Reference {
	var r digest.Reference
	for _, link := range links {
		if r.URL = webAddress(link, nil); r.URL != "" {
			break
		}
	}
	name := newTab.ReplaceAllString(s, "")
	if rest := quoted.ReplaceAllString(name, ""); rest != "" {
		name = rest
	}
	if address := webAddress(firstWord(name), nil); address != "" {
		name = ""
		if r.URL == "" {
			r.URL = address
		}
	}
	name, _, _ = strings.Cut(name, ", ")
	name, _, _ = strings.Cut(name, " (")
	name = trailingDay.ReplaceAllString(name, "")
	r.Name = strings.Trim(name, " ,.;:|“”\"–—-")
	if r.Name == "" {
		r.Name = host(r.URL)
	}
	return r
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return strings.TrimRight(word, ",;")
}

// host returns the host of an address without its www.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

func trimRules(blocks []block) []block {
	for len(blocks) > 0 && blocks[0].kind == rule {
		blocks = blocks[1:]
	}
	for len(blocks) > 0 && blocks[len(blocks)-1].kind == rule {
		blocks = blocks[:len(blocks)-1]
	}
	return blocks
}

// firstParagraph returns the first paragraph of a body, "" if it has none.
func firstParagraph(body []block) string {
	for _, b := range body {
		if b.kind == paragraph && b.text != "" {
			return b.text
		}
	}
	return ""
}
