package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html/atom"
)

func TestPage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ markdown, want string }{
		"a story's heading has the id that links lead to": {
			"## Title {#story-k3}\n\n### Part\n\n[up](#story-k3) we go",
			told(`<h2 class="headline" id="story-k3">Title</h2>`, `<h3>Part</h3>`, `<p><a href="#story-k3" rel="noopener">up</a> we go</p>`),
		},
		"an id is given once, and only those of stories": {
			"## A {#story-k3}\n\n## B {#story-k3}\n\n### D {#story-k4}",
			told(`<h2 class="headline" id="story-k3">A</h2>`) + "<section class=\"group\">\n<h2 class=\"group-name\" dir=\"auto\">B</h2>\n<h3 class=\"topic\" dir=\"auto\">D</h3>\n</section>\n",
		},
		"what a story quotes has no place of its own": {
			"## A {#story-k3}\n\n> ## B {#story-k4}\n\n## C {#story-k4}",
			told(`<h2 class="headline" id="story-k3">A</h2>`, "<blockquote><h2>B</h2>\n</blockquote>") + told(`<h2 class="headline" id="story-k4">C</h2>`),
		},
		"what stands in a whole text is the story's, whatever it looks like": {
			"## Title {#story-k3}\n\n*By Someone*\n\n**Note:** text\n\n[more](https://a.example/)",
			told(`<h2 class="headline" id="story-k3">Title</h2>`, `<p><em>By Someone</em></p>`, `<p><strong>Note:</strong> text</p>`, `<p><a href="https://a.example/" rel="noopener">more</a></p>`),
		},
		"the end of a story says whom it cites": {
			"## [A](https://a.example/)\n\n[Discuss](https://b.example/)\n\n## [B](https://b.example/)\n\nMore is [there](https://c.example/)",
			"<section class=\"lead\">\n<article dir=\"auto\">\n<h2><a href=\"https://a.example/\" rel=\"noopener\">A</a></h2>\n" +
				"<p class=\"references\"><a href=\"https://b.example/\" rel=\"noopener\">Discuss</a></p>\n</article>\n</section>\n" +
				told(`<h2 class="headline"><a href="https://b.example/" rel="noopener">B</a></h2>`, `<p>More is <a href="https://c.example/" rel="noopener">there</a></p>`),
		},
		"a heading of the first level is the page's own": {
			"# A\n\ntext",
			"<section class=\"lead\">\n<article dir=\"auto\">\n<h2>A</h2>\n<p>text</p>\n</article>\n</section>\n",
		},
		"escaped braces are a part of the title": {
			`## [A \{\#story-k3\}](https://a.example/)`,
			"<section class=\"lead\">\n<article dir=\"auto\">\n<h2><a href=\"https://a.example/\" rel=\"noopener\">A {#story-k3}</a></h2>\n</article>\n</section>\n",
		},
		"tables keep how their columns stand": {
			"|A|B|\n|---|--:|\n|x|1|",
			told(`<div class="frame" tabindex="0"><table><thead><tr><th scope="col" dir="auto">A</th><th scope="col" data-align="right" dir="auto">B</th></tr>`,
				`</thead><tbody><tr><td dir="auto">x</td><td data-align="right" dir="auto">1</td></tr>`, `</tbody></table></div>`),
		},
		"figures keep all their columns, and a trend is drawn": {
			"## Numbers\n\n|Item|Price|Date|Trend|\n|---|--:|---|---|\n|**Dy**|255|2 Feb|`trend 1 3 2 3 2; USD, 2 Jan to 2 Feb`|\n|*Tb*|*900*|*2 Jan*||",
			"<section class=\"numbers\">\n<h2 class=\"group-name\" dir=\"auto\">Numbers</h2>\n" +
				`<table class="figures"><thead><tr><th scope="col" dir="auto">Item</th><th class="figures" scope="col" data-align="right" dir="auto">Price</th>` +
				`<th class="figures" scope="col" dir="auto">Date</th><th class="figures" scope="col" dir="auto">Trend</th></tr>` + "\n</thead><tbody>" +
				`<tr><th scope="row" dir="auto"><strong>Dy</strong></th><td data-align="right" dir="auto"><span class="whole">255</span></td><td dir="auto">2 Feb</td><td dir="auto">` +
				`<svg class="trend" role="img" aria-label="trend from 1 to 2 USD, 2 Jan to 2 Feb" viewbox="0 0 72 18" width="72" height="18">` +
				`<polyline points="2.0,16.0 19.0,2.0 36.0,9.0 53.0,2.0 70.0,9.0" fill="none" stroke="currentColor" stroke-width="1.5"></polyline></svg></td></tr>` + "\n" +
				`<tr><th scope="row" dir="auto"><em class="old">Tb</em></th><td data-align="right" dir="auto"><em class="old"><span class="whole">900</span></em></td>` +
				`<td dir="auto"><em class="old">2 Jan</em></td><td dir="auto"></td></tr>` + "\n</tbody></table>\n</section>\n",
		},
		"lists keep their first number": {
			"3. a\n4. b",
			told(`<ol start="3"><li>a</li><li>b</li></ol>`),
		},
		"words that run the other way are isolated": {
			"See [أخبار](https://a.example/) today",
			told(`<p>See <a href="https://a.example/" rel="noopener"><span dir="auto">أخبار</span></a> today</p>`),
		},
		"what is told against the direction of a headline ends with its own full stop": {
			"## A\n\n## [أخبار](https://a.example/)\n\n- It pays.\n- نعم.\n\nIt pays.\n\n**Takeaway:** It pays.",
			"<section class=\"lead\">\n<article dir=\"auto\">\n<h2>A</h2>\n</article>\n</section>\n" +
				told(`<h2 class="headline"><a href="https://a.example/" rel="noopener">أخبار</a></h2>`, `<ul><li><span dir="auto">It pays.</span></li><li>نعم.</li></ul>`,
					`<p><span dir="auto">It pays.</span></p>`, `<p class="takeaway"><strong>Takeaway:</strong> <span dir="auto">It pays.</span></p>`),
		},
		"so it does in a list": {
			"## In brief\n\n- [أخبار](https://a.example/)\\\n  *Xinhua.* It pays.\n- [News](https://b.example/)\\\n  نعم.\n- [News](https://c.example/)\\\n  It pays.",
			"<section class=\"group\">\n<h2 class=\"group-name\" dir=\"auto\">In brief</h2>\n<ul class=\"headlines\">" +
				`<li class="headlines" dir="auto"><a class="headline" href="https://a.example/" rel="noopener">أخبار</a><br><span dir="auto"><em class="outlet">Xinhua.</em> It pays.</span></li>` +
				`<li class="headlines" dir="auto"><a class="headline" href="https://b.example/" rel="noopener">News</a><br><span dir="auto">نعم.</span></li>` +
				`<li class="headlines" dir="auto"><a class="headline" href="https://c.example/" rel="noopener">News</a><br>It pays.</li></ul>` + "\n</section>\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := Page(test.markdown)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(page)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// told returns lines as a page has those of one story.
func told(lines ...string) string {
	return "<section class=\"story\">\n<article dir=\"auto\">\n" + strings.Join(lines, "\n") + "\n</article>\n</section>\n"
}

// The second lock is for the day on which the first is broken. As long as that
// holds it must have nothing to do, or pages would lose something.
func TestSecondLockChangesNothing(t *testing.T) {
	t.Parallel()
	sources := map[string]string{}
	for name, markdown := range hostile {
		sources[name] = markdown
	}
	for name, issue := range issues(t) {
		sources[name] = issue.Markdown
	}
	for name, markdown := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			written := pageHTML(markdown)
			if once := pagePolicy.Sanitize(written); shape(t, once) != shape(t, written) {
				t.Errorf("it changed\n%s\nto\n%s", written, once)
			}
		})
	}
}

// shape returns what a browser makes of source, whatever way it is written.
func shape(t *testing.T, source string) string {
	t.Helper()
	out := ""
	for n := range parsed(t, source).Descendants() {
		out += "<" + n.Data
		for _, a := range n.Attr {
			out += " " + a.Key + "=" + a.Val
		}
	}
	return out
}

func TestSecondLockHolds(t *testing.T) {
	t.Parallel()
	const broken = `<p>a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)" onclick="alert(1)">b</a><h2 id="form">c</h2><iframe src="https://a.example/"></iframe><p class="card">d</p><svg onload="alert(1)" class="logo"><polyline points="1,2 x" stroke="url(https://a.example/)"></polyline></svg>`
	for n := range parsed(t, pagePolicy.Sanitize(broken)).Descendants() {
		switch n.DataAtom {
		case atom.Script, atom.Img, atom.Iframe:
			t.Errorf("<%s> passes", n.Data)
		}
		for _, a := range n.Attr {
			t.Errorf("<%s> keeps %s=%q", n.Data, a.Key, a.Val)
		}
	}
}
