package render

// table writes a table of figures. In a mail it scrolls sideways by itself where
// it is wider than the screen, so that the mail as a whole does not.
func (w *htmlWriter) table(n *node) {
	if w.styles == nil {
		w.tableAlone(n)
		return
	}
	w.element("div", w.style("scroll", ""), func() { w.tableAlone(n) }, attribute{"tabindex", "0"})
}

func (w *htmlWriter) tableAlone(n *node) {
	w.element("table", w.style("table", ""), func() {
		w.element("thead", "", func() { w.row(n.children[0], "th") })
		if len(n.children) == 1 {
			return
		}
		w.element("tbody", "", func() {
			for _, r := range n.children[1:] {
				w.row(r, "td")
			}
		})
	})
}

func (w *htmlWriter) row(n *node, name string) {
	w.element("tr", "", func() {
		for _, c := range n.children {
			w.cell(c, name)
		}
	})
	w.WriteByte('\n')
}

// cell writes a cell; one of the head that is empty heads nothing.
func (w *htmlWriter) cell(n *node, name string) {
	scope := ""
	if name == "th" {
		scope = "col"
	}
	if name == "th" && len(n.children) == 0 {
		w.element("td", w.style("th", ""), func() {})
		return
	}
	style, align := w.style(name, ""), n.align
	if w.styles != nil && align != "" {
		style, align = style+";text-align:"+align, ""
	}
	w.element(name, style, w.children(n), attribute{"scope", scope}, attribute{"align", align}, dirAuto)
}
