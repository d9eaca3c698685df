package feed

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// decode returns data as UTF-8 without control characters. What the bytes show
// to be is believed before what is declared of them: declarations are wrong
// more often than text that decodes as UTF-8 by chance.
//
// skipped is how many empty lines stood before it.
func decode(data []byte, contentType string) (text string, skipped int, problems []Problem) {
	text, problems = toUTF8(data, contentType)
	text = strings.Map(withoutControls, strings.ReplaceAll(text, "\r\n", "\n"))
	begun := strings.TrimLeft(text, "\uFEFF \t\r\n")
	return begun, strings.Count(text[:len(text)-len(begun)], "\n"), problems
}

// withoutControls drops what no XML and no text may hold. The second half of
// the controls stays: it may be part of a wrong decoding that can be undone.
func withoutControls(r rune) rune {
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7F || r == 0xFFFE || r == 0xFFFF {
		return -1
	}
	return r
}

func toUTF8(data []byte, contentType string) (string, []Problem) {
	if text, ok := fromUTF16(data); ok {
		return text, nil
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	label := declared(data, contentType)
	e, name := charset.Lookup(label)
	if utf8.Valid(data) && name != "iso-2022-jp" {
		return string(data), nil
	}
	if e == nil || name == "utf-8" || name == "replacement" || e == encoding.Nop {
		return misdeclared(data, label)
	}
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return misdeclared(data, label)
	}
	return string(text), nil
}

// misdeclared reads bytes that are not what they are declared to be. Where
// there are more sound UTF-8 characters than bytes that are none, it is UTF-8
// with damage; else it is Windows-1252, which most such texts are in.
func misdeclared(data []byte, label string) (string, []Problem) {
	sound, bad, first := 0, 0, -1
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
			if first < 0 {
				first = i
			}
		case n > 1:
			sound++
		}
		i += n
	}
	where := fmt.Sprintf("line %d", 1+bytes.Count(data[:max(first, 0)], []byte("\n")))
	if sound > bad {
		return strings.ToValidUTF8(string(data), "\uFFFD"), []Problem{{where, fmt.Sprintf("%d bytes are no valid UTF-8; the characters are lost", bad)}}
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		text = bytes.ToValidUTF8(data, []byte("\uFFFD"))
	}
	if label == "" {
		return string(text), nil
	}
	return string(text), []Problem{{where, fmt.Sprintf("is not %s, as it says of itself; read as Windows-1252", label)}}
}

var (
	xmlEncoding = regexp.MustCompile(`^\s*<\?xml\b[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']`)
	metaCharset = regexp.MustCompile(`(?i)<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)`)
)

// declared returns the encoding that the server or the document names.
func declared(data []byte, contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		return params["charset"]
	}
	head := data[:min(len(data), 4096)]
	if m := xmlEncoding.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	if m := metaCharset.FindSubmatch(head); m != nil {
		return string(m[1])
	}
	return ""
}

// fromUTF16 decodes UTF-16, told by its mark or by the zeros of its first
// characters.
func fromUTF16(data []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case len(data) < 4:
		return "", false
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), data[0] != 0 && data[1] == 0 && data[2] != 0 && data[3] == 0:
		order = binary.LittleEndian
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}), data[0] == 0 && data[1] != 0 && data[2] == 0 && data[3] != 0:
		order = binary.BigEndian
	default:
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), true
}
