package mailbox

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"strings"
	"sync"
)

//go:embed pages
var files embed.FS

// shown is how many mails the list shows; a mailing to thousands fills it fast.
const shown = 200

// A listPage is pages/list.html.tmpl.
type listPage struct {
	Mails []Message // the newest
	Older int       // how many more there are
}

// A viewer shows the mail in one Maildir.
type viewer struct {
	dir    string
	pages  *template.Template
	policy string
}

// Handler shows the mail in the Maildir dir to a browser, and changes nothing.
// Mount it at /mailbox/, on loopback only: whoever sees it can act for every
// reader.
//
// The HTML part of a mail is shown in a frame without scripts, forms or
// anything from elsewhere; its links open in the window when they are pressed.
func Handler(dir string) http.Handler {
	v := &viewer{dir: dir, pages: parsePages(), policy: pagePolicy()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /mailbox/{$}", v.list)
	mux.HandleFunc("GET /mailbox/{id}", v.mail)
	mux.HandleFunc("GET /mailbox/{id}/html", v.html)
	mux.HandleFunc("GET /mailbox/{id}/text", v.text)
	mux.HandleFunc("GET /mailbox/{id}/source", v.source)
	return mux
}

var parsePages = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{"style": style}).ParseFS(files, "pages/*.html.tmpl"))
})

func style() (template.CSS, error) {
	b, err := files.ReadFile("pages/style.css")
	return template.CSS(b), err
}

// pagePolicy lets the viewer's own pages have their one style, and show a mail
// in a frame from here.
func pagePolicy() string {
	css, err := style()
	if err != nil {
		panic(err) // it is embedded
	}
	sum := sha256.Sum256([]byte(css))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func (v *viewer) list(w http.ResponseWriter, _ *http.Request) {
	mails, all, err := newest(v.dir, shown)
	if err != nil {
		v.fail(w, err)
		return
	}
	v.page(w, "list.html.tmpl", listPage{Mails: mails, Older: max(0, all-shown)})
}

func (v *viewer) mail(w http.ResponseWriter, r *http.Request) {
	if m, ok := v.open(w, r); ok {
		v.page(w, "mail.html.tmpl", m)
	}
}

func (v *viewer) html(w http.ResponseWriter, r *http.Request) {
	m, ok := v.open(w, r)
	if !ok {
		return
	}
	// The same rights as the frame's, for whoever opens the address by itself.
	serve(w, "text/html", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "+
		"frame-ancestors 'self'; sandbox "+frameRights)
	_, _ = io.WriteString(w, linksToTop(m.HTML))
}

// frameRights are what a mail in its frame may do: be left by a link that a
// person presses.
const frameRights = "allow-top-navigation-by-user-activation allow-popups allow-popups-to-escape-sandbox"

// FrameRights is for the page's frame.
func (Message) FrameRights() string { return frameRights }

func (v *viewer) text(w http.ResponseWriter, r *http.Request) {
	if m, ok := v.open(w, r); ok {
		serve(w, "text/plain", "default-src 'none'; sandbox; frame-ancestors 'none'")
		_, _ = io.WriteString(w, m.Text)
	}
}

func (v *viewer) source(w http.ResponseWriter, r *http.Request) {
	if m, ok := v.open(w, r); ok {
		serve(w, "text/plain", "default-src 'none'; sandbox; frame-ancestors 'none'")
		_, _ = w.Write(m.Source)
	}
}

// open reads the mail that a request names, or answers that there is none.
func (v *viewer) open(w http.ResponseWriter, r *http.Request) (Message, bool) {
	m, err := Open(v.dir, r.PathValue("id"))
	if errors.Is(err, ErrNoMessage) {
		http.Error(w, "There is no such mail in the mailbox.", http.StatusNotFound)
		return m, false
	}
	if err != nil {
		v.fail(w, err)
		return m, false
	}
	return m, true
}

func (v *viewer) page(w http.ResponseWriter, name string, view any) {
	var b bytes.Buffer
	if err := v.pages.ExecuteTemplate(&b, name, view); err != nil {
		v.fail(w, err)
		return
	}
	serve(w, "text/html", v.policy)
	_, _ = w.Write(b.Bytes())
}

// fail shows the reason: the one who looks is the operator.
func (v *viewer) fail(w http.ResponseWriter, err error) {
	http.Error(w, fmt.Sprintf("The mailbox cannot be shown: %v", err), http.StatusInternalServerError)
}

func serve(w http.ResponseWriter, kind, policy string) {
	h := w.Header()
	h.Set("Content-Type", kind+"; charset=utf-8")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}

// kilobytes is how a size is shown.
func (m Message) Kilobytes() string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(m.Size)/1024), ".0") + " kB"
}
