package subscribers

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// importText returns the text of a file in UTF-8, or in UTF-16 as Windows
// programs write it, without its byte order mark and with plain line ends.
func importText(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		data = fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		data = fromUTF16(data[2:], binary.BigEndian)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", errors.New("this is not a text file; save the table as CSV and import that")
	}
	if !utf8.Valid(data) {
		return "", fmt.Errorf("line %d is not UTF-8 text; save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and import that", badLine(data))
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// badLine returns the number of the first line that is not UTF-8.
func badLine(data []byte) int {
	n := 1
	for line := range bytes.Lines(data) {
		if !utf8.Valid(line) {
			return n
		}
		n++
	}
	return n
}

// textLines returns each line of a text as a record of one cell.
func textLines(text string) []tableRecord {
	var records []tableRecord
	for line := range strings.Lines(text) {
		records = append(records, tableRecord{line: len(records) + 1, cells: []string{strings.TrimSuffix(line, "\n")}})
	}
	return records
}
