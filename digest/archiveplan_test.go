package digest

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redigest/digest/database"
)

// Issues are long, and an archive has thousands: what is asked on every page may
// look at none that it does not show.
func TestListsOfIssuesLookAtNoOtherIssue(t *testing.T) {
	t.Parallel()
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "redigest.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := Migrate(t.Context(), db, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		query string
		args  []any
		want  string
	}{
		"when it last changed":    {selectLastFrozen, []any{Daily}, "COVERING INDEX issues_archive"},
		"its months":              {selectMonths, []any{Daily}, "COVERING INDEX issues_archive (edition=? AND day<?)"},
		"the issues of a month":   {selectHeadingsOfMonth, []any{Daily, "2026-02-01", "2026-03-01"}, "(edition=? AND day>? AND day<?)"},
		"the issue before":        {selectPrevious, []any{Daily, "2026-02-01"}, "(edition=? AND day<?)"},
		"the issue after":         {selectNext, []any{Daily, "2026-02-01"}, "(edition=? AND day>?)"},
		"the state of the newest": {selectTellings, []any{Daily, 10}, "(edition=?)"},
	} {
		if plan := planOf(t, db, test.query, test.args...); !strings.Contains(plan, test.want) || strings.Contains(plan, "SCAN issues") {
			t.Errorf("%s: the plan is\n%s", name, plan)
		}
	}
}

func planOf(t *testing.T, db *database.DB, query string, args ...any) string {
	t.Helper()
	rows, err := db.Read().QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	return plan.String()
}
