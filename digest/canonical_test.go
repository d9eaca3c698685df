package digest

import "testing"

func TestCanonicalIsEqualForTheSameAddress(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"example.org/news/a": {
			"https://example.org/news/a/", "http://www.example.org/news/a", "https://EXAMPLE.org:443/news/a/#comments",
			"https://example.org/news/a/?utm_source=x&utm_medium=y", "https://example.org/news/a/amp/", "https://example.org/news//a?fbclid=1",
		},
		"example.org?p=7461":        {"https://example.org/?p=7461", "https://www.example.org?p=7461&utm_source=rss"},
		"example.org/s?a=1&b=2":     {"https://example.org/s?b=2&a=1"},
		"example.org:8080/x":        {"http://example.org:8080/x"},
		"example.org/Dy%E2%82%82O3": {"https://example.org/Dy₂O3", "https://example.org/Dy%e2%82%82O3/"},
		"":                          {"", "javascript:alert(1)", "mailto:a@example.org", "/news/a", "story 3", "ftp://example.org/a", "https://"},
	}
	for want, addresses := range tests {
		for _, a := range addresses {
			if got := Canonical(a); got != want {
				t.Errorf("Canonical(%q) = %q, want %q", a, got, want)
			}
		}
	}
}

func TestCanonicalKeepsDifferentAddressesApart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, a := range []string{
		"https://example.org/", "https://example.org/a", "https://example.org/A", "https://example.org/?p=1",
		"https://example.org/?p=2", "https://news.example.org/a", "https://example.org/a/b", "https://example.com/a",
	} {
		c := Canonical(a)
		if was, ok := seen[c]; ok {
			t.Errorf("%s and %s are both %q", was, a, c)
		}
		seen[c] = a
	}
}
