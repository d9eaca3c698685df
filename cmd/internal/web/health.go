package web

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// healthy answers GET /healthz: the program runs.
func (s *server) healthy(w http.ResponseWriter, _ *http.Request) error {
	plain(w, http.StatusOK, "ok")
	return nil
}

// ready answers GET /readyz: whether the program does its work, or what keeps
// it from it.
func (s *server) ready(w http.ResponseWriter, r *http.Request) error {
	if err := s.Ready(r.Context()); err != nil {
		plain(w, http.StatusServiceUnavailable, fmt.Sprintf("not ready: %v", err))
		return nil
	}
	plain(w, http.StatusOK, "ready")
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	send(w, status, "text/plain; charset=utf-8", []byte(text+"\n"))
}

// static answers GET /static/{file}. Under the address that pages use, which
// names the content, a file never changes; under its bare name it is asked for
// again each time.
func (s *server) static(w http.ResponseWriter, r *http.Request) error {
	file, ok := s.Templates.Static(r.PathValue("file"))
	if !ok {
		return errNotFound
	}
	h := w.Header()
	h.Set("Content-Type", file.Type)
	h.Set("ETag", `"`+file.Hash+`"`)
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == file.Hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(file.Data)))
	return nil
}
