package feed

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"redigest/digest"
)

// noon is the moment at which the tables below are read.
var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

func readTable(t *testing.T, text string) Numbers {
	t.Helper()
	found, err := ReadNumbers([]byte(text), Options{Name: "prices.csv", Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// inShort returns quotes and problems in short, one a line.
func inShort(n Numbers) string {
	var b strings.Builder
	for _, q := range n.Quotes {
		fmt.Fprintln(&b, strings.TrimRight(strings.Join([]string{string(q.Day), q.Item, string(q.Low), string(q.High), q.Unit, q.Basis, q.VAT, q.Source, q.Note, string(q.GivenChange)}, "|"), "|"))
	}
	for _, p := range n.Problems {
		fmt.Fprintln(&b, "!", p)
	}
	return b.String()
}

const prices = "date,item,low,high,unit,basis,vat,source,note\n"

func TestATableIsReadHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const want = "2026-02-02|NdPr oxide 99%|612|615.5|CNY/kg|ex-works China|13% included|Baotou Exchange|thin trade\n" +
		"2026-02-02|Dy₂O₃|1560||CNY/kg\n"
	plain := prices + "2026-02-02,NdPr oxide 99%,612,615.5,CNY/kg,ex-works China,13% included,Baotou Exchange,thin trade\n2026-02-02,Dy₂O₃,1560,,CNY/kg,,,,\n"
	semicolons := strings.ReplaceAll(strings.ReplaceAll(plain, ",", ";"), "615.5", "615,5")
	tests := map[string]string{
		"with commas":                          plain,
		"with tabs":                            strings.ReplaceAll(plain, ",", "\t"),
		"with semicolons and decimal commas":   semicolons,
		"after a line that names the sign":     "sep=;\r\n" + semicolons,
		"with a byte order mark":               "\uFEFF" + plain,
		"with the line ends of Windows":        strings.ReplaceAll(plain, "\n", "\r\n"),
		"with the line ends of an old machine": strings.ReplaceAll(plain, "\n", "\r"),
		"in quotes":                            strings.ReplaceAll(plain, "NdPr oxide 99%", `"NdPr oxide 99%"`),
		"with remarks and blank lines":         "# What we publish\n\n" + plain + "\n,,,,,,,,\n# the end",
		"with names of columns in capitals":    strings.Replace(plain, prices, "DATE,Item,Low,High,Unit,Basis,VAT,Source,Note\n", 1),
		"with white space around":              strings.ReplaceAll(plain, ",", " , "),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, inShort(readTable(t, text))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestATableInAnotherEncodingIsRead(t *testing.T) {
	t.Parallel()
	text := prices + "2026-02-02,Oxyde de néodyme,49.5,,€/kg,,,L’Usine,\n"
	units := utf16.Encode([]rune("\uFEFF" + text))
	little := make([]byte, 0, 2*len(units))
	for _, u := range units {
		little = binary.LittleEndian.AppendUint16(little, u)
	}
	windows, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"UTF-16": little, "Windows-1252": windows} {
		found, err := ReadNumbers(data, Options{Name: "it", Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := inShort(found), "2026-02-02|Oxyde de néodyme|49.5||€/kg|||L’Usine\n"; got != want {
			t.Errorf("%s gives %q, want %q", name, got, want)
		}
	}
}

func TestSharesAreReadByTheirOwnColumns(t *testing.T) {
	t.Parallel()
	got := inShort(readTable(t, "date,ticker,exchange,close,currency,change_pct\n"+
		"2026-02-02,lyc,ASX,7.35,AUD,+1.2%\n2026-02-02,NYSE:MP,,58.10,USD,−0.45\n2026-02-02,ILU,ASX,5,AUD,\n2026-02-02,NEO,,5,CAD,\n"))
	want := "2026-02-02|ASX: LYC|7.35||AUD|||||1.2\n2026-02-02|NYSE: MP|58.10||USD|||||-0.45\n2026-02-02|ASX: ILU|5||AUD\n" +
		"! line 5: there is no exchange; NEO may be listed at several\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What one cell leaves open, another may show; what no cell shows is asked.
func TestNumbersAreNeverGuessed(t *testing.T) {
	t.Parallel()
	const asked = "may mean thousands or three decimals"
	tests := map[string]struct {
		cells []string // of the column low
		want  []string // what they are; a sentence for those that are refused
	}{
		"whole":                                {[]string{"612", "0612", "0"}, []string{"612", "612", "0"}},
		"as exact as given":                    {[]string{"612.50", "0.125"}, []string{"612.50", "0.125"}},
		"decimal comma":                        {[]string{"612,5", "0,125", "1560,125"}, []string{"612.5", "0.125", "1560.125"}},
		"thousands with a comma, shown by two": {[]string{"1,234,567"}, []string{"1234567"}},
		"thousands and decimals":               {[]string{"1,560.50"}, []string{"1560.50"}},
		"the same in German":                   {[]string{"1.560,50"}, []string{"1560.50"}},
		"thousands with white space":           {[]string{"1 560", "1\u00a0560,5", "1\u202f560\u202f000"}, []string{"1560", "1560.5", "1560000"}},
		"thousands with apostrophes":           {[]string{"1'560", "1’560.50"}, []string{"1560", "1560.50"}},
		"three digits behind a comma":          {[]string{"1,560"}, []string{asked}},
		"three digits behind a point":          {[]string{"1.560"}, []string{asked}},
		"three digits, and a point elsewhere":  {[]string{"1,560", "1.560", "612.5"}, []string{"1560", "1.560", "612.5"}},
		"three digits, and a comma elsewhere":  {[]string{"1,560", "1.560", "612,5"}, []string{"1.560", "1560", "612.5"}},
		"a table that contradicts itself":      {[]string{"1,560", "612,5", "612.5"}, []string{asked, "612.5", "612.5"}},
		"groups of two":                        {[]string{"1,56,000"}, []string{"is not a number"}},
		"below zero":                           {[]string{"-12.5", "−3"}, []string{"-12.5", "-3"}},
		"with its unit":                        {[]string{"¥612", "612 CNY"}, []string{"the unit in its own column", "the unit in its own column"}},
		"a range in one cell":                  {[]string{"605–620"}, []string{"the upper end of a range under high"}},
		"no number at all":                     {[]string{"n/a", "1e3", ""}, []string{"is not a number", "is not a number", "there is no price"}},
		"more digits than money has":           {[]string{"1234567890123", "1.1234567"}, []string{"is not a number", "is not a number"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := "date;item;low;unit\n"
			for i, cell := range tt.cells {
				table += fmt.Sprintf("2026-02-02;item %d;%s;CNY/kg\n", i, cell)
			}
			found := readTable(t, table)
			for i, want := range tt.want {
				got := find(found, fmt.Sprintf("item %d", i), fmt.Sprintf("line %d", i+2))
				if got != want && (!strings.Contains(want, " ") || !strings.Contains(got, want)) {
					t.Errorf("%q is %q, want %q", tt.cells[i], got, want)
				}
			}
		})
	}
}

// find returns the value of an item, or what is wrong at its line.
func find(n Numbers, item, line string) string {
	for _, q := range n.Quotes {
		if q.Item == item {
			return string(q.Low)
		}
	}
	for _, p := range n.Problems {
		if p.Where == line {
			return p.What
		}
	}
	return "nothing"
}

func TestDaysAreNeverGuessed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ cells, want []string }{
		"year first":                    {[]string{"2026-02-02", "2026/02/02", "20260202", "2026-02-02 00:00:00"}, []string{"2026-02-02", "2026-02-02", "2026-02-02", "2026-02-02"}},
		"with dots":                     {[]string{"2.2.2026", "31.01.2026"}, []string{"2026-02-02", "2026-01-31"}},
		"in words":                      {[]string{"2 Feb 2026", "February 2, 2026"}, []string{"2026-02-02", "2026-02-02"}},
		"the month first":               {[]string{"1/31/2026", "2/1/2026"}, []string{"2026-01-31", "2026-02-01"}},
		"the day first":                 {[]string{"31/1/2026", "1/2/2026"}, []string{"2026-01-31", "2026-02-01"}},
		"both of a kind":                {[]string{"2/2/2026"}, []string{"2026-02-02"}},
		"which is which":                {[]string{"1/2/2026"}, []string{"the day may stand first or the month"}},
		"a table that contradicts":      {[]string{"1/2/2026", "31/1/2026", "1/30/2026"}, []string{"the day may stand first or the month", "2026-01-31", "2026-01-30"}},
		"tomorrow, where it is made":    {[]string{"2026-02-04"}, []string{"2026-02-04"}},
		"the day after":                 {[]string{"2026-02-05"}, []string{"2026-02-05 is still to come; today is 2026-02-03"}},
		"no day of any month":           {[]string{"31/2/2026", "2026-02-30", "30/30/2026"}, []string{"“31/2/2026” is not a date", "is not a date", "is not a date"}},
		"a spreadsheet's own numbering": {[]string{"46055", ""}, []string{"is not a date", "there is no date"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := "date;item;low;unit\n"
			for i, cell := range tt.cells {
				table += fmt.Sprintf("%s;item %d;%d;CNY/kg\n", cell, i, i)
			}
			found := readTable(t, table)
			for i, want := range tt.want {
				got := find(found, fmt.Sprintf("item %d", i), fmt.Sprintf("line %d", i+2))
				for _, q := range found.Quotes {
					if q.Item == fmt.Sprintf("item %d", i) {
						got = string(q.Day)
					}
				}
				if got != want && (!strings.Contains(want, " ") || !strings.Contains(got, want)) {
					t.Errorf("%q is %q, want %q", tt.cells[i], got, want)
				}
			}
		})
	}
}

func TestPromise10ABadLineIsAnsweredAndTheOthersAreRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ row, want string }{
		"no item":             {"2026-02-02,,612,,CNY/kg,,,,", "there is no item"},
		"no unit":             {"2026-02-02,NdPr,612,,,,,,", "there is no unit"},
		"no price":            {"2026-02-02,NdPr,,,CNY/kg,,,,", "there is no price in the column low"},
		"a range upside down": {"2026-02-02,NdPr,620,605,CNY/kg,,,,", "the low (620) is more than the high (605)"},
		"a comma in a cell":   {"2026-02-02,NdPr,612,5,,CNY/kg,ex-works, China,,SMM,", "has 11 cells, and the first line names 9 columns"},
		"quotes in a cell":    {`2026-02-02,Nd"Pr"x,612,,CNY/kg,,,,`, "the quotes in it do not match"},
		"rows in a cell":      {"2026-02-02,\"NdPr,612,,CNY/kg,,,,\n2026-02-01,Nd\",612,,CNY/kg,,,,", "the quotes in it do not match"},
		"a novel":             {"2026-02-02,NdPr,612,,CNY/kg,,,," + strings.Repeat("wide ", 20), "note has 99 characters; 80 fit into the table"},
	}
	const good = "2026-02-02,Tb oxide,6180,,CNY/kg,,,,\n"
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := readTable(t, prices+good+tt.row+"\n"+strings.Replace(good, "Tb", "Gd", 1))
			if len(found.Quotes) != 2 || found.Rejected != 1 || len(found.Problems) != 1 || found.Problems[0].Where != "line 3" ||
				!strings.Contains(found.Problems[0].What, tt.want) {
				t.Errorf("it gives\n%s%d rejected", inShort(found), found.Rejected)
			}
		})
	}
	open := readTable(t, prices+good+"2026-02-02,\"NdPr,612\n"+good)
	if len(open.Quotes) != 1 || !strings.Contains(inShort(open), "line 3: opens a quote that is never closed") {
		t.Errorf("an open quote gives\n%s", inShort(open))
	}
}

func TestALaterLineStandsAndTheDifferenceIsTold(t *testing.T) {
	t.Parallel()
	got := inShort(readTable(t, prices+"2026-02-02,NdPr oxide,612,,CNY/kg,,,,\n2026-02-02,NdPr  Oxide,613,,cny / kg,,,,\n"+
		"2026-02-02,NdPr oxide,612,,CNY/t,,,,\n2026-02-02,Tb oxide,1,,CNY/kg,,,,\n2026-02-02,Tb oxide,1,,CNY/kg,,,,\n"))
	want := "2026-02-02|NdPr Oxide|613||cny / kg\n2026-02-02|NdPr oxide|612||CNY/t\n2026-02-02|Tb oxide|1||CNY/kg\n" +
		"! line 3: says otherwise about NdPr Oxide of 2026-02-02 than line 2; this line was taken\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatIsNoTableIsNamed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"nothing":              {"", "prices.csv: empty"},
		"a page":               {"<!DOCTYPE html><title>Sign in</title>", "a page and not a table"},
		"a spreadsheet":        {"PK\x03\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", "not a text; save the table as CSV"},
		"no names of columns":  {"2026-02-02,NdPr oxide,612\n", "its first line must name the columns"},
		"one column too few":   {"date,item,low\n2026-02-02,NdPr oxide,612\n", "its first line must name the columns"},
		"a quote from the top": {`"date,item,low,unit` + "\n", "its first line must name the columns"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ReadNumbers([]byte(tt.text), Options{Name: "prices.csv", Now: noon}); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("it says %v, want %q", err, tt.want)
			}
		})
	}
}

func TestUnknownColumnsAreNamedAndLeftOut(t *testing.T) {
	t.Parallel()
	got := inShort(readTable(t, "item,unit,low,date,analyst,low\nNdPr oxide,CNY/kg,612,2026-02-02,Ann,613\n"))
	want := "2026-02-02|NdPr oxide|612||CNY/kg\n! line 1: columns that are not known were left out: analyst, low\n"
	if got != want {
		t.Errorf("it gives\n%s", got)
	}
}

// FuzzNumbers holds what comes of any table to what an issue may show.
func FuzzNumbers(f *testing.F) {
	for _, seed := range []string{
		prices + "2026-02-02,NdPr oxide 99%,612,615.5,CNY/kg,ex-works China,13% included,SMM,thin\n",
		"sep=;\ndate;item;low;unit\n02.02.2026;Dy;1.560,5;CNY/t\n",
		"date\tticker\texchange\tclose\tcurrency\tchange_pct\n1/31/2026\tLYC\tASX\t7,35\tAUD\t−1,2 %\n",
		prices + "2026-02-02,\"NdPr\n,612", "\xff\xfed\x00a\x00t\x00e\x00",
	} {
		f.Add([]byte(seed))
	}
	sample, err := os.ReadFile("testdata/numbers.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := ReadNumbers(data, Options{Name: "it", Now: noon})
		if err != nil {
			if !strings.HasPrefix(err.Error(), "it: ") || len(found.Quotes) > 0 {
				t.Fatalf("%v beside %d quotes", err, len(found.Quotes))
			}
			return
		}
		if found.Rejected > len(found.Problems) {
			t.Errorf("%d lines are rejected and %d are named", found.Rejected, len(found.Problems))
		}
		keys := map[string]bool{}
		for _, q := range found.Quotes {
			checkQuote(t, q)
			if keys[q.Key()] {
				t.Errorf("%s twice", q.Key())
			}
			keys[q.Key()] = true
		}
	})
}

func checkQuote(t *testing.T, q digest.Quote) {
	t.Helper()
	if _, err := digest.ParseDay(string(q.Day)); err != nil || q.Day > "2026-02-04" {
		t.Errorf("day %q", q.Day)
	}
	for _, d := range []digest.Decimal{q.Low, q.High, q.GivenChange} {
		if _, err := digest.ParseDecimal(string(d)); err != nil && d != "" {
			t.Error(err)
		}
	}
	if q.Low == "" || q.High != "" && q.Low.Float() >= q.High.Float() || q.Unit == "" || strings.Trim(q.Item, ": ") == "" {
		t.Errorf("%+v", q)
	}
	for _, s := range []string{q.Item, q.Unit, q.Basis, q.VAT, q.Source, q.Note} {
		if s != fold(s) || len([]rune(s)) > 200 {
			t.Errorf("%q", s)
		}
	}
}
