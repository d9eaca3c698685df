package feed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// A sheet is a table of numbers as it was written.
type sheet struct {
	o        Options
	columns  map[string]int // where each known column is
	width    int            // how many columns are named
	shares   bool           // and not prices
	rows     []sheetRow
	problems []Problem

	mark  decimalMark // what the table as a whole shows of its numbers
	order dayOrder    // and of its dates
}

// A sheetRow is one row below the names of the columns.
type sheetRow struct {
	line  int
	cells []string
	fault error // why its cells are not to be trusted
}

// cell returns a cell on one line, and nothing for one that is not there.
func (r sheetRow) cell(t *sheet, column string) string {
	if i, named := t.columns[column]; named && i < len(r.cells) {
		return fixed(r.cells[i])
	}
	return ""
}

// readSheet reads text as CSV with whatever separates its cells.
func readSheet(text string, o Options) (*sheet, error) {
	text = strings.ReplaceAll(text, "\r", "\n") // what is left of it ended lines on old machines
	separator, text, skipped := separatorOf(text)
	o.skipped += skipped
	t := &sheet{o: o}
	records, err := t.records(text, separator)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 || !t.nameColumns(records[0]) {
		return nil, errColumns
	}
	for _, r := range records[1:] {
		if strings.TrimSpace(strings.Join(r.cells, "")) == "" && r.fault == nil {
			continue
		}
		if len(r.cells) > t.width && strings.Join(r.cells[t.width:], "") != "" && r.fault == nil {
			r.fault = fmt.Errorf("has %d cells, and the first line names %d columns; put a cell that holds the separator in quotes", len(r.cells), t.width)
		}
		t.rows = append(t.rows, r)
	}
	t.learn()
	return t, nil
}

var (
	errQuotes = errors.New("the quotes in it do not match; each must be closed in its own line")
	errOpen   = errors.New("opens a quote that is never closed, so that none of the lines after it could be read; close it or take it out")
)

// records returns all records; those with a fault may have no cells.
func (t *sheet) records(text string, separator rune) (all []sheetRow, err error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.Comment, r.FieldsPerRecord = separator, '#', -1
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return all, nil
		}
		if broken, ok := errors.AsType[*csv.ParseError](err); ok {
			fault := errQuotes
			if r.InputOffset() >= int64(len(text)) && broken.Line > broken.StartLine {
				fault = errOpen
			}
			all = append(all, sheetRow{line: broken.StartLine, cells: cells, fault: fault})
			continue
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		row := sheetRow{line: line, cells: cells}
		if slices.ContainsFunc(cells, func(c string) bool { return strings.Contains(strings.TrimSpace(c), "\n") }) {
			row.fault = errQuotes // more likely than a text of several lines: what it holds are rows
		}
		all = append(all, row)
	}
}

// separatorOf returns what separates the cells: what the first line says
// (sep=;), or what the names of the columns have most of. skipped is how many
// lines were taken off.
func separatorOf(text string) (separator rune, rest string, skipped int) {
	first, rest, _ := strings.Cut(text, "\n")
	if s, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(first)), "sep="); ok && (s == "," || s == ";") {
		return rune(s[0]), rest, 1
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		separator = ','
		for _, c := range ";\t" {
			if strings.Count(line, string(c)) > strings.Count(line, string(separator)) {
				separator = c
			}
		}
		break
	}
	return separator, text, 0
}

// nameColumns finds the columns by their names, whatever their case and what
// stands between their words. It reports whether those are there that neither
// kind of table can do without.
func (t *sheet) nameColumns(head sheetRow) bool {
	t.columns, t.width = map[string]int{}, len(head.cells)
	var unknown []string
	for i, name := range head.cells {
		column := columnName(name)
		_, twice := t.columns[column]
		known := slices.Contains(priceColumns, column) || slices.Contains(shareColumns, column)
		switch {
		case known && !twice:
			t.columns[column] = i
		case column != "":
			unknown = append(unknown, fold(name))
		}
	}
	has := func(all ...string) bool {
		return !slices.ContainsFunc(all, func(c string) bool { _, ok := t.columns[c]; return !ok })
	}
	t.shares = has("ticker", "close")
	if len(unknown) > 0 {
		t.problems = append(t.problems, Problem{t.o.line(head.line), fmt.Sprintf("columns that are not known were left out: %s", cut(strings.Join(unknown, ", "), 200))})
	}
	return has("date", "item", "low", "unit") || t.shares && has("date", "currency")
}

// columnName folds the name of a column: “Change PCT” is change_pct.
func columnName(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	return strings.Join(words, "_")
}
