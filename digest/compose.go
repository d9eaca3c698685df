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

	Language string // BCP 47, of the texts and dates; English if empty

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
// The stories of the highest rank go first, and of one rank the newest. The
// lead is the first of the publisher's own of the highest rank that has
// highlights; when there is none, the first that has text, then the first. The
// next few own stories are told with one fact, the rest in brief and by topic,
// and the foreign ones after them; none of those ever leads. Damaged stories
// are left out. Texts are printed as [Tidy] has them.
//
// When size of the issue is more than in.MaxSize, less is told from the last
// story up: first facts are shortened, then stories are their headline alone,
// then they are left out. Only after that the lead is shortened. Cut says what
// was done. size may be nil when MaxSize is 0.
func Compose(in Input, size func(Issue) int) Issue {
	ordered, damaged := order(tidyStories(in))
	overflow := 0
	if in.MaxStories > 0 && len(ordered) > in.MaxStories {
		overflow = len(ordered) - in.MaxStories
		ordered = ordered[:in.MaxStories]
	}
	stories := tell(ordered, in.Language)
	at := func(step int) Issue {
		issue := write(in, stories, fit{step, len(stories)}, overflow)
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

// tidyStories returns the stories with tidy texts.
func tidyStories(in Input) []Story {
	tidied := make([]Story, len(in.Stories))
	for i, s := range in.Stories {
		tidied[i] = s.tidy(in.Language)
	}
	return tidied
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
	slices.SortStableFunc(ordered, before)
	slices.Sort(damaged) // they come in any order
	if i := lead(ordered); i > 0 {
		s := ordered[i]
		ordered = slices.Insert(slices.Delete(ordered, i, i+1), 0, s)
	}
	return ordered, damaged
}

// before compares two stories by their place in an issue.
func before(a, b Story) int {
	if a.Foreign() != b.Foreign() {
		if b.Foreign() {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Rank, a.Rank), b.PublishedAt.Compare(a.PublishedAt), cmp.Compare(b.ID, a.ID))
}

// lead returns the index of the lead among stories in their order, 0 when none
// of them is fit for it.
func lead(ordered []Story) int {
	for _, has := range []func(Story) bool{
		func(s Story) bool { return len(s.Highlights) > 0 },
		func(s Story) bool { return s.Body+s.Summary != "" },
	} {
		equal := func(s Story) bool { return !s.Foreign() && s.Rank == ordered[0].Rank && has(s) }
		if i := slices.IndexFunc(ordered, equal); i >= 0 {
			return i
		}
	}
	return 0
}

// roles returns what each story is in an issue, of stories in their order.
func roles(ordered []Story) []Role {
	all := make([]Role, len(ordered))
	own := slices.IndexFunc(ordered, Story.Foreign)
	if own < 0 {
		own = len(ordered)
	}
	for i := range ordered {
		switch {
		case i >= own:
			all[i] = Elsewhere
		case i == 0:
			all[i] = Lead
		case i <= worth(own-1):
			all[i] = Worth
		default:
			all[i] = Brief
		}
	}
	return all
}

// worth returns how many of n own stories below the lead are worth the reader's
// time: all of a few, and of more so many that those in brief are never one.
func worth(n int) int {
	switch {
	case n <= 5:
		return n
	case n < 20:
		return 4
	}
	return 5
}
