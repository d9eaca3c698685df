package digest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// summaryOfForeign is how many characters of a foreign story's own summary are
// kept: a quotation, not a copy.
const summaryOfForeign = 200

// fromForeign returns what may be kept of a story that is not the publisher's:
// headline, link, outlet and the beginning of its summary. What a search over
// many outlets passes on is told of the one that wrote it, where the search names
// that.
func (s Story) fromForeign(outlet string) Story {
	s.Outlet = outlet
	if aggregator(s.URL) {
		s.Outlet = cmp.Or(s.Source.Name, outlet)
	}
	s.Summary = CutWords(s.Summary, summaryOfForeign)
	s.Highlights, s.Takeaway, s.Body = nil, "", ""
	s.DiscussionURL = ""
	return s
}

// edited returns the story as it stands after it was seen again as seen. One
// feed of a site carries whole texts and another only teasers; and one may have
// lost characters that we have.
func (s Story) edited(seen Story) Story {
	if s.Foreign() && !seen.Foreign() { // the publisher's own wins
		s.Outlet = ""
	} else if seen.Foreign() && !s.Foreign() {
		return s
	}
	if aggregator(seen.URL) && s.URL != "" && Canonical(seen.URL) != Canonical(s.URL) {
		return s // whoever passes a story on says nothing that is not known
	}
	if lasting(seen.URL) && !lasting(s.URL) || s.URL == "" {
		s.URL = seen.URL
	}
	if !seen.Damaged || s.Damaged {
		s = s.withTexts(seen)
	}
	s.DiscussionURL = either(seen.DiscussionURL, s.DiscussionURL)
	s.Rank = cmp.Or(seen.Rank, s.Rank)
	if s.DateOnly && !seen.DateOnly {
		s.PublishedAt, s.DateOnly = seen.PublishedAt, false
	}
	return s
}

// withTexts returns the story with the texts of seen. A teaser leaves a text as
// it is and only fills what is missing; a whole text says all, so that what its
// author took out goes here too.
func (s Story) withTexts(seen Story) Story {
	s.Title = either(seen.Title, s.Title)
	s.Author = either(seen.Author, s.Author)
	s.Topics = union(s.Topics, seen.Topics)
	switch {
	case seen.Body != "":
		s.Summary = either(seen.Summary, s.Summary)
		s.Body, s.Highlights, s.Takeaway, s.Source = seen.Body, seen.Highlights, seen.Takeaway, seen.Source
		s.Damaged = seen.Damaged
	case s.Body == "":
		s.Summary = either(seen.Summary, s.Summary)
		s.Takeaway = either(seen.Takeaway, s.Takeaway)
		s.Source = Reference{either(seen.Source.Name, s.Source.Name), either(seen.Source.URL, s.Source.URL)}
		if len(seen.Highlights) > 0 {
			s.Highlights = seen.Highlights
		}
		s.Damaged = seen.Damaged
	}
	return s
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func union(a, b []string) []string {
	for _, t := range b {
		if !slices.ContainsFunc(a, func(u string) bool { return strings.EqualFold(t, u) }) {
			a = append(slices.Clip(a), t)
		}
	}
	return a
}

// contentHash changes when the story's text does, and not when only a comment
// link, a topic or a date changed.
func (s Story) contentHash() string {
	text, err := json.Marshal([]any{s.Title, s.Summary, s.Highlights, s.Takeaway, s.Body, s.Author, s.Source})
	if err != nil {
		panic(err) // strings always marshal
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}
