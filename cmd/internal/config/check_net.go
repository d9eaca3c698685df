package config

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"redigest/subscribers/mail"
)

// checkURL wants the address of a page or feed.
func checkURL(found *Faults, path, s string) {
	if u := httpURL(s); u == nil {
		found.add(path, "this must be a web address such as https://www.example.org/ without a user or password")
	}
}

// checkOrigin wants a scheme, a host and perhaps a port, and nothing else.
func checkOrigin(found *Faults, path, s string) {
	u := httpURL(s)
	if u == nil || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(s, "?#") {
		found.add(path, "this must be scheme and host such as https://www.example.org, with nothing after them")
	}
}

// httpURL returns s as a URL, or nil when it is no plain web address. Its error
// is not kept: it would quote s, and s may hold a password.
func httpURL(s string) *url.URL {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return nil
	}
	return u
}

func (m Mail) check(found *Faults) {
	if m.GiveUp < Duration(time.Minute) {
		found.add("mail.give_up", "a mail that is put off must be tried for at least a minute (1m)")
	}
	if m.InFlight < 1 || m.InFlight > 8 {
		found.add("mail.in_flight", "this must be from 1 to 8")
	}
	m.Timeouts.check(found)
	if _, err := mail.ParseReturnPath(m.ReturnPath); err != nil {
		found.add("mail.return_path", "%s", err)
	}
	m.Returned.check(found, m.ReturnPath != "")
	first := map[string]int{}
	for i, relay := range m.Relays {
		at := fmt.Sprintf("mail.relays[%d]", i)
		relay.check(found, at)
		parsed, err := mail.ParseRelay(relay.URL)
		if err != nil {
			continue
		}
		// Each would be given what both together may be given.
		if j, twice := first[parsed.Account()]; twice {
			found.add(at+".url", "mail.relays[%d] is the same relay; leave one out", j)
		}
		first[parsed.Account()] = i
	}
	checkSigningKeys(found, m.DKIM)
}

func (t Timeouts) check(found *Faults) {
	for _, wait := range []struct {
		name string
		Duration
	}{
		{"connect", t.Connect}, {"greeting", t.Greeting}, {"hello", t.Hello}, {"mail", t.Mail}, {"rcpt", t.Rcpt},
		{"data", t.Data}, {"block", t.Block}, {"dot", t.Dot}, {"quit", t.Quit},
	} {
		if wait.Duration < Duration(time.Second) || wait.Duration > Duration(time.Hour) {
			found.add("mail.timeouts."+wait.name, "this must be from a second (1s) to an hour (1h)")
		}
	}
}

// checkSigningKeys does not open the files: only what signs need be able to.
func checkSigningKeys(found *Faults, keys []SigningKey) {
	first := map[string]int{}
	for i, key := range keys {
		at := fmt.Sprintf("mail.dkim[%d]", i)
		selector := strings.ToLower(key.Selector)
		if err := mail.CheckSelector(selector); err != nil {
			found.add(at+".selector", "%s", err)
		} else if j, twice := first[selector]; twice {
			found.add(at+".selector", "mail.dkim[%d] has the same selector; each key has one of its own", j)
		} else {
			first[selector] = i
		}
		if key.File == "" {
			found.add(at+".file", "name the file that holds the key; “redigest dkim new” makes one")
		}
	}
}

func (r Relay) check(found *Faults, at string) {
	parsed, err := mail.ParseRelay(r.URL)
	switch {
	case r.URL == "":
		found.add(at+".url", "name the relay, such as smtp://user@smtp.example.org:587")
	case err != nil && strings.HasPrefix(r.URL, "smtp+plain:"):
		found.add(at+".url", "smtp+plain:// is for a relay on this machine alone, as in smtp+plain://127.0.0.1:25; smtp:// demands STARTTLS, smtps:// is TLS from the start")
	case err != nil:
		// The error quotes the URL, and that may hold a password by mistake.
		found.add(at+".url", "this is not the URL of a relay; write it as smtp://user@smtp.example.org:587 or smtps://user@smtp.example.org")
	case parsed.Password != "":
		found.add(at+".url", "a password does not belong in the URL; set password, password_file or %s", relayPassword)
	case parsed.User == "" && r.Password != "":
		found.add(at+".url", "there is a password and no user; write the user before the host, as in smtp://user@smtp.example.org:587")
	case parsed.User != "" && r.Password == "":
		found.add(at+".password", "the relay has a user and no password; set password, password_file or, for the first relay, %s", relayPassword)
	}
	if r.Connections < 1 || r.Connections > 1000 {
		found.add(at+".connections", "this must be from 1 to 1000")
	}
	if r.MessagesPerConnection < 1 {
		found.add(at+".messages_per_connection", "this must be at least 1")
	}
	if r.PerSecond < 0 || r.PerSecond > 100_000 {
		found.add(at+".per_second", "this must be from 1 to 100000 mails, or 0 for no bound")
	}
	if r.PerDay < 0 {
		found.add(at+".per_day", "this must be a number of mails, or 0 for no bound")
	}
}

// checkBeyondLoopback wants what mail needs that strangers get: links that work
// and are safe to follow, and a publisher who can be found.
func (c Config) checkBeyondLoopback(found *Faults) {
	base := httpURL(c.Site.BaseURL)
	if base == nil {
		return // that is a fault of its own
	}
	mailed, reached := c.Mail.Leaves(), !loopback(base.Hostname())
	if len(c.Mail.Relays) == 0 || !mailed && !reached {
		return
	}
	if mailed && !reached {
		found.add("site.base_url", "mail leaves this machine, and its links lead to %s, where no reader gets; set the address that readers reach this site by", base.Host)
	} else if base.Scheme != "https" {
		found.add("site.base_url", "beyond this machine this must be https://")
	}
	if c.Publication.PostalAddress == "" || c.Publication.PostalAddress == Default().Publication.PostalAddress {
		found.add("publication.postal_address", "mail to readers must show the publisher's own postal address")
	}
	checkReal(found, "publication.from", c.Publication.Sender().Address)
	checkReal(found, "publication.reply_to", c.Publication.Answers().Address)
	checkReal(found, "mail.return_path", "@"+c.Mail.Path().Domain())
}

// checkReal refuses an address under a name that is kept for examples
// (RFC 2606), which nobody can answer to.
func checkReal(found *Faults, path, address string) {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	labels := strings.Split(strings.TrimSuffix(domain, "."), ".")
	last := labels[len(labels)-1]
	reserved := slices.Contains([]string{"example", "test", "invalid", "localhost"}, last) ||
		len(labels) > 1 && labels[len(labels)-2] == "example"
	if reserved {
		found.add(path, "%s is a sample; mail to readers must be from an address of the publisher's own", address)
	}
}

// Leaves reports whether mail leaves this machine: a relay is on another one.
func (m Mail) Leaves() bool {
	for _, relay := range m.Relays {
		if parsed, err := mail.ParseRelay(relay.URL); err == nil && !parsed.Loopback() {
			return true
		}
	}
	return false
}

// loopback reports whether host is this machine.
func loopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, err := netip.ParseAddr(host); err == nil {
		return a.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
