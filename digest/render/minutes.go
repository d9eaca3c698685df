package render

import (
	"strings"

	"redigest/templates"
)

// wordsPerMinute is how fast a mail is read, by adults and silently.
const wordsPerMinute = 230

// minutes returns how long reading the sections takes, at least 1.
func minutes(sections []templates.Section) int {
	words := 0
	for _, s := range sections {
		words += countWords(s.Text)
	}
	return max(1, (words+wordsPerMinute/2)/wordsPerMinute)
}

// Minutes returns how long reading an issue takes, as its mail says it.
func Minutes(markdown string) int {
	var sections []templates.Section
	for _, p := range pieces(parse(markdown, func(fragment string) string { return fragment })) {
		sections = append(sections, templates.Section{Text: pieceText(p)})
	}
	return minutes(sections)
}

// countWords returns how many words a text has that is to be read. Addresses are
// not, and Chinese and Japanese have no blanks between their words: there two
// characters are one.
func countWords(text string) int {
	words, wide := 0, 0
	for _, word := range strings.Fields(text) {
		if strings.Contains(word, "://") {
			continue
		}
		if w := templates.Width(word) - len([]rune(word)); w > 0 {
			wide += w
			continue
		}
		words++
	}
	return words + (wide+1)/2
}
