package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"redigest/templates"
)

func TestEveryAnswerCarriesTheStrictHeaderAndNoCookie(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-03", stories("A story")...)
	confirm, leave := s.pending(t, "pending@inbox.example"), s.confirmed(t, "confirmed@inbox.example")
	private := map[string]bool{"/confirm/" + confirm: true, "/confirm/forged": true, "/unsubscribe/" + leave: true}
	for _, path := range []string{
		"/", "/issues", "/issues/2026-02-03", "/issues/2020-01-01", "/issues/feed.xml", "/healthz", "/readyz", "/nowhere", "/static/style.css", "/static/nothing",
		"/subscribe", "/confirm/" + confirm, "/confirm/forged", "/unsubscribe/" + leave,
	} {
		h := s.get(t, path).Header
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "strict-origin-when-cross-origin",
			"Set-Cookie":              "",
			"Server":                  "",
		}
		if private[path] {
			want["Referrer-Policy"], want["Cache-Control"], want["X-Robots-Tag"] = "no-referrer", "no-store", "noindex"
		}
		for name, value := range want {
			if h.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), value)
			}
		}
		if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
			t.Errorf("%s: Permissions-Policy is %q", path, h.Get("Permissions-Policy"))
		}
	}
}

func TestMethodsThatAnAddressDoesNotKnowAreNamedOnOurOwnPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tests := map[string]struct{ method, path, allow string }{
		"the address of the form": {"GET", "/subscribe", "OPTIONS, POST"},
		"a post to the archive":   {"POST", "/issues", "GET, HEAD"},
		"a delete":                {"DELETE", "/confirm/x", "GET, HEAD, POST"},
	}
	for name, test := range tests {
		r := s.do(t, call{method: test.method, path: test.path})
		body := wantPage(t, r, http.StatusMethodNotAllowed, "That does not work here")
		checkPage(t, body)
		if got := r.Header.Get("Allow"); got != test.allow {
			t.Errorf("%s: Allow is %q, want %q", name, got, test.allow)
		}
	}
	checkPage(t, wantPage(t, s.get(t, "/wp-login.php"), http.StatusNotFound, "There is no such page"))
	r := s.do(t, call{method: "GET", path: "/nowhere", header: map[string]string{"Accept": "application/json"}})
	if got := wantPage(t, r, http.StatusNotFound, `"success":false`); strings.Contains(got, "<") {
		t.Errorf("a program is answered %s", got)
	}
}

func TestAPanicIsLoggedAndShownWithoutItsCause(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) {
		o.Ready = func(context.Context) error { panic("the cellar is on fire: reader@inbox.example") }
	})
	body := wantPage(t, s.get(t, "/readyz"), http.StatusInternalServerError, "Something went wrong on our side")
	if strings.Contains(body, "cellar") || strings.Contains(body, "goroutine") {
		t.Errorf("the page tells why:\n%s", body)
	}
	if log := s.log.String(); !strings.Contains(log, "GET /readyz") || !strings.Contains(log, "cellar") || !strings.Contains(log, "health.go") {
		t.Errorf("the log says %q", log)
	}
	wantPage(t, s.get(t, "/healthz"), http.StatusOK)
}

func TestAnAbortedAnswerStaysAborted(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) {
		o.Ready = func(context.Context) error { panic(http.ErrAbortHandler) }
	})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("recovered %v", got)
		}
	}()
	s.get(t, "/readyz")
}

func TestTheProgramTellsWhetherItIsReady(t *testing.T) {
	t.Parallel()
	var reason error
	s := newSite(t, func(o *Options) { o.Ready = func(context.Context) error { return reason } })
	wantPage(t, s.get(t, "/readyz"), http.StatusOK, "ready")
	reason = errors.New("the issue of 2026-02-03 is overdue")
	wantPage(t, s.get(t, "/readyz"), http.StatusServiceUnavailable, "not ready: the issue of 2026-02-03 is overdue")
	wantPage(t, s.get(t, "/healthz"), http.StatusOK, "ok")
}

func TestStaticFilesAreKeptUnderTheAddressThatNamesTheirContent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		file, ok := templates.Default().Static(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		for query, keep := range map[string]string{"?v=" + file.Hash: "public, max-age=31536000, immutable", "": "no-cache", "?v=old": "no-cache"} {
			r := s.get(t, "/static/"+name+query)
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != kind || r.Header.Get("Cache-Control") != keep || text(t, r) != string(file.Data) {
				t.Errorf("%s%s: %d %v", name, query, r.StatusCode, r.Header)
			}
		}
		r := s.do(t, call{method: "GET", path: "/static/" + name, header: map[string]string{"If-None-Match": `"` + file.Hash + `"`}})
		if r.StatusCode != http.StatusNotModified {
			t.Errorf("%s: status %d for content that is known already", name, r.StatusCode)
		}
	}
	if file, _ := templates.Default().Static("style.css"); len(file.Data) > 16_000 {
		t.Errorf("the style sheet has %d octets, want at most 16000", len(file.Data))
	}
	for _, path := range []string{"/static/", "/static/..%2fweb.go", "/static/web"} {
		wantPage(t, s.get(t, path), http.StatusNotFound)
	}
}

func TestTheMailboxIsThereInTheDemoOnly(t *testing.T) {
	t.Parallel()
	wantPage(t, newSite(t).get(t, "/mailbox/"), http.StatusNotFound)
	s := newSite(t, func(o *Options) {
		o.Mailbox = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("mail at " + r.URL.Path)) })
	})
	wantPage(t, s.get(t, "/mailbox/new/1"), http.StatusOK, "mail at /mailbox/new/1")
	wantPage(t, s.get(t, "/"), http.StatusOK, `href="/mailbox/"`)
}
