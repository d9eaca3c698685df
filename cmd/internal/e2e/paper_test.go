//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// paper is a sheet of A4 between its margins, in the pixels of a browser.
var paper = screen{"paper", 672, 950, "dark"}

// paperRun answers with what is wrong with a page as it is printed.
const paperRun = `(() => {
  const wrong = [], sheet = document.documentElement.clientWidth;
  const colour = getComputedStyle(document.body).backgroundColor;
  if (colour !== 'rgb(255, 255, 255)') wrong.push('the paper is ' + colour);
  for (const t of document.querySelectorAll('table, pre, h1, h2, h3')) {
    if (t.scrollWidth > t.clientWidth + 1 || t.getBoundingClientRect().right > sheet + 1) wrong.push(t.tagName + ' is cut');
  }
  for (const a of document.querySelectorAll('.stories a[href^="http"]')) {
    if (getComputedStyle(a, '::after').content !== JSON.stringify(a.getAttribute('href'))) wrong.push('a link says nothing of ' + a.href);
  }
  for (const n of document.querySelectorAll('form, nav, .skip')) {
    if (n.getClientRects().length > 0) wrong.push(n.tagName + ' is printed');
  }
  return wrong;
})()`

// paperHolds requires that the page of an issue is whole on paper: nothing is cut,
// and each link says where it leads. It is white also for who reads in the dark.
func paperHolds(t *testing.T, i issued) {
	b := newTab(t, only(t, i.site))
	b.as(paper)
	b.open(i.site+"/issues/"+issueDay, "screen-"+i.name)
	if wrong := b.printed(); !strings.Contains(strings.Join(wrong, "\n"), "a link says nothing") {
		t.Errorf("of the screen it says %q: it is blind", wrong)
	}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: paper.scheme}},
	})
	b.ok(err)
	b.look("paper-" + i.name)
	if wrong := b.printed(); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

func (b *browser) printed() []string {
	b.Helper()
	wrong, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](paperRun))
	b.ok(err)
	return wrong
}
