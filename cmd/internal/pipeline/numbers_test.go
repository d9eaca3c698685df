package pipeline_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/feed"
)

// A table is a publisher's table of numbers on the web, as it answers now.
type table struct {
	status int
	body   string
}

func (tab *table) serve(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(tab.status)
		_, _ = io.WriteString(w, tab.body)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/prices.csv"
}

func TestTheTableIsReadAndWhateverHappensToItTheStoredFiguresStand(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	tab := &table{status: http.StatusOK, body: "date,item,low,unit\n2026-01-30,NdPr oxide,608,CNY/kg\n2026-02-02,NdPr oxide,612,CNY/kg\n"}
	d.Pipeline = pipeline.New(d.store, d.outbox, pipeline.Options{NumbersURL: tab.serve(t), Now: func() time.Time { return d.now }})
	fetcher := feed.NewFetcher(feed.FetcherOptions{AllowLoopback: true, Timeout: 5 * time.Second, Now: func() time.Time { return d.now }})
	steps := []struct {
		name         string
		table        table
		want         digest.QuotesReport
		err, problem string
	}{
		{"the first time", *tab, digest.QuotesReport{Added: 2}, "", ""},
		{"the second time", *tab, digest.QuotesReport{Unchanged: 2}, "", ""},
		{"with a bad line", table{200, tab.body + "soon,Tb oxide,6180,CNY/kg\n"}, digest.QuotesReport{Unchanged: 2}, "", "line 4: “soon” is not a date"},
		{"gone", table{404, "not here"}, digest.QuotesReport{}, "the server answers 404 Not Found", ""},
		{"a page", table{200, "<!DOCTYPE html><title>Sign in</title>"}, digest.QuotesReport{}, "a page and not a table", ""},
		{"empty", table{200, ""}, digest.QuotesReport{}, "empty", ""},
		{"without its columns", table{200, "hello\n"}, digest.QuotesReport{}, "its first line must name the columns", ""},
	}
	for _, step := range steps {
		*tab = step.table
		r, err := d.ReadNumbers(t.Context(), fetcher)
		if err != nil || r.QuotesReport != step.want || (r.Err != nil) != (step.err != "") || r.Err != nil && !strings.Contains(r.Err.Error(), step.err) ||
			len(r.Problems) != r.Rejected || len(r.Problems) > 0 && !strings.HasPrefix(r.Problems[0].String(), step.problem) {
			t.Errorf("%s: %+v, %v", step.name, r, err)
		}
		figures, err := d.store.Figures(t.Context(), today)
		if err != nil || len(figures) != 1 || figures[0].Low != "612" || figures[0].PreviousDay != "2026-01-30" {
			t.Errorf("%s: the figures are %+v, %v", step.name, figures, err)
		}
	}
}

func TestNoTableIsReadFromAPrivateNetwork(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	tab := &table{status: http.StatusOK, body: "date,item,low,unit\n2026-02-02,NdPr oxide,612,CNY/kg\n"}
	d.Pipeline = pipeline.New(d.store, d.outbox, pipeline.Options{NumbersURL: tab.serve(t)})
	r, err := d.ReadNumbers(t.Context(), feed.NewFetcher(feed.FetcherOptions{}))
	if err != nil || r.Err == nil || !strings.Contains(r.Err.Error(), "refused") {
		t.Errorf("it says %+v, %v", r, err)
	}
}

func TestWithoutAnAddressNothingIsAsked(t *testing.T) {
	t.Parallel()
	d := newDay(t)
	if r, err := d.ReadNumbers(t.Context(), nil); err != nil || r.Err != nil || r.QuotesReport != (digest.QuotesReport{}) {
		t.Errorf("it says %+v, %v", r, err)
	}
}
