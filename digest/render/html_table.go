package render

import "strconv"

// table writes a table. Figures take the width of the sheet, and in a mail fewer
// columns; any other table scrolls sideways by itself where it is wider than the
// screen, so that the mail or the page as a whole does not.
func (w *htmlWriter) table(n *node) {
	switch {
	case n.role == figures && w.look == nil:
		w.tableAlone(n)
	case n.role == figures:
		w.tableAlone(folded(n))
	default:
		w.element("div", tableFrame, func() { w.tableAlone(n) }, attribute{"tabindex", "0"})
	}
}

func (w *htmlWriter) tableAlone(n *node) {
	var layout []attribute
	if w.look != nil && n.role == figures {
		layout = []attribute{{"width", "100%"}, {"cellpadding", "0"}, {"cellspacing", "0"}, {"border", "0"}}
	}
	w.element("table", n.role, func() {
		w.element("thead", "", func() { w.row(n.children[0], "th") })
		if len(n.children) == 1 {
			return
		}
		w.element("tbody", "", func() {
			for _, r := range n.children[1:] {
				w.row(r, "td")
			}
		})
	}, layout...)
}

// row writes a row. Empty cells at its end are one, however many columns the
// head has.
func (w *htmlWriter) row(n *node, name string) {
	cells, empty := n.children, 0
	for name == "td" && empty < len(cells) && len(cells[len(cells)-1-empty].children) == 0 {
		empty++
	}
	if empty > 1 {
		cells = cells[:len(cells)-empty]
	}
	w.element("tr", "", func() {
		for _, c := range cells {
			w.cell(c, name)
		}
		if empty > 1 {
			w.element("td", "", func() {}, attribute{"colspan", strconv.Itoa(empty)})
		}
	})
	w.WriteByte('\n')
}

// cell writes a cell; one of the head that is empty heads nothing, and one that
// names what its row is about heads that.
func (w *htmlWriter) cell(n *node, name string) {
	scope := ""
	switch {
	case name == "th" && len(n.children) == 0:
		name = "td"
	case name == "th":
		scope = "col"
	case n.role == rowName:
		name, scope = "th", "row"
	}
	w.element(name, n.role, w.children(n), attribute{"scope", scope}, w.align(n), dirAuto)
}

// align says on which side a cell's words are. In a mail the names of columns
// and rows say so themselves, for they would be in the middle; HTML for pages has
// given up the attribute, and leaves it to the style sheet.
func (w *htmlWriter) align(n *node) attribute {
	switch {
	case w.look == nil:
		return attribute{"data-align", n.align}
	case n.align == "":
		return attribute{"align", w.look.start}
	}
	return attribute{"align", n.align}
}
