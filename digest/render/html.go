package render

import (
	"html"
	"slices"
	"strconv"
	"strings"
)

// An htmlWriter writes a tree as HTML. In a mail each element carries its own
// style; on a page some carry a class, and headings their id. No other attribute
// of the kinds that a stranger could misuse is ever written.
type htmlWriter struct {
	strings.Builder
	look    *look     // nil on a page
	inStory bool      // its direction is that of the story around
	runs    direction // in which the story around runs
	first   *node     // what the block begins with that is being written
}

// An attribute is a name and a value; with an empty value it is not written.
type attribute struct{ name, value string }

var dirAuto = attribute{"dir", "auto"}

// element writes an element around what inside writes. Its looks are those of
// its role or else of its name.
func (w *htmlWriter) element(name string, r role, inside func(), attributes ...attribute) {
	w.open(name, r, attributes...)
	inside()
	w.WriteString("</" + name + ">")
}

func (w *htmlWriter) open(name string, r role, attributes ...attribute) {
	w.WriteString("<" + name)
	class, style := pageClasses[r], ""
	if w.look != nil {
		class, style = mailClasses[r], w.look.style(name, r)
	}
	w.attribute("class", class)
	for _, a := range attributes {
		w.attribute(a.name, a.value)
	}
	w.attribute("style", style)
	w.WriteByte('>')
}

func (w *htmlWriter) attribute(name, value string) {
	if value != "" {
		w.WriteString(" " + name + `="` + html.EscapeString(value) + `"`)
	}
}

// direction returns the attribute of a block: where it is a part of a story it
// runs as the story does.
func (w *htmlWriter) direction() attribute {
	if w.inStory {
		return attribute{}
	}
	return dirAuto
}

func (w *htmlWriter) all(nodes []*node) {
	for _, n := range nodes {
		w.node(n)
	}
}

// children returns a function that writes what is in n.
func (w *htmlWriter) children(n *node) func() {
	return func() {
		if len(n.children) > 0 && n.kind < text {
			w.first = n.children[0]
		}
		w.all(n.children)
	}
}

func (w *htmlWriter) node(n *node) {
	switch n.kind {
	case text:
		w.WriteString(html.EscapeString(n.text))
	case newline:
		w.WriteString("<br>")
	case strong, emphasis, deleted, code:
		w.mark(n)
	case link:
		w.link(n)
	case trend:
		w.trend(n)
	case beside:
		w.beside(n)
	default:
		w.block(n)
	}
}

func (w *htmlWriter) mark(n *node) {
	name := map[kind]string{strong: "strong", emphasis: "em", deleted: "del", code: "code"}[n.kind]
	if n.role == aside || n.role == whole && n.kind == emphasis {
		name = "span"
	}
	w.element(name, n.role, func() {
		w.WriteString(html.EscapeString(n.text))
		w.all(n.children)
	})
}

func (w *htmlWriter) trend(n *node) {
	if w.look == nil {
		w.drawing(n)
		return
	}
	w.bars(n)
}

// link isolates the words of a link from what stands around it, where they run
// the other way. At the beginning of a block they are left to give the block its
// direction: browsers do not look into what is isolated.
func (w *htmlWriter) link(n *node) {
	rel := ""
	if w.look == nil {
		rel = "noopener"
	}
	w.element("a", n.role, func() {
		if n != w.first && runsBackwards(n.words()) {
			w.element("span", "", w.children(n), dirAuto)
			return
		}
		w.all(n.children)
	}, attribute{"href", n.url}, attribute{"rel", rel})
}

func (w *htmlWriter) block(n *node) {
	switch n.kind {
	case story:
		w.story(n)
	case heading:
		w.element("h"+strconv.Itoa(n.level), n.role, w.children(n), attribute{"id", w.id(n)}, w.direction())
	case paragraph:
		w.paragraph(n)
	case list:
		w.list(n)
	case quote:
		w.element("blockquote", "", w.children(n))
	case codeBlock:
		w.element("pre", "", func() { w.WriteString(html.EscapeString(n.text)) })
	case rule:
		w.open("hr", "")
	case table:
		w.table(n)
	}
	w.WriteByte('\n')
}

// story writes a story in one frame, so that all of it runs in the direction of
// its headline.
func (w *htmlWriter) story(n *node) {
	name := "article"
	if w.look != nil {
		name = "div"
	}
	w.element(name, "", func() {
		w.inStory, w.runs = true, directionOf(n.words())
		w.WriteByte('\n')
		w.all(n.children)
		w.inStory, w.runs = false, ""
	}, dirAuto)
}

// inLine writes what is in n, a line of a story or a part of one. Where it runs
// against the story it is isolated, so that its marks stay at its own end.
func (w *htmlWriter) inLine(n *node) {
	if directionOf(n.words()).against(w.runs) {
		w.element("span", "", w.children(n), dirAuto)
		return
	}
	w.children(n)()
}

// paragraph writes a paragraph; in a mail a takeaway stands in a box. A remark
// of the issue's own is set apart by its looks and needs no slant.
func (w *htmlWriter) paragraph(n *node) {
	inside := n
	if n.role == note {
		inside = n.children[0]
	}
	p := func() { w.element("p", n.role, func() { w.line(inside) }, w.direction()) }
	if n.role == takeaway && w.look != nil {
		w.boxed(p)
		return
	}
	p()
}

// line writes a line of words. What a takeaway says counts without its name, and
// the lines of a story in a list run as their first, which is the headline.
func (w *htmlWriter) line(n *node) {
	switch n.role {
	case takeaway:
		w.takeaway(n)
	case storyLine:
		w.storyLine(n)
	default:
		w.inLine(n)
	}
}

func (w *htmlWriter) storyLine(n *node) {
	for i, line := range splitAtNewlines(n.children) {
		part := &node{kind: paragraph, children: line}
		if i == 0 {
			w.runs = directionOf(part.words())
		} else {
			w.WriteString("<br>")
		}
		w.inLine(part)
	}
	w.runs = ""
}

func (w *htmlWriter) takeaway(n *node) {
	name, words := n.children[:1], slices.Clone(n.children[1:])
	if len(words) > 0 && words[0].kind == text && strings.HasPrefix(words[0].text, " ") {
		name = append(slices.Clip(name), &node{kind: text, text: " "})
		words[0] = &node{kind: text, text: words[0].text[1:]}
	}
	w.children(&node{kind: paragraph, children: name})()
	w.inLine(&node{kind: paragraph, children: words})
}

// id returns the id of n: a mail has none, for mail clients do not lead there.
func (w *htmlWriter) id(n *node) string {
	if w.look != nil {
		return ""
	}
	return n.id
}

func (w *htmlWriter) list(n *node) {
	name, start := "ul", ""
	if n.ordered {
		name = "ol"
		if n.start != 1 {
			start = strconv.Itoa(n.start)
		}
	}
	w.element(name, n.role, func() {
		for _, i := range n.children {
			w.element("li", n.role, func() { w.item(i) }, w.direction())
		}
	}, attribute{"start", start})
}

// item writes what is in an item, a single paragraph without its frame.
func (w *htmlWriter) item(n *node) {
	if first := n.children[0]; first.kind == paragraph && (len(n.children) == 1 || n.children[1].kind == list) {
		w.line(first)
		w.all(n.children[1:])
		return
	}
	w.all(n.children)
}
