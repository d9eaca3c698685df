package digest_test

import (
	"testing"

	"redigest/digest"
)

func TestADamagedSecondSightSpoilsNothing(t *testing.T) {
	t.Parallel()
	store, good := newStore(t), story("Terbium Gets Dearer")
	add(t, store, nil, good)
	got := add(t, store, nil, story("Terbium Gets De\ufffdrer", at(good.URL), func(s *digest.Story) {
		s.Body, s.Highlights, s.Damaged = "The b\ufffddy.", []string{"A p\ufffdint."}, true
		s.DiscussionURL = "https://forum.example.org/threads/7/"
	}))[0]
	if got.Result != digest.ResultUnchanged || got.Damaged || got.Title != good.Title || got.Body != good.Body || got.Highlights[0] != good.Highlights[0] {
		t.Errorf("it is %s: %+v", got.Result, got.Story)
	}
	if got.DiscussionURL == "" {
		t.Error("the forum thread, which is whole, is lost")
	}
}

func TestAWholeSecondSightMendsADamagedStory(t *testing.T) {
	t.Parallel()
	store, good := newStore(t), story("Terbium Gets Dearer")
	add(t, store, nil, story("Terbium Gets De\ufffdrer", at(good.URL), func(s *digest.Story) { s.Damaged = true }))
	if got := add(t, store, nil, good)[0]; got.Result != digest.ResultUpdated || got.Damaged || got.Title != good.Title {
		t.Errorf("it is %s: %+v", got.Result, got.Story)
	}
}

func TestTheRankIsKeptAndChangedByWhoeverGivesOne(t *testing.T) {
	t.Parallel()
	store, first := newStore(t), story("Terbium Gets Dearer", ranked(2))
	if got := add(t, store, nil, first)[0]; got.Result != digest.ResultAdded || got.Rank != 2 {
		t.Errorf("first it is %s with rank %d", got.Result, got.Rank)
	}
	first.Rank = 0 // a feed knows of none
	if got := add(t, store, nil, first)[0]; got.Result != digest.ResultUnchanged || got.Rank != 2 {
		t.Errorf("fetched again it is %s with rank %d", got.Result, got.Rank)
	}
	first.Rank = 5
	got := add(t, store, nil, first)[0]
	stored, err := store.Story(t.Context(), got.ID)
	if err != nil || got.Result != digest.ResultUpdated || stored.Rank != 5 {
		t.Errorf("added again it is %s, stored with rank %d (%v)", got.Result, stored.Rank, err)
	}
}

// full is a story with everything that its author may take out again.
func full(change ...func(*digest.Story)) digest.Story {
	return story("Terbium Gets Dearer", append([]func(*digest.Story){func(s *digest.Story) {
		s.Takeaway = "Tonnes will tell."
		s.Source = digest.Reference{Name: "A Paper", URL: "https://paper.example/1"}
	}}, change...)...)
}

func TestWhatTheAuthorTakesOutIsGone(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	add(t, store, nil, full())
	got := add(t, store, nil, full(func(s *digest.Story) {
		s.Highlights, s.Takeaway, s.Source = nil, "", digest.Reference{}
	}))[0]
	if got.Result != digest.ResultUpdated || len(got.Highlights) > 0 || got.Takeaway != "" || got.Source != (digest.Reference{}) {
		t.Errorf("it is %s: %+v", got.Result, got.Story)
	}
}

func TestATeaserTakesNothingOut(t *testing.T) {
	t.Parallel()
	store := newStore(t)
	was := add(t, store, nil, full())[0]
	got := add(t, store, nil, full(func(s *digest.Story) {
		s.Highlights, s.Takeaway, s.Source, s.Body = nil, "", digest.Reference{}, ""
	}))[0]
	if got.Result != digest.ResultUnchanged || got.Takeaway != was.Takeaway || got.Source != was.Source || len(got.Highlights) == 0 || got.Body == "" {
		t.Errorf("it is %s: %+v", got.Result, got.Story)
	}
}
