package mailbox_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redigest/subscribers/mailbox"
)

func get(t *testing.T, h http.Handler, method, path string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result(), w.Body.String()
}

func TestANewcomerFindsTheirMail(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	h := mailbox.Handler(dir)
	if _, page := get(t, h, "GET", "/mailbox/"); !strings.Contains(page, "No mail yet.") {
		t.Errorf("an empty mailbox: %s", page)
	}
	send(t, dial(t, s), fmt.Sprintf(two, "Please <b>confirm</b>"))
	list, err := mailbox.Messages(dir)
	if err != nil {
		t.Fatal(err)
	}
	id := list[0].ID

	_, page := get(t, h, "GET", "/mailbox/")
	wantAll(t, page, `href="./`+id+`"`, "Please &lt;b&gt;confirm&lt;/b&gt;", "&lt;reader@example.com&gt;")

	res, page := get(t, h, "GET", "/mailbox/"+id)
	wantAll(t, page, `src="./`+id+`/html"`, `sandbox="allow-top-navigation-by-user-activation`, `href="./`+id+`/text"`, `href="./`+id+`/source"`, "Täglich")
	if p := res.Header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'; style-src 'sha256-") || strings.Contains(p, "unsafe") {
		t.Errorf("policy of the page: %s", p)
	}

	res, page = get(t, h, "GET", "/mailbox/"+id+"/html")
	wantAll(t, page, `<!doctype html><html><head><base target="_top"><title>`, `<a href="http://localhost/confirm/t">Yes</a>`)
	p := res.Header.Get("Content-Security-Policy")
	wantAll(t, p, "default-src 'none'", "sandbox allow-top-navigation-by-user-activation", "form-action 'none'", "frame-ancestors 'self'")
	if strings.Contains(p, "allow-scripts") || strings.Contains(p, "allow-same-origin") {
		t.Errorf("policy of the mail: %s", p)
	}

	res, page = get(t, h, "GET", "/mailbox/"+id+"/text")
	wantAll(t, page, "Größe, a line that is broken softly here\n")
	wantAll(t, res.Header.Get("Content-Type"), "text/plain; charset=utf-8")

	res, page = get(t, h, "GET", "/mailbox/"+id+"/source")
	if page != fmt.Sprintf(two, "Please <b>confirm</b>") {
		t.Errorf("source: %q", page)
	}
	wantAll(t, res.Header.Get("Content-Type"), "text/plain")
	wantAll(t, res.Header.Get("X-Content-Type-Options"), "nosniff")
}

func wantAll(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestTheMailboxIsOnlyLookedAt(t *testing.T) {
	t.Parallel()
	_, dir := listen(t)
	h := mailbox.Handler(dir)
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		if res, _ := get(t, h, method, "/mailbox/"); res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %s", method, res.Status)
		}
	}
}

func TestNoPathLeadsOutOfTheMailbox(t *testing.T) {
	t.Parallel()
	_, dir := listen(t)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("Subject: secret\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := mailbox.Handler(dir)
	for _, path := range []string{
		"/mailbox/..%2fsecret", "/mailbox/..%2fsecret/source", "/mailbox/new%2f..%2f..%2fsecret/source", "/mailbox/secret/source",
		"/mailbox/%2e%2e/source", "/mailbox/..%5csecret/source", "/mailbox/x%00/source", "/mailbox/%2fetc%2fpasswd/source",
	} {
		if res, page := get(t, h, "GET", path); res.StatusCode != http.StatusNotFound || strings.Contains(page, "secret") {
			t.Errorf("%s: %s, %q", path, res.Status, page)
		}
	}
}

func TestADamagedMailIsShownAsSuch(t *testing.T) {
	t.Parallel()
	_, dir := listen(t)
	for name, source := range map[string]string{"1.x": "\x00garbage", "2.x:2,S": "Subject: ok\r\nContent-Type: text/html; charset=klingon\r\n\r\nx"} {
		if err := os.WriteFile(filepath.Join(dir, "cur", name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := mailbox.Handler(dir)
	_, page := get(t, h, "GET", "/mailbox/")
	wantAll(t, page, "This mail is damaged: it has no readable header", `href="./2.x:2,S"`)
	for _, id := range []string{"1.x", "2.x:2,S"} {
		res, page := get(t, h, "GET", "/mailbox/"+id)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", id, res.Status)
		}
		wantAll(t, page, "This mail is damaged", "Source")
	}
}

func TestAFullMailboxShowsTheNewest(t *testing.T) {
	t.Parallel()
	_, dir := listen(t)
	for i := range 203 {
		name := fmt.Sprintf("%d.M000000Qx", 1_000_000_000+i)
		if err := os.WriteFile(filepath.Join(dir, "new", name), fmt.Appendf(nil, "Subject: mail %d\r\n\r\n", i), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, page := get(t, mailbox.Handler(dir), "GET", "/mailbox/")
	wantAll(t, page, "mail 202", "3 older mails")
	if strings.Contains(page, "mail 2<") {
		t.Error("the oldest is shown")
	}
}
