package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"redigest/subscribers"
)

const selectSignUps = `
SELECT address, name, network, agent, form, wording
FROM signups
ORDER BY id`

func (s *site) signUps(t *testing.T) []subscribers.SignUp {
	t.Helper()
	rows, err := s.db.Read().QueryContext(t.Context(), selectSignUps)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var found []subscribers.SignUp
	for rows.Next() {
		var u subscribers.SignUp
		if err := rows.Scan(&u.Address, &u.Name, &u.Network, &u.Agent, &u.Form, &u.Wording); err != nil {
			t.Fatal(err)
		}
		found = append(found, u)
	}
	return found
}

func TestSignUpStoresOneRowWithItsEvidenceAndSaysWhatToLookFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	form := newServer(s.list, s.store, Options{Publication: Publication{Name: "Rare Earth Daily", From: "daily@news.example.org"}}).form()

	r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader(url.Values{
		"email": {"  Reader@Inbox.example "}, "name": {"  Ada\n Reader "}, "wording": {form.Wording}, "comment": {""},
	}.Encode()), header: map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": baseURL, "Sec-Fetch-Site": "same-origin",
		"Referer": baseURL + "/issues/2026-02-03?from=mail", "User-Agent": "Reader/1.0",
		"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9",
	}})

	body := wantPage(t, r, http.StatusOK, "Rare Earth Daily", "&lt;daily@news.example.org&gt;", "Please confirm: Rare Earth Daily", "spam folder", "7 days")
	if strings.Contains(strings.ToLower(body), "inbox.example") {
		t.Error("the answer repeats the address")
	}
	want := subscribers.SignUp{
		Address: "Reader@Inbox.example", Name: "Ada Reader", Network: "192.0.2.1", Agent: "Reader/1.0",
		Form: baseURL + "/issues/2026-02-03", Wording: form.Consent,
	}
	if got := s.signUps(t); len(got) != 1 || got[0] != want {
		t.Errorf("stored %+v\nwant   %+v", got, want)
	}
	if s.woken.Load() != 1 {
		t.Errorf("woken %d times, want once", s.woken.Load())
	}
}

func TestSignUpReadsEveryKindOfForm(t *testing.T) {
	t.Parallel()
	var multi bytes.Buffer
	w := multipart.NewWriter(&multi)
	for name, value := range map[string]string{"EMAIL": "reader@inbox.example", "FNAME": "Ada", "LNAME": "Reader"} {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ kind, body string }{
		"our own form":             {"application/x-www-form-urlencoded", "email=reader%40inbox.example&name=Ada+Reader"},
		"with a character set":     {"application/x-www-form-urlencoded; charset=UTF-8", "email=reader%40inbox.example&name=Ada+Reader"},
		"another program's fields": {"application/x-www-form-urlencoded", "et_email=reader%40inbox.example&et_firstname=Ada&et_lastname=Reader"},
		"multipart":                {w.FormDataContentType(), multi.String()},
		"JSON":                     {"application/json", `{"email_address":"reader@inbox.example","first_name":"Ada","last_name":"Reader","tags":["x"],"page":4}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader(test.body), header: map[string]string{"Content-Type": test.kind}})
			wantPage(t, r, http.StatusOK)
			got := s.signUps(t)
			if len(got) != 1 || got[0].Address != "reader@inbox.example" || got[0].Name != "Ada Reader" {
				t.Errorf("stored %+v", got)
			}
			if len(got) == 1 && got[0].Wording != "" {
				t.Errorf("a form that is not ours is said to have told %q", got[0].Wording)
			}
		})
	}
}

func TestSignUpAnswersAreEqualToTheOctetWhateverTheAddressIs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.pending(t, "pending@inbox.example")
	s.confirmed(t, "confirmed@inbox.example")
	s.left(t, "left@inbox.example")
	s.confirmed(t, "erased@inbox.example")
	if err := s.list.Erase(t.Context(), "erased@inbox.example"); err != nil {
		t.Fatal(err)
	}
	if err := s.list.Suppress(t.Context(), "suppressed@inbox.example", "wrote to us"); err != nil {
		t.Fatal(err)
	}

	kinds := map[string]func(address string) call{
		"form": func(address string) call {
			return call{body: strings.NewReader(url.Values{"email": {address}}.Encode()), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
		},
		"form of a script": func(address string) call {
			return call{body: strings.NewReader(url.Values{"email": {address}}.Encode()),
				header: map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Origin": elsewhere}}
		},
		"JSON": func(address string) call {
			return call{body: strings.NewReader(fmt.Sprintf(`{"email":%q}`, address)), header: map[string]string{"Content-Type": "application/json"}}
		},
	}
	for kind, make := range kinds {
		var first string
		for _, state := range []string{"new", "pending", "confirmed", "left", "erased", "suppressed", "new"} {
			c := make(state + "@inbox.example")
			c.method, c.path = "POST", "/subscribe"
			r := s.do(t, c)
			whole := fmt.Sprintf("%d %v\n%s", r.StatusCode, r.Header, text(t, r))
			if r.StatusCode != http.StatusOK {
				t.Errorf("%s, %s: status %d", kind, state, r.StatusCode)
			}
			if first == "" {
				first = whole
			}
			if whole != first {
				t.Errorf("%s: a %s address is answered\n%s\nand a new one\n%s", kind, state, whole, first)
			}
		}
	}
	if got := len(s.signUps(t)); got != 1+3*7 {
		t.Errorf("%d sign-ups are stored, want one for each of %d", got, 1+3*7)
	}
}

func TestSignUpAnswersAProgramInJSON(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tests := map[string]struct {
		body   string
		status int
		want   reply
	}{
		"taken":      {`{"email":"reader@inbox.example"}`, 200, reply{Success: true}},
		"no address": {`{"name":"Ada"}`, 422, reply{Error: noAddress}},
		"a slip":     {`{"email":"reader@inbox"}`, 422, reply{Error: badAddress}},
		"not JSON":   {`email=reader@inbox.example`, 400, reply{Error: "We could not read the form. Please send it once more."}},
	}
	for name, test := range tests {
		r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader(test.body), header: map[string]string{"Content-Type": "application/json"}})
		var got reply
		if err := json.Unmarshal([]byte(text(t, r)), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Success && !strings.Contains(got.Message, "Please confirm: Rare Earth Daily") {
			t.Errorf("%s: the message does not say what to look for: %q", name, got.Message)
		}
		got.Message = ""
		if r.StatusCode != test.status || got != test.want {
			t.Errorf("%s: %d %+v, want %d %+v", name, r.StatusCode, got, test.status, test.want)
		}
	}
}

func TestAWrongAddressComesBackInTheFormAndIsNotStored(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ typed, fault, kept string }{
		"nothing":       {"", noAddress, `value=""`},
		"white space":   {"   ", noAddress, `value=""`},
		"no @":          {"reader.inbox.example", badAddress, `value="reader.inbox.example"`},
		"two addresses": {"a@inbox.example, b@inbox.example", badAddress, `value="a@inbox.example, b@inbox.example"`},
		"with a name":   {"Ada <a@inbox.example>", badAddress, `value="Ada &lt;a@inbox.example&gt;"`},
		"a script":      {`"><script>alert(1)</script>`, badAddress, `value="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"`},
		"a header line": {"a@inbox.example\r\nBcc: b@inbox.example", badAddress, `aria-invalid="true"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			r := s.press(t, "/subscribe", url.Values{"email": {test.typed}})
			body := wantPage(t, r, http.StatusUnprocessableEntity, test.fault, test.kept, `role="alert"`, `aria-describedby="email-fault consent"`, `id="email-fault"`)
			if strings.Contains(body, "<script") {
				t.Error("the page has a script")
			}
			if got := s.signUps(t); len(got) != 0 || s.woken.Load() != 0 {
				t.Errorf("stored %+v, woken %d times", got, s.woken.Load())
			}
		})
	}
}

func TestAProgramThatFillsInTheHiddenFieldIsAnsweredAsIfItHadWorked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	person := wantPage(t, s.press(t, "/subscribe", url.Values{"email": {"reader@inbox.example"}, "comment": {""}}), 200)
	program := wantPage(t, s.press(t, "/subscribe", url.Values{"email": {"other@inbox.example"}, "comment": {"buy now"}}), 200)
	if person != program {
		t.Error("the two answers differ")
	}
	if got := s.signUps(t); len(got) != 1 || got[0].Address != "reader@inbox.example" {
		t.Errorf("stored %+v", got)
	}
}

func TestAFormThatIsTooLongOrBrokenIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tests := map[string]struct {
		kind, body string
		status     int
	}{
		"form too long":      {"application/x-www-form-urlencoded", "email=reader@inbox.example&name=" + strings.Repeat("a", maxBody), 413},
		"multipart too long": {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\n" + strings.Repeat("a", maxBody) + "\r\n--b--\r\n", 413},
		"JSON too long":      {"application/json", `{"email":"` + strings.Repeat("a", maxBody) + `"}`, 413},
		"no boundary":        {"multipart/form-data", "--b", 400},
		"cut short":          {"multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"email\"\r\n\r\nreader", 400},
		"broken escape":      {"application/x-www-form-urlencoded", "email=%zz", 400},
		"a JSON list":        {"application/json", `["reader@inbox.example"]`, 400},
		"plain text":         {"text/plain", "email=reader@inbox.example", 422},
	}
	for name, test := range tests {
		r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader(test.body), header: map[string]string{"Content-Type": test.kind}})
		if body := text(t, r); r.StatusCode != test.status || strings.Contains(body, "multipart:") || strings.Contains(body, "invalid") && test.status != 422 {
			t.Errorf("%s: status %d, want %d:\n%s", name, r.StatusCode, test.status, body)
		}
	}
	if got := s.signUps(t); len(got) != 0 {
		t.Errorf("stored %+v", got)
	}
}

func TestOnlyOurOwnAndTheNamedSitesMaySignUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	tests := map[string]struct {
		header map[string]string
		status int
		reads  string // the origin whose scripts may read the answer
	}{
		"our own page":                  {map[string]string{"Origin": baseURL, "Sec-Fetch-Site": "same-origin"}, 200, ""},
		"our own page over plain http":  {map[string]string{"Origin": baseURL}, 200, ""},
		"a program":                     {nil, 200, ""},
		"the publisher's other site":    {map[string]string{"Origin": elsewhere, "Sec-Fetch-Site": "cross-site"}, 200, elsewhere},
		"a foreign site":                {map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403, ""},
		"a foreign site, older browser": {map[string]string{"Origin": "https://evil.example"}, 403, ""},
		"an unknown neighbour":          {map[string]string{"Origin": "https://other.example.org", "Sec-Fetch-Site": "same-site"}, 403, ""},
		"no origin to name":             {map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403, ""},
		"no origin, older browser":      {map[string]string{"Origin": "null"}, 403, ""},
	}
	stored := 0
	for name, test := range tests {
		header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
		for k, v := range test.header {
			header[k] = v
		}
		r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader("email=reader@inbox.example"), header: header})
		if r.StatusCode != test.status || r.Header.Get("Access-Control-Allow-Origin") != test.reads {
			t.Errorf("%s: status %d, readable by %q; want %d, %q", name, r.StatusCode, r.Header.Get("Access-Control-Allow-Origin"), test.status, test.reads)
		}
		if test.status == 200 {
			stored++
		}
	}
	if got := len(s.signUps(t)); got != stored {
		t.Errorf("%d sign-ups are stored, want %d", got, stored)
	}
	r := s.do(t, call{method: "OPTIONS", path: "/subscribe", header: map[string]string{"Origin": elsewhere, "Access-Control-Request-Method": "POST"}})
	if r.StatusCode != 204 || r.Header.Get("Access-Control-Allow-Origin") != elsewhere || r.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("OPTIONS: %d %v", r.StatusCode, r.Header)
	}
}

func TestASignUpThatCannotBeStoredSaysSoAndLogsNoAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	r := s.press(t, "/subscribe", url.Values{"email": {"reader@inbox.example"}, "name": {"Ada Reader"}})
	body := wantPage(t, r, http.StatusInternalServerError, "Something went wrong on our side")
	if strings.Contains(body, "database") || strings.Contains(body, "sql") {
		t.Errorf("the page tells why:\n%s", body)
	}
	if log := s.log.String(); !strings.Contains(log, "POST /subscribe") || strings.Contains(log, "inbox.example") || strings.Contains(log, "Ada") {
		t.Errorf("the log says %q", log)
	}
}

func TestAnOriginCountsHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *Options) { o.SignupOrigins = []string{"https://WWW.Magnets.example/"} })
	const origin = "https://www.magnets.example"
	r := s.do(t, call{method: "POST", path: "/subscribe", body: strings.NewReader("email=reader%40inbox.example"), header: map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Sec-Fetch-Site": "cross-site"}})
	if r.StatusCode != http.StatusOK || r.Header.Get("Access-Control-Allow-Origin") != origin {
		t.Errorf("the form is answered with %s to %q", r.Status, r.Header.Get("Access-Control-Allow-Origin"))
	}
}

func TestANameIsPassedOnAsItWasTyped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Ada ", 100) + "Reader"
	if got := (fields{"name": long}).name(); got != long {
		t.Errorf("it is %q", got)
	}
}
