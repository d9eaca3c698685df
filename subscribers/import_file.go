package subscribers

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// An importRow is what a file says about one address.
type importRow struct {
	line    int
	address Address
	name    string
	status  Status // Confirmed in every file but our own export

	// What only our own export says.
	ours       bool
	edition    string
	created    time.Time
	confirmed  time.Time
	suppressed []Reason
}

// confirmedAt returns when the row's owner confirmed; now when it does not say,
// or names a time to come.
func (r importRow) confirmedAt(now time.Time) time.Time {
	if r.confirmed.IsZero() || r.confirmed.After(now) {
		return now
	}
	return r.confirmed
}

// stricter returns r with whatever o, another row for the same address,
// forbids beyond it.
func (r importRow) stricter(o importRow) importRow {
	order := []Status{Confirmed, Pending, Unsubscribed}
	if slices.Index(order, o.status) > slices.Index(order, r.status) {
		r.status = o.status
	}
	for _, reason := range o.suppressed {
		if !slices.Contains(r.suppressed, reason) {
			r.suppressed = append(slices.Clip(r.suppressed), reason)
		}
	}
	return r
}

// An importFile is a file as it was read: each address once, in the order of
// the lines.
type importFile struct {
	rows     []importRow
	rejected []RejectedLine
	doubled  int

	at map[string]int // where in rows the address with this key is
}

var (
	errNoAddresses = errors.New("there are no email addresses in this file; write one on each line, or give a table with a column named email")
	errNameLeft    = errors.New("its name says that these people left or cannot be reached, and importing would mail them; " +
		"if they are to be mailed, give the file another name; to keep them from being mailed: redigest subscriber suppress")
	errStatuses = errors.New("this looks like a full export with statuses; this version imports plain lists, and would mail people who left; " +
		"remove the rows of all who left and the columns that say so, and import the rest")
)

// readImport reads a file to import, whose name may be empty. It returns an
// error, and no row, when the file as a whole cannot be taken.
func readImport(name string, data []byte) (*importFile, error) {
	text, err := importText(data)
	if err != nil {
		return nil, err
	}
	t, err := readTable(text)
	if err != nil {
		return nil, err
	}
	f := &importFile{at: map[string]int{}}
	switch {
	case t.isOurs():
		f.takeAll(t.records[1:], ownRow)
		return f, nil
	case isLeftFile(name):
		return nil, fmt.Errorf("“%s”: %w", clip(fileName(name), 80), errNameLeft)
	case t.tellsWhoLeft() != "":
		return nil, fmt.Errorf("%s: %w", t.tellsWhoLeft(), errStatuses)
	}
	if column := t.addressColumn(); column >= 0 {
		f.takeAll(t.records[1:], t.rowReader(column))
		return f, nil
	}
	if lines := textLines(text); mostlyAddresses(lines) {
		f.takeAll(lines, lineRow)
		return f, nil
	}
	column, records := t.guessColumn()
	if column < 0 {
		return nil, errNoAddresses
	}
	f.takeAll(records, guessedRow(column))
	return f, nil
}

// takeAll reads the records that are not blank.
func (f *importFile) takeAll(records []tableRecord, read func(tableRecord) (importRow, error)) {
	for _, r := range records {
		text := strings.TrimSpace(strings.Join(r.cells, " "))
		if text == "" && r.fault == nil {
			continue
		}
		row, err := read(r)
		if r.fault != nil {
			err = r.fault
		}
		if err != nil {
			f.rejected = append(f.rejected, RejectedLine{Line: r.line, Text: clip(text, 200), Reason: err.Error()})
			continue
		}
		row.line = r.line
		f.take(row)
	}
}

// take adds a row. What the file says again it adds to what it said first.
func (f *importFile) take(row importRow) {
	i, twice := f.at[row.address.Key]
	if twice {
		f.rows[i] = f.rows[i].stricter(row)
		f.doubled++
		return
	}
	f.at[row.address.Key] = len(f.rows)
	f.rows = append(f.rows, row)
}

// lineRow reads a line that is an address and nothing else.
func lineRow(r tableRecord) (importRow, error) {
	a, name, err := parseListed(r.cells[0])
	return importRow{address: a, name: name, status: Confirmed}, err
}

// mostlyAddresses reports whether of the lines that are not blank more than
// half are addresses.
func mostlyAddresses(lines []tableRecord) bool {
	balance := 0
	for _, r := range lines {
		if strings.TrimSpace(r.cells[0]) == "" {
			continue
		}
		if _, _, err := parseListed(r.cells[0]); err == nil {
			balance++
		} else {
			balance--
		}
	}
	return balance > 0
}

// parseListed reads an address in the ways in which lists write one: bare,
// Name <a@b>, or mailto:a@b.
func parseListed(s string) (a Address, name string, err error) {
	s = strings.TrimSpace(s)
	if open := strings.LastIndexByte(s, '<'); open >= 0 && strings.HasSuffix(s, ">") {
		name = strings.Trim(strings.TrimSpace(s[:open]), `"'`)
		s = strings.TrimSpace(s[open+1 : len(s)-1])
	}
	const scheme = "mailto:"
	if len(s) > len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
		s, _, _ = strings.Cut(s[len(scheme):], "?")
	}
	a, err = ParseAddress(s)
	return a, cleanLine(name, maxName), err
}
