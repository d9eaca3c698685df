package digest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/templates/golden"
)

func quote(day Day, low Decimal, change ...func(*Quote)) Quote {
	q := Quote{Kind: Price, Item: "NdPr oxide", Day: day, Low: low, Unit: "CNY/kg"}
	for _, c := range change {
		c(&q)
	}
	return q
}

const fourDays = 96 * time.Hour

func TestAChangeIsCountedFromTheQuoteBefore(t *testing.T) {
	t.Parallel()
	high := func(d Decimal) func(*Quote) { return func(q *Quote) { q.High = d } }
	given := func(d Decimal) func(*Quote) { return func(q *Quote) { q.GivenChange = d } }
	tests := map[string]struct {
		quotes []Quote // the newest first
		want   string
	}{
		"the first of all":                     {[]Quote{quote("2026-02-02", "612")}, "none"},
		"up":                                   {[]Quote{quote("2026-02-02", "612"), quote("2026-01-30", "608")}, "0.66% 4 since 2026-01-30"},
		"down":                                 {[]Quote{quote("2026-02-02", "48.60"), quote("2026-01-20", "50")}, "-2.8% -1.4 since 2026-01-20"},
		"not at all":                           {[]Quote{quote("2026-02-02", "612.0"), quote("2026-02-01", "612")}, "0% 0 since 2026-02-01"},
		"of ranges, between their middles":     {[]Quote{quote("2026-02-02", "600", high("610")), quote("2026-02-01", "590", high("600"))}, "1.68% 10 since 2026-02-01"},
		"from a value to a range":              {[]Quote{quote("2026-02-02", "600", high("610")), quote("2026-02-01", "605")}, "0% 0 since 2026-02-01"},
		"from nothing":                         {[]Quote{quote("2026-02-02", "5"), quote("2026-02-01", "0")}, "5 since 2026-02-01"},
		"from less than nothing":               {[]Quote{quote("2026-02-02", "-1"), quote("2026-02-01", "-2")}, "1 since 2026-02-01"},
		"so little that it would look as none": {[]Quote{quote("2026-02-02", "765025"), quote("2026-02-01", "765000")}, "0.003268% 25 since 2026-02-01"},
		"what the table says itself is taken":  {[]Quote{quote("2026-02-02", "7.35", given("1.2")), quote("2026-01-05", "5")}, "1.2%"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := figure(tt.quotes, "2026-02-03", fourDays)
			got := ""
			if f.ChangePercent != nil {
				got = fmt.Sprintf("%v%% ", *f.ChangePercent)
			}
			if f.ChangeAbs != nil {
				got += fmt.Sprintf("%v since %s", *f.ChangeAbs, f.PreviousDay)
			}
			if got = strings.TrimSpace(got); got == "" {
				got = "none"
			}
			if got != tt.want {
				t.Errorf("the change is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestATrendIsOfTheLastTwelveTheOldestFirst(t *testing.T) {
	t.Parallel()
	var quotes []Quote
	for i := range 15 {
		quotes = append(quotes, quote(Day("2026-02-20").Add(-i), Decimal(fmt.Sprint(100-i))))
	}
	got := figure(quotes, "2026-02-20", fourDays).Trend
	if diff := cmp.Diff([]float64{89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAFigureIsOldAfterItsTime(t *testing.T) {
	t.Parallel()
	for day, want := range map[Day]bool{"2026-02-03": false, "2026-01-30": false, "2026-01-29": true, "2025-12-30": true} {
		if got := figure([]Quote{quote(day, "1")}, "2026-02-03", fourDays).Old; got != want {
			t.Errorf("on 3 February a price of %s is old: %t", day, got)
		}
	}
}

func TestTheLineIsWhatIsNamedOrTheFirstThreePricesThatAreNotOld(t *testing.T) {
	t.Parallel()
	figures := func() []Figure {
		all := []Figure{{Quote: Quote{Kind: Share, Item: "ASX: LYC"}}}
		for _, item := range []string{"Nd oxide", "Pr oxide", "Dy₂O₃", "Tb oxide", "Gd oxide"} {
			all = append(all, Figure{Quote: Quote{Kind: Price, Item: item}, Old: item == "Pr oxide"})
		}
		return all
	}
	for name, tt := range map[string]struct{ names, want []string }{
		"nothing named":            {nil, []string{"Nd oxide", "Dy₂O₃", "Tb oxide"}},
		"two named":                {[]string{"gd  Oxide", "dy2o3"}, []string{"Dy₂O₃", "Gd oxide"}},
		"a share by its name":      {[]string{"asx:lyc"}, []string{"ASX: LYC"}},
		"an old one is left out":   {[]string{"Pr oxide", "Tb oxide"}, []string{"Tb oxide"}},
		"what is named is missing": {[]string{"Sc oxide"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := figures()
			chooseLine(all, tt.names)
			var got []string
			for _, f := range all {
				if f.InLine {
					got = append(got, f.Item)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestNumbersAreWrittenAsTheLanguageWritesThem(t *testing.T) {
	t.Parallel()
	q := Quote{Low: "1560.50", High: "12345", Unit: "CNY/kg", Day: "2026-02-02"}
	percent := -0.66
	f := Figure{Quote: q, ChangePercent: &percent, PreviousDay: "2025-12-30"}
	tests := map[string]string{
		"en":    "1,560.50–12,345 CNY/kg · −0.7% since 30 Dec 2025 · 2 Feb",
		"en-US": "1,560.50–12,345 CNY/kg · −0.7% since Dec 30, 2025 · Feb 2",
		"de-AT": "1.560,50–12.345 CNY/kg · −0,7_% since 30. Dez. 2025 · 2. Feb.",
		"fr":    "1_560,50–12_345 CNY/kg · −0,7_% since 30 déc. 2025 · 2 févr.",
		"es":    "1560,50–12.345 CNY/kg · −0,7_% since 30 dic 2025 · 2 feb",
		"pt-BR": "1.560,50–12.345 CNY/kg · −0,7% since 30 dez. 2025 · 2 fev.",
		"it":    "1.560,50–12.345 CNY/kg · −0,7% since 30 dic 2025 · 2 feb",
		"nl":    "1.560,50–12.345 CNY/kg · −0,7% since 30 dec 2025 · 2 feb",
		"pl":    "1560,50–12_345 CNY/kg · −0,7% since 30 gru 2025 · 2 lut",
		"ru":    "1_560,50–12_345 CNY/kg · −0,7_% since 30 дек. 2025 · 2 февр.",
		"zh":    "1,560.50–12,345 CNY/kg · −0.7% since 2025年12月30日 · 2月2日",
		"ja":    "1,560.50–12,345 CNY/kg · −0.7% since 2025年12月30日 · 2月2日",
		"ko":    "1,560.50–12,345 CNY/kg · −0.7% since 2025년 12월 30일 · 2월 2일",
		"sv":    "1,560.50–12,345 CNY/kg · −0.7% since 30 Dec 2025 · 2 Feb",
	}
	for language, want := range tests {
		got := q.Price(language) + " · " + f.Change(language, "2026-02-03") + " · " + styleOf(language).day(q.Day, "2026-02-03")
		if got != strings.ReplaceAll(want, "_", noBreakSpace) {
			t.Errorf("%s: %s, want %s", language, got, want)
		}
	}
}

func TestASmallChangeIsNotRoundedAway(t *testing.T) {
	t.Parallel()
	for percent, want := range map[float64]string{0: "unchanged", 0.04: "+0.04%", -0.049: "−0.05%", 0.004: "up less than 0.01%", -0.0001: "down less than 0.01%", 0.05: "+0.1%", 12.345: "+12.3%", 1234.5: "+1,234.5%"} {
		if got := styleOf("en").change(percent); got != want {
			t.Errorf("%v is %s, want %s", percent, got, want)
		}
	}
}

func TestVATIsSaidInWords(t *testing.T) {
	t.Parallel()
	for vat, want := range map[string]string{
		"": "", "yes": "VAT included", "Incl.": "VAT included", "excl": "without VAT", "13%": "VAT 13%", "13% in": "VAT 13% in", "incl. 13% VAT": "incl. 13% VAT",
	} {
		if got := (Quote{VAT: vat}).VATInWords(); got != want {
			t.Errorf("%q is %q, want %q", vat, got, want)
		}
	}
}

func TestADecimalIsOnlyDigitsAndAPoint(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"0", "-0.5", "612", "1560.50", "999999999999.999999"} {
		if d, err := ParseDecimal(good); err != nil || string(d) != good {
			t.Errorf("%s is %s: %v", good, d, err)
		}
	}
	for _, bad := range []string{"", "007", "1,5", "1.", ".5", "1e3", "+1", "1 000", "NaN", "0x1p4", "٣", "1234567890123", "0.1234567"} {
		if d, err := ParseDecimal(bad); err == nil {
			t.Errorf("%q is the number %s", bad, d)
		}
	}
}

// sampleFigures are the figures of the golden files: every way in which a figure
// is shown stands in them.
func sampleFigures() []Figure {
	number := func(f float64) *float64 { return &f }
	share := func(item string, low, change Decimal) Quote {
		return Quote{Kind: Share, Item: item, Day: "2026-02-02", Low: low, Unit: "AUD", GivenChange: change}
	}
	inChina := func(q *Quote) {
		q.Basis, q.VAT, q.Source = "ex-works China", "13% included", "Baotou desk"
	}
	return []Figure{
		{Quote: quote("2026-02-02", "612", inChina), ChangePercent: number(0.66), ChangeAbs: number(4), PreviousDay: "2026-01-30",
			Trend: []float64{598, 601, 605, 608, 612}, TrendFrom: "2026-01-21", InLine: true},
		{Quote: quote("2026-02-02", "1560", inChina, func(q *Quote) { q.Item, q.High = "Dy₂O₃ | 99.5%", "1575.50" }),
			ChangePercent: number(-1.2), ChangeAbs: number(-18.5), PreviousDay: "2026-01-21", Trend: []float64{1586.25, 1567.75}, InLine: true},
		{Quote: quote("2026-02-02", "255", func(q *Quote) {
			q.Item, q.Unit, q.Basis, q.Source, q.Note = "*Dy* oxide", "USD/kg", "fob China", "https://www.example.org/prices/", "one deal"
		}), Trend: []float64{255}},
		{Quote: quote("2026-01-22", "6180", inChina, func(q *Quote) { q.Item = "Tb oxide" }), ChangePercent: number(0), ChangeAbs: number(0),
			PreviousDay: "2025-12-30", Trend: []float64{6180, 6180, 6180, 6180, 6180}, TrendFrom: "2025-12-12", Old: true},
		{Quote: share("ASX: LYC", "7.35", "1.2"), ChangePercent: number(1.2), Trend: []float64{7.0, 7.1, 7.1, 7.26, 7.35}, TrendFrom: "2026-01-27"},
		{Quote: share("ASX: XYZ", "0.012", ""), Trend: []float64{0.012}},
	}
}

func TestFiguresAsMarkdown(t *testing.T) {
	t.Parallel()
	companies := []Company{{Name: "Lynas", Ticker: "ASX: LYC"}}
	for _, language := range []string{"en", "de"} {
		in := Input{Day: "2026-02-03", Language: language, Figures: sampleFigures(), Companies: companies}
		golden.Check(t, "numbers."+language+".md", numbersLine(in)+"\n\n"+numbersTable(in)+"\n")
	}
}

func TestTheTableHasNeitherEmptyColumnsNorTooManyRows(t *testing.T) {
	t.Parallel()
	if in := (Input{Day: "2026-02-03"}); numbersLine(in)+numbersTable(in) != "" {
		t.Errorf("without figures there is %q and %q", numbersLine(in), numbersTable(in))
	}
	var many []Figure
	for i := range MaxFigures + 5 {
		many = append(many, Figure{Quote: quote("2026-02-02", "612", func(q *Quote) { q.Item = fmt.Sprint("item ", i) })})
	}
	if table := numbersTable(Input{Day: "2026-02-03", Figures: many}); strings.Count(table, "item") != MaxFigures || strings.Contains(table, "item 20") {
		t.Errorf("of too many figures there are\n%s", table)
	}
	one := Input{Day: "2026-02-03", Figures: []Figure{{Quote: quote("2026-02-02", "612")}}}
	if got, want := numbersTable(one), "| Item | Price |\n| --- | ---: |\n| **NdPr oxide**, 2\u00a0Feb | 612\u00a0CNY/kg |"; got != want {
		t.Errorf("columns with nothing to say are not left out:\n%s", got)
	}
}
