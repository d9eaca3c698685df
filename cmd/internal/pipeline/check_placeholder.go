package pipeline

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"redigest/digest"
)

// unfilled is what stands in a text that was to be filled in: the marks of
// templates and of mail merging, what printing leaves of a value that is
// missing, and what writers leave for later. The mark is the first group.
var unfilled = []*regexp.Regexp{
	regexp.MustCompile(`(\{\{[^{}]{0,60}\}{0,2})`),
	regexp.MustCompile(`(\[\[[^\[\]]{1,60}\]\])`),
	regexp.MustCompile(`(\*\|[A-Za-z0-9_:]+\|\*)`),
	regexp.MustCompile(`(<no value>|%![a-zA-Z]\([^)]{0,60}\))`),
	regexp.MustCompile(`(?:^|[^\pL\pN%])(%[sdvq])(?:$|[^\pL\pN])`),
	regexp.MustCompile(`(?i)\b(lorem ipsum)\b`),
	later,
}

var later = regexp.MustCompile(`(?:^|[^\pL\pN])(TODO|FIXME|TKTK)(?:$|[^\pL\pN])`)

// placeholders finds texts that were to be filled in. What stands in the texts
// of a foreign source is nobody's here to mend, and does not stop the issue.
func placeholders(e examined) (found []Finding) {
	for _, p := range e.parts() {
		for _, mark := range marks(p) {
			if f := e.placeholder(p, mark); !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	return found
}

// placeholder returns what is said of a mark in a part, by whose it is.
func (e examined) placeholder(p part, mark string) Finding {
	what := "“" + mark + "” looks as if something was left to be filled in"
	var foreign *Finding
	for _, s := range e.Stories {
		if !hasMark(s, mark) {
			continue
		}
		f := Finding{Stop, CheckPlaceholder, named(s), what,
			"mend the story and store it again, hide it (redigest story hide " + s.ID.String() + ") or, if it is meant, send with --allow-placeholders"}
		if !s.Foreign() {
			return f
		}
		f.Severity, f.Do = Warning, "it stands so at "+s.Outlet+"; if it is not worth showing: redigest story hide "+s.ID.String()
		foreign = &f
	}
	if foreign != nil {
		return *foreign
	}
	return Finding{Stop, CheckPlaceholder, p.name, what,
		"look for it in config.yaml, in the numbers and, if they are your own, in the templates; if it is meant, send with --allow-placeholders"}
}

// named is how findings name a story.
func named(s digest.Story) string { return "the story “" + s.Title + "”" }

// hasMark reports whether a mark comes from a story.
func hasMark(s digest.Story, mark string) bool {
	texts := append([]string{s.Title, s.Summary, s.Takeaway, s.Body, s.Author, s.Source.Name, s.Outlet}, s.Highlights...)
	texts = append(texts, s.Topics...)
	for _, address := range []string{s.URL, s.Source.URL, s.DiscussionURL} {
		texts = append(texts, unescaped(address))
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(bare(text), bare(mark)) })
}

// bare returns the letters of a text and what marks are made of, for quotes and
// blanks are put right on the way into the mail.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune("{}[]%!*|<>", r) {
			return r
		}
		return -1
	}, text)
}

// marks returns what a part shows that was to be filled in, and what its links
// have of it, each once.
func marks(p part) (found []string) {
	add := func(mark string) {
		if !slices.Contains(found, mark) {
			found = append(found, mark)
		}
	}
	words := address.ReplaceAllString(p.words, " ") // an escape in an address may look like one
	for _, mark := range unfilled {
		for _, at := range mark.FindAllStringSubmatchIndex(words, -1) {
			if mark != later || !shouted(words[:at[2]], words[at[3]:]) {
				add(words[at[2]:at[3]])
			}
		}
	}
	for _, link := range p.links {
		if mark := unfilled[0].FindString(unescaped(link)); mark != "" {
			add(mark)
		}
	}
	return found
}

// shouted reports whether a word stands among words in capitals, of which it is
// then one: “todo” is “all” in Spanish and Portuguese.
func shouted(before, after string) bool {
	left, right := strings.Fields(before), strings.Fields(after)
	return len(left) > 0 && isCapitals(left[len(left)-1]) || len(right) > 0 && isCapitals(right[0])
}

// isCapitals reports whether a word has at least three letters, all of them
// capitals.
func isCapitals(word string) bool {
	count := 0
	for _, r := range word {
		switch {
		case unicode.IsLower(r):
			return false
		case unicode.IsUpper(r):
			count++
		}
	}
	return count >= 3
}

func unescaped(link string) string {
	if plain, err := url.PathUnescape(link); err == nil {
		return plain
	}
	return link
}
