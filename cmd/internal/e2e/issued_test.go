//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	netmail "net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

// issueDay is the day of the issues that are judged: the newest day of the
// feeds, and that of our own samples.
const issueDay = "2026-05-10"

// searchPath finds stories in every issue that is judged.
const searchPath = "/search?q=rare+earth*"

// An issued is an issue as the program sent it to one reader.
type issued struct {
	name   string
	mail   string // as it left, signed
	sender string // of the envelope
	text   string // the parts, decoded
	html   string
	dir    string // holds mail.eml, text.txt, mail.html and the pages, PAGE.html
	pages  []string
	site   string // the address of its site as a browser reaches it
	zone   string // what must be published for its signatures to be found
}

// file returns the path of one of the files of an issue.
func (i issued) file(name string) string { return filepath.Join(i.dir, name) }

// mixed is the size of an issue that has something of everything. In the others
// some of the stories wait for want of room, and the foreign ones do so first.
const mixed = 17

// sizes are of how many stories issues are judged.
func sizes() []int {
	if *whole {
		return []int{1, 7, mixed, 50}
	}
	return []int{mixed}
}

// issue makes stories of real feeds and of our own samples, sends an issue of
// so many of them as an operator would, and reads its pages from its site.
func issue(t *testing.T, stories int) issued {
	t.Helper()
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	p := newspaper(t, far.URL(), stories)
	zone := p.sign(fmt.Sprintf("of%d", stories))
	p.must("subscriber", "add", "reader@inbox.example", "--consent", "a friend")
	own := []string{"testdata/stories/*.md"}
	if stories != mixed {
		own = append(own, "../../redigest/sample/*/*.md")
	}
	p.gather(own...)
	// The first issue has the stories of one day alone.
	p.must("issue", "send", "--day", "2025-08-30")
	if stories == mixed {
		p.leave(stories)
	}
	p.must("issue", "send", "--day", issueDay)
	kept := far.Messages()
	if len(kept) != 2 {
		t.Fatalf("%d mails came, not two", len(kept))
	}
	i := issued{name: fmt.Sprintf("%d", stories), mail: string(kept[1].Data), sender: kept[1].From, dir: t.TempDir(), zone: zone}
	i.text, i.html = partsOf(t, i.mail)
	if got := len(headlines.FindAllString(i.html, -1)); got != stories {
		t.Fatalf("the issue has %d stories, not %d", got, stories)
	}
	i.site = p.serve()
	i.keep(t)
	return i
}

// headlines finds the headline of each story in the HTML part.
var headlines = regexp.MustCompile(`<h[23][^>]*><a |<li[^>]*><a `)

// domain is the publisher's. Names for examples are refused to mail that is
// meant for readers, and home.arpa is nobody's (RFC 8375).
const domain = "daily.home.arpa"

// newspaper returns a program set up as for real readers, whose site stands
// behind a proxy. All its mail goes to a relay on this machine.
func newspaper(t *testing.T, relay string, stories int) *program {
	t.Helper()
	p := newProgram(t, fmt.Sprintf(`digest:
  max_stories: %d
  max_age: 365d
  sponsor:
    text: Magnets & More
    url: https://sponsor.example.com/?from=digest&to=reader
mail:
  return_path: bounce.%s
  relays:
    - url: %s
`, stories, domain, relay))
	p.configure(func(config string) string {
		config = regexp.MustCompile(`base_url: \S+`).ReplaceAllString(config, "base_url: https://digest."+domain)
		return strings.Replace(config, "publication:\n", fmt.Sprintf(`publication:
  from: news@%s
  url: https://www.%[1]s/
  imprint_url: https://www.%[1]s/imprint
  reply_to: editor@%[1]s
  postal_address: Rare Earth Daily, 17 Lanthanide Street, 1000 Oxide
`, domain), 1)
	})
	return p
}

// sign makes keys, names them in the configuration, whose last section must be
// that of the mail, and returns what must be published.
func (p *program) sign(selector string) (zone string) {
	p.Helper()
	zone = p.must("dkim", "new", "--selector", selector)
	_, keys, found := strings.Cut(zone, "\nmail:\n")
	if !found {
		p.Fatalf("it does not say what to write into the configuration:\n%s", zone)
	}
	p.configure(func(config string) string { return config + keys })
	return zone
}

// gather adds the stories of the real feeds, and our own samples.
func (p *program) gather(own ...string) {
	p.Helper()
	p.write("first.md", "---\ntitle: The First Issue\ndate: 2025-08-30\nurl: https://www.example.org/first/\nhighlights: [It begins.]\n---\nIt begins.\n")
	p.must("story", "add", "first.md")
	prices, err := filepath.Abs("testdata/prices.csv")
	if err != nil {
		p.Fatal(err)
	}
	p.must("numbers", "import", prices)
	for _, feed := range []string{"wp-main.xml", "wp-paged-2.xml", "title-entities.xml", "google-news.xml", "wp-cat-industrial-metals.xml"} {
		p.must("story", "add", filepath.Join(samples(p.T), "samples", "feeds", feed))
	}
	for _, pattern := range own {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			p.Fatalf("no stories at %s: %v", pattern, err)
		}
		for _, f := range files {
			p.addSample(f)
		}
	}
}

// leave hides all stories but so many, the newest and the foreign ones: what
// there is no room for would be those.
func (p *program) leave(stories int) {
	p.Helper()
	var all []struct{ ID, URL string }
	if err := json.Unmarshal([]byte(p.must("story", "list", "--limit", "500", "--json")), &all); err != nil {
		p.Fatal(err)
	}
	foreign := func(url string) bool {
		return strings.Contains(url, "gazette.example.com") || strings.Contains(url, "blatt.example.com")
	}
	own := stories
	for _, s := range all {
		if foreign(s.URL) {
			own--
		}
	}
	for _, s := range all {
		if foreign(s.URL) {
			continue
		}
		if own--; own < 0 {
			p.must("story", "hide", s.ID)
		}
	}
}

// addSample adds a story of our own, dated on the day of the issue. What lies
// in a file foreign-OUTLET.md is that outlet's.
func (p *program) addSample(file string) {
	p.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		p.Fatal(err)
	}
	name := filepath.Base(file)
	p.write(name, strings.Replace(string(text), "---\n", "---\ndate: "+issueDay+"\n", 1))
	args := []string{"story", "add", name}
	if outlet, foreign := strings.CutPrefix(strings.TrimSuffix(name, ".md"), "foreign-"); foreign {
		args = append(args, "--foreign", strings.ReplaceAll(outlet, "-", " "))
	}
	p.must(args...)
}

// samples is the folder of real inputs.
func samples(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("REDIGEST_SAMPLES")
	if _, err := os.Stat(filepath.Join(dir, "samples", "feeds")); err != nil {
		t.Fatalf("REDIGEST_SAMPLES must name the folder of real inputs: %v", err)
	}
	return dir
}

// serve starts the site and returns its address.
func (p *program) serve() (base string) {
	p.Helper()
	// What is left over must not be published while the site is looked at.
	today := time.Now().UTC()
	p.configure(func(config string) string {
		return config + fmt.Sprintf("schedule: {skip: {dates: [%s, %s]}}\n", today.Format(time.DateOnly), today.AddDate(0, 0, 1).Format(time.DateOnly))
	})
	cmd := p.command("serve")
	var log bytes.Buffer
	cmd.Stderr = &log
	over := start(p.T, cmd)
	p.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-over
		if p.Failed() {
			p.Logf("the site said: %s", log.String())
		}
	})
	p.eventually("the site answers", func() bool { return answers(p.base + "/healthz") })
	return p.base
}

// keep writes the mail, its parts and the pages of the site into files, as
// most judges want them.
func (i *issued) keep(t *testing.T) {
	t.Helper()
	files := map[string]string{"mail.eml": i.mail, "text.txt": i.text, "mail.html": i.html}
	for name, path := range map[string]string{"home": "/", "archive": "/issues", "issue": "/issues/" + issueDay, "search": searchPath} {
		files[name+".html"] = read(t, i.site+path)
		i.pages = append(i.pages, name)
	}
	for name, text := range files {
		if err := os.WriteFile(i.file(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns what is at an address.
func read(t *testing.T, address string) string {
	t.Helper()
	r, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %v", address, r.Status, err)
	}
	return string(text)
}

// partsOf returns the text and the HTML of a mail, decoded.
func partsOf(t *testing.T, mail string) (text, page string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(mail))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, string(body))
	}
	if len(parts) != 2 {
		t.Fatalf("the mail has %d parts", len(parts))
	}
	return parts[0], parts[1]
}
