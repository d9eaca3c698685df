// Package config reads config.yaml: what the program must know of its machine
// and of its publisher before it starts.
//
// [Load] is strict. A key it does not know, or a value that cannot be right, is
// an error, and all of them are reported at once. No error ever holds a secret.
package config

import (
	"net/mail"
	"net/netip"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"redigest/cmd/internal/schedule"
	"redigest/digest"
	"redigest/subscribers"
	wire "redigest/subscribers/mail"
	"redigest/subscribers/returns"
)

// A Config is what config.yaml says, with a default for every key that it
// leaves out.
type Config struct {
	Publication Publication `yaml:"publication"`
	Schedule    Schedule    `yaml:"schedule"`
	Sources     []Source    `yaml:"sources"`
	Digest      Digest      `yaml:"digest"`
	Numbers     Numbers     `yaml:"numbers"`
	Mail        Mail        `yaml:"mail"`
	Site        Site        `yaml:"site"`
	Metrics     Metrics     `yaml:"metrics"`

	// Database is the path of the SQLite file. The built-in mailbox lies in
	// mailbox/ beside it.
	Database string `yaml:"database"`
}

// A Publication is the newsletter as its readers know it.
type Publication struct {
	Name    string `yaml:"name"`
	Tagline string `yaml:"tagline"` // one line under the name; may be empty
	URL     string `yaml:"url"`     // the publisher's own site, http or https

	// From is the address that mail is from, with or without a name before it.
	From string `yaml:"from"`
	// ReplyTo is the address that answers go to; empty means From.
	ReplyTo string `yaml:"reply_to"`

	PostalAddress string `yaml:"postal_address"` // of the publisher, as the law wants it in every mail; one line or several
	ImprintURL    string `yaml:"imprint_url"`    // may be empty

	Language string `yaml:"language"` // BCP 47 tag of the texts, such as en or de-AT
	TimeZone string `yaml:"timezone"` // IANA name; days and hours are meant in this zone

	Colours Colours `yaml:"colours"` // of mails and pages

	// Templates is the folder of the publisher's own templates, which stand in
	// for those that are built in. Empty means the folder templates beside
	// config.yaml; after Load, that there is none.
	Templates string `yaml:"templates"`
}

// A Schedule says on which days and when an issue is published.
type Schedule struct {
	// Cron is a cron expression that names one time of day. Which days are
	// publishing days is for Skip to say.
	Cron string `yaml:"cron"`
	Skip Skip   `yaml:"skip"`

	MinStories int `yaml:"min_stories"` // with fewer stories than this there is no issue; at least 1

	// Late is how long after its time an issue may still be published when
	// the program did not run then. Later its stories go into the next issue.
	Late Duration `yaml:"late"`
}

// A Skip names the days without an issue.
type Skip struct {
	Weekdays []Weekday    `yaml:"weekdays"`
	Dates    []digest.Day `yaml:"dates"`
}

// A Source is a place that stories are fetched from.
type Source struct {
	Name string `yaml:"name"`
	URL  string `yaml:"url"`

	// Own means that the publisher owns what stands there, so that whole
	// stories may be shown. Of all other sources only headline, link and the
	// start of their own summary are kept.
	Own bool `yaml:"own"`

	Every Duration `yaml:"every"` // how often it is fetched; 30m when left out
}

// A Digest says how much goes into an issue.
type Digest struct {
	MaxStories int      `yaml:"max_stories"` // the rest waits for the next issue; at least Schedule.MinStories
	MaxAge     Duration `yaml:"max_age"`     // older stories are in no issue

	Sponsor Sponsor `yaml:"sponsor"`
}

// A Sponsor pays for a line in the issues of some days.
type Sponsor struct {
	Text  string     `yaml:"text"`  // one line; empty: there is no sponsor
	URL   string     `yaml:"url"`   // that it leads to, http or https
	From  digest.Day `yaml:"from"`  // the first day with it, in Publication.TimeZone; empty: at once
	Until digest.Day `yaml:"until"` // the last day with it; empty: for ever
}

// Paying returns who pays for the digest, or nil.
func (d Digest) Paying() *digest.Sponsor {
	s := d.Sponsor
	if s.Text == "" {
		return nil
	}
	return &digest.Sponsor{Text: s.Text, URL: s.URL, From: s.From, Until: s.Until}
}

// Numbers says where the prices and shares of an issue come from and which of
// them stand above the lead.
type Numbers struct {
	// URL is where the publisher's table (CSV) is read before each issue; empty:
	// only what “numbers import” has stored is shown.
	URL string `yaml:"url"`

	// Line names up to three items that stand above the lead; none: the first
	// three prices that are not old.
	Line []string `yaml:"line"`

	OldAfter Duration `yaml:"old_after"` // before an issue's day, from then on a price is shown grey
}

// Mail says how mail leaves.
type Mail struct {
	// Relays are the SMTP servers that take our mail. With none, mail goes to
	// the built-in mailbox and reaches nobody.
	Relays []Relay `yaml:"relays"`

	GiveUp Duration `yaml:"give_up"` // how long a mail that a relay puts off is tried again

	// InFlight is how many mails a connection may have handed over and not
	// written down as accepted, from 1 to 8: so many are uncertain on each when
	// the program dies.
	InFlight int `yaml:"in_flight"`

	Timeouts Timeouts `yaml:"timeouts"`

	// ReturnPath is the domain, or the mailbox that takes mail for whatever
	// stands behind a plus, at which returned mail arrives; empty: it comes to
	// Publication.From, and nothing is made of it.
	ReturnPath string   `yaml:"return_path"`
	Returned   Returned `yaml:"returned"`

	// DKIM holds the keys that mail is signed with, once with each; none: it is
	// not signed here. The domain that signs is that of Publication.From.
	DKIM []SigningKey `yaml:"dkim"`
}

// Timeouts are how long a relay may take for each answer, from a second to an
// hour.
type Timeouts struct {
	Connect  Duration `yaml:"connect"`
	Greeting Duration `yaml:"greeting"`
	Hello    Duration `yaml:"hello"` // EHLO, STARTTLS, AUTH, each
	Mail     Duration `yaml:"mail"`
	Rcpt     Duration `yaml:"rcpt"`
	Data     Duration `yaml:"data"`
	Block    Duration `yaml:"block"` // to take a block of a message
	Dot      Duration `yaml:"dot"`   // to answer for a whole message
	Quit     Duration `yaml:"quit"`
}

// Returned says by which door mail comes in that comes back, and what follows
// from it. There is a third door, the command “bounce read -”.
type Returned struct {
	// Mailbox is emptied over IMAP: imaps://user@host (TLS from the start),
	// imap://user@host (STARTTLS is demanded) or, on loopback only,
	// imap+plain://user@host. It holds no password. Empty: none is.
	Mailbox string `yaml:"mailbox"`

	// Password may be given here, in the file PasswordFile, or in the
	// environment variable REDIGEST_RETURNED_PASSWORD. After Load it is here
	// wherever it came from.
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`

	Folder string   `yaml:"folder"` // of Mailbox
	Every  Duration `yaml:"every"`  // how often Mailbox is emptied

	// Listen is the host:port at which the program takes mail for
	// Mail.ReturnPath by itself (SMTP); empty: nowhere.
	Listen string `yaml:"listen"`

	// An address whose mail comes back for a reason that may pass is suppressed
	// after SoftCount issues in a row, the first and the last of them at least
	// SoftDays apart.
	SoftCount int `yaml:"soft_count"`
	SoftDays  int `yaml:"soft_days"`
}

// Policy returns what follows from mail that comes back.
func (r Returned) Policy() subscribers.ReturnPolicy {
	return subscribers.ReturnPolicy{SoftCount: r.SoftCount, SoftFor: time.Duration(r.SoftDays) * 24 * time.Hour}
}

// Account returns the mailbox that is emptied; ok is false when there is none.
func (r Returned) Account() (a returns.Account, ok bool) {
	if r.Mailbox == "" {
		return a, false
	}
	a, err := returns.ParseAccount(r.Mailbox)
	a.Password, a.Folder = string(r.Password), r.Folder
	return a, err == nil // Validate has refused it else
}

// Path returns where mail comes back.
func (m Mail) Path() wire.ReturnPath {
	p, err := wire.ParseReturnPath(m.ReturnPath)
	if err != nil {
		return wire.ReturnPath{} // Validate has refused it
	}
	return p
}

// A SigningKey is where a key lies and what it is called.
type SigningKey struct {
	Selector string `yaml:"selector"` // under which its public half stands in the DNS
	File     string `yaml:"file"`     // its private half, in PEM
}

// A Relay is an SMTP server that takes our mail.
type Relay struct {
	// URL is smtp://user@host:port (STARTTLS is demanded), smtps:// (TLS from
	// the start) or, on loopback only, smtp+plain://. It holds no password.
	URL string `yaml:"url"`

	// Password may be given here, in the file PasswordFile, or, for the first
	// relay, in the environment variable REDIGEST_RELAY_PASSWORD. After Load it
	// is here wherever it came from.
	Password     Secret `yaml:"password"`
	PasswordFile string `yaml:"password_file"`

	Connections           int `yaml:"connections"`             // how many at a time; 10 when left out
	MessagesPerConnection int `yaml:"messages_per_connection"` // after that many a new connection is made; 100 when left out

	Sign      bool `yaml:"sign"`       // with the keys of Mail.DKIM; true when left out, false for a relay that signs by itself
	PerSecond int  `yaml:"per_second"` // how many mails at most, spread evenly; 0: no bound
	PerDay    int  `yaml:"per_day"`    // how many mails at most in any 24 hours; 0: no bound
}

// Site says where the web pages are.
type Site struct {
	Listen  string `yaml:"listen"`   // host:port that the program listens on
	BaseURL string `yaml:"base_url"` // what readers reach it by; no slash at the end after Load

	// SignupOrigins are the sites, such as https://www.example.org, whose
	// pages may hold a sign-up form that posts to this one.
	SignupOrigins []string `yaml:"signup_origins"`

	// TrustedProxies are the addresses or networks of reverse proxies, whose
	// word is taken for where a request came from.
	TrustedProxies []string `yaml:"trusted_proxies"`
}

// Metrics says where numbers about delivery can be read.
type Metrics struct {
	// Listen is the host:port that the program listens on for who reads them;
	// empty: nowhere. Without a host it is this machine alone.
	Listen string `yaml:"listen"`
}

// Sender returns the mailbox that mail is from. It is named after the
// publication unless From gives it a name.
func (p Publication) Sender() mail.Address {
	a, err := mail.ParseAddress(p.From)
	if err != nil {
		return mail.Address{Name: p.Name} // Validate has refused it
	}
	if a.Name == "" {
		a.Name = p.Name
	}
	return *a
}

// Answers returns the mailbox that answers go to, and nothing when that is the
// one that mail is from.
func (p Publication) Answers() mail.Address {
	a, err := mail.ParseAddress(p.ReplyTo)
	if err != nil {
		return mail.Address{} // empty, or Validate has refused it
	}
	return *a
}

// ReadsAnswers reports whether a person reads what is answered to a mail: it
// goes to an address that does not call itself noreply or the like.
func (p Publication) ReadsAnswers() bool {
	to := p.Answers().Address
	if to == "" {
		sender := p.Sender()
		to = sender.Address
	}
	local, _, found := strings.Cut(strings.ToLower(to), "@")
	return found && !nobody.MatchString(local)
}

// nobody matches the local parts of addresses that nobody reads.
var nobody = regexp.MustCompile(`^(no|not|donot|do-not|dont|nao|ne)[-_.]?(reply|replies|response|answer|responder|pas-repondre)\b|^mailer-daemon$`)

// Zone returns the publisher's time zone.
func (c Config) Zone() *time.Location {
	zone, err := time.LoadLocation(c.Publication.TimeZone)
	if err != nil {
		return time.UTC // Validate has refused it
	}
	return zone
}

// Plan returns the publishing days and hours.
func (c Config) Plan() (schedule.Plan, error) {
	return schedule.New(c.Schedule.Cron, c.Zone(), c.Schedule.Skip.plan(), time.Duration(c.Schedule.Late))
}

// Mailbox returns the folder of the built-in mailbox.
func (c Config) Mailbox() string {
	return filepath.Join(filepath.Dir(c.Database), "mailbox")
}

// Proxies returns the networks of the trusted proxies.
func (s Site) Proxies() []netip.Prefix {
	var networks []netip.Prefix
	for _, text := range s.TrustedProxies {
		if network, err := parseNetwork(text); err == nil { // Validate has refused the others
			networks = append(networks, network)
		}
	}
	return networks
}
