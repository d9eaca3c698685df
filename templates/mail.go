package templates

import (
	"html/template"
	"strings"
)

// An IssueMail is the view of mail/issue.html.tmpl and mail/issue.txt.tmpl: one
// issue as it is mailed. An address that is empty is not printed.
type IssueMail struct {
	Publication Publication

	Subject   string // title of the HTML part
	Preheader string // one line on what else is in the issue; may be empty
	Date      string // the issue's day in words
	Number    int    // 0 before the issue is frozen, and then not printed
	Stories   int    // how many there are; 0 is not printed
	Minutes   int    // how long reading it takes, at least 1

	Sections []Section

	Reply          bool   // whether an answer to this mail reaches a person
	Since          string // the day the reader signed up, such as 2026-02-03
	SignUpURL      string // where somebody to whom it was forwarded gets their own
	WeeklyURL      string // where the reader has the weekly edition instead
	PauseURL       string // where the reader takes a pause
	WebURL         string // this issue's page
	UnsubscribeURL string // where the reader leaves

	Palette Palette // the publication's colours, which the program fills in
}

// A Section is one piece of an issue, a story or a group of stories, in the two
// forms that a mail has.
type Section struct {
	Kind SectionKind
	HTML template.HTML // safe, its styles inline
	Text string        // wrapped, ends without a line break
}

// A SectionKind says what a section is, where a template shows it in a way of
// its own.
type SectionKind string

const (
	FiguresSection    SectionKind = "figures"    // the line of figures on top
	LeadSection       SectionKind = "lead"       // the first story
	StorySection      SectionKind = "story"      // another story by itself
	GroupSection      SectionKind = "group"      // stories under the name of their group
	NumbersSection    SectionKind = "numbers"    // the table of figures
	CorrectionSection SectionKind = "correction" // what was wrong in an earlier issue
	SponsorSection    SectionKind = "sponsor"    // what somebody paid for
)

// A Publication is who writes to the reader.
type Publication struct {
	Name          string
	Tagline       string // what it is in a few words; may be empty
	URL           string // its site
	Language      string // BCP 47, such as en or zh-Hant; en if empty
	PostalAddress string // may have several lines
	ImprintURL    string
}

// Lang is the language for the HTML part.
func (p Publication) Lang() string {
	if p.Language == "" {
		return "en"
	}
	return p.Language
}

// Dir is the direction in which the language is written: ltr or rtl.
func (p Publication) Dir() string {
	base, _, _ := strings.Cut(strings.ToLower(p.Language), "-")
	switch base {
	case "ar", "ckb", "dv", "fa", "he", "iw", "ps", "sd", "ug", "ur", "yi":
		return "rtl"
	}
	return "ltr"
}

// A ConfirmationMail is the view of mail/confirmation.html.tmpl and
// mail/confirmation.txt.tmpl: what is mailed to an address that somebody
// entered in the sign-up form. It holds nothing that this somebody wrote, since
// the owner of the address may be another.
type ConfirmationMail struct {
	Publication Publication
	Palette     Palette // the publication's colours, which the program fills in

	Subject    string // title of the HTML part
	HowOften   string // completes “The issue comes …”: “every day”
	ConfirmURL string // the page with the button
	ValidDays  int    // how long that page works
}
