package render

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"redigest/digest"
	"redigest/templates"
)

// hostile holds what a story might try, by what it is.
var hostile = map[string]string{
	"a script":                            "a <script>alert(1)</script> b\n\n<script>alert(2)</script>",
	"a script cut in two":                 "<scr<script></script>ipt>alert(1)</scr</script>ipt>",
	"an image that fails":                 `<img src=x onerror=alert(1)> ![x](x" onerror="alert(1))`,
	"a handler in a title":                `[a](https://a.example/ "x\" onmouseover=\"alert(1)")`,
	"a script address":                    "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) <javascript:alert(1)> [c](javascript://a.example/%0aalert(1)) [d](data://a.example/,x)",
	"a script address, escaped":           `[a](java\script:alert(1)) [b](javascript&colon;alert(1)) [c](&#106;avascript:alert(1))`,
	"a script address, with blanks":       "[a](<  javascript:alert(1)>) [b](<java\tscript:alert(1)>) [c](\u0001javascript:alert(1))",
	"a data address":                      "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) ![a](data:image/svg+xml,x)",
	"other addresses":                     "[a](vbscript:x) [b](file:///etc/passwd) [c](blob:x) [d](ftp://a.example/) [e](//a.example/) [f](/a) [g](tel:1)",
	"a name before the host":              "[a](https://bank.example@evil.example/) [b](https://a:b@evil.example/)",
	"an address that breaks out":          `[a](https://a.example/"onclick="alert(1)) [b](https://a.example/'><script>alert(1)</script>)`,
	"an address with a line break":        "[a](https://a.example/&#10;&#13;X-Header: 1)",
	"a mail with a header":                "[a](mailto:x@a.example?bcc=y@a.example) <x@a.example>",
	"a style":                             `<p style="background:url(https://a.example/p.gif)">a</p> <style>p{display:none}</style> <link rel=stylesheet href=//a.example/>`,
	"a frame and a form":                  `<iframe src="https://a.example/"></iframe><form action="https://a.example/"><input name=x></form><base href="https://a.example/">`,
	"a tracking picture":                  "![](https://a.example/pixel.gif) ![pixel](https://a.example/pixel.gif)",
	"attributes of a heading":             "## Title {#unsubscribe .x onclick=\"alert(1)\" style=\"color:red\"}",
	"an id that is ours, and again":       "## Title {#story-k3}\n\n## Other {#story-k3}\n\n### Low {#story-k4}",
	"entities that make a tag":            "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;b&amp;gt; \\&lt;b\\&gt;",
	"comments and declarations":           "<!-- a --> b <![CDATA[ c ]]> <?d?> <!e> <!--[if mso]><b>f</b><![endif]-->",
	"an end of the mail":                  "</td></tr></table></body></html><h1>New mail</h1>",
	"an end of the text part":             "a\n\n\\-- \n\nb\n\n    -- \n    c\n\n    .\n    From x",
	"controls":                            "a\u0000b\u0007c\u009bd &#0; &#7; &#155; \u2028 \ufeff",
	"a text turned round":                 "[\u202egpj.exe\u202c](https://a.example/) \u2066a &#x202e;b &#8238;c",
	"broken UTF-8":                        "a\xff\xfeb [\xc3](https://a.example/\xff)",
	"links in links":                      "[a [b](https://b.example/) c](https://a.example/) [<https://b.example/>](https://a.example/) [![c [d](https://d.example/)](x)](https://a.example/)",
	"links without words":                 "[](https://a.example/) [ ](https://a.example/) [![](x)](https://a.example/) [\u200b](https://a.example/)",
	"deep nesting":                        strings.Repeat("> ", 400) + "a\n\n" + strings.Repeat("- ", 400) + "b\n\n" + strings.Repeat("*a **b ", 300),
	"deep lists with large numbers":       strings.Repeat("999999999. ", 30) + "a",
	"a table with everything in it":       "|<b>a</b>|[x](javascript:1)|\n|:-:|-:|\n|`a\\|b`|<script>alert(1)</script>|\n|![x](y)|[z](https://z.example/)|too many|",
	"a reference that is defined":         "[a][b] [b]\n\n[b]: javascript:alert(1)\n[c]: https://c.example/ \"x\"\n\n[c]",
	"a class of ours":                     "<p class=\"soft\">a</p>\n\n[a](https://a.example/){.soft}",
	"trends that are none":                "|a|b|\n|---|---|\n|`trend 1 2 3 4 NaN`|`trend 1 2 3 4 1e400`|\n|`trend 1 2 3 4 5; \"><b>`|`trend 1 2 3 4 1e300`|\n\n`trend 1 2 3 4 5`",
	"the name of a group":                 "## Sponsor\n\n- [a](https://a.example/)\n\n## Correction\n\n> a\n\n## Numbers\n\n|a|\n|---|\n|*b*|\n|`trend 1 2 3 4 5`|",
	"a table that is wider than its rows": strings.Repeat("|a", 400) + "|\n" + strings.Repeat("|-", 400) + "|\n" + strings.Repeat("|\n", 400) + "|[b](https://b.example/)" + strings.Repeat("|[c](https://c.example/)", 20) + "|",
	"an address that is used without end": strings.Repeat("[a]", 2000) + "\n\n[a]: https://a.example/" + strings.Repeat("x", 4000),
	"a table of cells that are empty":     strings.Repeat("|a", 400) + "|\n" + strings.Repeat("|-", 400) + "|\n" + strings.Repeat(strings.Repeat("|", 400)+"a|\n", 20),
	"a place that is not on the page":     "[a](#Unsubscribe) [b](#) [c](#a\"b) [d](#story-k3)",
}

// elements are those that a story may have in a mail or on a page, each with the
// attributes that may stand on it.
var elements = map[string][]string{
	"h2": {"class", "dir", "id", "style"}, "h3": {"class", "dir", "style"}, "h4": {"dir", "style"}, "h5": {"dir", "style"}, "h6": {"dir", "style"},
	"p": {"class", "dir", "style"}, "ul": {"class", "style"}, "ol": {"start", "style"}, "li": {"class", "dir", "style"},
	"blockquote": {"style"}, "pre": {"style"}, "hr": {"style"}, "br": nil, "div": {"class", "dir", "tabindex", "style"},
	"table": {"class", "role", "aria-label", "align", "width", "cellpadding", "cellspacing", "border", "style"}, "thead": nil, "tbody": nil, "tr": nil,
	"th": {"class", "dir", "scope", "width", "align", "data-align", "style"}, "td": {"class", "dir", "colspan", "width", "align", "data-align", "valign", "bgcolor", "style"},
	"a": {"class", "href", "rel", "style"}, "strong": {"class", "style"}, "em": {"class", "style"}, "del": {"style"}, "code": {"style"}, "span": {"class", "dir", "style"},
	"section": {"class"}, "article": {"dir"},
	"svg": {"class", "role", "aria-label", "viewBox", "width", "height"}, "polyline": {"points", "fill", "stroke", "stroke-width"},
}

// checkHarmless fails the test when a story brought something into source.
func checkHarmless(t *testing.T, source string) {
	t.Helper()
	for _, fault := range faults(t, source) {
		t.Error(fault)
	}
}

// faults returns what is in source that no story may bring along: elements,
// attributes, styles, addresses.
func faults(t *testing.T, source string) []string {
	t.Helper()
	var found []string
	if !isBalanced(source) {
		found = append(found, "elements are not closed where they should be: "+source)
	}
	for n := range parsed(t, source).Descendants() {
		switch {
		case n.Type == html.CommentNode:
			found = append(found, "there is a comment: "+n.Data)
		case n.Type == html.ElementNode && !slices.Contains([]atom.Atom{atom.Html, atom.Head, atom.Body}, n.DataAtom):
			found = append(found, faultsOf(n)...)
		}
	}
	return found
}

func faultsOf(n *html.Node) []string {
	allowed, known := elements[n.Data]
	if !known {
		return []string{"there is an element <" + n.Data + ">"}
	}
	var found []string
	for _, a := range n.Attr {
		if !slices.Contains(allowed, a.Key) || !isHarmless(a) {
			found = append(found, fmt.Sprintf("<%s> has an attribute %s=%q", n.Data, a.Key, a.Val))
		}
	}
	return found
}

func isHarmless(a html.Attribute) bool {
	switch a.Key {
	case "style":
		return isOurStyle(a.Val)
	case "class":
		return isOurClass(a.Val)
	case "id":
		return strings.HasPrefix(a.Val, "story-")
	case "href":
		return leadsSomewhereGood(a.Val)
	}
	return true
}

var ourLook = newLook(templates.DefaultPalette().Light, "left")

var barStyle = regexp.MustCompile(`^border-bottom:\d+px solid #[0-9a-f]{6}$`)

func isOurStyle(style string) bool {
	return barStyle.MatchString(style) || slices.Contains(slices.Collect(maps.Values(ourLook.styles)), style)
}

func isOurClass(class string) bool {
	return class == "bars" || class == "bars grey" || slices.Contains(classNames(), class) || slices.Contains(slices.Collect(maps.Values(mailClasses)), class)
}

func leadsSomewhereGood(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return false
	}
	return slices.Contains([]string{"http", "https", "mailto"}, u.Scheme) || placeOnPage.MatchString(address)
}

// checkStory checks all that is made from the Markdown of a story.
func checkStory(t *testing.T, markdown string) {
	t.Helper()
	for _, section := range frame.sections(markdown) {
		checkHarmless(t, string(section.HTML))
		for n := range parsed(t, string(section.HTML)).Descendants() {
			if id := attributeOf(n, "id"); id != "" {
				t.Errorf("<%s> in the mail has the id %q", n.Data, id)
			}
		}
	}
	page, err := Page(markdown)
	if err != nil {
		t.Fatal(err)
	}
	checkHarmless(t, string(page))
	checkMail(t, markdown)
}

// checkMail checks what holds for the whole mail: that the parts are of one
// mind, and that the text part is plain.
func checkMail(t *testing.T, markdown string) {
	t.Helper()
	body := mail(t, digest.Issue{Day: "2026-02-05", Subject: "Test", Markdown: markdown}, frame)
	for _, r := range body.HTML + body.Text {
		if r != '\n' && cleaned(r) != r {
			t.Errorf("there is a character that is not shown: %U", r)
		}
	}
	if n := len(textsOf(t, body.HTML, "h1")); n != 1 {
		t.Errorf("the mail has %d headings of the first level", n)
	}
	if n := strings.Count(body.Text, "\n-- \n"); n != 1 {
		t.Errorf("the text part has %d marks of a signature", n)
	}
	checkLinks(t, body)
}

// checkLinks compares the links of both parts. A story may have a bare address
// in its text, which stands in both parts as text: it may look like a link in
// the text part alone.
func checkLinks(t *testing.T, body Body) {
	t.Helper()
	links, lines := linksOfHTML(t, body.HTML), linksOfText(body.Text)
	rest := lines
	for _, link := range links {
		at := slices.Index(rest, link)
		if at < 0 {
			t.Fatalf("the link to %q is not in the text part where it should be:\n%s", link, cmp.Diff(links, lines))
		}
		rest = rest[at+1:]
	}
}

// TestChecksOfTheseTestsSee makes sure that the others are not blind.
func TestChecksOfTheseTestsSee(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		`<script>alert(1)</script>`, `<img src="x">`, `<p onclick="alert(1)">a</p>`, `<p style="color:red">a</p>`,
		`<p class="x">a</p>`, `<h2 id="unsubscribe">a</h2>`, `<a href="javascript:alert(1)">a</a>`, `<a href="/a">a</a>`,
		`<a href="https://a@b.example/">a</a>`, `<a href="https://b.example/ü">a</a>`, `<!-- a -->`, `<p>a`, `<p>a</p></td>`,
		`<a href="https://a.example/">a <a href="https://b.example/">b</a></a>`,
	} {
		if len(faults(t, bad)) == 0 {
			t.Errorf("no fault is found in %s", bad)
		}
	}
}

func TestHostileStoriesBringNothingAlong(t *testing.T) {
	t.Parallel()
	for name, markdown := range hostile {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkStory(t, markdown)
		})
	}
}

func TestHostileFrameBringsNothingAlong(t *testing.T) {
	t.Parallel()
	f := frame
	f.Name = `<script>alert(1)</script>`
	f.Tagline = `"><img src=x onerror=alert(1)>`
	f.URL = `javascript:alert(1)`
	f.Language = `en" onload="alert(1)`
	issue := digest.Issue{Day: "2026-02-05", Subject: "</title><script>alert(1)</script>\r\nBcc: x", Preheader: "<b>\u202ea"}
	body := mail(t, issue, f)
	for n := range parsed(t, body.HTML).Descendants() {
		if n.DataAtom == atom.Script || n.DataAtom == atom.Img || n.DataAtom == atom.B {
			t.Errorf("there is an element <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("<%s> has an attribute %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
}

// TestHostilePayloadsBringNothingAlong passes payloads that were collected to
// break sanitisers, as the Markdown of a story.
func TestHostilePayloadsBringNothingAlong(t *testing.T) {
	t.Parallel()
	samples := os.Getenv("REDIGEST_SAMPLES")
	if samples == "" {
		t.Skip("REDIGEST_SAMPLES is not set: it names the folder that corpora/hostile-html is in")
	}
	data, err := os.ReadFile(filepath.Join(samples, "corpora", "hostile-html", "payloads.json"))
	if err != nil {
		t.Fatal(err)
	}
	var payloads []struct{ Title, Payload string }
	if err := json.Unmarshal(data, &payloads); err != nil {
		t.Fatal(err)
	}
	if len(payloads) == 0 {
		t.Fatal("there are no payloads")
	}
	for _, p := range payloads {
		t.Run(p.Title, func(t *testing.T) {
			t.Parallel()
			checkStory(t, p.Payload)
			checkStory(t, "## [A]("+p.Payload+")\n\n- text "+p.Payload+" text\n\n| a |\n|---|\n| "+p.Payload+" |")
		})
	}
}
