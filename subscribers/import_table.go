package subscribers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// A table is a text read as rows of cells. The first may name the columns.
type table struct {
	records []tableRecord
}

// A tableRecord is one row of a table.
type tableRecord struct {
	line  int
	cells []string
	fault error // why its cells are not to be trusted
}

// errQuotes means that a quote stands where it should not, so that nobody can
// say where a cell ends.
var errQuotes = errors.New("the quotes in it do not match")

// readTable reads a text as CSV with whatever separates its cells. Any text is
// a table of some kind, unless a quote is opened and never closed: what comes
// behind it would be lost without a word.
func readTable(text string) (table, error) {
	separator, skipped, text := separatorOf(text)
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator
	r.FieldsPerRecord = -1
	var t table
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return t, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			if r.InputOffset() >= int64(len(text)) && broken.Line > broken.StartLine {
				return t, fmt.Errorf("line %d opens a quote that is never closed; close it or take it out", broken.StartLine+skipped)
			}
			t.records = append(t.records, tableRecord{line: broken.StartLine + skipped, cells: cells, fault: errQuotes})
			continue
		}
		if err != nil {
			return t, err
		}
		line, _ := r.FieldPos(0)
		t.records = append(t.records, tableRecord{line: line + skipped, cells: cells, fault: swallowed(cells)})
	}
}

// swallowed finds a quoted cell that runs over several lines with addresses in
// it: most likely those lines are rows of their own and a quote is missing.
func swallowed(cells []string) error {
	for _, cell := range cells {
		if strings.Contains(cell, "\n") && strings.Contains(cell, "@") {
			return fmt.Errorf("%w: one cell runs over %d lines", errQuotes, strings.Count(cell, "\n")+1)
		}
	}
	return nil
}

// separatorOf returns what separates the cells of a text: what its first line
// says (sep=;), or has most of. skipped is the number of lines taken off.
func separatorOf(text string) (separator rune, skipped int, rest string) {
	first, rest, _ := strings.Cut(text, "\n")
	if s, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && (s == "," || s == ";" || s == "\t") {
		return rune(s[0]), 1, rest
	}
	first, _, _ = strings.Cut(strings.TrimLeft(text, "\n"), "\n")
	separator = ','
	for _, c := range ";\t" {
		if strings.Count(first, string(c)) > strings.Count(first, string(separator)) {
			separator = c
		}
	}
	return separator, 0, text
}

// The names of columns, without case and without all that is no letter.
var (
	addressNames = []string{"email", "emailaddress", "mail", "emailadresse", "emailadres", "courriel", "correoelectronico", "correo", "etemail"}
	nameNames    = []string{"name", "fullname", "displayname"}
	firstNames   = []string{"firstname", "fname", "givenname", "vorname", "prenom"}
	lastNames    = []string{"lastname", "lname", "surname", "familyname", "nachname", "nom"}
)

// columnName folds the name of a column: “E-mail address” is emailaddress.
func columnName(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// column returns the first column with the first of these names that there is,
// and -1 when there is none.
func (t table) column(names []string) int {
	if len(t.records) == 0 {
		return -1
	}
	for _, name := range names {
		if i := slices.IndexFunc(t.records[0].cells, func(cell string) bool { return columnName(cell) == name }); i >= 0 {
			return i
		}
	}
	return -1
}

// addressColumn returns the column that is named as one of addresses, and -1
// when there is none.
func (t table) addressColumn() int { return t.column(addressNames) }

// rowReader reads rows of a table whose columns are named.
func (t table) rowReader(column int) func(tableRecord) (importRow, error) {
	full, first, last := t.column(nameNames), t.column(firstNames), t.column(lastNames)
	return func(r tableRecord) (importRow, error) {
		row, err := r.row(column)
		if name := r.cell(full); name != "" {
			row.name = cleanLine(name, maxName)
		} else if name := r.cell(first) + " " + r.cell(last); row.name == "" {
			row.name = cleanLine(name, maxName)
		}
		return row, err
	}
}

// cell returns a cell without the white space around it, and nothing for one
// that is not there.
func (r tableRecord) cell(column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	return strings.TrimSpace(r.cells[column])
}

// row reads the address in a column.
func (r tableRecord) row(column int) (importRow, error) {
	if r.cell(column) == "" {
		return importRow{}, fmt.Errorf("there is no address in column %d", column+1)
	}
	a, name, err := parseListed(r.cell(column))
	return importRow{address: a, name: name, status: Confirmed}, err
}

// guessColumn returns the column that holds the most addresses, and the records
// that are no heading; -1 when there are no addresses.
func (t table) guessColumn() (column int, records []tableRecord) {
	counts := map[int]int{}
	column = -1
	for _, r := range t.records {
		for _, i := range r.addresses() {
			counts[i]++
			if column < 0 || counts[i] > counts[column] || counts[i] == counts[column] && i < column {
				column = i
			}
		}
	}
	if column >= 0 && len(t.records[0].addresses()) == 0 {
		return column, t.records[1:]
	}
	return column, t.records
}

// addresses returns the columns in which r holds an address.
func (r tableRecord) addresses() (columns []int) {
	for i := range r.cells {
		if _, _, err := parseListed(r.cells[i]); err == nil {
			columns = append(columns, i)
		}
	}
	return columns
}

// guessedRow reads rows of a table without names, in which nobody can say which
// of two addresses is meant.
func guessedRow(column int) func(tableRecord) (importRow, error) {
	return func(r tableRecord) (importRow, error) {
		if n := len(r.addresses()); n > 1 {
			return importRow{}, fmt.Errorf("there are %d addresses in one line; write each on its own", n)
		}
		return r.row(column)
	}
}
