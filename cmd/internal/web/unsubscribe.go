package web

import (
	"fmt"
	"net/http"

	"redigest/subscribers"
	"redigest/subscribers/link"
	"redigest/templates"
)

// askToLeave answers GET /unsubscribe/{token}: a page with a button.
func (s *server) askToLeave(w http.ResponseWriter, r *http.Request) error {
	private(w)
	holder, err := s.list.Peek(r.Context(), r.PathValue("token"), link.Unsubscribe)
	if err != nil {
		return fmt.Errorf("show the way to leave: %w", err)
	}
	return s.write(w, http.StatusOK, templates.LeavePage{Page: s.page("Unsubscribe"), Address: holder.Masked})
}

// leave answers POST /unsubscribe/{token}, of the button and of mail programs
// alike (RFC 8058). The token alone counts: no redirect, no cookie, no question,
// and the same answer the second time.
func (s *server) leave(w http.ResponseWriter, r *http.Request) error {
	private(w)
	err := s.list.Unsubscribe(r.Context(), r.PathValue("token"), subscribers.Step{
		Network: s.network(r),
		Agent:   agent(r),
		Form:    s.BaseURL + leftBy(w, r), // without the token: this is kept
	})
	if err != nil {
		return fmt.Errorf("unsubscribe: %w", err)
	}
	return s.write(w, http.StatusOK, templates.LeftPage{Page: s.page("You have left")})
}

// leftBy tells the one click in a mail program from the button on our page. A
// body that cannot be read stops nobody from leaving.
func leftBy(w http.ResponseWriter, r *http.Request) string {
	form, err := readForm(w, r)
	if err == nil && form.get("List-Unsubscribe") == "One-Click" {
		return "/unsubscribe (one click)"
	}
	return "/unsubscribe"
}
