package web

import (
	"net/http"
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
	if len(months) == 0 {
		page := s.page("All issues")
		page.Canonical = s.BaseURL + "/issues"
		return s.writePublic(w, r, templates.IssuesPage{Page: page})
	}
	return s.showMonth(w, r, months, 0, "/issues")
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
	for i, m := range months {
		if m.Month == month {
			return s.showMonth(w, r, months, i, monthPath(month))
		}
	}
	return errNotFound
}

// year leads who leaves out the month to the months of that year.
func (s *server) year(w http.ResponseWriter, r *http.Request, year string) error {
	months, err := s.store.Months(r.Context(), digest.Daily)
	if err != nil {
		return err
	}
	for _, y := range years(months, "") {
		if y.Year == year {
			http.Redirect(w, r, "/issues#year-"+year, http.StatusFound)
			return nil
		}
	}
	return errNotFound
}

// showMonth answers with the i-th of months, whose address is path.
func (s *server) showMonth(w http.ResponseWriter, r *http.Request, months []digest.MonthOfIssues, i int, path string) error {
	headings, err := s.store.HeadingsOf(r.Context(), digest.Daily, months[i].Month)
	if err != nil {
		return err
	}
	name := monthName(months[i].Month)
	view := templates.IssuesPage{
		Page:  s.page(name),
		Month: templates.IssueMonth{Name: name, Issues: s.lines(headings)},
		Years: years(months, months[i].Month),
	}
	if i > 0 {
		view.Newer = monthLink(months[i-1])
	}
	if i+1 < len(months) {
		view.Older = monthLink(months[i+1])
	}
	if path == "/issues" {
		view.Page = s.page("All issues")
	}
	view.Canonical = s.BaseURL + path
	return s.writePublic(w, r, view)
}

// years groups months, which are in order, and marks the one that is shown.
func years(months []digest.MonthOfIssues, here digest.Month) []templates.ArchiveYear {
	var all []templates.ArchiveYear
	for _, m := range months {
		l := monthLink(m)
		l.Here = m.Month == here
		if n := len(all); n == 0 || all[n-1].Year != l.Year {
			all = append(all, templates.ArchiveYear{Year: l.Year})
		}
		last := &all[len(all)-1]
		last.Months = append(last.Months, *l)
	}
	return all
}

func monthLink(m digest.MonthOfIssues) *templates.MonthLink {
	year, month := m.Month.Date()
	return &templates.MonthLink{Path: monthPath(m.Month), Name: month.String(), Year: strconv.Itoa(year), Issues: m.Issues}
}

// monthPath is the address of a month in the archive; it stays for ever.
func monthPath(m digest.Month) string {
	first := string(m.First())
	return "/issues/" + first[:4] + "/" + first[5:7]
}

func monthName(m digest.Month) string {
	year, month := m.Date()
	return month.String() + " " + strconv.Itoa(year)
}
