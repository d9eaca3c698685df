package render

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

// address returns raw as an absolute address in ASCII, or "" when it is none
// that a reader may be led to: only the web and mail addresses are, without a
// name and password (which serve to disguise the host).
func address(raw string) string {
	u, err := url.Parse(escapeAddress(raw))
	if err != nil || u.User != nil {
		return ""
	}
	switch u.Scheme {
	case "http", "https":
		return webAddress(u)
	case "mailto":
		if strings.Contains(u.Opaque, "@") {
			return u.String()
		}
	}
	return ""
}

// plainHost is a host that needs no translation. Some that readers do reach break
// the rules for names, as with an underscore or with two hyphens in third place.
var plainHost = regexp.MustCompile(`^[a-z0-9_][a-z0-9_.-]*$`)

// webAddress returns u with its host in ASCII.
func webAddress(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if !plainHost.MatchString(host) {
		var err error
		if host, err = idna.Lookup.ToASCII(host); err != nil || host == "" {
			return ""
		}
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	return u.String()
}

var placeOnPage = regexp.MustCompile(`^#[a-z0-9-]+$`)

// escapeAddress writes what may not stand in an address as %XX, and a % that
// begins no such escape too.
func escapeAddress(s string) string {
	var b strings.Builder
	s = strings.TrimSpace(s)
	for i := range len(s) {
		c := s[i]
		stray := c == '%' && (len(s) < i+3 || !isHex(s[i+1]) || !isHex(s[i+2]))
		if stray || c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' || c >= 'a' && c <= 'f'
}
