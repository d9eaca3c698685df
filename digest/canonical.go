package digest

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// Canonical returns the form of a web address in which two ways of writing the
// same address are equal: host without “www.” and default port, path without
// its closing slash and AMP suffix, query sorted and without what only tracks.
// The scheme is left out. It returns "" for what is not a web address.
func Canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return canonicalHost(u) + canonicalPath(u)
}

func canonicalHost(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	host = strings.TrimPrefix(host, "www.")
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	return host
}

func canonicalPath(u *url.URL) string {
	p := path.Clean("/" + u.Path)
	p = strings.TrimSuffix(p, "/amp")
	p = strings.TrimSuffix(p, "/")
	query := canonicalQuery(u.Query())
	if query == "" {
		return (&url.URL{Path: p}).EscapedPath()
	}
	return (&url.URL{Path: p}).EscapedPath() + "?" + query
}

// tracking holds the query parameters that say how a reader came to a page
// and not which page it is.
var tracking = []string{
	"fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "twclid",
	"mc_cid", "mc_eid", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oc", "ref", "ref_src", "cmpid", "amp",
}

func canonicalQuery(q url.Values) string {
	for name := range q {
		if strings.HasPrefix(name, "utm_") || slices.Contains(tracking, name) {
			q.Del(name)
		}
	}
	return q.Encode()
}

// draftAddress reports whether raw is WordPress's address of a story by number
// (/?p=123), which goes on working after the story gets a name.
func draftAddress(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.Query().Get("p") != ""
}

// withoutUser returns an address without the name and password that whoever
// reads a closed site has in it: they are not for the readers.
func withoutUser(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.User == nil {
		return raw
	}
	u.User = nil
	return u.String()
}
