package web

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzReadForm(f *testing.F) {
	f.Add("application/x-www-form-urlencoded", "email=reader%40inbox.example&name=Ada")
	f.Add("application/x-www-form-urlencoded; charset=utf-8", "EMAIL=a&EMAIL=b&%zz")
	f.Add("application/json", `{"email":"reader@inbox.example","name":null,"x":{"email":[1]}}`)
	f.Add("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"email\"; filename=\"x\"\r\n\r\na\r\n--b--\r\n")
	f.Fuzz(func(t *testing.T, kind, body string) {
		r := httptest.NewRequest("POST", "/subscribe?email=from@the.address.bar", strings.NewReader(body))
		r.Header["Content-Type"] = []string{kind}
		form, err := readForm(httptest.NewRecorder(), r)
		if err != nil {
			if !errors.Is(err, errUnread) && !errors.Is(err, errTooLong) {
				t.Errorf("an error without words for the reader: %v", err)
			}
			return
		}
		if form.address() == "from@the.address.bar" && !strings.Contains(body, "the.address.bar") {
			t.Error("the address was read from the address bar")
		}
		if agent := clean(form.name(), maxField); !utf8.ValidString(agent) || utf8.RuneCountInString(agent) > maxField || strings.ContainsFunc(agent, unicode.IsControl) {
			t.Errorf("what is kept is %q", agent)
		}
	})
}

func TestWhatIsKeptOfAStrangersTextIsOneShortVisibleLine(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"white space is folded":          {"  Ada\t\n\r Reader ", "Ada Reader"},
		"what cannot be seen is dropped": {"A\x00d\u200ba\x1b[31m", "Ada[31m"},
		"broken characters are dropped":  {"Ad\xffa", "Ada"},
		"the rest is cut off":            {"Zoë Müller", "Zoë Mül"},
	}
	for name, test := range tests {
		limit := 20
		if name == "the rest is cut off" {
			limit = 7
		}
		if got := clean(test.text, limit); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
