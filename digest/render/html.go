package render

import (
	"html"
	"strconv"
	"strings"
)

// An htmlWriter writes a tree as HTML. With styles each element carries its own,
// for mail; without, headings carry their id, for a page. No other attribute of
// the kinds that a stranger could misuse is ever written.
type htmlWriter struct {
	strings.Builder
	styles map[string]string // by role or else by element; nil on a page
	first  *node             // what the block begins with that is being written
}

// An attribute is a name and a value; with an empty value it is not written.
type attribute struct{ name, value string }

var dirAuto = attribute{"dir", "auto"}

// element writes an element around what inside writes.
func (w *htmlWriter) element(name string, style string, inside func(), attributes ...attribute) {
	w.open(name, style, attributes)
	inside()
	w.WriteString("</" + name + ">")
}

func (w *htmlWriter) open(name, style string, attributes []attribute) {
	w.WriteString("<" + name)
	for _, a := range append(attributes, attribute{"style", style}) {
		if a.value != "" {
			w.WriteString(" " + a.name + `="` + html.EscapeString(a.value) + `"`)
		}
	}
	w.WriteString(">")
}

// style returns how an element looks that is there in a role, or in none.
func (w *htmlWriter) style(element string, r role) string {
	if s, ok := w.styles[string(r)]; ok && r != "" {
		return s
	}
	return w.styles[element]
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
	default:
		w.block(n)
	}
}

func (w *htmlWriter) mark(n *node) {
	name := map[kind]string{strong: "strong", emphasis: "em", deleted: "del", code: "code"}[n.kind]
	w.element(name, w.style(name, ""), func() {
		w.WriteString(html.EscapeString(n.text))
		w.all(n.children)
	})
}

// link isolates the words of a link from what stands around it, where they run
// the other way. At the beginning of a block they are left to give the block its
// direction: browsers do not look into what is isolated.
func (w *htmlWriter) link(n *node) {
	rel := ""
	if w.styles == nil {
		rel = "noopener"
	}
	w.element("a", w.style("a", ""), func() {
		if n != w.first && runsBackwards(n.words()) {
			w.element("span", "", w.children(n), dirAuto)
			return
		}
		w.all(n.children)
	}, attribute{"href", n.url}, attribute{"rel", rel})
}

func (w *htmlWriter) block(n *node) {
	switch n.kind {
	case heading:
		name := "h" + strconv.Itoa(n.level)
		w.element(name, w.style(name, n.role), w.children(n), attribute{"id", w.id(n)}, dirAuto)
	case paragraph:
		w.paragraph(n)
	case list:
		w.list(n)
	case quote:
		w.element("blockquote", w.style("blockquote", ""), w.children(n))
	case codeBlock:
		w.element("pre", w.style("pre", ""), func() { w.WriteString(html.EscapeString(n.text)) })
	case rule:
		w.open("hr", w.style("hr", ""), nil)
	case table:
		w.table(n)
	}
	w.WriteByte('\n')
}

// paragraph writes a paragraph. The name of an outlet is set apart by its style
// in a mail and needs no slant, which Chinese and Arabic do not have.
func (w *htmlWriter) paragraph(n *node) {
	inside := n
	if n.role == outletName && w.styles != nil {
		inside = n.children[0]
	}
	w.element("p", w.style("p", n.role), w.children(inside), dirAuto)
}

// id returns the id of n: a mail has none, for mail clients do not lead there.
func (w *htmlWriter) id(n *node) string {
	if w.styles != nil {
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
	w.element(name, w.style(name, ""), func() {
		for _, i := range n.children {
			w.element("li", w.style("li", ""), func() { w.item(i) }, dirAuto)
		}
	}, attribute{"start", start})
}

// item writes what is in an item, a single paragraph without its frame.
func (w *htmlWriter) item(n *node) {
	if first := n.children[0]; first.kind == paragraph && (len(n.children) == 1 || n.children[1].kind == list) {
		w.children(first)()
		w.all(n.children[1:])
		return
	}
	w.all(n.children)
}
