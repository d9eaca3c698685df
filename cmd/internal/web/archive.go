package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"

	"redigest/digest"
	"redigest/digest/render"
	"redigest/templates"
)

// issues answers GET /issues: the archive, a year at a time.
func (s *server) issues(w http.ResponseWriter, r *http.Request) error {
	headings, err := s.store.Headings(r.Context(), digest.Daily, math.MaxInt32)
	if err != nil {
		return err
	}
	view := templates.IssuesPage{Page: s.page("All issues")}
	view.Canonical = s.BaseURL + "/issues"
	years := yearsOf(headings)
	if len(years) > 0 {
		if view.Year = years[0]; r.URL.Query().Has("year") {
			view.Year = r.URL.Query().Get("year")
		}
	}
	if len(years) > 0 && !slices.Contains(years, view.Year) {
		return errNotFound
	}
	for _, year := range years {
		view.Years = append(view.Years, templates.YearLink{Year: year, Path: "/issues?year=" + year, Here: year == view.Year})
	}
	view.Months = s.months(headings, view.Year)
	fresh(w)
	return s.write(w, http.StatusOK, view)
}

func yearOf(d digest.Day) string {
	year, _, _ := d.Date()
	return strconv.Itoa(year)
}

// yearsOf returns the years that have issues, newest first as headings are.
func yearsOf(headings []digest.Heading) []string {
	var years []string
	for _, h := range headings {
		if year := yearOf(h.Day); !slices.Contains(years, year) {
			years = append(years, year)
		}
	}
	return years
}

// months groups the issues of a year.
func (s *server) months(headings []digest.Heading, year string) []templates.IssueMonth {
	var found []templates.IssueMonth
	for _, h := range headings {
		if yearOf(h.Day) != year {
			continue
		}
		_, month, _ := h.Day.Date()
		name := month.String() + " " + year
		if n := len(found); n == 0 || found[n-1].Name != name {
			found = append(found, templates.IssueMonth{Name: name})
		}
		last := &found[len(found)-1]
		last.Issues = append(last.Issues, s.line(h))
	}
	return found
}

// issue answers GET /issues/{day}: an issue as everybody may read it. A day
// that has none yet, or none for the readers, looks like any other address
// that is not there. One that was cancelled half way is in no list, but the
// links of the mails that went out lead to it.
func (s *server) issue(w http.ResponseWriter, r *http.Request) error {
	day, err := digest.ParseDay(r.PathValue("day"))
	if err != nil {
		return errNotFound
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
	headings, err := s.store.Headings(r.Context(), digest.Daily, math.MaxInt32)
	if err != nil {
		return err
	}
	view.Previous, view.Next = s.around(headings, day)
	fresh(w)
	return s.write(w, http.StatusOK, view)
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
	return templates.IssuePage{
		Page: page, Issue: at, Preheader: issue.Preheader,
		Stories: len(issue.Stories), Body: body, FullText: full, Form: s.form(),
	}, nil
}

// around returns the issues before and after a day.
func (s *server) around(headings []digest.Heading, day digest.Day) (previous, next *templates.IssueLine) {
	for _, h := range headings {
		l := s.line(h)
		switch {
		case h.Day > day:
			next = &l
		case h.Day < day:
			return &l, next
		}
	}
	return nil, next
}
