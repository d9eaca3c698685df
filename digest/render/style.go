package render

import (
	"strings"

	"redigest/templates"
)

const (
	serif = "Georgia,'Times New Roman',serif"
	sans  = "'Segoe UI',Helvetica,Arial,sans-serif"
	mono  = "Consolas,Menlo,monospace"
)

// A look is how the elements of a story look in a mail. Mail clients drop style
// sheets, so each element carries its own; what is inherited is set by the
// template on the cell around. The template's style sheet changes the colours
// where the reader's device is dark.
type look struct {
	shades templates.Shades
	start  string // the side on which lines begin: left or right
	styles map[element]string
}

// An element is one by its name and its role.
type element struct {
	name string
	role role
}

// style returns the style of an element in a role or, where it has none of its
// own in that role, in none.
func (l *look) style(name string, r role) string {
	if s, ok := l.styles[element{name, r}]; ok {
		return s
	}
	return l.styles[element{name: name}]
}

// newLook returns the look in those colours.
func newLook(c templates.Shades, start string) *look {
	fill := strings.NewReplacer(
		"SERIF", serif, "SANS", sans, "MONO", mono, "START", start,
		"INK", c.Ink, "SOFT", c.Soft, "ACCENT", c.Accent, "RULE", c.Rule, "TINT", c.Tint,
	)
	l := &look{shades: c, start: start, styles: make(map[element]string, len(mailStyles))}
	for e, style := range mailStyles {
		l.styles[e] = fill.Replace(style)
	}
	return l
}

// mailClasses are the classes of elements in a mail, by their role, so that the
// style sheet can change their colours.
var mailClasses = map[role]string{
	groupName:  "mark",
	box:        "tint edge",
	outletName: "soft",
	references: "soft",
	note:       "soft",
	aside:      "soft",
	outdated:   "soft",
}

// mailStyles are the styles of all looks. The words in capitals are filled in.
var mailStyles = map[element]string{
	{"h2", leadHeadline}: "margin:0 0 12px;font:bold 27px/1.2 SERIF;color:INK",
	{"h2", headline}:     "margin:0 0 6px;font:bold 20px/1.3 SERIF;color:INK",
	{"h2", groupName}:    "margin:0 0 10px;font:bold 14px/24px SANS;letter-spacing:.08em;text-transform:uppercase;color:ACCENT",
	{"h3", headline}:     "margin:18px 0 4px;font:bold 20px/1.3 SERIF;color:INK",
	{"h3", topicName}:    "margin:18px 0 8px;font:bold 16px/24px SANS;color:INK",
	{"ul", headlines}:    "margin:0 4px;margin-START:20px;padding:0",
	{"li", headlines}:    "margin:0 0 12px",
	{"a", headline}:      "font:17px/1.4 SERIF;color:ACCENT;text-decoration:underline",
	{"em", outletName}:   "font-style:normal;color:SOFT",
	{"p", references}:    "margin:0 0 6px;font-size:15px;color:SOFT",
	{"p", note}:          "margin:14px 0 6px;color:SOFT",
	{"p", takeaway}:      "margin:0",
	{"td", box}:          "padding:12px 16px;border-START:3px solid ACCENT;background:TINT",
	{"table", box}:       "margin:0 0 12px",
	{"p", topFigures}:    "margin:0",
	{"span", aside}:      "color:SOFT",
	{"table", figures}:   "margin:0 0 20px;border-collapse:collapse;font-size:15px;line-height:1.45",
	{"th", corner}:       "padding:0 0 6px;vertical-align:bottom;font-weight:bold;color:INK",
	{"th", figures}:      "padding:0 0 6px;padding-START:8px;vertical-align:bottom;font-weight:bold;color:INK;word-break:normal",
	{"th", rowName}:      "padding:8px 0;border-top:1px solid RULE;vertical-align:top;font-weight:normal;color:INK",
	{"em", outdated}:     "font-style:normal;color:SOFT",
	{"span", whole}:      "white-space:nowrap",
	{"strong", whole}:    "white-space:nowrap",
	{"td", besideFirst}:  "padding:0",
	{"td", besideNext}:   "padding:0 0 3px;padding-START:8px",
	{"div", tableFrame}:  "margin:0 0 12px;overflow-x:auto",

	{name: "h2"}:         "margin:0 0 10px;font:bold 20px/1.3 SERIF;color:INK",
	{name: "h3"}:         "margin:16px 0 8px;font:bold 17px/1.35 SERIF;color:INK",
	{name: "h4"}:         "margin:16px 0 8px;font:bold 16px/24px SANS;color:INK",
	{name: "h5"}:         "margin:16px 0 8px;font:bold 16px/24px SANS;color:INK",
	{name: "h6"}:         "margin:16px 0 8px;font:bold 16px/24px SANS;color:INK",
	{name: "p"}:          "margin:0 0 12px",
	{name: "a"}:          "color:ACCENT;text-decoration:underline",
	{name: "ul"}:         "margin:0 4px 12px;margin-START:20px;padding:0",
	{name: "ol"}:         "margin:0 4px 12px;margin-START:24px;padding:0",
	{name: "li"}:         "margin:0 0 8px",
	{name: "blockquote"}: "margin:0 0 12px;margin-START:16px;color:SOFT",
	{name: "pre"}:        "margin:0 0 12px;font:14px/1.5 MONO;white-space:pre-wrap",
	{name: "code"}:       "font-family:MONO;font-size:15px",
	{name: "table"}:      "border-collapse:collapse;font-size:15px;line-height:1.4",
	{name: "th"}:         "padding:6px 14px 6px 0;border-bottom:2px solid RULE;vertical-align:bottom;font-weight:bold;color:INK;word-break:normal",
	{name: "td"}:         "padding:8px 0;padding-START:8px;border-top:1px solid RULE;vertical-align:top",
	{name: "hr"}:         "margin:16px 0;border:0;border-top:1px solid RULE",
}
