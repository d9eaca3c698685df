package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"

	"redigest/digest"
	"redigest/templates"
)

// writePublic answers with a page that is the same for everybody and changes
// when an issue goes out, or when the program is started with other words. It
// returns an error when the page could not be made, and nothing has been
// written then.
func (s *server) writePublic(w http.ResponseWriter, r *http.Request, view templates.WebPage) error {
	body, err := s.Templates.Page(view)
	if err != nil {
		return err
	}
	changed, err := s.store.LastFrozen(r.Context(), digest.Daily)
	if err != nil {
		return err
	}
	if changed.Before(s.Started) {
		changed = s.Started
	}
	serve(w, r, "text/html; charset=utf-8", changed, body)
	return nil
}

// serve answers with what everybody may keep for a minute, and after that only
// as long as it has not changed: who asks again with the mark or the time of
// what he has is told whether it still holds (RFC 9110, 13).
func serve(w http.ResponseWriter, r *http.Request, kind string, changed time.Time, body []byte) {
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Cache-Control", "public, max-age=60")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", changed, bytes.NewReader(body))
}
