package digest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"redigest/digest"
	"redigest/digest/database"
)

func price(item string, day digest.Day, low digest.Decimal, change ...func(*digest.Quote)) digest.Quote {
	q := digest.Quote{Kind: digest.Price, Item: item, Day: day, Low: low, Unit: "CNY/kg", Basis: "ex-works China"}
	for _, c := range change {
		c(&q)
	}
	return q
}

func addQuotes(t *testing.T, s *digest.Store, quotes ...digest.Quote) digest.QuotesReport {
	t.Helper()
	r, err := s.AddQuotes(t.Context(), quotes)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shown returns the figures of a day in short, one a line.
func shown(t *testing.T, s *digest.Store, day digest.Day) string {
	t.Helper()
	figures, err := s.Figures(t.Context(), day)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range figures {
		fmt.Fprintf(&b, "%s %s %s %s %s\n", f.Item, f.Day, f.Price("en"), f.Change("en", day), fmt.Sprint(f.Trend))
	}
	return b.String()
}

func TestFiguresAreTheNewestOfEachItemInTheOrderOfTheirFirstImport(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	addQuotes(t, s, price("Tb oxide", "2026-01-30", "6180"), price("NdPr oxide", "2026-01-30", "608"))
	addQuotes(t, s, price("Dy oxide", "2026-02-02", "1560"), price("NdPr oxide", "2026-02-02", "612"), price("NdPr oxide", "2026-02-04", "620"))
	want := "Tb oxide 2026-01-30 6,180 CNY/kg  [6180]\nNdPr oxide 2026-02-02 612 CNY/kg +0.7% since 30 Jan [608 612]\nDy oxide 2026-02-02 1,560 CNY/kg  [1560]\n"
	if diff := cmp.Diff(want, shown(t, s, "2026-02-03")); diff != "" {
		t.Errorf("on 3 February (-want +got)\n%s", diff)
	}
	if got := shown(t, s, "2026-01-29"); got != "" {
		t.Errorf("before the first price there is\n%s", got)
	}
}

func TestNothingIsComparedAcrossAUnitABasisOrATax(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*digest.Quote){
		"unit":  func(q *digest.Quote) { q.Unit = "CNY/t" },
		"basis": func(q *digest.Quote) { q.Basis = "fob China" },
		"VAT":   func(q *digest.Quote) { q.VAT = "13% included" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStore(t)
			addQuotes(t, s, price("NdPr oxide", "2026-01-29", "600"), price("NdPr oxide", "2026-01-30", "608"), price("NdPr oxide", "2026-02-02", "612", change))
			figures, err := s.Figures(t.Context(), "2026-02-03")
			if err != nil || len(figures) != 1 {
				t.Fatalf("%d figures: %v", len(figures), err)
			}
			if f := figures[0]; f.Day != "2026-02-02" || f.ChangePercent != nil || f.PreviousDay != "" || len(f.Trend) != 1 {
				t.Errorf("it is %+v", f)
			}
			// Once the item is counted as before, it is compared with before.
			addQuotes(t, s, price("NdPr oxide", "2026-02-03", "614"))
			if got := shown(t, s, "2026-02-03"); !strings.Contains(got, "+1.0% since 30 Jan [600 608 614]") {
				t.Errorf("it is %s", got)
			}
		})
	}
}

func TestAnItemThatIsQuotedInTwoWaysOnADayHasTwoFigures(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	abroad := func(q *digest.Quote) { q.Basis, q.Unit = "fob China", "USD/kg" }
	addQuotes(t, s, price("Dy oxide", "2026-02-02", "1560"), price("Tb oxide", "2026-02-02", "6180"), price("Dy oxide", "2026-02-02", "255", abroad))
	want := "Dy oxide 2026-02-02 1,560 CNY/kg  [1560]\nDy oxide 2026-02-02 255 USD/kg  [255]\nTb oxide 2026-02-02 6,180 CNY/kg  [6180]\n"
	if diff := cmp.Diff(want, shown(t, s, "2026-02-03")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestATableMayBeStoredAgainAndAgain(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	table := []digest.Quote{price("Tb oxide", "2026-01-30", "6180"), price("NdPr oxide", "2026-01-30", "608"), price("NdPr oxide", "2026-02-02", "612")}
	steps := []struct {
		what   string
		quotes []digest.Quote
		want   digest.QuotesReport
	}{
		{"the first time", table, digest.QuotesReport{Added: 3}},
		{"the second time", table, digest.QuotesReport{Unchanged: 3}},
		{"with a correction", []digest.Quote{price("ndpr  Oxide", "2026-01-30", "609"), table[2]}, digest.QuotesReport{Changed: 1, Unchanged: 1}},
		{"with another source", []digest.Quote{price("NdPr oxide", "2026-02-02", "612", func(q *digest.Quote) { q.Source = "Baotou desk" })}, digest.QuotesReport{Changed: 1}},
	}
	for _, step := range steps {
		if got := addQuotes(t, s, step.quotes...); got != step.want {
			t.Errorf("%s: %+v, want %+v", step.what, got, step.want)
		}
	}
	want := "Tb oxide 2026-01-30 6,180 CNY/kg  [6180]\nNdPr oxide 2026-02-02 612 CNY/kg +0.5% since 30 Jan [609 612]\n"
	if diff := cmp.Diff(want, shown(t, s, "2026-02-03")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWhatIsNoLongerQuotedIsNoLongerShown(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	addQuotes(t, s, price("Tb oxide", "2025-11-01", "6180"), price("NdPr oxide", "2025-11-02", "608"))
	if got := shown(t, s, "2026-02-02"); !strings.HasPrefix(got, "NdPr oxide") {
		t.Errorf("92 days later there is\n%s", got)
	}
}

func TestQuotesAreTakenBack(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	addQuotes(t, s, price("NdPr oxide", "2026-01-29", "600"), price("NdPr oxide", "2026-01-30", "608"), price("NdPr oxide", "2026-02-02", "6120"), price("Tb oxide", "2026-02-02", "6180"))
	for _, step := range []struct {
		item string
		day  digest.Day
		n    int
		want string
	}{
		{"NDPR OXIDE", "2026-02-02", 1, "NdPr oxide 2026-01-30 608 CNY/kg +1.3% since 29 Jan [600 608]\nTb oxide 2026-02-02 6,180 CNY/kg  [6180]\n"},
		{"NdPr oxide", "2026-02-02", 0, "NdPr oxide 2026-01-30 608 CNY/kg +1.3% since 29 Jan [600 608]\nTb oxide 2026-02-02 6,180 CNY/kg  [6180]\n"},
		{"NdPr oxide", "", 2, "Tb oxide 2026-02-02 6,180 CNY/kg  [6180]\n"},
	} {
		n, err := s.RemoveQuotes(t.Context(), step.item, step.day)
		if err != nil || n != step.n {
			t.Errorf("removing %s of %q takes back %d, %v", step.item, step.day, n, err)
		}
		if diff := cmp.Diff(step.want, shown(t, s, "2026-02-03")); diff != "" {
			t.Errorf("without %s of %q (-want +got)\n%s", step.item, step.day, diff)
		}
	}
}

func TestTheStoreKnowsWhatStandsAboveTheLeadAndWhatIsOld(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "redigest.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := digest.Migrate(t.Context(), db, morning); err != nil {
		t.Fatal(err)
	}
	s := digest.NewStore(db, digest.StoreOptions{Numbers: digest.NumbersOptions{OldAfter: 48 * time.Hour, Line: []string{"Tb oxide", "Dy oxide"}}})
	addQuotes(t, s, price("NdPr oxide", "2026-02-02", "612"), price("Tb oxide", "2026-02-01", "6180"), price("Dy oxide", "2026-01-31", "1560"))
	figures, err := s.Figures(t.Context(), "2026-02-03")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range figures {
		got = append(got, fmt.Sprintf("%s old=%t line=%t", f.Item, f.Old, f.InLine))
	}
	want := []string{"NdPr oxide old=false line=false", "Tb oxide old=false line=true", "Dy oxide old=true line=false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
