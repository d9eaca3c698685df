package render

import "strconv"

// pieceHTML returns a piece as it stands in a mail.
func pieceHTML(p piece, l *look) string {
	w := &htmlWriter{look: l}
	w.all(p.blocks)
	return w.String()
}

// boxed writes a box of its own colour around what inside writes. Only a cell of
// a table has one in every client.
func (w *htmlWriter) boxed(inside func()) {
	w.WriteString(`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"`)
	w.attribute("style", w.look.style("table", box))
	w.WriteString(`><tr>`)
	w.element("td", box, inside, attribute{"bgcolor", w.look.shades.Tint})
	w.WriteString("</tr></table>")
}

// The sizes of the bars of a trend in a mail, in pixels.
const (
	barWide  = 4
	barLeast = 2
	barMost  = 18
)

// bars writes a trend as a row of bars, each the lower border of an empty cell,
// which all clients draw.
func (w *htmlWriter) bars(n *node) {
	class, colour := "bars", w.look.shades.Accent
	if n.role == outdated {
		class, colour = "bars grey", w.look.shades.Soft
	}
	w.WriteString(`<table class="` + class + `" role="img" cellpadding="0" cellspacing="1" border="0"`)
	w.attribute("aria-label", trendWords(n))
	w.WriteString("><tr>")
	for _, level := range levels(n.values, barMost-barLeast) {
		w.WriteString(`<td width="` + strconv.Itoa(barWide) + `" style="border-bottom:` + strconv.Itoa(barLeast+level) + "px solid " + colour + `"></td>`)
	}
	w.WriteString("</tr></table>")
}

// beside writes cells beside one another, below what else is in a cell.
func (w *htmlWriter) beside(n *node) {
	w.WriteString(`<table role="presentation" cellpadding="0" cellspacing="0" border="0"`)
	align := w.align(n)
	w.attribute(align.name, align.value)
	w.WriteString("><tr>")
	for i, c := range n.children {
		r := besideFirst
		if i > 0 {
			r = besideNext
		}
		w.element("td", r, w.children(c), attribute{"valign", "bottom"})
	}
	w.WriteString("</tr></table>")
}
