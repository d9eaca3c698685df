package digest

import (
	"regexp"
	"strings"
	"unicode"
)

// Tidy returns a plain text as it is printed in a language (a BCP 47 tag): on
// one line, with single spaces, none before a punctuation mark, and with dashes,
// apostrophes and quotation marks where it is sure which are meant. Whatever is
// in doubt stays as its author wrote it; so do addresses. Tidying twice is
// tidying once.
func Tidy(text, language string) string {
	// What one rule mends may be what another was waiting for. Each takes
	// something away, so that it ends.
	for {
		tidied := curled(closed(withoutEmpty(dashed(text)), spaced(language)), language)
		if tidied == text {
			return text
		}
		text = tidied
	}
}

// dashed returns text on one line with real dashes.
func dashed(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		switch {
		case !strings.Contains(word, "-") || isAddress(word):
		case word == "--" || word == "---":
			words[i] = "—"
		default:
			words[i] = lostBreak.ReplaceAllString(doubleHyphen.ReplaceAllString(word, "$1—$2"), "$1 $2")
		}
	}
	return strings.Join(words, " ")
}

// tidy returns the story with all the texts tidy that an issue shows. A title
// and an outlet are never tidied away.
func (s Story) tidy(language string) Story {
	s.Title = either(Tidy(s.Title, language), s.Title)
	s.Outlet = either(Tidy(s.Outlet, language), s.Outlet)
	for _, text := range []*string{&s.Summary, &s.Takeaway, &s.Source.Name, &s.Author} {
		*text = Tidy(*text, language)
	}
	s.Highlights, s.Topics = tidyAll(s.Highlights, language), tidyAll(s.Topics, language)
	return s
}

// tidyAll returns the texts that something is left of, tidy.
func tidyAll(texts []string, language string) []string {
	var tidied []string
	for _, text := range texts {
		if text = Tidy(text, language); text != "" {
			tidied = append(tidied, text)
		}
	}
	return tidied
}

var (
	// doubleHyphen is a dash as a typewriter has it, between two words. An option
	// such as --help has a word on one side alone.
	doubleHyphen = regexp.MustCompile(`([\p{L}\p{N}.,;:!?)\]”’"'])-{2,3}([\p{L}\p{N}(\[“‘"'])`)

	// lostBreak is where two sentences were put together and the dash between
	// them lost a half: “Deal.-But”.
	lostBreak = regexp.MustCompile(`(\p{Ll}[.!?])-(\p{Lu}\p{Ll})`)

	// emptyMarks are what is left of a link or a note without its words.
	emptyMarks = regexp.MustCompile(`\[ ?\](\([^()\s]*\))?|\( ?\)`)
)

// isAddress reports whether word is the address of a page or a mailbox.
func isAddress(word string) bool {
	return strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || strings.Contains(word, "@")
}

// withoutEmpty takes out brackets with nothing in them.
func withoutEmpty(text string) string {
	if !strings.ContainsAny(text, "[(") {
		return text
	}
	return oneLine(emptyMarks.ReplaceAllString(text, " "))
}

// spaced returns the punctuation marks before which a language has a space.
func spaced(language string) string {
	if primary(language) == "fr" {
		return ":;!?»"
	}
	return ""
}

// primary returns the language of a tag without region and script.
func primary(tag string) string {
	base, _, _ := strings.Cut(strings.ToLower(tag), "-")
	return base
}

// isEnglish reports whether a tag means English, as none does.
func isEnglish(tag string) bool { return tag == "" || primary(tag) == "en" }

// closed returns text without spaces before punctuation marks, but for those
// that have one, and none inside of round brackets.
func closed(text, spaced string) string {
	runes := []rune(text)
	var b strings.Builder
	for i, r := range runes {
		if r == ' ' && i+1 < len(runes) && i > 0 &&
			(runes[i-1] == '(' || hangs(runes, i+1) && !strings.ContainsRune(spaced, runes[i+1])) {
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// hangs reports whether the rune at i is a mark that belongs to the word before
// it. A point or colon may begin one, as in “.5” and “:)”, and dots may stand
// for what was left out. Some quotation marks open in one language and close in
// another: »so« and ”so”.
func hangs(runes []rune, i int) bool {
	switch runes[i] {
	case ',', ';', '!', '?', ')':
		return true
	case '”', '»':
		return i+1 == len(runes) || !unicode.IsLetter(runes[i+1]) && !unicode.IsNumber(runes[i+1])
	case '.', ':':
		return i+1 == len(runes) || unicode.IsSpace(runes[i+1])
	}
	return false
}
