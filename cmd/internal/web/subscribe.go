package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"redigest/subscribers"
	"redigest/templates"
)

const (
	noAddress  = "Please enter your e-mail address."
	badAddress = "This does not look like an e-mail address. It needs one @ and a domain after it, as in name@example.org."
	lookForIt  = "Look for our mail and press the button it leads to. If it is not there in a few minutes, look into your spam folder."
)

// subscribe answers POST /subscribe. It stores one sign-up whatever the address
// and answers every well-formed address with the same octets, so that nobody
// can ask it who is on the list.
func (s *server) subscribe(w http.ResponseWriter, r *http.Request) error {
	s.allowOrigin(w, r)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Robots-Tag", "noindex")
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	if form.get("comment") != "" {
		return s.lookForMail(w, r) // a program filled in what no person sees
	}
	address, err := subscribers.ParseAddress(form.address())
	if err != nil {
		return s.askAgain(w, r, form.address())
	}
	if err := s.list.SignUp(r.Context(), s.signUp(r, form, address)); err != nil {
		return fmt.Errorf("sign up: %w", err)
	}
	s.Wake()
	return s.lookForMail(w, r)
}

func (s *server) signUp(r *http.Request, form fields, address subscribers.Address) subscribers.SignUp {
	up := subscribers.SignUp{
		Address: address.Typed,
		Name:    form.name(),
		Network: s.network(r),
		Agent:   agent(r),
		Form:    s.sentFrom(r),
	}
	if form.get("wording") == mark(s.consent()) {
		up.Wording = s.consent() // another site's form may have said something else
	}
	return up
}

// lookForMail is the answer to every sign-up. Nothing in it may depend on the
// address.
func (s *server) lookForMail(w http.ResponseWriter, r *http.Request) error {
	if wantsJSON(r) {
		s.writeJSON(w, http.StatusOK, reply{Success: true, Message: fmt.Sprintf(
			"It comes from %s <%s>, with the subject “%s”. %s",
			s.Publication.FromName, s.Publication.From, s.ConfirmationSubject, lookForIt)})
		return nil
	}
	return s.write(w, http.StatusOK, templates.LookForMailPage{
		Page:     s.page("Look for our mail"),
		FromName: s.Publication.FromName,
		Subject:  s.ConfirmationSubject,
		Days:     int(subscribers.PendingFor / (24 * time.Hour)),
	})
}

// askAgain shows the form with what was typed and what is wrong with it.
func (s *server) askAgain(w http.ResponseWriter, r *http.Request, typed string) error {
	fault := badAddress
	if typed == "" {
		fault = noAddress
	}
	if wantsJSON(r) {
		s.writeJSON(w, http.StatusUnprocessableEntity, reply{Error: fault})
		return nil
	}
	view, err := s.homePage(r)
	if err != nil {
		return err
	}
	view.Title = "Please check the address · " + s.site.Name
	view.Form.Address, view.Form.Fault = typed, fault
	return s.write(w, http.StatusUnprocessableEntity, view)
}

// form returns the empty form.
func (s *server) form() templates.SignUpForm {
	return templates.SignUpForm{Consent: s.consent(), Wording: mark(s.consent())}
}

// consent is what stands beside the button. It is kept with the sign-up.
func (s *server) consent() string {
	return fmt.Sprintf("%s (%s) mails you one issue a day, and nothing else. You can leave at any time, by the link in every mail.",
		s.Publication.FromName, s.Publication.From)
}

// mark stands for a text in a form.
func mark(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// wantsJSON reports whether a program asks, and not a person's browser.
func wantsJSON(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	accept := r.Header.Get("Accept")
	return kind == "application/json" || strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

// allowOrigin lets a script on one of the publisher's other sites read the
// answer.
func (s *server) allowOrigin(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Accept, Origin")
	if origin := r.Header.Get("Origin"); s.foreign[strings.ToLower(origin)] {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
}

// subscribeFromElsewhere answers OPTIONS /subscribe, which browsers ask before
// a script of another site may send JSON.
func (s *server) subscribeFromElsewhere(w http.ResponseWriter, r *http.Request) error {
	s.allowOrigin(w, r)
	w.Header().Set("Allow", "OPTIONS, POST")
	w.Header().Set("Access-Control-Allow-Methods", "POST")
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Accept")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func agent(r *http.Request) string { return clean(r.UserAgent(), maxField) }

// sentFrom is the address of the page that holds the form, as far as the
// browser tells it, without what may follow the path.
func (s *server) sentFrom(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host == "" {
		return s.BaseURL + "/subscribe"
	}
	return clean(from.Scheme+"://"+from.Host+from.EscapedPath(), maxField)
}
