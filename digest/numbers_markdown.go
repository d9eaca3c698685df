package digest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// numbersLine returns the line above the lead as Markdown: two or three figures,
// each with its own date. It is empty when there are none to show there.
func numbersLine(in Input) string {
	style := styleOf(in.Language)
	var parts []string
	for _, f := range in.Figures {
		if f.InLine {
			parts = append(parts, EscapeMarkdown(f.name(in.Companies))+" **"+f.price(style)+"** ("+unbroken(style.day(f.Day, in.Day))+")")
		}
	}
	return strings.Join(parts, " · ")
}

// numbersTable returns the figures as tables in Markdown, without a heading:
// one of prices and one of shares, [MaxFigures] rows in all. It is empty when there are no figures. A
// figure that is old has its cells emphasised; a trend is a code span.
func numbersTable(in Input) string {
	var tables []string
	for _, kind := range []struct {
		QuoteKind
		item, value string
	}{{Price, "Item", "Price"}, {Share, "Share", "Close"}} {
		rows := [][]string{{kind.item, kind.value, "Change", "Date", "Trend"}}
		for _, f := range in.Figures[:min(len(in.Figures), MaxFigures)] {
			if f.Kind == kind.QuoteKind {
				rows = append(rows, f.cells(in))
			}
		}
		if len(rows) > 1 {
			tables = append(tables, tableOf(rows))
		}
	}
	return strings.Join(tables, "\n\n")
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

// cells returns what stands in the columns of the table: item with basis, VAT
// and note, value with unit, change, date with source, and trend.
func (f Figure) cells(in Input) []string {
	name, style := f.name(in.Companies), styleOf(in.Language)
	about := strings.Join(present(f.Basis, f.VATInWords(), f.Note), ", ")
	cells := []string{
		strings.Join(present("**"+EscapeMarkdown(name)+"**", EscapeMarkdown(about)), ", "),
		f.price(style),
		f.changeCell(in, style),
		strings.Join(present(unbroken(style.day(f.Day, in.Day)), f.age(in.Day), f.source()), ", "),
	}
	if f.Old {
		cells[0] = EscapeMarkdown(strings.Join(present(name, about), ", "))
		for i, cell := range cells {
			if cell != "" {
				cells[i] = "*" + cell + "*"
			}
		}
	}
	return append(cells, f.trend())
}

// changeCell returns the change as it stands in the table.
func (f Figure) changeCell(in Input, style numberStyle) string {
	words := f.Change(in.Language, in.Day)
	if f.PreviousDay == "" {
		return words
	}
	since := style.day(f.PreviousDay, in.Day)
	return strings.Replace(words, since, unbroken(since), 1)
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
	return strings.TrimSpace(f.value(style) + " " + EscapeMarkdown(f.Unit))
}

// source returns who says so; of an address, a link with the name of its site.
func (f Figure) source() string {
	if u, err := url.Parse(f.Source); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		return link(strings.TrimPrefix(u.Hostname(), "www."), f.Source)
	}
	return EscapeMarkdown(f.Source)
}

// trend returns the values of the trend for the renderer to draw; two are no
// trend.
func (f Figure) trend() string {
	if len(f.Trend) < 3 {
		return ""
	}
	values := []string{"trend"}
	for _, v := range f.Trend {
		values = append(values, strconv.FormatFloat(v, 'f', -1, 64))
	}
	return "`" + strings.Join(values, " ") + "`"
}

// present returns the texts that are not empty.
func present(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}
