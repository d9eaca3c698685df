package render

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"words of all scripts stay":               {"Dy₂O₃ “–” 稀土 أتربة ไทย 희토류 हिन्दी", "Dy₂O₃ “–” 稀土 أتربة ไทย 희토류 हिन्दी"},
		"tabs and line breaks are blanks":         {"a\tb\nc\r\u2028d", "a b c  d"},
		"controls go":                             {"a\x00b\x07c\x7fd\u009be", "abcde"},
		"what turns text round goes":              {"\u202ea\u202c \u2066b\u2069 \u200fc", "a b c"},
		"what nobody sees goes":                   {"a\u200bb\u00adc\ufeffd", "abcd"},
		"joiners that shape words stay":           {"می\u200cشود क\u200dष 👩\u200d🔬", "می\u200cشود क\u200dष 👩\u200d🔬"},
		"the mark of lost characters goes":        {"a\ufffdb", "ab"},
		"a blank that may not break a line stays": {"72\u00a0kg", "72\u00a0kg"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := clean(test.text); got != test.want {
				t.Errorf("clean(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestDecodeResolvesEachThingOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ source, want string }{
		"nothing":                              {"a b", "a b"},
		"an escape":                            {`\*a\_`, "*a_"},
		"a backslash before a letter":          {`a\b`, `a\b`},
		"a backslash at the end":               {`a\`, `a\`},
		"references":                           {"&amp; &lt; &#8364; &#x20AC; &euro;", "& < € € €"},
		"an unknown name":                      {"&nothing; AT&T; &", "&nothing; AT&T; &"},
		"an escaped reference is none":         {`\&amp;`, "&amp;"},
		"what a reference makes is no new one": {"&amp;lt;", "&lt;"},
		"what a reference makes escapes not":   {"&bsol;*", `\*`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := decode([]byte(test.source)); got != test.want {
				t.Errorf("decode(%q) = %q, want %q", test.source, got, test.want)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, want string }{
		"the web":                        {"https://a.example/b?c=d&e=f#g", "https://a.example/b?c=d&e=f#g"},
		"the old web, a port":            {"http://a.example:8080/", "http://a.example:8080/"},
		"mail":                           {"mailto:x@a.example?subject=a%20b", "mailto:x@a.example?subject=a%20b"},
		"letters in any case":            {"HTTPS://A.example/B", "https://a.example/B"},
		"a host of other letters":        {"https://müller.example/ü?ö=ä", "https://xn--mller-kva.example/%C3%BC?%C3%B6=%C3%A4"},
		"a percent that escapes nothing": {"https://a.example/100%", "https://a.example/100%25"},
		"an escape stays":                {"https://a.example/a%2Fb", "https://a.example/a%2Fb"},
		"blanks and quotes":              {` https://a.example/a b"c `, "https://a.example/a%20b%22c"},
		"an underscore in the host":      {"https://our_Site.a.example/", "https://our_site.a.example/"},
		"two hyphens in the host":        {"https://r3---sn.a.example/", "https://r3---sn.a.example/"},
		"a number for a host":            {"http://[2001:db8::1]:80/", ""},
		"a script":                       {"javascript:alert(1)", ""},
		"data":                           {"data:text/html,x", ""},
		"a file":                         {"file:///etc/passwd", ""},
		"no scheme":                      {"a.example/b", ""},
		"a path":                         {"/b", ""},
		"a host alone":                   {"//a.example/", ""},
		"no host":                        {"https:///b", ""},
		"a name before the host":         {"https://bank.example@a.example/", ""},
		"mail to nobody":                 {"mailto:", ""},
		"nothing":                        {"", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := address(test.raw); got != test.want {
				t.Errorf("address(%q) = %q, want %q", test.raw, got, test.want)
			}
		})
	}
}

func TestLinkKeepsItsWordsWhereItsAddressIsDropped(t *testing.T) {
	t.Parallel()
	body := mailOf(t, "## [Title](javascript:alert(1))")
	if !strings.Contains(body.Text, "\nTitle\n") {
		t.Error("the text part has lost the headline")
	}
	if got := textsOf(t, body.HTML, "h2"); len(got) != 1 || got[0] != "Title" {
		t.Errorf("headlines are %q", got)
	}
}
