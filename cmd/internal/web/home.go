package web

import (
	"net/http"

	"redigest/digest"
	"redigest/templates"
)

// latest is how many issues the first page names.
const latest = 5

// home answers GET /: what this is, the form, the latest issues.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	view, err := s.homePage(r)
	if err != nil {
		return err
	}
	return s.writePublic(w, r, view)
}

func (s *server) homePage(r *http.Request) (templates.HomePage, error) {
	headings, err := s.store.Headings(r.Context(), digest.Daily, latest)
	if err != nil {
		return templates.HomePage{}, err
	}
	page := s.page(s.site.Name)
	page.Description = s.site.Tagline
	page.Canonical = s.BaseURL + "/"
	return templates.HomePage{Page: page, Form: s.form(), Issues: s.lines(headings)}, nil
}
