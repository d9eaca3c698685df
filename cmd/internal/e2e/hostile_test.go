//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"redigest/subscribers/smtptest"
)

// hostileAtOnce is how many hostile stories stand in an issue, so that it holds
// all that they say.
const hostileAtOnce = 19

// TestHostileStoriesDoNothing takes HTML that was made to run scripts through a
// feed and the store to mails and pages, and opens these in Chromium with scripts
// switched on. Nothing may run, nothing be asked for, and nothing of the feed's
// own styles and names survive. The same HTML as it is must run there, or the
// test is blind.
func TestHostileStoriesDoNothing(t *testing.T) {
	payloads := hostilePayloads(t)
	w := newWatch(t)
	raw, ran, asking := seen{}, 0, 0
	for _, payload := range payloads {
		file := htmlFile(t, "<!DOCTYPE html><html lang=\"en\"><head><title>x</title></head><body>"+payload+"</body></html>")
		did := w.open(file)
		if did.ran > 0 {
			ran++
		}
		if len(did.asked) > 0 {
			asking++
		}
		raw.add(did.seen)
	}
	t.Logf("of %d pieces of HTML, %d run as they are and %d ask for something", len(payloads), ran, asking)
	if ran < 12 || asking < 5 || len(raw.Marks) < 50 || len(raw.Handlers) == 0 {
		t.Fatal("the test is blind")
	}
	p, mails := hostilePaper(t, payloads)
	for i := range payloads {
		if n := 1 + i/hostileAtOnce; !strings.Contains(mails[n], hostileName(n, i%hostileAtOnce)) {
			t.Errorf("%s stands in no mail: %s", hostileName(n, i%hostileAtOnce), payloads[i])
		}
	}
	site := p.serve()
	harmless := map[string]seen{}
	for n, mail := range mails {
		_, html := partsOf(t, mail)
		// Without the site's own protection, and its style sheet.
		copied := strings.Replace(read(t, site+"/issues/"+hostileDay(n)), ` href="/static/`, ` data-href="/static/`, -1)
		for kind, source := range map[string]string{"mail": html, "page": copied} {
			did := w.open(htmlFile(t, source))
			if n == 0 {
				harmless[kind] = did.seen
				continue
			}
			did.requireHarmless(t, fmt.Sprintf("%s %d", kind, n), raw, harmless[kind])
		}
	}
}

func hostilePayloads(t *testing.T) (payloads []string) {
	t.Helper()
	samples(t)
	text, err := os.ReadFile(filepath.Join(os.Getenv("REDIGEST_SAMPLES"), "corpora", "hostile-html", "payloads.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []struct{ Payload string }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		payloads = append(payloads, one.Payload)
	}
	return payloads
}

// hostilePaper sends an issue without harm, and then all the pieces of HTML, in
// the title, the summary, the highlights and the text of a story each.
func hostilePaper(t *testing.T, payloads []string) (p *program, mails []string) {
	t.Helper()
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	p = newspaper(t, far.URL(), 2*hostileAtOnce)
	p.must("subscriber", "add", "reader@inbox.example", "--consent", "a friend")
	p.write("harmless.md", "---\ntitle: Harmless\ndate: "+hostileDay(0)+"\nurl: https://www.example.org/harmless/\nhighlights: [One., Two.]\ntakeaway: None.\n---\nA text.\n")
	p.must("story", "add", "harmless.md")
	p.must("issue", "send", "--day", hostileDay(0))
	day := 0
	for some := range slices.Chunk(payloads, hostileAtOnce) {
		day++
		p.write("feed.xml", hostileFeed(day, some))
		p.must("story", "add", "feed.xml")
		p.must("issue", "send", "--day", hostileDay(day))
	}
	for _, m := range far.Messages() {
		mails = append(mails, string(m.Data))
	}
	if len(mails) != day+1 {
		t.Fatalf("%d mails came, not %d", len(mails), day+1)
	}
	return p, mails
}

// hostileDay is the day of an issue.
func hostileDay(n int) string { return fmt.Sprintf("2026-05-%02d", 10+n) }

// hostileName is the name of a piece: what its address ends in.
func hostileName(day, i int) string { return fmt.Sprintf("piece-%d-%d", day, i) }

// hostileFeed writes a feed whose stories are made of these pieces.
func hostileFeed(day int, payloads []string) string {
	noon, err := time.Parse(time.DateOnly, hostileDay(day))
	if err != nil {
		panic(err)
	}
	var feed strings.Builder
	feed.WriteString(`<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>x</title><link>https://www.example.org/</link><description>x</description>` + "\n")
	for i, payload := range payloads {
		name := hostileName(day, i)
		fmt.Fprintf(&feed, "<item><title>%s</title><link>https://www.example.org/%s/</link><guid>%[2]s</guid><pubDate>%s</pubDate><description>%s</description><content:encoded>%s</content:encoded></item>\n",
			inXML(name+": "+payload), name, noon.Format(time.RFC1123Z), inXML(payload),
			inXML("<h2>Highlights</h2><ul><li>One "+payload+"</li><li>Two</li></ul><p>"+payload+"</p><p>And then "+payload+"</p>"))
	}
	return feed.String() + "</channel></rss>"
}

// inXML writes a text as XML can hold it, without the controls that it cannot.
func inXML(s string) string {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == '\ufffd' || r == '\ufffe' || r == '\uffff' {
			return -1
		}
		return r
	}, s)))
	if err != nil {
		panic(err)
	}
	return b.String()
}

// A watch is a tab that tells what pages do in it.
type watch struct {
	*browser
	mu     sync.Mutex
	ran    int
	asked  []string
	opened string
}

// A deed is what a page did.
type deed struct {
	ran   int      // calls that its scripts made
	asked []string // addresses other than its own
	seen
}

// seen is what stands in a page.
type seen struct {
	Tags     map[string]int // elements that do or load something
	Handlers []string       // attributes that hold scripts
	Links    []string       // that lead elsewhere than to the web or into a mail
	Marks    []string       // values of id, name, class and style
}

func (s *seen) add(more seen) {
	s.Handlers = append(s.Handlers, more.Handlers...)
	s.Marks = append(s.Marks, more.Marks...)
}

func newWatch(t *testing.T) *watch {
	t.Helper()
	w := &watch{}
	w.browser = newTab(t, func(address string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if address != w.opened && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "about:") {
			w.asked = append(w.asked, address)
		}
	})
	w.as(screen{"hostile", 600, 800, "light"})
	w.ok(chromedp.Listen(w.ctx, func(event any) {
		if _, ok := event.(*runtime.EventBindingCalled); ok {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.ran++
		}
	}))
	_, err := chromedp.Call(w.ctx, runtime.AddBinding, runtime.AddBindingParams{Name: "itRan"})
	w.ok(err)
	_, err = chromedp.Call(w.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{
		Source: `for (const f of ['alert', 'confirm', 'prompt', 'print', 'open']) window[f] = () => itRan(f)`,
	})
	w.ok(err)
	return w
}

// provoke does what a reader may do with everything on a page.
const provoke = `for (const e of document.querySelectorAll('*'))
  for (const n of ['mouseover', 'mouseenter', 'mousemove', 'focus', 'focusin', 'scroll', 'toggle', 'input', 'wheel'])
    e.dispatchEvent(new Event(n, {bubbles: true}))`

// lookAt says what stands in a page.
const lookAt = `(() => {
  const s = {Tags: {}, Handlers: [], Links: [], Marks: []};
  for (const e of document.querySelectorAll('*')) {
    const tag = e.localName;
    if (/^(script|style|link|meta|base|form|input|button|textarea|select|iframe|frame|frameset|object|embed|applet|img|image|picture|video|audio|source|svg|math|marquee|template|noscript|dialog|details)$/.test(tag))
      s.Tags[tag] = (s.Tags[tag] || 0) + 1;
    for (const name of Element.prototype.getAttributeNames.call(e)) { // a form's own may be hidden by a field
      const value = Element.prototype.getAttribute.call(e, name);
      if (/^on/i.test(name)) s.Handlers.push(tag + ' ' + name);
      if (/^(id|name|class|style)$/.test(name) && tag != 'meta') s.Marks.push(name + '=' + value);
      if (/^(href|src|action|formaction|data|xlink:href|poster|background|srcset)$/.test(name) && !/^(https?:|mailto:|#|\/)/.test(value)) s.Links.push(tag + ' ' + name + '=' + value);
    }
  }
  return s;
})()`

// open opens a file, does with it what a reader may do, and tells what it did.
func (w *watch) open(file string) deed {
	w.Helper()
	w.mu.Lock()
	w.ran, w.asked, w.opened = 0, nil, "file://"+file
	w.mu.Unlock()
	// A page may lead away or stand still; what it did by then counts.
	ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
	defer cancel()
	_ = chromedp.Do(ctx, chromedp.Navigate("file://"+file), chromedp.Evaluate[chromedp.Void](provoke))
	found, err := chromedp.Run(ctx, chromedp.Evaluate[seen](lookAt))
	if err != nil {
		w.Logf("%s: %v", file, err)
	}
	time.Sleep(50 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	return deed{w.ran, w.asked, found}
}

// requireHarmless requires of a page that it did nothing, and holds nothing of
// the raw HTML that a harmless one does not hold too.
func (d deed) requireHarmless(t *testing.T, name string, raw, harmless seen) {
	t.Helper()
	if d.ran > 0 || len(d.asked) > 0 || len(d.Handlers) > 0 || len(d.Links) > 0 {
		t.Errorf("%s: %d scripts ran; it asked for %q; handlers %q; links %q", name, d.ran, d.asked, d.Handlers, d.Links)
	}
	if !maps.Equal(d.Tags, harmless.Tags) {
		t.Errorf("%s holds %v, where a harmless one holds %v", name, d.Tags, harmless.Tags)
	}
	for _, mark := range d.Marks {
		if slices.Contains(raw.Marks, mark) && !slices.Contains(harmless.Marks, mark) {
			t.Errorf("%s: %s of the feed has survived", name, mark)
		}
	}
	if len(d.Marks) == 0 {
		t.Errorf("%s: nothing was looked at", name)
	}
}
