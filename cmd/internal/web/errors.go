package web

import (
	"context"
	"errors"
	"net/http"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/subscribers/link"
	"redigest/templates"
)

// What can go wrong here. None of these words reaches a page.
var (
	errNotFound = errors.New("no such page")
	errMethod   = errors.New("the page does not know this method")
	errForeign  = errors.New("the form was sent by another site")
	errTooLong  = errors.New("the form is too long")
	errUnread   = errors.New("the form cannot be read")
	errPanic    = errors.New("panic")
)

// A message is what a reader is told of an error.
type message struct {
	status             int
	heading, text      string
	linkPath, linkText string
}

// again leads to the form.
func again(status int, heading, text string) message {
	return message{status, heading, text, "/", "To the sign-up form"}
}

// messages says what a reader is told of which error. The first that fits
// counts; what is not listed is ours to mend and is logged.
var messages = []struct {
	err error
	message
}{
	{subscribers.ErrGone, again(http.StatusGone, "This link is no longer good",
		"It has waited too long, or you have signed up anew or left since it was sent. Sign up again and we send you a fresh one.")},
	{link.ErrInvalid, again(http.StatusNotFound, "This link does not work",
		"It may not have been copied whole. Open it from the mail once more or copy all of it, up to its last character.")},
	{subscribers.ErrNoSubscriber, again(http.StatusNotFound, "This link does not work",
		"It may not have been copied whole. Open it from the mail once more or copy all of it, up to its last character.")},
	{subscribers.ErrSuppressed, again(http.StatusConflict, "We cannot write to this address",
		"Mail to it came back to us or was unwelcome. Please sign up with another address, or write to us.")},
	{digest.ErrNoIssue, message{http.StatusNotFound, "There is no issue of that day",
		"Not every day has one, and today’s may still be on its way.", "/issues", "To all issues"}},
	{errNotFound, message{http.StatusNotFound, "There is no such page",
		"The address may be mistyped, or the page is gone.", "/", "To the front page"}},
	{errMethod, message{http.StatusMethodNotAllowed, "That does not work here",
		"The page cannot be used in this way.", "/", "To the front page"}},
	{errForeign, again(http.StatusForbidden, "Please use the form on our own page",
		"What was sent came from another site, so we did not take it.")},
	{errTooLong, again(http.StatusRequestEntityTooLarge, "That was too much",
		"The form takes an e-mail address and a name.")},
	{errUnread, again(http.StatusBadRequest, "We could not read the form",
		"Please send it once more.")},
	{errPanic, fault},
}

var fault = message{http.StatusInternalServerError, "Something went wrong on our side",
	"It has been noted. If you sent us something, please send it again later.", "/", "To the front page"}

func messageFor(err error) message {
	for _, m := range messages {
		if errors.Is(err, m.err) {
			return m.message
		}
	}
	return fault
}

// A handler answers a request, or returns why it could not and has then
// written nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

func (s *server) answering(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// fail logs what is ours to mend and shows the reader a page. The log names
// the route and never the address asked for: that may hold a token.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return // nobody is there to read an answer
	}
	if messageFor(err).status >= http.StatusInternalServerError {
		s.Log.ErrorContext(r.Context(), "request not answered", "route", r.Pattern, "err", err)
	}
	s.show(w, r, err)
}

// show answers with what a reader is told of err.
func (s *server) show(w http.ResponseWriter, r *http.Request, err error) {
	m := messageFor(err)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	if wantsJSON(r) {
		s.writeJSON(w, m.status, reply{Error: m.heading + ". " + m.text})
		return
	}
	page := templates.MessagePage{Page: s.page(m.heading), Heading: m.heading, Text: m.text, LinkPath: m.linkPath, LinkText: m.linkText}
	if err := s.write(w, m.status, page); err != nil {
		s.Log.ErrorContext(r.Context(), "page not written", "route", r.Pattern, "err", err)
		http.Error(w, m.heading, m.status)
	}
}
