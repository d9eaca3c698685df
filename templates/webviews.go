package templates

import "html/template"

// Site is what stands around the content of every page.
type Site struct {
	Language string // of the words; for the lang attribute
	Name     string // of the publication
	Tagline  string // may be empty
	From     string // the address that answers questions

	URL           string // the publisher's own site; may be empty
	PostalAddress string // may be empty
	ImprintURL    string // may be empty

	Mailbox bool // in the demo: mail lies in the built-in mailbox at /mailbox/
}

// Page is what all views have.
type Page struct {
	Site        Site
	Title       string // of the browser's window
	Name        string // of the page, without that of the publication
	Description string // for search engines; may be empty
	Canonical   string // the page's full address; empty where it has none to be found by
	Published   string // when an issue went out, 2026-02-03T06:00:00-07:00; empty for what is no issue
}

// A SignUpForm is the form to sign up with.
type SignUpForm struct {
	Consent string // the sentences beside the button; they are kept as what the person was told
	Wording string // stands for Consent in what the form sends
	Address string // what was typed, to be mended; empty at first
	Fault   string // what is wrong with it; empty when nothing is
}

// An IssueLine is one issue in a list of issues.
type IssueLine struct {
	Path     string // of its page
	Headline string // of its lead
	Date     string // in words
	ISODate  string // 2026-02-03
	Number   int
}

// A HomePage is the first page: what this is, the form, the latest issues.
type HomePage struct {
	Page
	Form   SignUpForm
	Issues []IssueLine
}

func (HomePage) page() string { return "home" }

// A LookForMailPage answers every sign-up, whatever the address: it must hold
// nothing that depends on it.
type LookForMailPage struct {
	Page
	FromName string // who the mail will be from
	Subject  string // of the mail
	Days     int    // how many its link works
}

func (LookForMailPage) page() string { return "lookformail" }

// A ConfirmPage is where the link of a confirmation mail leads.
type ConfirmPage struct {
	Page
	Address string // masked
	Consent string // what pressing the button means; it is recorded
	Done    bool   // the button was pressed already
}

func (ConfirmPage) page() string { return "confirm" }

// A ConfirmedPage welcomes a subscriber.
type ConfirmedPage struct {
	Page
	Address string     // masked
	Latest  *IssueLine // nil as long as there is no issue
}

func (ConfirmedPage) page() string { return "confirmed" }

// A LeavePage is where the link to leave leads.
type LeavePage struct {
	Page
	Address string // masked; empty when it has been erased
}

func (LeavePage) page() string { return "leave" }

// A LeftPage says that no more issues will come. Mail programs that leave by
// one click get it too, so it is small and the same every time.
type LeftPage struct{ Page }

func (LeftPage) page() string { return "left" }

// A MessagePage says that something did not work, and what to do instead.
type MessagePage struct {
	Page
	Heading  string
	Text     string
	LinkPath string // where to go on
	LinkText string
}

func (MessagePage) page() string { return "message" }

// An IssuePage is one issue, for everybody: no reader's link is in it.
type IssuePage struct {
	Page
	Issue     IssueLine
	Stories   int           // how many are in it; 0 is not printed
	Minutes   int           // how long it takes to read; 0 is not printed
	Preheader string        // what else is in it; may be empty
	Body      template.HTML // what the mail says
	FullText  template.HTML // the whole text of stories that have no other address; may be empty
	Previous  *IssueLine    // the issue before; nil if there is none
	Next      *IssueLine
	Form      SignUpForm
}

func (IssuePage) page() string { return "issue" }
