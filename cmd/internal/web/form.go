package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"unicode"
)

// The limits of what a form may hold.
const (
	maxBody  = 64 << 10 // bytes
	maxField = 300      // characters of what is kept as evidence: agent, form
)

// fields are what a form sent, by name.
type fields map[string]string

func (f fields) get(names ...string) string {
	for _, name := range names {
		if v := strings.TrimSpace(f[name]); v != "" {
			return v
		}
	}
	return ""
}

// address and name also know what the sign-up boxes of other programs call
// their fields, so that a publisher can point such a box here.
func (f fields) address() string {
	return f.get("email", "EMAIL", "email_address", "et_email")
}

func (f fields) name() string {
	first := f.get("name", "FNAME", "first_name", "et_firstname")
	last := f.get("LNAME", "last_name", "et_lastname")
	return strings.TrimSpace(first + " " + last)
}

// readForm reads a form in any of the three encodings. What stands in the
// address bar is not a part of it.
func readForm(w http.ResponseWriter, r *http.Request) (fields, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var values map[string][]string
	var err error
	switch kind {
	case "application/json":
		return readJSON(r)
	case "multipart/form-data":
		err = r.ParseMultipartForm(maxBody)
		values = r.PostForm
	default:
		err = r.ParseForm()
		values = r.PostForm
	}
	if err != nil {
		return nil, unread(err)
	}
	form := make(fields, len(values))
	for name, v := range values {
		form[name] = v[0]
	}
	return form, nil
}

func readJSON(r *http.Request) (fields, error) {
	var values map[string]any
	if err := json.NewDecoder(r.Body).Decode(&values); err != nil {
		return nil, unread(err)
	}
	form := make(fields, len(values))
	for name, v := range values {
		if text, ok := v.(string); ok {
			form[name] = text
		}
	}
	return form, nil
}

func unread(err error) error {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		return errTooLong
	}
	return fmt.Errorf("%w: %w", errUnread, err)
}

// clean folds white space, drops what cannot be seen, and cuts at limit
// characters.
func clean(text string, limit int) string {
	visible := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, ""))
	runes := []rune(strings.Join(strings.Fields(visible), " "))
	return string(runes[:min(len(runes), limit)])
}
