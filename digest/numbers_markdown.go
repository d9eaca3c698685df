package digest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// numbersLine returns the line above the lead as Markdown: two or three figures,
// each with its change and its own date, which is said once where it is the same
// for all. It is empty when there are none to show there.
func numbersLine(in Input) string {
	style := styleOf(in.Language)
	var shown []Figure
	for _, f := range in.Figures {
		if f.InLine {
			shown = append(shown, f)
		}
	}
	once := len(shown) > 1 && !slices.ContainsFunc(shown, func(f Figure) bool { return f.Day != shown[0].Day })
	var parts []string
	for i, f := range shown {
		part := EscapeMarkdown(f.name(in.Companies)) + " **" + f.price(style) + "**" + f.lineChange(in.Day, style)
		switch date := unbroken(style.day(f.Day, in.Day)); {
		case !once:
			part += " (" + date + ")"
		case i == len(shown)-1:
			part += " (all" + noBreakSpace + date + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " · ")
}

// recent is how many days before a figure the one before it may be, so that the
// line need not say when that was.
const recent = 7

// lineChange returns the change as it stands behind a price of the line.
func (f Figure) lineChange(day Day, style numberStyle) string {
	if f.ChangePercent == nil {
		return ""
	}
	words := "," + noBreakSpace + style.change(*f.ChangePercent)
	if f.PreviousDay != "" && f.PreviousDay < f.Day.Add(-recent) {
		words += " since " + unbroken(style.day(f.PreviousDay, day))
	}
	return words
}

// numbersTable returns the figures as tables in Markdown, without a heading:
// one of prices and one of shares, [MaxFigures] rows in all. A remark above each
// says what most of its rows share, and one below both how to read them. It is
// empty when there are no figures. A figure that is old has its cells
// emphasised; a trend is a code span.
func numbersTable(in Input) string {
	figures := in.Figures[:min(len(in.Figures), MaxFigures)]
	var parts []string
	for _, kind := range []struct {
		QuoteKind
		item, value string
	}{{Price, "Item", "Price"}, {Share, "Share", "Close"}} {
		var rows []Figure
		for _, f := range figures {
			if f.Kind == kind.QuoteKind {
				rows = append(rows, f)
			}
		}
		if len(rows) == 0 {
			continue
		}
		shared := sharedBy(rows, in)
		cells := [][]string{{kind.item, kind.value, "Change", "Trend"}}
		for _, f := range rows {
			cells = append(cells, f.cells(in, shared))
		}
		parts = append(parts, present(remark(shared.words(rows, in)), tableOf(cells))...)
	}
	return strings.Join(append(parts, present(remark(legend(figures)))...), "\n\n")
}

// remark returns a remark of the issue's own; of nothing, nothing.
func remark(markdown string) string {
	if markdown == "" {
		return ""
	}
	return "*" + markdown + "*"
}

// legend says how to read what the tables show.
func legend(figures []Figure) string {
	var parts []string
	if slices.ContainsFunc(figures, Figure.hasTrend) {
		parts = append(parts, "Trend: up to 12 last prices, each row on its own scale, which spans at least 5% of the price.")
	}
	if slices.ContainsFunc(figures, func(f Figure) bool { return f.High != "" && f.PreviousDay != "" }) {
		parts = append(parts, "The change of a range is that of its middle.")
	}
	return strings.Join(parts, " ")
}

// tableOf writes rows, the first of which is the heading, leaving out columns
// that have nothing to say.
func tableOf(rows [][]string) string {
	lines, rule := make([]string, len(rows)), ""
	for column := range rows[0] {
		if !slices.ContainsFunc(rows[1:], func(row []string) bool { return row[column] != "" }) {
			continue
		}
		for i, row := range rows {
			lines[i] += "| " + row[column] + " "
		}
		rule += map[bool]string{true: "| ---: ", false: "| --- "}[column == 1 || column == 2]
	}
	lines = slices.Insert(lines, 1, rule)
	return strings.Join(lines, "|\n") + "|"
}

// cells returns what stands in the columns of the table: item with whatever the
// table has not said for all, value with unit, change, and trend.
func (f Figure) cells(in Input, all shared) []string {
	name, about := f.name(in.Companies), all.beside(f, in)
	cells := []string{
		strings.Join(append([]string{"**" + EscapeMarkdown(name) + "**"}, about...), ", "),
		f.price(styleOf(in.Language)),
		all.change(f, in),
	}
	if f.Old {
		cells[0] = strings.Join(append([]string{EscapeMarkdown(name)}, about...), ", ")
		for i, cell := range cells {
			if cell != "" {
				cells[i] = "*" + cell + "*"
			}
		}
	}
	return append(cells, f.trend(in))
}

// unbroken returns a date that no line ends within: columns are narrow on a phone.
func unbroken(date string) string { return strings.ReplaceAll(date, " ", noBreakSpace) }

// age says of an old figure how old it is: grey alone says it to few, and not at
// all in the text part.
func (f Figure) age(day Day) string {
	if !f.Old {
		return ""
	}
	return count(int(day.date().Sub(f.Day.date())/(24*time.Hour)), "day old", "days old")
}

// name returns what a figure is called: a share after its company, when that is
// known by its ticker.
func (f Figure) name(companies []Company) string {
	for _, c := range companies {
		if f.Kind == Share && foldFigure(c.Ticker) == f.itemKey() {
			return c.Name + " (" + c.Ticker + ")"
		}
	}
	return f.Item
}

// price returns the value with its unit, as Markdown.
func (f Figure) price(style numberStyle) string {
	return strings.TrimSuffix(f.value(style)+noBreakSpace+EscapeMarkdown(f.Unit), noBreakSpace)
}

// source returns who says so; of an address, a link with the name of its site.
func (f Figure) source() string {
	if u, err := url.Parse(f.Source); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return link(strings.TrimPrefix(u.Hostname(), "www."), f.Source)
	}
	return EscapeMarkdown(f.Source)
}

// leastTrend is how many values make a trend: from fewer one reads what is not
// there.
const leastTrend = 5

func (f Figure) hasTrend() bool { return len(f.Trend) >= leastTrend }

// trend returns the values of the trend for the renderer to draw and, behind a
// semicolon, what it says of them to those who do not see it.
func (f Figure) trend(in Input) string {
	if !f.hasTrend() {
		return ""
	}
	values := []string{"trend"}
	for _, v := range f.Trend {
		values = append(values, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return "`" + strings.Join(values, " ") + f.trendWords(in) + "`"
}

// trendWords returns the unit and the days of a trend. A unit that cannot stand
// in a code span or would be long is left out.
func (f Figure) trendWords(in Input) string {
	style, unit := styleOf(in.Language), oneLine(f.Unit)
	if strings.ContainsAny(unit, "`|\\") || len(unit) > 30 {
		unit = ""
	}
	days := ""
	if f.TrendFrom != "" {
		days = style.day(f.TrendFrom, in.Day) + " to " + style.day(f.Day, in.Day)
	}
	words := strings.Join(present(unit, days), ", ")
	if words == "" {
		return ""
	}
	return "; " + words
}

// present returns the texts that are not empty.
func present(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}
