package render

import (
	"cmp"
	"fmt"
	"html/template"

	"redigest/digest"
	"redigest/templates"
)

// A Frame is what stands around the stories of an issue: who publishes it and
// where its pages are. An address that is empty is not printed.
type Frame struct {
	Name          string // of the publication
	Tagline       string
	URL           string // of the publication
	Language      string // BCP 47; en if empty
	PostalAddress string // may have several lines
	ImprintURL    string

	Reply bool   // whether the publication reads what is answered to its mail
	Since string // the place where the day goes on which the reader signed up

	SignUpURL      string // where somebody to whom a mail was forwarded gets their own
	WeeklyURL      string // where a reader has the weekly edition instead
	PauseURL       string // where a reader takes a pause
	WebURL         string // the issue's page, to which links to places such as #story-k3 lead
	UnsubscribeURL string // with the place where each reader's token goes

	Templates *templates.Set // what the mail is made of and its colours; what is built in if nil
}

// templates returns what the mail is made of.
func (f Frame) templates() *templates.Set { return cmp.Or(f.Templates, templates.Default()) }

// A Body is the two parts of a mail.
type Body struct {
	HTML string
	Text string
}

// Mail returns issue as it is mailed. The day, the number and the count of
// stories at its head are those of the issue, so one that is about to be frozen
// has to have its number before it is rendered.
func Mail(issue digest.Issue, f Frame) (Body, error) {
	view := f.view(issue)
	html, err := f.templates().IssueHTML(view)
	if err != nil {
		return Body{}, fmt.Errorf("render the HTML part of the issue of %s: %w", issue.Day, err)
	}
	text, err := f.templates().IssueText(view)
	if err != nil {
		return Body{}, fmt.Errorf("render the text part of the issue of %s: %w", issue.Day, err)
	}
	return Body{HTML: html, Text: text}, nil
}

func (f Frame) view(issue digest.Issue) templates.IssueMail {
	sections := f.sections(issue.Markdown)
	return templates.IssueMail{
		Publication:    f.publication(),
		Subject:        cleanLine(issue.Subject),
		Preheader:      cleanLine(issue.Preheader),
		Date:           issue.Day.InWords(f.Language),
		Number:         issue.Number,
		Stories:        len(issue.Stories),
		Minutes:        minutes(sections),
		Sections:       sections,
		Reply:          f.Reply,
		Since:          f.Since,
		SignUpURL:      f.SignUpURL,
		WeeklyURL:      f.WeeklyURL,
		PauseURL:       f.PauseURL,
		WebURL:         f.WebURL,
		UnsubscribeURL: f.UnsubscribeURL,
	}
}

func (f Frame) publication() templates.Publication {
	return templates.Publication{
		Name: f.Name, Tagline: f.Tagline, URL: f.URL, Language: f.Language,
		PostalAddress: f.PostalAddress, ImprintURL: f.ImprintURL,
	}
}

// sections returns the pieces of an issue in the two forms that a mail has.
func (f Frame) sections(markdown string) []templates.Section {
	l := newLook(f.templates().Palette().Light, f.start())
	var found []templates.Section
	for _, p := range pieces(parse(markdown, f.place)) {
		found = append(found, templates.Section{Kind: p.kind, HTML: template.HTML(pieceHTML(p, l)), Text: pieceText(p)})
	}
	return found
}

// start returns the side on which lines of the publication begin.
func (f Frame) start() string {
	if f.publication().Dir() == "rtl" {
		return "right"
	}
	return "left"
}

// place returns the address of a place on the issue's page.
func (f Frame) place(fragment string) string {
	if f.WebURL == "" {
		return ""
	}
	return address(f.WebURL + fragment)
}
