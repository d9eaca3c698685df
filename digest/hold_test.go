package digest_test

import (
	"errors"
	"testing"

	"redigest/digest"
)

func TestAHeldDayIsNotFrozenUntilItIsReleased(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	held, err := s.Hold(t.Context(), digest.Daily, "2026-02-04")
	if err != nil || held.State != digest.Draft || !held.Held {
		t.Fatalf("held before there was an issue it is %+v (%v)", held, err)
	}
	draft := digest.Issue{Edition: digest.Daily, Day: "2026-02-04", Number: 1, Subject: "Magnets", Markdown: "Magnets."}
	if _, err := s.Freeze(t.Context(), draft); !errors.Is(err, digest.ErrFrozen) {
		t.Errorf("freezing a held issue returns %v", err)
	}
	if saved, err := s.SaveDraft(t.Context(), draft); err != nil || !saved.Held || saved.Subject != "Magnets" {
		t.Errorf("a held draft saved again is %+v (%v)", saved, err)
	}
	for range 2 {
		if issue, err := s.Release(t.Context(), digest.Daily, "2026-02-04"); err != nil || issue.Held {
			t.Fatalf("released it is %+v (%v)", issue, err)
		}
	}
	if issue, err := s.Freeze(t.Context(), draft); err != nil || issue.State != digest.Sending || issue.ID != held.ID {
		t.Errorf("freezing it then gives %+v (%v)", issue, err)
	}
}

func TestHoldingAnIssueThatGoesOutKeepsItsState(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	issue, err := s.Freeze(t.Context(), digest.Issue{Edition: digest.Daily, Day: "2026-02-04", Number: 1, Subject: "Magnets", Markdown: "Magnets."})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if held, err := s.Hold(t.Context(), digest.Daily, "2026-02-04"); err != nil || held.State != digest.Sending || !held.Held || held.ID != issue.ID {
			t.Fatalf("held in mid-send it is %+v (%v)", held, err)
		}
	}
}

func TestWhatHasEndedIsNeitherHeldNorReleased(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	issue, err := s.Freeze(t.Context(), digest.Issue{Edition: digest.Daily, Day: "2026-02-04", Number: 1, Subject: "Magnets", Markdown: "Magnets."})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), issue.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Skip(t.Context(), digest.Daily, "2026-02-05", "no stories"); err != nil {
		t.Fatal(err)
	}
	for _, day := range []digest.Day{"2026-02-04", "2026-02-05"} {
		if _, err := s.Hold(t.Context(), digest.Daily, day); !errors.Is(err, digest.ErrEnded) {
			t.Errorf("holding the issue of %s returns %v", day, err)
		}
		if _, err := s.Release(t.Context(), digest.Daily, day); !errors.Is(err, digest.ErrEnded) {
			t.Errorf("releasing the issue of %s returns %v", day, err)
		}
	}
	if _, err := s.Release(t.Context(), digest.Daily, "2026-02-06"); !errors.Is(err, digest.ErrNoIssue) {
		t.Errorf("releasing what is not there returns %v", err)
	}
}

func TestASentIssueOfWhichSomethingIsOwedAgainIsSending(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	issue, err := s.Freeze(t.Context(), digest.Issue{Edition: digest.Daily, Day: "2026-02-04", Number: 1, Subject: "Magnets", Markdown: "Magnets."})
	if err != nil {
		t.Fatal(err)
	}
	state := func() digest.IssueState {
		now, err := s.IssueByID(t.Context(), issue.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now.State
	}
	if err := errors.Join(s.Finish(t.Context(), issue.ID), s.Reopen(t.Context(), issue.ID)); err != nil || state() != digest.Sending {
		t.Errorf("a sent issue is reopened as %s (%v)", state(), err)
	}
	if err := errors.Join(s.Cancel(t.Context(), issue, false, "no"), s.Reopen(t.Context(), issue.ID)); err != nil || state() != digest.Cancelled {
		t.Errorf("a cancelled issue is reopened as %s (%v)", state(), err)
	}
}

// The operator withdraws a draft while its run freezes it: who withdraws has to
// look again, for there is mail to withdraw now.
func TestWhatWasADraftIsNotCancelledAsOneOnceItIsFrozen(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	issue := publish(t, s, "2026-02-03", story("a"))
	seen := issue
	seen.State = digest.Draft
	if err := s.Cancel(t.Context(), seen, true, "no"); !errors.Is(err, digest.ErrFrozen) {
		t.Errorf("cancelling what was a draft returns %v", err)
	}
	if got, err := s.IssueByID(t.Context(), issue.ID); err != nil || got.State != digest.Sending || len(got.Stories) != 1 {
		t.Errorf("it is %s with %d stories (%v)", got.State, len(got.Stories), err)
	}
}
