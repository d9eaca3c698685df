package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"redigest/subscribers"
)

func TestAnAddressComesInByItsButtonAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.pending(t, "reader@inbox.example")

	body := wantPage(t, s.get(t, "/confirm/"+token), http.StatusOK, "r…r@i…x.example", `<form method="post">`, "<button>")
	if strings.Contains(body, "reader@inbox.example") {
		t.Error("the page shows the whole address")
	}
	if got := s.record(t, "reader@inbox.example").Status; got != subscribers.Pending {
		t.Fatalf("looking at the page made the address %q", got)
	}

	wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusOK, "Fantastic! Thanks for subscribing, you won't regret it.", "r…r@i…x.example")
	got := s.record(t, "reader@inbox.example")
	if got.Status != subscribers.Confirmed || !got.ConfirmedAt.Equal(morning) {
		t.Errorf("the address is %q since %v", got.Status, got.ConfirmedAt)
	}
	last := got.Consents[len(got.Consents)-1]
	if last.Event != subscribers.EventConfirmed || last.Network != "192.0.2.1" || last.Agent != "Reader/1.0" ||
		last.Form != baseURL+"/confirm" || !strings.Contains(last.Wording, "one issue a day") {
		t.Errorf("the record of it is %+v", last)
	}

	if body := wantPage(t, s.get(t, "/confirm/"+token), http.StatusOK, "confirmed already", "r…r@i…x.example"); strings.Contains(body, "<button>") {
		t.Error("the page asks for what was done")
	}

	s.setClock(morning.Add(time.Hour))
	wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusOK, "Fantastic!")
	if again := s.record(t, "reader@inbox.example"); !again.ConfirmedAt.Equal(morning) || len(again.Consents) != len(got.Consents) {
		t.Errorf("the second press changed %+v to %+v", got, again)
	}
}

func TestTheWelcomeNamesTheLatestIssue(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.publish(t, "2026-02-02", stories("Older")...)
	s.publish(t, "2026-02-03", stories("Newer")...)
	token := s.pending(t, "reader@inbox.example")
	body := wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusOK, `href="/issues/2026-02-03"`, "Newer")
	if strings.Contains(body, "2026-02-02") {
		t.Error("an older issue is named too")
	}
}

func TestALinkThatIsNoLongerGoodOffersToStartAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, s *site) (token string){
		"it has waited too long": func(t *testing.T, s *site) string {
			token := s.pending(t, "reader@inbox.example")
			s.setClock(morning.Add(7 * 24 * time.Hour))
			return token
		},
		"its owner has left": func(t *testing.T, s *site) string {
			token := s.pending(t, "reader@inbox.example")
			if err := s.list.Unsubscribe(t.Context(), s.list.UnsubscribeToken(s.record(t, "reader@inbox.example").ID), subscribers.Step{}); err != nil {
				t.Fatal(err)
			}
			return token
		},
		"its owner was erased": func(t *testing.T, s *site) string {
			token := s.pending(t, "reader@inbox.example")
			if err := s.list.Erase(t.Context(), "reader@inbox.example"); err != nil {
				t.Fatal(err)
			}
			return token
		},
	}
	for name, prepare := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			token := prepare(t, s)
			before := s.content(t)
			asked := wantPage(t, s.get(t, "/confirm/"+token), http.StatusGone, "no longer good", `href="/"`)
			pressed := wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusGone)
			if asked != pressed {
				t.Error("GET and POST do not say the same")
			}
			if after := s.content(t); after != before {
				t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
			}
		})
	}
}

func TestWhoIsSuppressedMeanwhileIsNotWelcomedAsIfMailWouldCome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	token := s.pending(t, "reader@inbox.example")
	if err := s.list.Suppress(t.Context(), "reader@inbox.example", "wrote to us"); err != nil {
		t.Fatal(err)
	}
	wantPage(t, s.press(t, "/confirm/"+token, nil), http.StatusConflict, "We cannot write to this address")
}

func TestAForgedTokenGetsTheSamePageEverywhereWithoutAskingTheDatabase(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	confirm := s.pending(t, "reader@inbox.example")
	leave := s.confirmed(t, "other@inbox.example")
	other := map[bool]string{true: "b", false: "a"}
	forged := confirm[:len(confirm)-4] + other[confirm[len(confirm)-4] == 'a'] + confirm[len(confirm)-3:]
	if err := s.db.Close(); err != nil { // whoever asks it now fails
		t.Fatal(err)
	}
	var first string
	for _, path := range []string{
		"/confirm/" + forged, "/confirm/" + leave, "/confirm/x", "/confirm/" + strings.Repeat("a", 500), "/confirm/%00",
		"/unsubscribe/" + forged, "/unsubscribe/" + confirm, "/unsubscribe/x", "/unsubscribe/%2e%2e",
	} {
		for _, r := range []*http.Response{s.get(t, path), s.press(t, path, nil)} {
			body := wantPage(t, r, http.StatusNotFound, "This link does not work")
			if first == "" {
				first = body
			}
			if body != first {
				t.Errorf("%s has a page of its own", path)
			}
		}
	}
	if s.log.Len() != 0 {
		t.Errorf("the log says %q", s.log)
	}
}

func TestTheButtonOfTheConfirmationPageWorksInEveryBrowserAndNoOtherSitesDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header map[string]string
		status int
	}{
		"a browser of today":                {map[string]string{"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200},
		"over plain http, or older":         {map[string]string{"Origin": "null"}, 200},
		"with its origin":                   {map[string]string{"Origin": baseURL}, 200},
		"a foreign site":                    {map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403},
		"a foreign site, older browser":     {map[string]string{"Origin": "https://evil.example"}, 403},
		"a mail program's sandboxed window": {map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 200},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			r := s.do(t, call{method: "POST", path: "/confirm/" + s.pending(t, "reader@inbox.example"), header: test.header})
			if r.StatusCode != test.status {
				t.Errorf("status %d, want %d", r.StatusCode, test.status)
			}
			if got := s.record(t, "reader@inbox.example").Status; (got == subscribers.Confirmed) != (test.status == 200) {
				t.Errorf("the address is %q", got)
			}
		})
	}
}
