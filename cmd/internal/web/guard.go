package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
)

// policy lets a page load our style sheet and our icon and post to us, and
// nothing else: no script, no frame, nothing from elsewhere.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// secured sets the header fields that every answer has. Handlers may set
// stricter ones.
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		next.ServeHTTP(w, r)
	})
}

// private marks the answer to a link that belongs to one reader: nobody keeps
// it, no search engine lists it, and no other site learns its address.
func private(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
}

// trustOrigins says from where forms may be posted: from our own pages, under
// the address that readers know even if a proxy renames the host, and from the
// publisher's other sites.
func (s *server) trustOrigins() {
	s.origins = http.NewCrossOriginProtection()
	// Mail programs leave by one click from wherever they are, with no origin,
	// with “null” or with their own. The token is what counts.
	s.origins.AddInsecureBypassPattern("POST /unsubscribe/{token}")
	s.foreign = make(map[string]bool)
	for _, origin := range s.SignupOrigins {
		origin = strings.ToLower(strings.TrimSuffix(origin, "/")) // as browsers name it
		if err := s.origins.AddTrustedOrigin(origin); err != nil {
			s.Log.Error("forms on this site cannot sign up; write it like https://www.example.org", "signup_origin", origin, "err", err)
			continue
		}
		s.foreign[origin] = true
	}
	if base, err := url.Parse(s.BaseURL); err == nil && base.Host != "" {
		_ = s.origins.AddTrustedOrigin(base.Scheme + "://" + base.Host) // of that form it is
	}
}

// guarded refuses what other sites make a reader's browser post.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.origins.Check(r); err != nil && !fromTokenPage(r) {
			s.fail(w, r, errForeign)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// fromTokenPage reports whether a POST may come from the button of our own
// confirmation page although it names no origin. That page sends no referrer,
// and of such a page a browser calls the origin “null”; so it does in the
// sandboxed windows in which some mail programs open links. Nothing is lost by
// it: who can name the token may confirm anyway.
func fromTokenPage(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/confirm/") && r.Header.Get("Origin") == "null"
}

// recovering turns a panic into a page without details, and logs it.
func (s *server) recovering(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				s.Log.LogAttrs(r.Context(), slog.LevelError, "panic while answering",
					slog.String("route", r.Pattern), slog.String("cause", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))
				s.show(w, r, errPanic)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// missing gives our own pages to addresses that are not there and to methods
// that an address does not know.
func (s *server) missing(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var a answer
		h.ServeHTTP(&a, r)
		err := errNotFound
		if a.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", a.Header().Get("Allow"))
			err = errMethod
		}
		s.fail(w, r, err)
	})
}

// An answer keeps the status and the header of an answer, to look at.
type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header {
	if a.header == nil {
		a.header = make(http.Header)
	}
	return a.header
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return len(b), nil
}
