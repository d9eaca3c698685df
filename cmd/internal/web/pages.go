package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"redigest/digest"
	"redigest/templates"
)

// page returns what all views have.
func (s *server) page(name string) templates.Page {
	title := name
	if name != s.site.Name {
		title += " · " + s.site.Name
	}
	return templates.Page{Site: s.site, Title: title, Name: name}
}

// write answers with a page. It returns an error when the page could not be
// made, and nothing has been written then.
func (s *server) write(w http.ResponseWriter, status int, view templates.WebPage) error {
	body, err := s.Templates.Page(view)
	if err != nil {
		return err
	}
	send(w, status, "text/html; charset=utf-8", body)
	return nil
}

func send(w http.ResponseWriter, status int, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // who does not read it has gone
}

// A reply answers programs.
type reply struct {
	Success bool   `json:"success"`
	Message string `json:"message,omitempty"`
	Error   string `json:"error,omitempty"`
}

func (s *server) writeJSON(w http.ResponseWriter, status int, v reply) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and bools always marshal
	}
	send(w, status, "application/json; charset=utf-8", append(body, '\n'))
}

// line returns an issue as a list shows it.
func (s *server) line(h digest.Heading) templates.IssueLine {
	return templates.IssueLine{
		Path:     "/issues/" + string(h.Day),
		Headline: h.Title,
		Date:     h.Day.InWords(s.site.Language),
		ISODate:  string(h.Day),
		Number:   h.Number,
	}
}

func (s *server) lines(headings []digest.Heading) []templates.IssueLine {
	found := make([]templates.IssueLine, len(headings))
	for i, h := range headings {
		found[i] = s.line(h)
	}
	return found
}
