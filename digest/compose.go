package digest

import (
	"cmp"
	"slices"
	"time"
)

// Input is all that an issue is composed from.
type Input struct {
	Edition  Edition
	Day      Day
	Number   int // what the issue's number will be
	CutoffAt time.Time
	Stories  []Story // those that are due, in any order

	Language string // BCP 47, of the dates in words; English if empty

	Figures     []Figure     // what [Store.Figures] returns for Day
	Corrections []Correction // what earlier issues had wrong
	Sponsor     *Sponsor     // nil: none
	Companies   []Company    // whose tickers are named once; nil: none

	// PageURL is the address of the issue's page on the web, to which the
	// headlines of stories without an address of their own link.
	PageURL string

	// MaxStories is how many stories an issue has at most, 0 for no bound.
	// The others stay due.
	MaxStories int

	// MaxSize is how large the issue may be as the size function measures it,
	// 0 for no bound.
	MaxSize int
}

// Compose returns the issue that is made from in: a draft, with its Markdown,
// subject, preheader and places. It is pure: the same input gives the same
// issue.
//
// The lead is the newest of the publisher's own stories that has highlights;
// when there is none, the newest own story that has text, then the newest own
// story, then the newest story. After it come the other own stories and then
// the foreign ones, the newest first. Damaged stories are left out.
//
// When size of the issue is more than in.MaxSize, stories are shortened from
// the last one up, first to their first highlight, then to their headline, then
// they are left out, and only after that the lead is shortened. Cut says what
// was done. size may be nil when MaxSize is 0.
func Compose(in Input, size func(Issue) int) Issue {
	ordered, damaged := order(in.Stories)
	overflow := 0
	if in.MaxStories > 0 && len(ordered) > in.MaxStories {
		overflow = len(ordered) - in.MaxStories
		ordered = ordered[:in.MaxStories]
	}
	at := func(step int) Issue {
		issue := write(in, ordered, step, overflow)
		issue.Cut = append(issue.Cut, damaged...)
		return issue
	}
	issue := at(0)
	if in.MaxSize == 0 || len(ordered) == 0 || size(issue) <= in.MaxSize {
		return issue
	}
	// Each step makes the issue smaller: look for the first that fits.
	low, high := 1, steps(len(ordered))
	for low < high {
		if middle := (low + high) / 2; size(at(middle)) <= in.MaxSize {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return at(low)
}

// order returns the stories that an issue may take in their order, the lead
// first, and a line for each that it may not.
func order(all []Story) (ordered []Story, damaged []string) {
	for _, s := range all {
		if s.Damaged {
			damaged = append(damaged, "left out, because characters of it are lost: "+s.Title)
			continue
		}
		ordered = append(ordered, s)
	}
	slices.SortStableFunc(ordered, func(a, b Story) int {
		if a.Foreign() != b.Foreign() {
			if b.Foreign() {
				return -1
			}
			return 1
		}
		if c := b.PublishedAt.Compare(a.PublishedAt); c != 0 {
			return c
		}
		return cmp.Compare(b.ID, a.ID)
	})
	if i := lead(ordered); i > 0 {
		s := ordered[i]
		ordered = slices.Insert(slices.Delete(ordered, i, i+1), 0, s)
	}
	return ordered, damaged
}

// lead returns the index of the lead among stories in their order.
func lead(ordered []Story) int {
	for _, fit := range []func(Story) bool{
		func(s Story) bool { return !s.Foreign() && len(s.Highlights) > 0 },
		func(s Story) bool { return !s.Foreign() && s.Body+s.Summary != "" },
	} {
		if i := slices.IndexFunc(ordered, fit); i >= 0 {
			return i
		}
	}
	return 0
}

// steps returns how many steps of shortening an issue of n stories has.
func steps(n int) int { return 3*(n-1) + 2 }

// shownAt returns how much of story i of n is shown after step steps of
// shortening, and false when it is left out.
func shownAt(i, n, step int) (Shown, bool) {
	rest := n - 1
	if i == 0 {
		switch {
		case step >= steps(n):
			return Headline, true
		case step == steps(n)-1:
			return Shortened, true
		}
		return InFull, true
	}
	fromEnd := n - i // the last story is the first to go
	switch {
	case step-2*rest >= fromEnd:
		return "", false
	case step-rest >= fromEnd:
		return Headline, true
	case step >= fromEnd:
		return Shortened, true
	}
	return InFull, true
}
