package web

import (
	"fmt"
	"net/http"
	"time"

	"redigest/digest"
	"redigest/digest/render"
	"redigest/templates"
)

// issue answers GET /issues/{day}: an issue as everybody may read it. A day
// that has none yet, or none for the readers, looks like any other address
// that is not there. One that was cancelled half way is in no list, but the
// links of the mails that went out lead to it.
func (s *server) issue(w http.ResponseWriter, r *http.Request) error {
	day, err := digest.ParseDay(r.PathValue("day"))
	if err != nil {
		return s.year(w, r, r.PathValue("day"))
	}
	issue, err := s.store.Issue(r.Context(), digest.Daily, day)
	if err != nil {
		return err
	}
	if !issue.Public() {
		return digest.ErrNoIssue
	}
	view, err := s.issuePage(issue)
	if err != nil {
		return err
	}
	previous, next, err := s.store.Around(r.Context(), digest.Daily, day)
	if err != nil {
		return err
	}
	view.Previous, view.Next = s.linePointer(previous), s.linePointer(next)
	return s.writePublic(w, r, view)
}

func (s *server) issuePage(issue digest.Issue) (templates.IssuePage, error) {
	body, err := render.Page(issue.Markdown)
	if err != nil {
		return templates.IssuePage{}, fmt.Errorf("render issue %s: %w", issue.Day, err)
	}
	full, err := render.Page(issue.FullText)
	if err != nil {
		return templates.IssuePage{}, fmt.Errorf("render the whole stories of issue %s: %w", issue.Day, err)
	}
	at := s.line(digest.Heading{Day: issue.Day, Number: issue.Number, Title: issue.Title()})
	page := s.page(issue.Title())
	page.Description = issue.Preheader
	page.Canonical = s.BaseURL + at.Path
	page.Published = issue.FrozenAt.In(s.Zone).Format(time.RFC3339)
	return templates.IssuePage{
		Page: page, Issue: at, Preheader: issue.Preheader,
		Stories: len(issue.Stories), Minutes: render.Minutes(issue.Markdown), Body: body, FullText: full, Form: s.form(),
	}, nil
}

func (s *server) linePointer(h *digest.Heading) *templates.IssueLine {
	if h == nil {
		return nil
	}
	l := s.line(*h)
	return &l
}
