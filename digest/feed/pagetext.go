package feed

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"redigest/digest"
)

// readText reads a page that was saved or copied as plain text: the title, a
// line with the date, the highlights, the text with its headings on lines of
// their own, and around all that the site's furniture.
func readText(text string, o Options) (Result, error) {
	text, _ = Repair(text)
	// Before anything is told apart: a source line that is not recognised as
	// one keeps the words for screen readers otherwise.
	blocks := textBlocks(newTab.ReplaceAllString(text, ""))
	head := findHead(blocks, o)
	story, end := headless(blocks[head.body:])
	p := takeApart(withHeadings(story), true)
	s := digest.Story{
		URL: webAddress(o.URL, nil), Title: cut(head.title, maxTitle), Highlights: p.highlights, Takeaway: p.takeaway,
		Body: markdownOf(p.body), Source: p.source, Author: head.author, State: digest.Active,
	}
	if s.Author == "" {
		s.Author = byline(blocks[head.body+end:])
	}
	s.Summary = cut(firstParagraph(p.body), maxSummary)
	if s.Title == "" || s.Body == "" && len(s.Highlights) == 0 {
		return Result{}, fmt.Errorf("%s: %w: it needs a title on the first line and, below it, a text", o.name(), ErrNoStory)
	}
	g := gatherer{o: o, number: 1, result: Result{Kind: Text}}
	g.dateOf(item{date: head.date}, &s)
	if head.date == "" {
		g.problem(g.where(s.Title), "names no date; it counts from now")
	}
	g.keep(s)
	return g.result, nil
}

// A head is what stands above a story's text.
type head struct {
	title, date, author string
	body                int // the block that follows
}

// opened is how far down a page its story may begin, below menus.
const opened = 40

var (
	bylineText  = regexp.MustCompile(`^(?i:by:?) (\p{Lu}[\p{L}.'’-]*(?: (?:(?:and|&|von|van|de|der|di|da|bin|al) )?\p{Lu}[\p{L}.'’-]*){0,5})$`)
	minutesRead = regexp.MustCompile(`(?i)^\d+ ?(?:min(?:ute)?s?)\.? read\.?$`)
	commentLine = regexp.MustCompile(`(?i)^\d+ comments?$`)
)

// findHead finds the title: the line above the date, else the one above the
// highlights, else the first.
func findHead(blocks []block, o Options) head {
	for i, b := range blocks[:min(opened, len(blocks))] {
		if h, ok := headAt(b, o); ok {
			h.title, h.body = titleAbove(blocks[:i]), i+1
			if h.title == "" { // the title stands on the same lines
				h.title = b.lines[0]
			}
			return h
		}
	}
	for i, b := range blocks[:min(opened, len(blocks))] {
		if i > 0 && highlightsLabel.MatchString(b.text) {
			return head{title: titleAbove(blocks[:i]), body: i}
		}
	}
	if len(blocks) == 0 {
		return head{}
	}
	return head{title: blocks[0].text, body: 1}
}

// headAt reads a block that holds a date alone, or one beside the byline, as
// themes print them (“by Ann Lee | Feb 3, 2026 | Magnets | 0 comments”).
func headAt(b block, o Options) (head, bool) {
	if b.kind != paragraph || len(b.text) > maxTitle+100 {
		return head{}, false
	}
	var h head
	for _, line := range b.lines {
		for part := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == '|' || r == '·' || r == '•' }) {
			part = strings.TrimSpace(part)
			if _, _, ok := readDate(part, o.zone()); ok && h.date == "" {
				h.date = part
			} else if m := bylineText.FindStringSubmatch(part); m != nil {
				h.author = m[1]
			}
		}
	}
	return h, h.date != ""
}

// titleAbove returns the last block that can be a title.
func titleAbove(blocks []block) string {
	for i := len(blocks) - 1; i >= 0; i-- {
		text := blocks[i].text
		if blocks[i].kind == paragraph && !bylineText.MatchString(text) && !minutesRead.MatchString(text) && !commentLine.MatchString(text) {
			return text
		}
	}
	return ""
}

// furniture are the lines with which a site goes on below its stories.
var furniture = regexp.MustCompile(`(?i)^(?:search|recent (?:\w+ )?(?:news|posts|stories|articles)|related (?:news|posts|stories|articles)|you (?:may|might) also like.*|` +
	`\d+ comments?|no (?:replies|comments) yet|leave a (?:reply|comment)|submit a comment|spread the word:?|share this:?|straight into your inbox|` +
	`subscribe(?: to .*)?|newsletter|about the author|tags:.*|filed under:?.*|previous (?:post|story)|next (?:post|story))(?: |$)`)

// headless returns the blocks of the story itself and how many they are: where
// the site's furniture begins.
func headless(blocks []block) (story []block, end int) {
	end = len(blocks)
	for i, b := range blocks {
		first := ""
		if len(b.lines) > 0 {
			first = b.lines[0]
		}
		if furniture.MatchString(first) && utf8.RuneCountInString(first) < 60 || i > 0 && bylineText.MatchString(b.text) {
			end = i
			break
		}
	}
	for _, b := range blocks[:end] {
		if m := minutesRead.MatchString(b.text); !m {
			story = append(story, b)
		}
	}
	return withoutContents(story), end
}

// withoutContents removes a table of contents: its label, and the lines below
// it that come again as headings.
func withoutContents(blocks []block) []block {
	for i, b := range blocks {
		if len(b.lines) == 0 || !strings.EqualFold(strings.TrimRight(b.lines[0], ":"), "table of contents") {
			continue
		}
		again := map[string]int{}
		for _, c := range blocks {
			again[c.text]++
		}
		end := i + 1
		for end < len(blocks) && (blocks[end].kind == list || again[blocks[end].text] > 1) {
			end++
		}
		return append(append([]block{}, blocks[:i]...), blocks[end:]...)
	}
	return blocks
}

// withHeadings makes headings of the lines that stand alone between paragraphs
// and do not end as sentences do.
func withHeadings(blocks []block) []block {
	for i := range blocks {
		b := &blocks[i]
		if i+1 >= len(blocks) || b.kind != paragraph || !isHeading(*b) || highlightsLabel.MatchString(b.text) {
			continue
		}
		if next := blocks[i+1]; next.kind == paragraph && isHeading(next) { // short lines in a row are something else: a table, a list
			continue
		}
		if i > 0 && blocks[i-1].kind == paragraph && isHeading(blocks[i-1]) && !highlightsLabel.MatchString(blocks[i-1].text) {
			continue
		}
		b.kind = heading
		b.markdown = "## " + strings.ReplaceAll(escape(b.text), "{", `\{`)
	}
	return blocks
}

const (
	maxHeading      = 100 // characters
	maxHeadingWords = 14
)

func isHeading(b block) bool {
	words := strings.Fields(b.text)
	if len(b.lines) != 1 || utf8.RuneCountInString(b.text) > maxHeading || len(words) > maxHeadingWords {
		return false
	}
	if sourceLabel.MatchString(b.text) || takeawayLabel.MatchString(b.text) {
		return false
	}
	switch lastRune(b.text) {
	case '.', ',', ';', ':', '…':
		return false
	case '?', '!':
		return mostlyCapital(words)
	}
	return true
}

// mostlyCapital reports whether words are written as in an English title.
func mostlyCapital(words []string) bool {
	capital := 0
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(strings.TrimLeft(w, `"'“‘(`)); unicode.IsUpper(r) || unicode.IsDigit(r) {
			capital++
		}
	}
	return capital*3 >= len(words)*2
}

// byline returns the author named below a story.
func byline(blocks []block) string {
	for _, b := range blocks {
		for _, line := range b.lines {
			if m := bylineText.FindStringSubmatch(line); m != nil {
				return m[1]
			}
		}
	}
	return ""
}
