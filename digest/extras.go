package digest

// A Correction puts right what an earlier issue had wrong. Its texts are plain.
type Correction struct {
	Title string // of the story that was wrong
	URL   string // of that story; may be empty
	Text  string // what was wrong and what is right
	Day   Day    // of the issue in which it stood
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
