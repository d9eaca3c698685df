package web

import (
	"fmt"
	"net/http"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/subscribers/link"
	"redigest/templates"
)

// askToConfirm answers GET /confirm/{token}: a page with a button, or
// without one when it was pressed already.
func (s *server) askToConfirm(w http.ResponseWriter, r *http.Request) error {
	private(w)
	holder, err := s.list.Peek(r.Context(), r.PathValue("token"), link.Confirm)
	if err != nil {
		return fmt.Errorf("show the confirmation: %w", err)
	}
	return s.write(w, http.StatusOK, templates.ConfirmPage{
		Page:    s.page("Confirm your address"),
		Address: holder.Masked,
		Done:    holder.Status == subscribers.Confirmed,
		Consent: s.consent(),
	})
}

// confirm answers POST /confirm/{token}.
func (s *server) confirm(w http.ResponseWriter, r *http.Request) error {
	private(w)
	subscriber, err := s.list.Confirm(r.Context(), r.PathValue("token"), subscribers.Step{
		Network: s.network(r),
		Agent:   agent(r),
		Form:    s.BaseURL + "/confirm", // without the token: this is kept
		Wording: s.consent(),
	})
	if err != nil {
		return fmt.Errorf("confirm: %w", err)
	}
	if !subscriber.Mailable() {
		return fmt.Errorf("confirm: %w", subscribers.ErrSuppressed) // since the link was mailed
	}
	view := templates.ConfirmedPage{Page: s.page("Welcome"), Address: subscribers.Masked(subscriber.Address)}
	headings, err := s.store.Headings(r.Context(), digest.Daily, 1)
	if err != nil {
		return err
	}
	if len(headings) > 0 {
		newest := s.line(headings[0])
		view.Latest = &newest
	}
	return s.write(w, http.StatusOK, view)
}
