package render

import (
	"testing"

	"golang.org/x/net/html/atom"
)

func TestPage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ markdown, want string }{
		"a story's heading has the id that links lead to": {
			"## Title {#story-k3}\n\n### Part\n\n[up](#story-k3)",
			`<h2 id="story-k3" dir="auto">Title</h2>` + "\n" + `<h3 dir="auto">Part</h3>` + "\n" + `<p dir="auto"><a href="#story-k3" rel="noopener">up</a></p>` + "\n",
		},
		"an id is given once, and only those of stories": {
			"## A {#story-k3}\n\n## B {#story-k3}\n\n## C {#form}\n\n### D {#story-k4}",
			`<h2 id="story-k3" dir="auto">A</h2>` + "\n" + `<h2 dir="auto">B</h2>` + "\n" + `<h2 dir="auto">C</h2>` + "\n" + `<h3 dir="auto">D</h3>` + "\n",
		},
		"a heading of the first level is the page's own": {
			"# A",
			`<h2 dir="auto">A</h2>` + "\n",
		},
		"escaped braces are a part of the title": {
			`## A \{\#story-k3\}`,
			`<h2 dir="auto">A {#story-k3}</h2>` + "\n",
		},
		"tables keep how their columns stand": {
			"|A|B|\n|---|--:|\n|x|1|",
			`<table><thead><tr><th scope="col" dir="auto">A</th><th scope="col" align="right" dir="auto">B</th></tr>` + "\n" +
				`</thead><tbody><tr><td dir="auto">x</td><td align="right" dir="auto">1</td></tr>` + "\n</tbody></table>\n",
		},
		"lists keep their first number": {
			"3. a\n4. b",
			`<ol start="3"><li dir="auto">a</li><li dir="auto">b</li></ol>` + "\n",
		},
		"words that run the other way are isolated": {
			"See [أخبار](https://a.example/) today",
			`<p dir="auto">See <a href="https://a.example/" rel="noopener"><span dir="auto">أخبار</span></a> today</p>` + "\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, err := Page(test.markdown)
			if err != nil {
				t.Fatal(err)
			}
			if string(page) != test.want {
				t.Errorf("got  %s\nwant %s", page, test.want)
			}
		})
	}
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
			w := &htmlWriter{}
			w.all(parse(markdown, func(fragment string) string { return fragment }).children)
			if once := pagePolicy.Sanitize(w.String()); shape(t, once) != shape(t, w.String()) {
				t.Errorf("it changed\n%s\nto\n%s", w.String(), once)
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
	const broken = `<p>a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)" onclick="alert(1)">b</a><h2 id="form">c</h2><iframe src="https://a.example/"></iframe>`
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
