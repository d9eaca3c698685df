// Package web serves the public pages: the sign-up form, the confirmation, the
// way to leave, and the archive of issues.
//
// GET changes nothing. Mail scanners open every link, so a link from a mail
// shows a page with one button, and only that button's POST does something.
package web

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/templates"
)

// Options are what the pages say and where they stand.
type Options struct {
	Publication Publication
	Zone        *time.Location // the publisher's, for the times in the feed; UTC if nil

	Templates *templates.Set // what the pages are made of; what is built in if nil

	// BaseURL is the address of the site without a slash at its end, such as
	// https://news.example.org. Links that leave the site begin with it.
	BaseURL string

	// SignupOrigins are other sites whose forms may post to /subscribe, such
	// as https://www.example.org.
	SignupOrigins []string

	// TrustedProxies are the networks of proxies before the program, which are
	// believed when they say where a request comes from.
	TrustedProxies []netip.Prefix

	// Started is when the program was started, since when the pages are made
	// from its templates and its configuration; never if zero.
	Started time.Time

	// ConfirmationSubject is the subject of the mail that a sign-up brings:
	// the page after signing up says what to look for.
	ConfirmationSubject string

	Log *slog.Logger // slog.Default if nil

	// Ready says why the program is not doing its work, nil when it is. Its
	// text is the answer of /readyz, so it must be fit for anybody to read.
	Ready func(ctx context.Context) error

	// Wake is called when a sign-up has been stored, so that it is decided
	// right away.
	Wake func()

	// Mailbox shows the built-in mailbox at /mailbox/. Only the demo has it:
	// whoever reads the mailbox can act for every subscriber.
	Mailbox http.Handler
}

// Publication is how the publisher names himself on the pages.
type Publication struct {
	Name, Tagline string
	URL           string // the publisher's own site; empty if there is none
	From          string // the address that issues and confirmations come from
	FromName      string // the name beside it; Name if empty
	PostalAddress string
	ImprintURL    string
	Language      string // BCP 47; "en" if empty
}

// A server answers all requests. Nothing in it changes after New but the feed
// that is kept.
type server struct {
	Options
	list  *subscribers.List
	store *digest.Store
	site  templates.Site
	made  madeFeed

	origins *http.CrossOriginProtection
	foreign map[string]bool // SignupOrigins
}

// New returns the handler of all public routes.
func New(list *subscribers.List, store *digest.Store, o Options) http.Handler {
	s := newServer(list, store, o)
	mux := http.NewServeMux()
	page := func(pattern string, h handler) { mux.Handle(pattern, s.answering(h)) }

	// What this is, and how to get it.
	page("GET /{$}", s.home)
	page("POST /subscribe", s.subscribe)
	page("OPTIONS /subscribe", s.subscribeFromElsewhere)

	// Links in mails. They show a button; the button posts.
	page("GET /confirm/{token}", s.askToConfirm)
	page("POST /confirm/{token}", s.confirm)
	page("GET /unsubscribe/{token}", s.askToLeave)
	page("POST /unsubscribe/{token}", s.leave) // also by one click: RFC 8058

	// The archive.
	page("GET /issues", s.issues)
	page("GET /issues/{day}", s.issue)
	page("GET /issues/{year}/{month}", s.month)
	page("GET /issues/feed.xml", s.feed)
	page("GET /search", s.search)

	// For machines.
	page("GET /healthz", s.healthy)
	page("GET /readyz", s.ready)
	page("GET /static/{file}", s.static)
	if s.Mailbox != nil {
		mux.Handle("/mailbox/", s.Mailbox)
	}
	return s.recovering(secured(s.guarded(s.missing(mux))))
}

func newServer(list *subscribers.List, store *digest.Store, o Options) *server {
	s := &server{Options: o, list: list, store: store}
	s.Zone = cmp.Or(o.Zone, time.UTC)
	s.Log = cmp.Or(o.Log, slog.Default())
	s.Templates = cmp.Or(o.Templates, templates.Default())
	s.Publication.FromName = cmp.Or(o.Publication.FromName, o.Publication.Name)
	if s.Ready == nil {
		s.Ready = func(context.Context) error { return nil }
	}
	if s.Wake == nil {
		s.Wake = func() {}
	}
	s.site = templates.Site{
		Language:      cmp.Or(o.Publication.Language, "en"),
		Name:          o.Publication.Name,
		Tagline:       o.Publication.Tagline,
		From:          o.Publication.From,
		URL:           o.Publication.URL,
		PostalAddress: o.Publication.PostalAddress,
		ImprintURL:    o.Publication.ImprintURL,
		Mailbox:       o.Mailbox != nil,
	}
	s.trustOrigins()
	return s
}
