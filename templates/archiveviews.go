package templates

// An IssuesPage lists the issues of a month, and all months that have some.
type IssuesPage struct {
	Page
	Month IssueMonth    // the one shown; its Name is empty as long as there is no issue
	Newer *MonthLink    // the month with issues after it; nil if there is none
	Older *MonthLink    // the one before it
	Years []ArchiveYear // newest first
}

func (IssuesPage) page() string { return "issues" }

// An IssueMonth is the issues of one month, newest first.
type IssueMonth struct {
	Name   string // February 2026
	Issues []IssueLine
}

// An ArchiveYear is the months of a year that have issues, newest first.
type ArchiveYear struct {
	Year   string
	Months []MonthLink
}

// A MonthLink leads to the issues of a month.
type MonthLink struct {
	Path string
	Name string // February
	Year string // 2026
	Here bool   // the month that the page shows
}

// A SearchPage is the form to search the archive with, and what was found.
type SearchPage struct {
	Page
	Query  string       // what is looked for, as it was typed; empty at first
	Issues []FoundIssue // those with stories that fit, newest first; empty when nothing was found
	First  string       // path of the newest results, on a page of older ones
	Older  string       // path of the next, older results; empty when there are no more
}

func (SearchPage) page() string { return "search" }

// A FoundIssue is an issue with those of its stories that fit what is looked
// for.
type FoundIssue struct {
	Issue   IssueLine
	Stories []FoundStory // in the issue's order
}

// A FoundStory is a story that fits what is looked for.
type FoundStory struct {
	URL      string  // of the story, or of its place in the issue
	Headline []Words // the whole title
	Snippet  []Words // a piece of its text in which most of the words stand; may be empty
	Outlet   string  // of a foreign story
}

// Words are a piece of text that either is what was looked for or is not.
type Words struct {
	Text  string
	Found bool
}
