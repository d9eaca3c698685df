//go:build e2e

package e2e

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// widths are those of phones, of the column that clients of mail give to it, and
// of a desk.
var widths = []int64{320, 375, 600, 1280}

// allScreens are all widths in light and dark.
func allScreens() (all []screen) {
	for _, width := range widths {
		for _, scheme := range []string{"light", "dark"} {
			all = append(all, screen{fmt.Sprintf("%d-%s", width, scheme), width, 800, scheme})
		}
	}
	return all
}

// looksPass looks at the mails and pages of all issues on all screens. Nothing
// may scroll sideways or come from elsewhere, and axe must find nothing against
// WCAG 2.2 AA. Pictures are kept where REDIGEST_PICTURES says.
func looksPass(t *testing.T, issues []issued) {
	bases := []string{"file://"}
	for _, i := range issues {
		bases = append(bases, i.site)
	}
	b := newTab(t, only(t, bases...))
	for _, s := range allScreens() {
		b.as(s)
		for _, i := range issues {
			addresses := i.addresses()
			for _, name := range slices.Sorted(maps.Keys(addresses)) {
				b.open(addresses[name], name+"-"+i.name)
				for _, violation := range b.axe() {
					t.Errorf("%s of %s stories at %s: %s", name, i.name, s.name, violation)
				}
			}
		}
	}
}

// addresses are where a browser finds the mail and the pages.
func (i issued) addresses() map[string]string {
	return map[string]string{
		"mail": "file://" + i.file("mail.html"), "page": i.site + "/issues/" + issueDay, "archive": i.site + "/issues", "search": i.site + searchPath, "home": i.site + "/",
	}
}

// axeRun answers with a line for each rule that is broken.
const axeRun = `axe.run(document, {
  runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa']},
  preload: false, resultTypes: ['violations'],
}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.length + ' × ' + v.nodes[0].html + ' ' + v.nodes[0].failureSummary))`

// axe returns what is wrong with the page that is open.
func (b *browser) axe() []string {
	b.Helper()
	source, err := os.ReadFile(judgePlace("node_modules/axe-core/axe.min.js"))
	b.ok(err)
	b.do(chromedp.Evaluate[chromedp.Void](string(source)))
	violations, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](axeRun, chromedp.EvalAwaitPromise))
	b.ok(err)
	return violations
}

// looksCondemn shows that neither axe nor the look at the width is blind.
func looksCondemn(t *testing.T, i issued) {
	b := newTab(t, only(t, "file://"))
	phone := allScreens()[:2]
	for want, c := range map[string]struct {
		screen   screen
		old, new string
	}{
		"html-has-lang":          {phone[0], `<html lang="en"`, "<html"},
		"image-alt":              {phone[0], "</h1>", `</h1><img width="9" height="9">`},
		"color-contrast (light)": {phone[0], "</h1>", `</h1><p style="color:#bbbbbb;background:#ffffff">pale</p>`},
		"color-contrast (dark)":  {phone[1], "</head>", `<style>@media (prefers-color-scheme: dark) { td, p, li { color: #333333 !important } }</style></head>`},
		"target-size":            {phone[0], "</h1>", `</h1><div style="font-size:9px;line-height:9px"><a href="#a" style="display:block;height:9px">a</a><a href="#b" style="display:block;height:9px">b</a></div>`},
	} {
		spoilt := strings.Replace(i.html, c.old, c.new, 1)
		if spoilt == i.html {
			t.Fatalf("there is no %s to spoil", c.old)
		}
		b.as(c.screen)
		b.do(chromedp.Navigate("file://" + htmlFile(t, spoilt)))
		rule, _, _ := strings.Cut(want, " ")
		if got := strings.Join(b.axe(), "\n"); !strings.Contains(got, rule+":") {
			t.Errorf("axe sees %q, not %s", got, want)
		}
	}
	wide := strings.Replace(i.html, "</h1>", `</h1><div style="width:500px">wide</div>`, 1)
	b.as(phone[0])
	b.do(chromedp.Navigate("file://" + htmlFile(t, wide)))
	if got := b.width(); got <= phone[0].width {
		t.Errorf("a page of 500 is %d wide", got)
	}
}
