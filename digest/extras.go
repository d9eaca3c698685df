package digest

import "strings"

// A Correction puts right what an earlier issue had wrong. Its texts are plain.
type Correction struct {
	Title string // of the story that was wrong
	URL   string // of that story; may be empty
	Text  string // what was wrong and what is right
	Day   Day    // of the issue in which it stood
}

// correctionLength is how long a correction is at most, in characters.
const correctionLength = 500

// corrections returns the section that puts right what was wrong.
func corrections(in Input) string {
	var items []string
	for _, c := range in.Corrections {
		text := CutSentences(Tidy(c.Text, in.Language), correctionLength)
		items = append(items, "- "+link(either(Tidy(c.Title, in.Language), c.Title), c.URL)+": "+
			EscapeMarkdown(closedName(text)+" ("+c.Day.DayAndMonth(in.Language)+")"))
	}
	switch len(items) {
	case 0:
		return ""
	case 1:
		return "## Correction\n\n" + items[0]
	}
	return "## Corrections\n\n" + strings.Join(items, "\n")
}

// A Sponsor pays for a few words in the issues of some days. They are shown as
// what they are.
type Sponsor struct {
	Text string // plain, one line
	URL  string // that the text leads to

	// From and Until are the first and the last day, in the publisher's zone;
	// empty: no bound on that side.
	From, Until Day
}

// On reports whether the sponsor is in the issue of day.
func (s Sponsor) On(day Day) bool {
	return s.Text != "" && s.From <= day && (s.Until == "" || day <= s.Until)
}

// sponsor returns the section of whoever pays for the day's issue.
func sponsor(in Input) string {
	if in.Sponsor == nil || !in.Sponsor.On(in.Day) {
		return ""
	}
	return "## Sponsor\n\n" + link(either(Tidy(in.Sponsor.Text, in.Language), in.Sponsor.Text), in.Sponsor.URL)
}

// numbers writes the table of figures.
func (d *draft) numbers(f fit) {
	in := d.in
	var cut []string
	in.Figures, cut = f.table(in.Figures)
	if table := numbersTable(in); table != "" {
		d.add("## Numbers")
		d.add(table)
	}
	d.cut = append(d.cut, cut...)
}
