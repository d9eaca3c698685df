package subscribers

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// exportHeader names the columns of an export. By exactly these an import knows
// our own file again and takes its statuses.
var exportHeader = []string{"address", "name", "status", "edition", "created_at", "confirmed_at", "suppressed"}

// Export writes the list as CSV in UTF-8, one subscriber a line, and returns how
// many. The erased are not in it, nor are suppressed addresses that are not on
// the list: of those only a hash is known.
//
// A cell that a spreadsheet would take for a formula (names are what strangers
// typed) is given an apostrophe in front; [List.Import] takes it off.
func (l *List) Export(ctx context.Context, w io.Writer) (int, error) {
	out := csv.NewWriter(w)
	err := out.Write(exportHeader)
	n := 0
	for s, readErr := range l.Subscribers(ctx, Filter{}) {
		if err = errors.Join(err, readErr); err != nil {
			break
		}
		err = out.Write(exportRow(s))
		n++
	}
	if out.Flush(); err == nil {
		err = out.Error()
	}
	if err != nil {
		return n, fmt.Errorf("export subscribers: %w", err)
	}
	return n, nil
}

func exportRow(s Subscriber) []string {
	reasons := make([]string, len(s.Suppressed))
	for i, x := range s.Suppressed {
		reasons[i] = string(x.Reason)
	}
	return []string{guarded(s.Address), guarded(s.Name), string(s.Status), s.Edition,
		exportTime(s.CreatedAt), exportTime(s.ConfirmedAt), strings.Join(reasons, " ")}
}

func exportTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// formulaStarts are the characters that make a spreadsheet compute a cell, and
// the apostrophe that keeps it from that.
const formulaStarts = "=+-@'"

func guarded(s string) string {
	if s != "" && strings.ContainsRune(formulaStarts, rune(s[0])) {
		return "'" + s
	}
	return s
}

func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune(formulaStarts, rune(s[1])) {
		return s[1:]
	}
	return s
}

// isOurs reports whether t is what Export wrote.
func (t table) isOurs() bool {
	return len(t.records) > 0 && slices.Equal(t.records[0].cells, exportHeader)
}

// ownRow reads a row of our own export. What is not exactly as Export writes it
// is an error: a status must not be guessed.
func ownRow(r tableRecord) (importRow, error) {
	if len(r.cells) != len(exportHeader) {
		return importRow{}, fmt.Errorf("it has %d columns, not %d", len(r.cells), len(exportHeader))
	}
	a, err := ParseAddress(unguarded(r.cells[0]))
	if err != nil {
		return importRow{}, err
	}
	row := importRow{ours: true, address: a, name: cleanLine(unguarded(r.cells[1]), maxName), status: Status(r.cells[2]), edition: r.cells[3]}
	if row.status != Confirmed && row.status != Pending && row.status != Unsubscribed {
		return importRow{}, fmt.Errorf("“%s” is no status", clip(r.cells[2], 40))
	}
	if row.edition != "daily" && row.edition != "weekly" {
		return importRow{}, fmt.Errorf("“%s” is no edition", clip(r.cells[3], 40))
	}
	if row.created, err = parseExportTime(r.cells[4]); err != nil {
		return importRow{}, err
	}
	if row.confirmed, err = parseExportTime(r.cells[5]); err != nil {
		return importRow{}, err
	}
	row.suppressed, err = parseReasons(r.cells[6])
	return row, err
}

func parseExportTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("“%s” is no time such as 2026-02-03T06:00:00Z", clip(s, 40))
	}
	return t.UTC(), nil
}

func parseReasons(s string) (reasons []Reason, err error) {
	for word := range strings.FieldsSeq(s) {
		switch r := Reason(word); r {
		case ReasonUnsubscribed, ReasonErased, ReasonBounce, ReasonComplaint, ReasonManual:
			reasons = append(reasons, r)
		default:
			return nil, fmt.Errorf("“%s” is no reason for a suppression", clip(word, 40))
		}
	}
	return reasons, nil
}
