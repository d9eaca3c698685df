package web

import (
	"net/http"
	"strings"
	"testing"

	"redigest/subscribers"
)

// The bodies that mail programs send: RFC 8058 §3.2 allows both.
const (
	oneClick      = "List-Unsubscribe=One-Click"
	oneClickParts = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
)

func TestEveryPostToTheLinkLeaves(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body   string
		header map[string]string
		form   string // what the record says
	}{
		"the button":                   {"", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": baseURL, "Sec-Fetch-Site": "same-origin"}, "/unsubscribe"},
		"the button over plain http":   {"", map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "null"}, "/unsubscribe"},
		"one click":                    {oneClick, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "/unsubscribe (one click)"},
		"one click in parts":           {oneClickParts, map[string]string{"Content-Type": "multipart/form-data; boundary=b"}, "/unsubscribe (one click)"},
		"one click from a web mail":    {oneClick, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site", "Referer": "https://mail.example/inbox"}, "/unsubscribe (one click)"},
		"one click from a frame":       {oneClick, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "cross-site"}, "/unsubscribe (one click)"},
		"one click asking for JSON":    {oneClick, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}, "/unsubscribe (one click)"},
		"nothing at all":               {"", nil, "/unsubscribe"},
		"something that is not a form": {"{", map[string]string{"Content-Type": "application/json"}, "/unsubscribe"},
		"far too much":                 {strings.Repeat("a", 2*maxBody), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, "/unsubscribe"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			token := s.confirmed(t, "reader@inbox.example")
			post := func() *http.Response {
				return s.do(t, call{method: "POST", path: "/unsubscribe/" + token, body: strings.NewReader(test.body), header: test.header})
			}
			first := post()
			body := wantPage(t, first, http.StatusOK, "You have left")
			if len(body) > 4096 || len(first.Cookies()) != 0 || first.Header.Get("Location") != "" {
				t.Errorf("%d octets, header %v", len(body), first.Header)
			}
			got := s.record(t, "reader@inbox.example")
			if got.Status != subscribers.Unsubscribed || len(got.Suppressed) != 1 || got.Suppressed[0].Reason != subscribers.ReasonUnsubscribed {
				t.Errorf("the address is %q, suppressed %+v", got.Status, got.Suppressed)
			}
			if last := got.Consents[len(got.Consents)-1]; last.Event != subscribers.EventUnsubscribed || last.Form != baseURL+test.form {
				t.Errorf("the record of it is %+v", last)
			}
			before := s.content(t)
			if again := wantPage(t, post(), http.StatusOK); again != body {
				t.Error("the second time the answer is another")
			}
			if after := s.content(t); after != before {
				t.Errorf("the second time changed something:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

func TestTheLinkShowsAButtonBeforeAndAfterLeaving(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.confirmed(t, "reader@inbox.example")
	before := wantPage(t, s.get(t, "/unsubscribe/"+token), http.StatusOK, "r…r@i…x.example", `<form method="post">`, "<button>Unsubscribe</button>")
	if strings.Contains(before, "reader@inbox.example") {
		t.Error("the page shows the whole address")
	}
	wantPage(t, s.press(t, "/unsubscribe/"+token, nil), http.StatusOK)
	if after := wantPage(t, s.get(t, "/unsubscribe/"+token), http.StatusOK); after != before {
		t.Error("the page tells that its reader has left")
	}
}

func TestTheLinkOfAnErasedReaderStillWorks(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.confirmed(t, "reader@inbox.example")
	if err := s.list.Erase(t.Context(), "reader@inbox.example"); err != nil {
		t.Fatal(err)
	}
	wantPage(t, s.get(t, "/unsubscribe/"+token), http.StatusOK, "you get no more mail")
	wantPage(t, s.press(t, "/unsubscribe/"+token, nil), http.StatusOK, "You have left")
}

func TestALinkInCapitalLettersIsTheSameLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.confirmed(t, "reader@inbox.example")
	wantPage(t, s.press(t, "/unsubscribe/"+strings.ToUpper(token), nil), http.StatusOK)
	if got := s.record(t, "reader@inbox.example").Status; got != subscribers.Unsubscribed {
		t.Errorf("the address is %q", got)
	}
}

func TestWhoLeftMaySignUpAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.left(t, "reader@inbox.example")
	token := s.pending(t, "reader@inbox.example")
	wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusOK, "Fantastic!")
	if got := s.record(t, "reader@inbox.example"); !got.Mailable() {
		t.Errorf("after coming back: %+v", got)
	}
}

func TestOnlyPostChangesAnything(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	confirm, leave := s.pending(t, "pending@inbox.example"), s.confirmed(t, "confirmed@inbox.example")
	s.publish(t, "2026-02-03", stories("A story")...)
	before := s.content(t)
	for _, path := range []string{
		"/", "/subscribe", "/subscribe?email=reader@inbox.example", "/issues", "/issues/2026-02-03", "/issues/feed.xml", "/healthz", "/readyz",
		"/confirm/" + confirm, "/confirm/" + confirm + "?confirm=1", "/unsubscribe/" + leave, "/unsubscribe/" + leave + "?List-Unsubscribe=One-Click",
	} {
		for _, method := range []string{"GET", "HEAD", "OPTIONS", "PROPFIND", "PUT", "DELETE", "TRACE"} {
			for range 2 {
				r := s.do(t, call{method: method, path: path, body: strings.NewReader(oneClick), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}})
				if r.StatusCode >= 500 || r.StatusCode >= 300 && r.StatusCode < 400 || len(r.Cookies()) > 0 {
					t.Errorf("%s %s: status %d, header %v", method, path, r.StatusCode, r.Header)
				}
				if got := s.content(t); got != before {
					t.Fatalf("%s %s changed\n%s\nto\n%s", method, path, before, got)
				}
			}
		}
	}
}
