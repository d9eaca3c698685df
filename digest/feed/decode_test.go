package feed

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
)

const accented = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<rss version="2.0"><channel><title>Mühle</title><item><title>Öl für Käse</title><link>https://a.example/1</link></item></channel></rss>`

func utf16Of(s string, big bool, mark bool) string {
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xFEFF}, units...)
	}
	var b strings.Builder
	for _, u := range units {
		hi, lo := byte(u>>8), byte(u)
		if !big {
			hi, lo = lo, hi
		}
		b.WriteByte(hi)
		b.WriteByte(lo)
	}
	return b.String()
}

func encoded(t *testing.T, page *charmap.Charmap, s string) string {
	t.Helper()
	out, err := page.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFeedsAreReadInWhateverEncodingTheyCome(t *testing.T) {
	t.Parallel()
	latin := strings.Replace(accented, "UTF-8", "ISO-8859-1", 1)
	tests := map[string]struct {
		data, contentType string
		problem           string
	}{
		"as it says":                             {data: accented},
		"with a byte order mark":                 {data: "\uFEFF" + accented},
		"behind empty lines":                     {data: "\r\n\n  " + accented},
		"with lines as Windows ends them":        {data: strings.ReplaceAll(accented, "\n", "\r\n")},
		"with a control character":               {data: strings.Replace(accented, "Öl", "\x0bÖl\x01", 1)},
		"UTF-16, marked":                         {data: utf16Of(accented, false, true)},
		"UTF-16, big end first, marked":          {data: utf16Of(accented, true, true)},
		"UTF-16, unmarked":                       {data: utf16Of(accented, false, false)},
		"Latin-1, as it says":                    {data: encoded(t, charmap.ISO8859_1, latin)},
		"Latin-1, as the server says":            {data: encoded(t, charmap.ISO8859_1, accented), contentType: "text/xml; charset=iso-8859-1"},
		"Latin-1 that says it is UTF-8":          {data: encoded(t, charmap.ISO8859_1, accented), problem: "line 2: is not UTF-8, as it says of itself; read as Windows-1252"},
		"UTF-8 that says it is Latin-1":          {data: latin},
		"UTF-8 of which the server says Latin-1": {data: accented, contentType: "text/xml; charset=iso-8859-1"},
		"an encoding nobody knows":               {data: strings.Replace(accented, "UTF-8", "x-klingon", 1)},
		"a warning of the server before it":      {data: "<br />\n<b>Warning</b>: something in <b>x.php</b><br />\n" + accented, problem: "line 1: something stands before the feed; skipped"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, err := Read([]byte(test.data), Options{Name: "it", ContentType: test.contentType, Now: now})
			if err != nil || len(result.Stories) != 1 || result.Title != "Mühle" || result.Stories[0].Title != "Öl für Käse" || result.Stories[0].Damaged {
				t.Fatalf("%+v, %v", result, err)
			}
			if got := len(result.Problems) > 0; got != (test.problem != "") || got && result.Problems[0].String() != test.problem {
				t.Errorf("problems %v, want %q", result.Problems, test.problem)
			}
		})
	}
}

func TestEastAsianEncodingsAreRead(t *testing.T) {
	t.Parallel()
	text := "<html><head><meta charset=\"shift_jis\"><title>希土類の磁石</title></head><body><article><p>" + strings.Repeat("磁石の市場は静かである。", 20) + "</p></article></body></html>"
	data, err := japanese.ShiftJIS.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	result, err := Read([]byte(data), Options{Name: "it", Now: now})
	if err != nil || result.Stories[0].Title != "希土類の磁石" {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestBytesThatAreLostAreSaid(t *testing.T) {
	t.Parallel()
	data := strings.Replace(accented, "Käse", "K\xffse", 1)
	result, err := Read([]byte(data), Options{Name: "it", Now: now})
	if err != nil || len(result.Stories) != 1 || !result.Stories[0].Damaged || len(result.Problems) != 2 {
		t.Fatalf("%+v, %v", result, err)
	}
	if got := result.Problems[0].String(); got != "line 2: 1 bytes are no valid UTF-8; the characters are lost" {
		t.Error(got)
	}
}
