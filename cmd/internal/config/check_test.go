package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/cmd/internal/config"
	"redigest/digest"
)

// mailing is a configuration that mails readers.
func mailing() config.Config {
	c := config.Default()
	c.Publication.From = "news@magnets.de"
	c.Publication.PostalAddress = "Magnet Verlag, Hafen 1, 20457 Hamburg"
	c.Site.BaseURL = "https://letter.magnets.de"
	c.Mail.Relays = []config.Relay{relay("smtp://me@smtp.magnets.de")}
	return c
}

const day = config.Duration(24 * time.Hour)

func numbers(n config.Numbers) func(c *config.Config) {
	return func(c *config.Config) { c.Numbers = n }
}

func sponsor(s config.Sponsor) func(c *config.Config) {
	return func(c *config.Config) { c.Digest.Sponsor = s }
}

func light(chosen config.ColourChoice) func(c *config.Config) {
	return func(c *config.Config) { c.Publication.Colours.Light = chosen }
}

func relay(url string) config.Relay {
	r := config.Relay{URL: url, Connections: 10, MessagesPerConnection: 100, Sign: true}
	if strings.Contains(url, "@") {
		r.Password = "c0rrect-horse"
	}
	return r
}

func TestValidate(t *testing.T) {
	t.Parallel()
	type change = func(c *config.Config)
	tests := map[string]struct {
		change change
		want   []string // the keys at fault; none when it is right
	}{
		"what mails readers": {func(c *config.Config) {}, nil},

		"no name":                         {func(c *config.Config) { c.Publication.Name = "" }, []string{"publication.name"}},
		"a name of two lines":             {func(c *config.Config) { c.Publication.Name = "A\nB" }, []string{"publication.name"}},
		"a tagline of two lines":          {func(c *config.Config) { c.Publication.Tagline = "A\nB" }, []string{"publication.tagline"}},
		"no tagline":                      {func(c *config.Config) { c.Publication.Tagline = "" }, nil},
		"a URL without a scheme":          {func(c *config.Config) { c.Publication.URL = "www.magnets.de" }, []string{"publication.url"}},
		"a URL that runs code":            {func(c *config.Config) { c.Publication.URL = "javascript:alert(1)" }, []string{"publication.url"}},
		"an imprint that is a file":       {func(c *config.Config) { c.Publication.ImprintURL = "file:///imprint" }, []string{"publication.imprint_url"}},
		"From with a name":                {func(c *config.Config) { c.Publication.From = `"News, daily" <news@magnets.de>` }, nil},
		"From without an @":               {func(c *config.Config) { c.Publication.From = "news" }, []string{"publication.from"}},
		"From with two addresses":         {func(c *config.Config) { c.Publication.From = "a@magnets.de, b@magnets.de" }, []string{"publication.from"}},
		"From with a header in it":        {func(c *config.Config) { c.Publication.From = "a@magnets.de\r\nBcc: b@magnets.de" }, []string{"publication.from"}},
		"From without a dot":              {func(c *config.Config) { c.Publication.From = "news@magnets" }, []string{"publication.from"}},
		"answers to nobody":               {func(c *config.Config) { c.Publication.ReplyTo = "nobody" }, []string{"publication.reply_to"}},
		"a language in words":             {func(c *config.Config) { c.Publication.Language = "English" }, []string{"publication.language"}},
		"a language of a system":          {func(c *config.Config) { c.Publication.Language = "en_US" }, []string{"publication.language"}},
		"no language":                     {func(c *config.Config) { c.Publication.Language = "" }, []string{"publication.language"}},
		"a language with its script":      {func(c *config.Config) { c.Publication.Language = "zh-Hant-TW" }, nil},
		"a zone with changes":             {func(c *config.Config) { c.Publication.TimeZone = "America/Santiago" }, nil},
		"a zone that is none":             {func(c *config.Config) { c.Publication.TimeZone = "Mars/Olympus" }, []string{"publication.timezone"}},
		"a zone that leads out":           {func(c *config.Config) { c.Publication.TimeZone = "../../etc/passwd" }, []string{"publication.timezone"}},
		"the zone of the machine":         {func(c *config.Config) { c.Publication.TimeZone = "Local" }, []string{"publication.timezone"}},
		"no zone":                         {func(c *config.Config) { c.Publication.TimeZone = "" }, []string{"publication.timezone"}},
		"a red":                           {light(config.ColourChoice{Accent: "#b00020"}), nil},
		"a red by its name":               {light(config.ColourChoice{Accent: "red"}), []string{"publication.colours.light.accent"}},
		"links that nobody can see":       {light(config.ColourChoice{Accent: "#ffd400"}), []string{"publication.colours.light.accent"}},
		"a sheet as dark as the text":     {light(config.ColourChoice{Sheet: "#20252b"}), []string{"publication.colours.light.sheet"}},
		"an hour of every day":            {func(c *config.Config) { c.Schedule.Cron = "30 5 * * *" }, nil},
		"working days":                    {func(c *config.Config) { c.Schedule.Cron = "0 6 * * 1-5" }, []string{"schedule.cron"}},
		"every day skipped":               {func(c *config.Config) { c.Schedule.Skip.Weekdays = []config.Weekday{0, 1, 2, 3, 4, 5, 6} }, []string{"schedule.skip.weekdays"}},
		"a day that is none":              {func(c *config.Config) { c.Schedule.Skip.Dates = []digest.Day{"2026-12-25", "25.12."} }, []string{"schedule.skip.dates[1]"}},
		"issues without a story":          {func(c *config.Config) { c.Schedule.MinStories = 0 }, []string{"schedule.min_stories"}},
		"never late":                      {func(c *config.Config) { c.Schedule.Late = 0 }, []string{"schedule.late"}},
		"late by a day":                   {func(c *config.Config) { c.Schedule.Late = config.Duration(24 * time.Hour) }, []string{"schedule.late"}},
		"more wanted than an issue holds": {func(c *config.Config) { c.Schedule.MinStories = 41 }, []string{"digest.max_stories"}},
		"no room in an issue":             {func(c *config.Config) { c.Digest.MaxStories = 0 }, []string{"digest.max_stories"}},
		"stories lost between issues":     {func(c *config.Config) { c.Digest.MaxAge = config.Duration(23 * time.Hour) }, []string{"digest.max_age"}},

		"a sponsor":                         {sponsor(config.Sponsor{Text: "Separation by the tonne", URL: "https://kiln.magnets.de/", From: "2026-02-01", Until: "2026-02-28"}), nil},
		"a sponsor for ever":                {sponsor(config.Sponsor{Text: "Separation by the tonne", URL: "https://kiln.magnets.de/"}), nil},
		"a sponsor without words":           {sponsor(config.Sponsor{URL: "https://kiln.magnets.de/"}), []string{"digest.sponsor.text"}},
		"a sponsor who leads nowhere":       {sponsor(config.Sponsor{Text: "Separation"}), []string{"digest.sponsor.url"}},
		"a sponsor of two lines":            {sponsor(config.Sponsor{Text: "A\nB", URL: "https://kiln.magnets.de/"}), []string{"digest.sponsor.text"}},
		"a sponsor with a story to tell":    {sponsor(config.Sponsor{Text: strings.Repeat("ä", 201), URL: "https://kiln.magnets.de/"}), []string{"digest.sponsor.text"}},
		"a sponsor who ends before he came": {sponsor(config.Sponsor{Text: "A", URL: "https://kiln.magnets.de/", From: "2026-02-02", Until: "2026-02-01"}), []string{"digest.sponsor.until"}},
		"a sponsor on days that are none":   {sponsor(config.Sponsor{Text: "A", URL: "https://kiln.magnets.de/", From: "1.2.", Until: "soon"}), []string{"digest.sponsor.from", "digest.sponsor.until"}},

		"a source": {sources(config.Source{Name: "A", URL: "https://a.example/feed", Every: config.Duration(time.Hour)}), nil},
		"a source with nothing": {sources(config.Source{}),
			[]string{"sources[0].name", "sources[0].url", "sources[0].every"}},
		"a source twice": {sources(
			config.Source{Name: "A", URL: "https://a.example/feed", Every: config.Duration(time.Hour)},
			config.Source{Name: "B", URL: "https://a.example/feed", Every: config.Duration(time.Hour)},
		), []string{"sources[1].url"}},
		"a source with a password": {sources(config.Source{Name: "A", URL: "https://me:c0rrect-horse@a.example/feed", Every: config.Duration(time.Hour)}),
			[]string{"sources[0].url"}},
		"a source read every second": {sources(config.Source{Name: "A", URL: "https://a.example/feed", Every: config.Duration(time.Second)}),
			[]string{"sources[0].every"}},

		"a table of numbers":         {numbers(config.Numbers{URL: "https://www.magnets.de/prices.csv", Line: []string{"NdPr oxide"}, OldAfter: day}), nil},
		"numbers by FTP":             {numbers(config.Numbers{URL: "ftp://www.magnets.de/prices.csv", OldAfter: day}), []string{"numbers.url"}},
		"numbers behind a password":  {numbers(config.Numbers{URL: "https://me:c0rrect-horse@www.magnets.de/", OldAfter: day}), []string{"numbers.url"}},
		"four items above the lead":  {numbers(config.Numbers{Line: []string{"a", "b", "c", "d"}, OldAfter: day}), []string{"numbers.line"}},
		"an item without a name":     {numbers(config.Numbers{Line: []string{"a", " "}, OldAfter: day}), []string{"numbers.line[1]"}},
		"yesterday's prices are old": {numbers(config.Numbers{OldAfter: day - 1}), []string{"numbers.old_after"}},

		"mail given up at once": {func(c *config.Config) { c.Mail.GiveUp = 0 }, []string{"mail.give_up"}},
		"no mail in flight":     {func(c *config.Config) { c.Mail.InFlight = 0 }, []string{"mail.in_flight"}},
		"nine mails in flight":  {func(c *config.Config) { c.Mail.InFlight = 9 }, []string{"mail.in_flight"}},
		"eight mails in flight": {func(c *config.Config) { c.Mail.InFlight = 8 }, nil},
		"relays given no time": {func(c *config.Config) { c.Mail.Timeouts.Dot = 0; c.Mail.Timeouts.Quit = config.Duration(2 * time.Hour) },
			[]string{"mail.timeouts.dot", "mail.timeouts.quit"}},
		"a relay with no address":       {relays(relay("")), []string{"mail.relays[0].url"}},
		"a relay in the clear":          {relays(relay("smtp+plain://smtp.magnets.de")), []string{"mail.relays[0].url"}},
		"a relay that speaks HTTP":      {relays(relay("https://smtp.magnets.de")), []string{"mail.relays[0].url"}},
		"a relay with a wild port":      {relays(relay("smtp://smtp.magnets.de:70000")), []string{"mail.relays[0].url"}},
		"a relay that needs no user":    {relays(relay("smtp://smtp.magnets.de")), nil},
		"two relays":                    {relays(relay("smtp://me@a.magnets.de"), relay("smtps://me@b.magnets.de:465")), nil},
		"the second relay is wrong":     {relays(relay("smtp://me@a.magnets.de"), relay("b.magnets.de")), []string{"mail.relays[1].url"}},
		"a password in the relay's URL": {relays(relay("smtp://me:c0rrect-horse@smtp.magnets.de")), []string{"mail.relays[0].url"}},
		"a user without a password": {relays(config.Relay{URL: "smtp://me@smtp.magnets.de", Connections: 1, MessagesPerConnection: 1}),
			[]string{"mail.relays[0].password"}},
		"a password without a user": {relays(config.Relay{URL: "smtp://smtp.magnets.de", Password: "c0rrect-horse", Connections: 1, MessagesPerConnection: 1}),
			[]string{"mail.relays[0].url"}},
		"a relay without connections": {relays(config.Relay{URL: "smtp://smtp.magnets.de"}),
			[]string{"mail.relays[0].connections", "mail.relays[0].messages_per_connection"}},
		"a relay with bounds": {func(c *config.Config) { c.Mail.Relays[0].PerSecond, c.Mail.Relays[0].PerDay = 14, 50_000 }, nil},
		"a relay with bounds below nothing": {func(c *config.Config) { c.Mail.Relays[0].PerSecond, c.Mail.Relays[0].PerDay = -1, -1 },
			[]string{"mail.relays[0].per_second", "mail.relays[0].per_day"}},
		"a relay that is named twice":   {relays(relay("smtp://me@a.magnets.de"), relay("smtp://me@A.magnets.de:587")), []string{"mail.relays[1].url"}},
		"one relay by the names of two": {relays(relay("smtp://me@a.magnets.de"), relay("smtp://you@a.magnets.de")), nil},
		"metrics":                       {func(c *config.Config) { c.Metrics.Listen = "127.0.0.1:9090" }, nil},
		"metrics without a port":        {func(c *config.Config) { c.Metrics.Listen = "127.0.0.1" }, []string{"metrics.listen"}},

		"a domain that mail comes back to":   {func(c *config.Config) { c.Mail.ReturnPath = "bounce.magnets.de" }, nil},
		"a mailbox that mail comes back to":  {func(c *config.Config) { c.Mail.ReturnPath = "back@magnets.de" }, nil},
		"one with too long a name":           {func(c *config.Config) { c.Mail.ReturnPath = "returned-mail@magnets.de" }, []string{"mail.return_path"}},
		"a domain kept for examples":         {func(c *config.Config) { c.Mail.ReturnPath = "bounce.example.org" }, []string{"mail.return_path"}},
		"returned mail by IMAP":              {returned(config.Returned{Mailbox: "imaps://me@imap.magnets.de", Password: "c0rrect-horse"}), nil},
		"by IMAP without a password":         {returned(config.Returned{Mailbox: "imaps://me@imap.magnets.de"}), []string{"mail.returned.password"}},
		"by IMAP in the clear":               {returned(config.Returned{Mailbox: "imap+plain://me@imap.magnets.de", Password: "c0rrect-horse"}), []string{"mail.returned.mailbox"}},
		"by IMAP with the password in it":    {returned(config.Returned{Mailbox: "imaps://me:c0rrect-horse@imap.magnets.de"}), []string{"mail.returned.mailbox"}},
		"by IMAP all the time":               {returned(config.Returned{Every: 1}), []string{"mail.returned.every"}},
		"straight in, without a return path": {returned(config.Returned{Listen: ":25"}), []string{"mail.returned.listen"}},
		"straight in, without a port":        {returned(config.Returned{Listen: "here"}), []string{"mail.returned.listen", "mail.returned.listen"}},
		"counts that cannot be": {func(c *config.Config) {
			c.Mail.Returned.SoftCount, c.Mail.Returned.SoftDays, c.Mail.Returned.Folder = 0, -1, ""
		},
			[]string{"mail.returned.folder", "mail.returned.soft_count", "mail.returned.soft_days"}},
		"counts beyond what is looked back": {func(c *config.Config) { c.Mail.Returned.SoftCount, c.Mail.Returned.SoftDays = 200, 200 },
			[]string{"mail.returned.soft_count", "mail.returned.soft_days"}},

		"a key to sign with":  {signingKeys(config.SigningKey{Selector: "2026a-rsa", File: "a"}), nil},
		"a key with nothing":  {signingKeys(config.SigningKey{}), []string{"mail.dkim[0].selector", "mail.dkim[0].file"}},
		"a selector in words": {signingKeys(config.SigningKey{Selector: "the first", File: "a"}), []string{"mail.dkim[0].selector"}},
		"a selector twice": {signingKeys(config.SigningKey{Selector: "a", File: "a"}, config.SigningKey{Selector: "A", File: "b"}),
			[]string{"mail.dkim[1].selector"}},

		"any address and a free port": {func(c *config.Config) { c.Site.Listen = ":0" }, nil},
		"an address without a port":   {func(c *config.Config) { c.Site.Listen = "127.0.0.1" }, []string{"site.listen"}},
		"a port in words":             {func(c *config.Config) { c.Site.Listen = "127.0.0.1:http" }, []string{"site.listen"}},
		"a base URL with a path":      {func(c *config.Config) { c.Site.BaseURL = "https://magnets.de/letter" }, []string{"site.base_url"}},
		"a base URL with a query":     {func(c *config.Config) { c.Site.BaseURL = "https://magnets.de?x" }, []string{"site.base_url"}},
		"an origin":                   {func(c *config.Config) { c.Site.SignupOrigins = []string{"https://www.magnets.de"} }, nil},
		"an origin with a path":       {func(c *config.Config) { c.Site.SignupOrigins = []string{"https://www.magnets.de/x"} }, []string{"site.signup_origins[0]"}},
		"all origins":                 {func(c *config.Config) { c.Site.SignupOrigins = []string{"*"} }, []string{"site.signup_origins[0]"}},
		"proxies": {func(c *config.Config) {
			c.Site.TrustedProxies = []string{"::1", "10.0.0.0/8", "proxy", "10.0.0.0/33"}
		}, []string{"site.trusted_proxies[2]", "site.trusted_proxies[3]"}},
		"no database": {func(c *config.Config) { c.Database = "" }, []string{"database"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := mailing()
			test.change(&c)
			err := c.Validate()
			if diff := cmp.Diff(test.want, paths(t, err)); diff != "" {
				t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
			}
			if err != nil && strings.Contains(err.Error(), "c0rrect-horse") {
				t.Errorf("the error holds the password: %v", err)
			}
		})
	}
}

func sources(s ...config.Source) func(*config.Config) {
	return func(c *config.Config) { c.Sources = s }
}

// returned changes what r names.
func returned(r config.Returned) func(*config.Config) {
	return func(c *config.Config) {
		c.Mail.Returned.Mailbox, c.Mail.Returned.Password, c.Mail.Returned.Listen = r.Mailbox, r.Password, r.Listen
		if r.Every != 0 {
			c.Mail.Returned.Every = r.Every
		}
	}
}

func signingKeys(k ...config.SigningKey) func(*config.Config) {
	return func(c *config.Config) { c.Mail.DKIM = k }
}

func relays(r ...config.Relay) func(*config.Config) {
	return func(c *config.Config) { c.Mail.Relays = r }
}

// Where mail leaves the machine, or strangers reach a site that mails, no
// sample passes; on loopback and with the built-in mailbox all do.
func TestWhatIsWantedBeyondLoopback(t *testing.T) {
	t.Parallel()
	const (
		url, postal, from, replyTo = "site.base_url", "publication.postal_address", "publication.from", "publication.reply_to"

		local, public, distant = "http://localhost:8080", "http://letter.magnets.de", "smtp://smtp.magnets.de"
	)
	tests := map[string]struct {
		relay, base string // no relay: the built-in mailbox
		change      func(c *config.Config)
		want        []string
	}{
		"all on this machine":                {"", local, nil, nil},
		"the built-in mailbox, seen by all":  {"", public, nil, nil},
		"a relay here, pages here":           {"smtp+plain://localhost:25", local, nil, nil},
		"a relay here by number":             {"smtp+plain://[::1]:25", "http://127.0.0.5", nil, nil},
		"a relay here, pages for all":        {"smtp+plain://127.0.0.1", public, nil, []string{url, postal, from}},
		"a relay elsewhere, pages here":      {distant, local, nil, []string{url, postal, from}},
		"https here leads nowhere either":    {distant, "https://localhost", nil, []string{url, postal, from}},
		"nor by its name in full":            {distant, "https://Localhost.", nil, []string{url, postal, from}},
		"a relay elsewhere, pages for all":   {distant, public, nil, []string{url, postal, from}},
		"the pages are safe":                 {distant, "https://letter.magnets.de", nil, []string{postal, from}},
		"a name that begins like this one's": {distant, "http://localhost.magnets.de", nil, []string{url, postal, from}},
		"no postal address": {distant, "https://letter.magnets.de",
			func(c *config.Config) { c.Publication.PostalAddress, c.Publication.From = "", "a@magnets.de" }, []string{postal}},
		"From at a sample of another kind": {distant, "https://letter.magnets.de",
			func(c *config.Config) {
				c.Publication.PostalAddress, c.Publication.From = "Hafen 1", "a@news.Example.COM"
			}, []string{from}},
		"From under a name kept for samples": {distant, "https://letter.magnets.de",
			func(c *config.Config) {
				c.Publication.PostalAddress, c.Publication.From = "Hafen 1", "a@magnets.example"
			}, []string{from}},
		"answers to a sample": {distant, "https://letter.magnets.de",
			func(c *config.Config) {
				c.Publication.PostalAddress, c.Publication.From = "Hafen 1", "a@magnets.de"
				c.Publication.ReplyTo = "b@example.org"
			}, []string{replyTo}},
		"an example only in part": {distant, "https://letter.magnets.de",
			func(c *config.Config) {
				c.Publication.PostalAddress, c.Publication.From = "Hafen 1", "a@example.magnets.de"
			}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config.Default()
			c.Site.BaseURL = test.base
			if test.relay != "" {
				c.Mail.Relays = []config.Relay{relay(test.relay)}
			}
			if test.change != nil {
				test.change(&c)
			}
			err := c.Validate()
			if diff := cmp.Diff(test.want, paths(t, err)); diff != "" {
				// The order is that of the checks.
				t.Errorf("faults (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

func TestSenderIsNamedAfterThePublication(t *testing.T) {
	t.Parallel()
	p := config.Default().Publication
	sender := func() string { a := p.Sender(); return a.String() }
	if got := sender(); got != `"Rare Earth Daily" <daily@example.org>` {
		t.Errorf("Sender is %s", got)
	}
	p.From = "The Editors <editors@example.org>"
	if got := sender(); got != `"The Editors" <editors@example.org>` {
		t.Errorf("Sender is %s", got)
	}
	if got := p.Answers().Address; got != "" {
		t.Errorf("answers go to %s", got)
	}
	p.ReplyTo = "desk@example.org"
	if got := p.Answers().Address; got != "desk@example.org" {
		t.Errorf("answers go to %s", got)
	}
}

func TestAPersonReadsAnswersUnlessTheAddressSaysOtherwise(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		from, replyTo string
		want          bool
	}{
		"the sender":                   {"daily@example.org", "", true},
		"a name beside it":             {"The Editors <editors@example.org>", "", true},
		"a sender that nobody reads":   {"no-reply@example.org", "", false},
		"another that nobody reads":    {"Daily <NoReply@example.org>", "", false},
		"do not reply":                 {"do-not-reply@example.org", "", false},
		"answers go to another":        {"noreply@example.org", "desk@example.org", true},
		"answers go to nobody":         {"daily@example.org", "noreply@example.org", false},
		"a name that begins like that": {"norbert@example.org", "", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := config.Publication{From: test.from, ReplyTo: test.replyTo}
			if got := p.ReadsAnswers(); got != test.want {
				t.Errorf("ReadsAnswers is %t", got)
			}
		})
	}
}

func TestPlanIsThatOfThePublishersZone(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Publication.TimeZone = "Asia/Kathmandu"
	c.Schedule.Skip.Weekdays = []config.Weekday{config.Weekday(time.Saturday)}
	plan, err := c.Plan()
	if err != nil {
		t.Fatal(err)
	}
	day, at := plan.Next(time.Date(2026, 2, 6, 12, 0, 0, 0, time.UTC)) // a Friday
	if want := time.Date(2026, 2, 8, 0, 15, 0, 0, time.UTC); day != "2026-02-08" || !at.Equal(want) {
		t.Errorf("the next issue is that of %s at %s, want 2026-02-08 at %s", day, at, want)
	}
}

func TestProxiesAreNetworks(t *testing.T) {
	t.Parallel()
	s := config.Site{TrustedProxies: []string{"127.0.0.1", "10.1.2.3/8", "fd00::/8"}}
	var got []string
	for _, network := range s.Proxies() {
		got = append(got, network.String())
	}
	if diff := cmp.Diff([]string{"127.0.0.1/32", "10.0.0.0/8", "fd00::/8"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
