package subscribers

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestAddWithAGroundConfirmsAndKeepsTheGround(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	s, err := l.Add(t.Context(), " Alice@Example.org ", "Alice  A.", "signed the list at the fair on 3 May")
	if err != nil {
		t.Fatal(err)
	}
	same(t, s, Subscriber{ID: s.ID, Address: "Alice@Example.org", Name: "Alice A.", Status: Confirmed, Edition: "daily", Generation: 1, CreatedAt: monday, ConfirmedAt: monday})
	r := find(t, l, "alice@example.org")
	same(t, r.Subscriber, s)
	if want := []Consent{{Event: EventAdded, At: monday, Address: "Alice@Example.org", Ground: "signed the list at the fair on 3 May"}}; !slices.Equal(r.Consents, want) {
		t.Errorf("consents %+v, want %+v", r.Consents, want)
	}
	clock.Pass(time.Hour)
	before := dump(t, l)
	if again, err := l.Add(t.Context(), "alice@example.org", "Somebody", "again"); err != nil || again.Name != "Alice A." {
		t.Errorf("Add, again = %+v, %v; want her as she is", again, err)
	}
	if dump(t, l) != before {
		t.Error("adding again wrote something")
	}
}

func TestAddWithoutAGroundAsksTheOwner(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	s, err := l.Add(t.Context(), "alice@example.org", "", "")
	if err != nil || s.Status != Pending || len(confirmations(t, l, s.ID)) != 1 {
		t.Fatalf("Add = %+v, %v; want pending with one mail", s, err)
	}
	if r := find(t, l, "alice@example.org"); r.Consents[0].Event != EventAdded || r.Consents[1].Event != EventAsked {
		t.Errorf("consents %+v, want added and asked", r.Consents)
	}
	clock.Pass(time.Hour)
	if s, err = l.Add(t.Context(), "alice@example.org", "", ""); err != nil || len(confirmations(t, l, s.ID)) != 1 {
		t.Errorf("Add, an hour later = %+v, %v; want no second mail", s, err)
	}
	if s, err = l.Add(t.Context(), "alice@example.org", "", "she said so by telephone"); err != nil || s.Status != Confirmed {
		t.Errorf("Add, with a ground = %+v, %v; want confirmed", s, err)
	}
}

func TestAddSaysWhyNot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		prepare string
		ground  string
		want    error
	}{
		"left, with a ground":                 {"left", "at the fair", ErrSuppressed},
		"erased, with a ground":               {"erased", "at the fair", ErrSuppressed},
		"bounced, with a ground":              {"bounced", "at the fair", ErrSuppressed},
		"bounced, to be asked":                {"bounced", "", ErrSuppressed},
		"complained, to be asked":             {"complained", "", ErrSuppressed},
		"by hand, to be asked":                {"suppressed by hand, never on the list", "", ErrSuppressed},
		"asked today and left, to be asked":   {"left before confirming", "", errAskedAlready},
		"asked today and erased, to be asked": {"erased before confirming", "", errAskedAlready},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			standings[tt.prepare](t, l, clock, "alice@example.org")
			before := dump(t, l)
			if _, err := l.Add(t.Context(), "alice@example.org", "", tt.ground); !errors.Is(err, tt.want) {
				t.Errorf("Add = %v, want %v", err, tt.want)
			}
			if dump(t, l) != before {
				t.Error("something was written")
			}
		})
	}
}

func TestSuppressAndAllow(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	if err := l.Suppress(t.Context(), "Alice@example.org", "asked by telephone"); err != nil {
		t.Fatal(err)
	}
	clock.Pass(time.Hour)
	if err := l.Suppress(t.Context(), "alice@EXAMPLE.org", "again"); err != nil {
		t.Fatal(err)
	}
	r := find(t, l, "alice@example.org")
	first := Suppression{Reason: ReasonManual, Source: "asked by telephone", CreatedAt: monday}
	if r.ID != 0 || r.Status != "" || !slices.Equal(r.Suppressed, []Suppression{first}) {
		t.Errorf("found %+v, want the first suppression and no subscriber", r)
	}
	done, err := l.Allow(t.Context(), "alice@example.org")
	if err != nil || !slices.Equal(done.Lifted, []Suppression{first}) || len(done.Remaining) != 0 {
		t.Errorf("Allow = %+v, %v", done, err)
	}
	if _, err := l.Find(t.Context(), "alice@example.org"); !errors.Is(err, ErrNoSubscriber) {
		t.Errorf("Find = %v, want ErrNoSubscriber", err)
	}
}

func TestAllowLeavesToTheOwnerWhatIsTheirs(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	standings["complained"](t, l, clock, "alice@example.org")
	suppressAs(t, l, "alice@example.org", ReasonBounce)
	done, err := l.Allow(t.Context(), "alice@example.org")
	if err != nil || len(done.Lifted) != 2 || len(done.Remaining) != 1 || done.Remaining[0].Reason != ReasonUnsubscribed {
		t.Errorf("Allow = %+v, %v; want bounce and complaint lifted, unsubscribed remaining", done, err)
	}
	r := find(t, l, "alice@example.org")
	if len(r.Suppressed) != 1 || r.Status != Unsubscribed {
		t.Errorf("she is %+v", r.Subscriber)
	}
	if c := r.Consents[len(r.Consents)-1]; c.Event != EventAllowed || c.Ground != "lifted bounce, complaint" {
		t.Errorf("the record is %+v", c)
	}
	before := dump(t, l)
	if done, err := l.Allow(t.Context(), "alice@example.org"); err != nil || len(done.Lifted) != 0 {
		t.Errorf("Allow, again = %+v, %v; want nothing lifted", done, err)
	}
	if dump(t, l) != before {
		t.Error("allowing again wrote something")
	}
}

func TestSubscribersComeInOrderThroughAllPages(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	var list []byte
	const n = 2*pageSize + 7
	for i := range n {
		list = fmt.Appendf(list, "reader%04d@example.org\n", i)
	}
	importFrom(t, l, string(list))
	leave(t, l, "reader0003@example.org")
	suppressAs(t, l, "reader0700@example.org", ReasonBounce)
	if err := l.Erase(t.Context(), "reader0500@example.org"); err != nil {
		t.Fatal(err)
	}
	counts := map[Status]int{"": n - 1, Confirmed: n - 2, Unsubscribed: 1, Erased: 1, Pending: 0}
	for status, want := range counts {
		got, last := 0, ID(0)
		for s, err := range l.Subscribers(t.Context(), Filter{Status: status}) {
			if err != nil {
				t.Fatal(err)
			}
			if s.ID <= last || status != "" && s.Status != status {
				t.Fatalf("%s (%s) came after %s", s.ID, s.Status, last)
			}
			if s.Suppressed == nil || len(s.Suppressed) > 0 != (s.Status == Unsubscribed || s.Status == Erased || s.Address == "reader0700@example.org") {
				t.Errorf("%s is suppressed for %v", s.Address, s.Suppressed)
			}
			got, last = got+1, s.ID
		}
		if got != want {
			t.Errorf("%d are %q, want %d", got, status, want)
		}
	}
	for s, err := range l.Subscribers(t.Context(), Filter{}) {
		if s.Address == "" || err != nil {
			t.Error("the first is nobody")
		}
		break // and the caller may stop
	}
}

func TestASubscriberAsJSON(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	if _, err := l.Add(t.Context(), "alice@example.org", "Alice", "at the fair"); err != nil {
		t.Fatal(err)
	}
	suppressAs(t, l, "bob@example.org", ReasonManual)
	r := find(t, l, "alice@example.org")
	r.ID = 7
	for want, value := range map[string]any{
		`{"id":"7","address":"alice@example.org","name":"Alice","status":"confirmed","edition":"daily","created_at":"2026-02-02T06:00:00Z","confirmed_at":"2026-02-02T06:00:00Z","suppressed":[]}`:                                                                                                                                            r.Subscriber,
		`{"id":"7","address":"alice@example.org","name":"Alice","status":"confirmed","edition":"daily","created_at":"2026-02-02T06:00:00Z","confirmed_at":"2026-02-02T06:00:00Z","suppressed":[],"consents":[{"event":"added","at":"2026-02-02T06:00:00Z","address":"alice@example.org","ground":"at the fair"}],"signups":[],"returned":[]}`: r,
		`[{"reason":"manual","source":"550 no such reader bob@example.org","created_at":"2026-02-02T06:00:00Z"}]`:                                                                                                                                                                                                                             find(t, l, "bob@example.org").Suppressed,
	} {
		got, err := json.Marshal(value)
		if err != nil || string(got) != want {
			t.Errorf("it is   %s, %v\nwant    %s", got, err, want)
		}
	}
}
