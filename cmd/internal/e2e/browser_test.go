//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A screen is what a reader looks at.
type screen struct {
	name          string
	width, height int64
	scheme        string // of colours
}

var screens = []screen{
	{"phone-light", 320, 640, "light"},
	{"phone-dark", 320, 640, "dark"},
	{"desk-light", 1280, 900, "light"},
	{"desk-dark", 1280, 900, "dark"},
}

// TestPromise4And8InARealBrowser signs up, confirms, reads and leaves in
// Chromium with scripts switched off, on a phone's width and a desk's, light and
// dark. No page may scroll sideways or ask another host for anything. Pictures
// are kept where REDIGEST_PICTURES says.
func TestPromise4And8InARealBrowser(t *testing.T) {
	for _, s := range screens {
		t.Run(s.name, func(t *testing.T) {
			p := newProgram(t, "")
			base := p.demo()
			b := newBrowser(t, s, base)
			b.journey(base)
		})
	}
}

// demo starts the demo and returns the address of its site.
func (p *program) demo() string {
	p.Helper()
	dir := filepath.Join(p.dir, "demo")
	cmd := p.command("demo", "--dir", dir)
	var log strings.Builder
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			p.Errorf("the demo ended with %v\n%s", err, log.String())
		}
	})
	var base string
	p.eventually("the demo has a site", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
		found := regexp.MustCompile(`base_url: (\S+)`).FindSubmatch(text)
		if err != nil || found == nil {
			return false
		}
		base = string(found[1])
		return answers(base + "/readyz")
	})
	return base
}

// A browser is one tab of Chromium.
type browser struct {
	*testing.T
	ctx    context.Context
	screen screen
	shots  int
}

// newBrowser opens a tab without scripts.
func newBrowser(t *testing.T, s screen, bases ...string) *browser {
	t.Helper()
	b := newTab(t, only(t, bases...))
	b.as(s)
	_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.ok(err)
	return b
}

// only fails the test when a page asks for something that is not at one of these
// addresses.
func only(t *testing.T, bases ...string) (asked func(address string)) {
	return func(address string) {
		if !slices.ContainsFunc(bases, func(base string) bool { return strings.HasPrefix(address, base) }) {
			t.Errorf("the page asks %s for something", address)
		}
	}
}

// newTab opens a tab in which scripts run. What its pages ask for is told to
// asked, from another goroutine.
func newTab(t *testing.T, asked func(address string)) *browser {
	t.Helper()
	const chromium = "/usr/bin/chromium"
	if _, err := os.Stat(chromium); err != nil {
		t.Fatalf("the browser is not there: %v", err)
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 10*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{T: t, ctx: ctx}
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	b.ok(err)
	b.ok(chromedp.Listen(ctx, func(event any) {
		if r, ok := event.(*network.EventRequestWillBeSent); ok {
			asked(r.Request.URL)
		}
	}))
	return b
}

// as makes the tab be looked at on another screen.
func (b *browser) as(s screen) {
	b.Helper()
	b.screen = s
	b.do(chromedp.EmulateViewport(s.width, s.height))
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: s.scheme}},
	})
	b.ok(err)
}

func (b *browser) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	b.ok(chromedp.Do(b.ctx, steps...))
}

// open opens a page and looks at it.
func (b *browser) open(address, name string) string {
	b.Helper()
	b.do(chromedp.Navigate(address))
	return b.look(name)
}

// look takes a picture of the page, requires that it does not scroll sideways,
// and returns its text.
func (b *browser) look(name string) string {
	b.Helper()
	if wide := b.width(); wide > b.screen.width {
		b.Errorf("%s is %d wide on a screen of %d", name, wide, b.screen.width)
	}
	if dir := os.Getenv("REDIGEST_PICTURES"); dir != "" {
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		b.ok(err)
		b.shots++
		file := filepath.Join(dir, fmt.Sprintf("%s-%02d-%s.png", b.screen.name, b.shots, name))
		b.ok(os.WriteFile(file, picture, 0o644))
	}
	text, err := chromedp.Run(b.ctx, chromedp.Text("body"))
	b.ok(err)
	return text
}

// width is that of the page, with what stands out over the screen.
func (b *browser) width() int64 {
	b.Helper()
	wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
	b.ok(err)
	return wide
}

func (b *browser) expect(text, want string) {
	b.Helper()
	if !strings.Contains(text, want) {
		b.Fatalf("the page lacks %q:\n%s", want, text)
	}
}

// press clicks and waits for the page that follows.
func (b *browser) press(selector, name string) string {
	b.Helper()
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector))
	b.ok(err)
	return b.look(name)
}

// href returns the address of the first link that holds part.
func (b *browser) href(part string) string {
	b.Helper()
	address, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf("(document.querySelector('a[href*=%q]') || {}).href || ''", part)))
	b.ok(err)
	if address == "" {
		text, _ := chromedp.Run(b.ctx, chromedp.Text("body"))
		b.Fatalf("no link to %s on the page:\n%s", part, text)
	}
	return address
}

func (b *browser) journey(base string) {
	b.expect(b.open(base+"/", "home"), "Straight Into Your Inbox")
	b.do(chromedp.SendKeys("#email", "newcomer@example.org"))
	b.expect(b.press("form.signup button", "look-for-mail"), "spam")

	b.mail(base, "Please confirm", "confirmation")
	b.open(b.href("/confirm/"), "confirm")
	b.expect(b.press("main button", "confirmed"), "Fantastic! Thanks for subscribing, you won't regret it.")

	b.expect(b.open(base+"/issues", "archive"), "Dysprosium Outside China")
	b.open(b.href("/issues/20"), "issue-page")
	b.open(base+"/search", "search")
	b.do(chromedp.SendKeys("#q", "dysprosium outside"))
	b.expect(b.press("form.search button", "found"), "Dysprosium Outside China")

	b.mail(base, "The Wider Export Controls", "issue-mail")
	leave := b.href("/unsubscribe/")
	b.open(leave, "leave")
	b.press("main button", "left")
	b.open(leave, "leave-again")
}

// mail waits for the newest mail with that subject and opens its HTML part
// alone, as wide as the screen.
func (b *browser) mail(base, subject, name string) {
	b.Helper()
	find := fmt.Sprintf("([...document.querySelectorAll('a')].find(a => a.textContent.includes(%q) && a.textContent.includes('newcomer')) || {}).href || ''", subject)
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		b.do(chromedp.Navigate(base + "/mailbox/"))
		address, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](find))
		b.ok(err)
		if address != "" {
			b.look(name + "-in-mailbox")
			b.open(address, name+"-opened")
			b.open(address+"/html", name)
			return
		}
	}
	b.Fatalf("no mail with the subject %q came", subject)
}
