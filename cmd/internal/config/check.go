package config

import (
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a bare container knows no zones

	"golang.org/x/text/language"

	"redigest/cmd/internal/schedule"
	"redigest/digest"
	"redigest/subscribers"
)

// Validate returns all that is wrong with c as [*Faults], or nil. It looks at
// the values alone, and not at what they name.
func (c Config) Validate() error {
	var found Faults
	c.check(&found)
	return found.err()
}

func (c Config) check(found *Faults) {
	c.Publication.check(found)
	c.Schedule.check(found)
	checkSources(found, c.Sources)
	c.checkDigest(found)
	c.Numbers.check(found)
	c.Mail.check(found)
	c.Site.check(found)
	if c.Metrics.Listen != "" {
		checkListen(found, "metrics.listen", c.Metrics.Listen)
	}
	if c.Database == "" {
		found.add("database", "name the file that the program keeps its data in, such as redigest.db")
	}
	c.checkBeyondLoopback(found)
}

func (p Publication) check(found *Faults) {
	if p.Name == "" {
		found.add("publication.name", "give the newsletter a name")
	}
	for _, line := range []struct{ path, value string }{{"name", p.Name}, {"tagline", p.Tagline}} {
		if strings.ContainsAny(line.value, "\r\n") {
			found.add("publication."+line.path, "this must be one line")
		}
	}
	checkURL(found, "publication.url", p.URL)
	if p.ImprintURL != "" {
		checkURL(found, "publication.imprint_url", p.ImprintURL)
	}
	checkMailbox(found, "publication.from", p.From)
	if p.ReplyTo != "" {
		checkMailbox(found, "publication.reply_to", p.ReplyTo)
	}
	if _, err := language.Parse(p.Language); err != nil || strings.Contains(p.Language, "_") {
		found.add("publication.language", "%q is not a language tag (BCP 47); write it as en, de or pt-BR", p.Language)
	}
	checkZone(found, p.TimeZone)
	p.Colours.check(found)
}

// checkZone wants a name that means the same on every machine.
func checkZone(found *Faults, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		found.add("publication.timezone", "%q is not a time zone; write it as Europe/Berlin, America/New_York or UTC", name)
	}
}

// checkMailbox wants an address, with or without a name.
func checkMailbox(found *Faults, path, s string) {
	const form = "write it as daily@example.org or The Daily <daily@example.org>"
	if strings.ContainsAny(s, "\r\n") {
		found.add(path, "this must be one line")
		return
	}
	a, err := netmail.ParseAddress(s)
	if err != nil {
		found.add(path, "%q is not an email address; %s", s, form)
		return
	}
	if _, err := subscribers.ParseAddress(a.Address); err != nil {
		found.add(path, "%s; %s", err, form)
	}
}

func (s Schedule) check(found *Faults) {
	if _, err := schedule.ParseClock(s.Cron); err != nil {
		found.add("schedule.cron", "%s", err)
	}
	if err := s.Skip.plan().Check(); err != nil {
		found.add("schedule.skip.weekdays", "%s", err)
	}
	for i, day := range s.Skip.Dates {
		if _, err := digest.ParseDay(string(day)); err != nil {
			found.add(fmt.Sprintf("schedule.skip.dates[%d]", i), "%s", err)
		}
	}
	if s.MinStories < 1 {
		found.add("schedule.min_stories", "an issue needs at least 1 story")
	}
	if err := schedule.CheckLate(time.Duration(s.Late)); err != nil {
		found.add("schedule.late", "%s", err)
	}
}

// minEvery is how often a source may be fetched without being a nuisance.
const minEvery = Duration(time.Minute)

func checkSources(found *Faults, sources []Source) {
	first := map[string]int{}
	for i, s := range sources {
		at := fmt.Sprintf("sources[%d]", i)
		if s.Name == "" || strings.ContainsAny(s.Name, "\r\n") {
			found.add(at+".name", "give the source a name of one line")
		}
		checkURL(found, at+".url", s.URL)
		if j, twice := first[s.URL]; twice && s.URL != "" {
			found.add(at+".url", "sources[%d] has the same address; leave one out", j)
		} else {
			first[s.URL] = i
		}
		if s.Every < minEvery {
			found.add(at+".every", "a source is fetched every %s at most", minEvery)
		}
	}
}

func (c Config) checkDigest(found *Faults) {
	if c.Digest.MaxStories < max(1, c.Schedule.MinStories) {
		found.add("digest.max_stories", "this must be at least 1 and not less than schedule.min_stories")
	}
	// With less, a story could grow too old between two issues.
	if c.Digest.MaxAge < Duration(24*time.Hour) {
		found.add("digest.max_age", "this must be a day (1d) or more")
	}
	c.Digest.Sponsor.check(found)
}

// maxSponsor is how many characters a sponsor's line has at most: what pays for
// an issue does not outgrow it.
const maxSponsor = 200

func (s Sponsor) check(found *Faults) {
	const at = "digest.sponsor."
	for _, day := range []struct {
		key string
		day digest.Day
	}{{"from", s.From}, {"until", s.Until}} {
		if _, err := digest.ParseDay(string(day.day)); err != nil && day.day != "" {
			found.add(at+day.key, "%s", err)
		}
	}
	if s.Until != "" && s.Until < s.From {
		found.add(at+"until", "the last day is before the first")
	}
	if s.Text == "" {
		if s != (Sponsor{}) {
			found.add(at+"text", "say what readers are to see, or leave out the sponsor's other keys")
		}
		return
	}
	if strings.ContainsAny(s.Text, "\r\n") || len([]rune(s.Text)) > maxSponsor {
		found.add(at+"text", "this must be one line of at most %d characters", maxSponsor)
	}
	checkURL(found, at+"url", s.URL)
}

func (n Numbers) check(found *Faults) {
	if n.URL != "" {
		checkURL(found, "numbers.url", n.URL)
	}
	if len(n.Line) > digest.LineLength {
		found.add("numbers.line", "above the lead there is room for %d items", digest.LineLength)
	}
	for i, item := range n.Line {
		if strings.TrimSpace(item) == "" {
			found.add(fmt.Sprintf("numbers.line[%d]", i), "name an item as it stands in the table, such as NdPr oxide")
		}
	}
	if n.OldAfter < Duration(24*time.Hour) {
		found.add("numbers.old_after", "this must be a day (1d) or more")
	}
}

func (s Site) check(found *Faults) {
	checkListen(found, "site.listen", s.Listen)
	checkOrigin(found, "site.base_url", s.BaseURL)
	for i, origin := range s.SignupOrigins {
		checkOrigin(found, fmt.Sprintf("site.signup_origins[%d]", i), origin)
	}
	for i, text := range s.TrustedProxies {
		if _, err := parseNetwork(text); err != nil {
			found.add(fmt.Sprintf("site.trusted_proxies[%d]", i), "%q is neither an IP address nor a network; write it as 10.0.0.7 or 10.0.0.0/8", text)
		}
	}
}

func checkListen(found *Faults, path, address string) {
	if _, port, err := net.SplitHostPort(address); err != nil || !isPort(port) {
		found.add(path, "%q is no address to listen on; write it as 127.0.0.1:8080", address)
	}
}

// isPort reports whether s is a port; 0 lets the system choose one.
func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

// parseNetwork reads a network, or an address as a network of one.
func parseNetwork(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Prefix(a.BitLen())
	}
	network, err := netip.ParsePrefix(s)
	return network.Masked(), err
}

// plan returns s as the schedule takes it.
func (s Skip) plan() schedule.Skip {
	skip := schedule.Skip{Dates: slices.Clone(s.Dates)}
	for _, day := range s.Weekdays {
		skip.Weekdays = append(skip.Weekdays, time.Weekday(day))
	}
	return skip
}
