package web

import (
	"net/http"
	"slices"
	"strconv"

	"redigest/digest"
	"redigest/templates"
)

// issues answers GET /issues: the newest month of the archive, and the way to
// all others.
func (s *server) issues(w http.ResponseWriter, r *http.Request) error {
	months, err := s.store.Months(r.Context(), digest.Daily)
	if err != nil {
		return err
	}
	page := s.page("All issues")
	page.Description = s.site.Tagline
	page.Canonical = s.BaseURL + "/issues"
	if len(months) == 0 {
		return s.writePublic(w, r, templates.IssuesPage{Page: page})
	}
	return s.showMonth(w, r, page, months, 0)
}

// month answers GET /issues/{year}/{month}.
func (s *server) month(w http.ResponseWriter, r *http.Request) error {
	month, err := digest.ParseMonth(r.PathValue("year") + "-" + r.PathValue("month"))
	if err != nil {
		return errNotFound
	}
	months, err := s.store.Months(r.Context(), digest.Daily)
	if err != nil {
		return err
	}
	i := slices.Index(months, month)
	if i < 0 {
		return errNotFound
	}
	page := s.page(month.InWords(s.site.Language))
	page.Description = s.site.Tagline
	page.Canonical = s.BaseURL + monthPath(month)
	return s.showMonth(w, r, page, months, i)
}

// year leads who leaves out the month to the months of that year.
func (s *server) year(w http.ResponseWriter, r *http.Request, year string) error {
	months, err := s.store.Months(r.Context(), digest.Daily)
	if err != nil {
		return err
	}
	for _, y := range s.years(months, "") {
		if y.Year == year {
			http.Redirect(w, r, "/issues#year-"+year, http.StatusFound)
			return nil
		}
	}
	return errNotFound
}

// showMonth answers with the i-th of months.
func (s *server) showMonth(w http.ResponseWriter, r *http.Request, page templates.Page, months []digest.Month, i int) error {
	headings, err := s.store.HeadingsOf(r.Context(), digest.Daily, months[i])
	if err != nil {
		return err
	}
	view := templates.IssuesPage{
		Page:  page,
		Month: templates.IssueMonth{Name: months[i].InWords(s.site.Language), Issues: s.lines(headings)},
		Years: s.years(months, months[i]),
	}
	if i > 0 {
		view.Newer = s.monthLink(months[i-1])
	}
	if i+1 < len(months) {
		view.Older = s.monthLink(months[i+1])
	}
	return s.writePublic(w, r, view)
}

// years groups months, which are in order, and marks the one that is shown.
func (s *server) years(months []digest.Month, here digest.Month) []templates.ArchiveYear {
	var all []templates.ArchiveYear
	for _, m := range months {
		l := s.monthLink(m)
		l.Here = m == here
		if n := len(all); n == 0 || all[n-1].Year != l.Year {
			all = append(all, templates.ArchiveYear{Year: l.Year})
		}
		last := &all[len(all)-1]
		last.Months = append(last.Months, *l)
	}
	return all
}

func (s *server) monthLink(m digest.Month) *templates.MonthLink {
	year, _ := m.Date()
	return &templates.MonthLink{Path: monthPath(m), Name: m.Name(s.site.Language), Year: strconv.Itoa(year)}
}

// monthPath is the address of a month in the archive; it stays for ever.
func monthPath(m digest.Month) string {
	first := string(m.First())
	return "/issues/" + first[:4] + "/" + first[5:7]
}
