package digest_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/digest/search"
)

// find returns the headlines that are found for what is typed.
func find(t *testing.T, store *digest.Store, typed string) (all []string) {
	t.Helper()
	found, err := store.Search(t.Context(), search.Parse(typed), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		all = append(all, f.Title)
	}
	return all
}

func wantFound(t *testing.T, store *digest.Store, typed string, want ...string) {
	t.Helper()
	if got := find(t, store, typed); !slices.Equal(got, want) {
		t.Errorf("for %s are found %q, want %q", typed, got, want)
	}
}

func TestAStoryIsFoundByAllItsWords(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	publish(t, store, "2026-02-03", digest.Story{
		URL: "https://example.org/news/heavy", Title: "Licences for Dy₂O₃ are slow", Summary: "Exporters wait for weeks.",
		Highlights: []string{"Forty forms in Tanbréez.", "The ministry answers late."}, Takeaway: "Buy early.",
		Body: "A trader told [our reporter](https://example.org/secret-path) of queues.\n\n## In Kuantan\n\nThe plant stands still.", Author: "Dana Reyes",
		Source: digest.Reference{Name: "Port Journal"}, Topics: []string{"Trade"}, PublishedAt: morning,
	})
	for _, typed := range []string{
		"licences", "dy2o3", "Dy₂O₃", "exporters", "tanbreez", "forms ministry", "buy early", "trader told", "kuantan plant",
		"reyes", "journal", "trade", `"our reporter of queues"`, `"forty forms"`, "licen*", "licences exporters forms buy trader",
	} {
		wantFound(t, store, typed, "Licences for Dy₂O₃ are slow")
	}
	for _, typed := range []string{"", "secret", "path", "https", `"forms forty"`, "licen", "licences platypus", `"slow exporters"`, `"weeks forty"`, `"tanbreez the ministry"`, "¶"} {
		wantFound(t, store, typed)
	}
}

func TestPromiseOnlyWhatTheArchiveShowsIsFound(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	ctx := t.Context()
	one := add(t, store, nil, story("Terbium"))[0].Story
	draft := digest.Compose(digest.Input{Edition: digest.Daily, Day: "2026-02-03", Stories: []digest.Story{one}}, nil)
	if _, err := store.SaveDraft(ctx, draft); err != nil {
		t.Fatal(err)
	}
	wantFound(t, store, "terbium")
	weekly := draft
	weekly.Edition, weekly.Number = digest.Weekly, 1
	if _, err := store.Freeze(ctx, weekly); err != nil {
		t.Fatal(err)
	}
	wantFound(t, store, "terbium") // the archive is of daily issues
	for _, day := range []digest.Day{"2026-02-03", "2026-02-05"} {
		issue, err := freeze(ctx, store, day, []digest.Story{one})
		if err != nil {
			t.Fatal(err)
		}
		wantFound(t, store, "terbium", "Terbium")
		untouched := day == "2026-02-03" // of the other, some readers have it
		if err := store.Cancel(ctx, issue, untouched, "a wrong figure"); err != nil {
			t.Fatal(err)
		}
		wantFound(t, store, "terbium")
	}
}

func TestAHiddenStoryIsNotFoundUntilItIsShown(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	ctx := t.Context()
	issue := publish(t, store, "2026-02-03", story("Terbium"), story("Terbium too", ago(3)))
	for _, step := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return store.Hide(ctx, issue.Stories[0].StoryID) }, []string{"Terbium too"}},
		{func() error { return store.Hide(ctx, issue.Stories[0].StoryID) }, []string{"Terbium too"}},
		{func() error { return store.Show(ctx, issue.Stories[0].StoryID) }, []string{"Terbium", "Terbium too"}},
		{func() error { return store.Cancel(ctx, issue, false, "a wrong figure") }, nil},
		{func() error { return store.Hide(ctx, issue.Stories[0].StoryID) }, nil},
		{func() error { return store.Show(ctx, issue.Stories[0].StoryID) }, nil},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		wantFound(t, store, "terbium", step.want...)
	}
}

func TestTheNewestIsFoundFirstPageByPage(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	publish(t, store, "2026-02-02", story("Oxide B1", ago(30)), story("Oxide B2", ago(31)))
	publish(t, store, "2026-01-31", story("Oxide A1", ago(80)))
	publish(t, store, "2026-02-03", story("Oxide C1"), story("Oxide C2", ago(3)))
	want := []string{"Oxide C1", "Oxide C2", "Oxide B1", "Oxide B2", "Oxide A1"}
	wantFound(t, store, "oxide", want...)

	var paged []string
	for before := int64(0); ; {
		found, err := store.Search(t.Context(), search.Parse("oxide"), before, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			paged = append(paged, f.Title)
			before = f.Place
		}
		if len(found) < 2 {
			break
		}
	}
	if !slices.Equal(paged, want) {
		t.Errorf("page by page are found %q", paged)
	}
}

func TestAFoundStoryNamesItsIssue(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	issue := publish(t, store, "2026-02-03", story("The lead"), story("Another", ago(3)))
	found, err := store.Search(t.Context(), search.Parse("another"), 0, 10)
	if err != nil || len(found) != 1 {
		t.Fatalf("%d are found: %v", len(found), err)
	}
	want := digest.Heading{Day: issue.Day, Number: issue.Number, Title: "The lead"}
	if f := found[0]; f.Issue != want || f.Title != "Another" || f.Story.URL != "https://example.org/news/another" {
		t.Errorf("it is %+v", f)
	}
}

func TestTheSearchIsFilledWhereItLacksIssues(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redigest.db")
	store := storeAt(t, path)
	publish(t, store, "2026-02-01", story("Oxide A", ago(50)))
	publish(t, store, "2026-02-02", story("Oxide B", ago(30)), story("Oxide hidden", ago(31)))
	publish(t, store, "2026-02-03", story("Oxide C"))
	hidden := add(t, store, nil, story("Oxide hidden", ago(31)))[0].Story
	if err := store.Hide(t.Context(), hidden.ID); err != nil {
		t.Fatal(err)
	}
	lose(t, path)
	wantFound(t, store, "oxide")
	for _, want := range []int{3, 0} {
		n, err := store.FillSearch(t.Context())
		if err != nil || n != want {
			t.Errorf("%d issues are filled in, want %d: %v", n, want, err)
		}
		wantFound(t, store, "oxide", "Oxide C", "Oxide B", "Oxide A")
	}
}

// lose empties the tables of the search, as a program that makes them anew does.
func lose(t *testing.T, path string) {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "DELETE FROM searchable; INSERT INTO searchable_words (searchable_words) VALUES ('delete-all')")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
