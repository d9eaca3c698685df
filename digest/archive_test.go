package digest_test

import (
	"slices"
	"testing"
	"time"

	"redigest/digest"
)

// archived returns a store whose archive has issues of these days; beside them
// stand issues that no archive shows.
func archived(t *testing.T, days ...digest.Day) *digest.Store {
	t.Helper()
	store := newStore(t)
	ctx := t.Context()
	for _, day := range days {
		issue := publish(t, store, day, story("Story of "+string(day), published(day.Noon(time.UTC))))
		if err := store.Finish(ctx, issue.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.SaveDraft(ctx, digest.Issue{Edition: digest.Daily, Day: "2026-04-01"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Skip(ctx, digest.Daily, "2026-04-02", "no story"); err != nil {
		t.Fatal(err)
	}
	cancelled := publish(t, store, "2026-04-03", story("Cancelled"))
	if err := store.Cancel(ctx, cancelled, false, "a wrong figure"); err != nil {
		t.Fatal(err)
	}
	weekly := digest.Issue{Edition: digest.Weekly, Day: "2026-04-04", Number: 1}
	if _, err := store.Freeze(ctx, weekly); err != nil {
		t.Fatal(err)
	}
	return store
}

func TestTheArchiveKnowsItsMonths(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		days []digest.Day
		want []digest.Month
	}{
		"none":                {nil, nil},
		"one":                 {[]digest.Day{"2026-02-03"}, []digest.Month{"2026-02"}},
		"gaps and year's end": {[]digest.Day{"2024-12-31", "2025-01-01", "2025-01-31", "2026-03-01", "2026-03-31"}, []digest.Month{"2026-03", "2025-01", "2024-12"}},
	} {
		store := archived(t, test.days...)
		if got, err := store.Months(t.Context(), digest.Daily); err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: the months are %q, want %q: %v", name, got, test.want, err)
		}
	}
}

func TestTheArchiveKnowsTheIssuesOfAMonthAndItsNeighbours(t *testing.T) {
	t.Parallel()
	store := archived(t, "2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
	found, err := store.HeadingsOf(t.Context(), digest.Daily, "2026-02")
	if err != nil || len(found) != 2 || found[0].Day != "2026-02-28" || found[1].Day != "2026-02-01" || found[1].Title != "Story of 2026-02-01" || found[1].Number != 2 {
		t.Errorf("of February there are %+v: %v", found, err)
	}
	for day, want := range map[digest.Day][2]digest.Day{
		"2026-01-31": {"", "2026-02-01"},
		"2026-02-01": {"2026-01-31", "2026-02-28"},
		"2026-02-14": {"2026-02-01", "2026-02-28"}, // itself not in the archive
		"2026-03-01": {"2026-02-28", ""},           // no draft or cancelled issue comes next
	} {
		previous, next, err := store.Around(t.Context(), digest.Daily, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]digest.Day{daySaid(previous), daySaid(next)}; got != want {
			t.Errorf("around %s are %q, want %q", day, got, want)
		}
	}
}

func daySaid(h *digest.Heading) digest.Day {
	if h == nil {
		return ""
	}
	return h.Day
}

func TestTheArchiveKnowsWhenItLastChanged(t *testing.T) {
	t.Parallel()
	if at, err := archived(t).LastFrozen(t.Context(), digest.Daily); err != nil || !at.IsZero() {
		t.Errorf("without an issue it changed at %s: %v", at, err)
	}
	if at, err := archived(t, "2026-02-03").LastFrozen(t.Context(), digest.Daily); err != nil || !at.Equal(morning) {
		t.Errorf("it changed at %s, want %s: %v", at, morning, err)
	}
}
