package digest

import (
	"strings"
	"testing"
)

// Rows say only what is different from most of their table, and nothing that is
// said for all may be taken for what a row does not say.
func TestWhatMostRowsShareIsSaidOnce(t *testing.T) {
	t.Parallel()
	number := func(f float64) *float64 { return &f }
	row := func(change ...func(*Figure)) Figure {
		f := Figure{Quote: quote("2026-02-02", "612", func(q *Quote) { q.Basis, q.VAT, q.Source = "ex-works", "13%", "A" }),
			ChangePercent: number(1), PreviousDay: "2026-01-30"}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	tests := map[string]struct {
		rows       []Figure
		said, last string // above the table, and what its last row adds: item and change
	}{
		"all of it": {
			[]Figure{row(), row()},
			"*Ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", "| +1.0% |",
		},
		"one row alone says it itself": {
			[]Figure{row()},
			"", ", ex-works, VAT 13%, 2 Feb, A | +1.0% since 30 Jan |",
		},
		"no more than half is not most": {
			[]Figure{row(), row(func(f *Figure) { f.Source = "B" })},
			"*Ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan.*", ", B | +1.0% |",
		},
		"another basis": {
			[]Figure{row(), row(), row(func(f *Figure) { f.Basis, f.VAT = "fob", "without" })},
			"*Unless a row says otherwise: ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", ", fob, without VAT | +1.0% |",
		},
		"VAT that nobody gave": {
			[]Figure{row(), row(), row(func(f *Figure) { f.VAT = "" })},
			"*Unless a row says otherwise: ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", ", ex-works, VAT not given | +1.0% |",
		},
		"a basis that nobody gave": {
			[]Figure{row(), row(), row(func(f *Figure) { f.Basis = "" })},
			"*Unless a row says otherwise: ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", ", basis not given, VAT 13% | +1.0% |",
		},
		"a source that nobody gave": {
			[]Figure{row(), row(), row(func(f *Figure) { f.Source = "" })},
			"*Ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan.*", " | +1.0% |",
		},
		"another day": {
			[]Figure{row(), row(), row(func(f *Figure) { f.Day, f.PreviousDay = "2026-01-30", "2026-01-29" })},
			"*Unless a row says otherwise: ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", ", 30 Jan | +1.0% since 29 Jan |",
		},
		"no change is no other one": {
			[]Figure{row(), row(), row(func(f *Figure) { f.ChangePercent, f.PreviousDay = nil, "" })},
			"*Ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", " |  |",
		},
		"a change that the table names": {
			[]Figure{row(), row(), row(func(f *Figure) { f.GivenChange, f.PreviousDay = "1", "" })},
			"*Unless a row says otherwise: ex-works, VAT 13%; prices of 2 Feb, changes since 30 Jan; source: A.*", " | +1.0% on the day |",
		},
		"all are old": {
			[]Figure{row(func(f *Figure) { f.Old = true }), row(func(f *Figure) { f.Old = true })},
			"*Ex-works, VAT 13%; prices of 2 Feb, 8 days old, changes since 30 Jan; source: A.*", " | *+1.0%* |",
		},
	}
	for name, tt := range tests {
		table := strings.ReplaceAll(numbersTable(Input{Day: "2026-02-10", Figures: tt.rows}), noBreakSpace, " ")
		lines := strings.Split(table, "\n")
		said := ""
		if strings.HasPrefix(lines[0], "*") {
			said = lines[0]
		}
		if said != tt.said {
			t.Errorf("%s: said for all is %q, want %q", name, said, tt.said)
		}
		item, change, _ := strings.Cut(strings.TrimSuffix(tt.last, "|"), "|")
		want := "| **NdPr oxide**" + strings.TrimRight(item, " ") + " | 612 CNY/kg |" + change + "|"
		if tt.rows[0].Old {
			want = "| *NdPr oxide* | *612 CNY/kg* |" + change + "|"
		}
		if last := lines[len(lines)-1]; last != want {
			t.Errorf("%s: the last row is %q, want %q", name, last, want)
		}
	}
}

func TestTheLineSaysItsDayOnceAndWhenTheOneBeforeWasLongAgo(t *testing.T) {
	t.Parallel()
	number := func(f float64) *float64 { return &f }
	recent := Figure{Quote: quote("2026-02-02", "612"), ChangePercent: number(1), PreviousDay: "2026-01-30", InLine: true}
	longAgo := Figure{Quote: quote("2026-02-02", "613"), ChangePercent: number(0), PreviousDay: "2026-01-25", InLine: true}
	given := Figure{Quote: quote("2026-02-01", "614", func(q *Quote) { q.GivenChange = "2" }), ChangePercent: number(2), InLine: true}
	first := Figure{Quote: quote("2026-02-02", "615"), InLine: true}
	tests := map[string]struct {
		figures []Figure
		want    string
	}{
		"one":                {[]Figure{recent}, "NdPr oxide **612 CNY/kg**, +1.0% (2 Feb)"},
		"all of one day":     {[]Figure{recent, longAgo}, "NdPr oxide **612 CNY/kg**, +1.0% · NdPr oxide **613 CNY/kg**, unchanged since 25 Jan (all 2 Feb)"},
		"of different days":  {[]Figure{recent, given}, "NdPr oxide **612 CNY/kg**, +1.0% (2 Feb) · NdPr oxide **614 CNY/kg**, +2.0% (1 Feb)"},
		"without any change": {[]Figure{first}, "NdPr oxide **615 CNY/kg** (2 Feb)"},
	}
	for name, tt := range tests {
		if got := strings.ReplaceAll(numbersLine(Input{Day: "2026-02-03", Figures: tt.figures}), noBreakSpace, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestATrendHasFiveValuesAndSaysWhatTheyAre(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		unit string
		n    int
		want string
	}{
		"four are none":                   {"CNY/kg", 4, ""},
		"five":                            {"CNY/kg", 5, "`trend 0 1 2 3 4; CNY/kg, 30 Jan to 2 Feb`"},
		"a unit that would break the row": {"a|b", 5, "`trend 0 1 2 3 4; 30 Jan to 2 Feb`"},
	}
	for name, tt := range tests {
		f := Figure{Quote: quote("2026-02-02", "4", func(q *Quote) { q.Unit = tt.unit }), TrendFrom: "2026-01-30"}
		for i := range tt.n {
			f.Trend = append(f.Trend, float64(i))
		}
		if got := f.trend(Input{Day: "2026-02-03"}); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
