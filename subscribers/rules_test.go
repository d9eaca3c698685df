package subscribers

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"redigest/subscribers/link"
)

var (
	monday  = time.Date(2026, 2, 2, 6, 0, 0, 0, time.UTC)
	tuesday = monday.AddDate(0, 0, 1)
)

func suppressedFor(reasons ...Reason) []Suppression {
	list := []Suppression{}
	for _, r := range reasons {
		list = append(list, Suppression{Reason: r, Source: "a test", CreatedAt: monday})
	}
	return list
}

func same(t *testing.T, got, want Subscriber) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("not as wanted (-want +got):\n%s", diff)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	wish := Wish{Address: "New@example.org", Name: "New"}
	tests := map[string]struct {
		from, want Subscriber
		ok         bool
	}{
		"a new address is pending": {
			want: Subscriber{Address: "New@example.org", Name: "New", Status: Pending, Edition: "daily", Generation: 1, CreatedAt: tuesday, AskedAt: tuesday},
			ok:   true,
		},
		"pending and asked less than a day ago is left alone": {
			from: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday.Add(-24*time.Hour + time.Millisecond)},
			want: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday.Add(-24*time.Hour + time.Millisecond)},
		},
		"pending and asked a day ago is asked again, in the same generation": {
			from: Subscriber{Address: "new@example.org", Name: "Old", Status: Pending, Edition: "weekly", Generation: 4, CreatedAt: monday, AskedAt: monday},
			want: Subscriber{Address: "new@example.org", Name: "Old", Status: Pending, Edition: "weekly", Generation: 4, CreatedAt: monday, AskedAt: tuesday},
			ok:   true,
		},
		"asked by a clock a little ahead is left alone": {
			from: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday.Add(time.Minute)},
			want: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday.Add(time.Minute)},
		},
		"asked by a clock far ahead is asked again": {
			from: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday.AddDate(1, 0, 0)},
			want: Subscriber{Status: Pending, Generation: 1, AskedAt: tuesday},
			ok:   true,
		},
		"confirmed is left alone": {
			from: Subscriber{Status: Confirmed, ConfirmedAt: monday},
			want: Subscriber{Status: Confirmed, ConfirmedAt: monday},
		},
		"who left begins anew and stays suppressed": {
			from: Subscriber{Address: "new@example.org", Name: "Old", Status: Unsubscribed, Edition: "weekly", Generation: 2, CreatedAt: monday, ConfirmedAt: monday, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want: Subscriber{Address: "New@example.org", Name: "New", Status: Pending, Edition: "weekly", Generation: 3, CreatedAt: monday, AskedAt: tuesday, Suppressed: suppressedFor(ReasonUnsubscribed)},
			ok:   true,
		},
		"who left less than a day after being asked is left alone": {
			from: Subscriber{Status: Unsubscribed, Generation: 2, AskedAt: tuesday.Add(-time.Hour), Suppressed: suppressedFor(ReasonUnsubscribed)},
			want: Subscriber{Status: Unsubscribed, Generation: 2, AskedAt: tuesday.Add(-time.Hour), Suppressed: suppressedFor(ReasonUnsubscribed)},
		},
		"confirmed by one record and left by another begins anew": {
			from: Subscriber{Address: "new@example.org", Status: Confirmed, Edition: "daily", Generation: 1, CreatedAt: monday, ConfirmedAt: monday, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want: Subscriber{Address: "New@example.org", Name: "New", Status: Pending, Edition: "daily", Generation: 2, CreatedAt: monday, AskedAt: tuesday, Suppressed: suppressedFor(ReasonUnsubscribed)},
			ok:   true,
		},
		"who was erased begins anew": {
			from: Subscriber{ID: 7, Status: Erased, Edition: "daily", Generation: 3, CreatedAt: monday, Suppressed: suppressedFor(ReasonErased)},
			want: Subscriber{ID: 7, Address: "New@example.org", Name: "New", Status: Pending, Edition: "daily", Generation: 4, CreatedAt: tuesday, AskedAt: tuesday, Suppressed: suppressedFor(ReasonErased)},
			ok:   true,
		},
		"who bounced is left alone": {
			from: Subscriber{Status: Unsubscribed, Suppressed: suppressedFor(ReasonUnsubscribed, ReasonBounce)},
			want: Subscriber{Status: Unsubscribed, Suppressed: suppressedFor(ReasonUnsubscribed, ReasonBounce)},
		},
		"who complained is left alone, on the list or not": {
			from: Subscriber{Suppressed: suppressedFor(ReasonComplaint)},
			want: Subscriber{Suppressed: suppressedFor(ReasonComplaint)},
		},
		"whom the operator suppressed is left alone": {
			from: Subscriber{Suppressed: suppressedFor(ReasonManual)},
			want: Subscriber{Suppressed: suppressedFor(ReasonManual)},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := tt.from.Ask(wish, tuesday)
			if ok != tt.ok {
				t.Errorf("ok = %v, want %v", ok, tt.ok)
			}
			same(t, got, tt.want)
		})
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	good := link.Link{Generation: 2, Expires: tuesday.Add(time.Second)}
	tests := map[string]struct {
		from    Subscriber
		link    link.Link
		want    Subscriber
		wantErr error
	}{
		"pending is confirmed": {
			from: Subscriber{Status: Pending, Generation: 2, AskedAt: monday}, link: good,
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: tuesday},
		},
		"second click keeps the first time": {
			from: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday}, link: good,
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday},
		},
		"second click long after keeps the first time": {
			from: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday}, link: link.Link{Generation: 2, Expires: monday},
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday},
		},
		"too late": {
			from: Subscriber{Status: Pending, Generation: 2}, link: link.Link{Generation: 2, Expires: tuesday},
			want: Subscriber{Status: Pending, Generation: 2}, wantErr: ErrGone,
		},
		"old link cannot undo an unsubscribe": {
			from: Subscriber{Status: Unsubscribed, Generation: 3, Suppressed: suppressedFor(ReasonUnsubscribed)}, link: good,
			want: Subscriber{Status: Unsubscribed, Generation: 3, Suppressed: suppressedFor(ReasonUnsubscribed)}, wantErr: ErrGone,
		},
		"old link cannot confirm a later sign-up": {
			from: Subscriber{Status: Pending, Generation: 4}, link: good,
			want: Subscriber{Status: Pending, Generation: 4}, wantErr: ErrGone,
		},
		"old link cannot undo that another record has them as left": {
			from: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday, Suppressed: suppressedFor(ReasonUnsubscribed)}, link: good,
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: monday, Suppressed: suppressedFor(ReasonUnsubscribed)}, wantErr: ErrGone,
		},
		"no link can undo an erasure": {
			from: Subscriber{Status: Erased, Generation: 2}, link: good,
			want: Subscriber{Status: Erased, Generation: 2}, wantErr: ErrGone,
		},
		"it lifts what only the owner lifts": {
			from: Subscriber{Status: Pending, Generation: 2, Suppressed: suppressedFor(ReasonUnsubscribed, ReasonErased)}, link: good,
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: tuesday},
		},
		"it does not lift what came from elsewhere": {
			from: Subscriber{Status: Pending, Generation: 2, Suppressed: suppressedFor(ReasonUnsubscribed, ReasonBounce, ReasonComplaint, ReasonManual)}, link: good,
			want: Subscriber{Status: Confirmed, Generation: 2, ConfirmedAt: tuesday, Suppressed: suppressedFor(ReasonBounce, ReasonComplaint, ReasonManual)},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := len(tt.from.Suppressed)
			got, err := tt.from.Confirm(tt.link, tuesday)
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("err = %v, want %v", err, tt.wantErr)
			}
			same(t, got, tt.want)
			if len(tt.from.Suppressed) != before || before > 0 && tt.from.Suppressed[0].Reason != ReasonUnsubscribed {
				t.Error("the value it was asked of has changed")
			}
		})
	}
}

func TestLeave(t *testing.T) {
	t.Parallel()
	left := Suppression{Reason: ReasonUnsubscribed, Source: "a link", CreatedAt: tuesday}
	tests := map[string]struct{ from, want Subscriber }{
		"confirmed": {
			from: Subscriber{Status: Confirmed, Generation: 1, ConfirmedAt: monday, PausedUntil: tuesday},
			want: Subscriber{Status: Unsubscribed, Generation: 2, ConfirmedAt: monday, Suppressed: []Suppression{left}},
		},
		"pending": {
			from: Subscriber{Status: Pending, Generation: 1},
			want: Subscriber{Status: Unsubscribed, Generation: 2, Suppressed: []Suppression{left}},
		},
		"pending again, still suppressed from the last time": {
			from: Subscriber{Status: Pending, Generation: 3, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want: Subscriber{Status: Unsubscribed, Generation: 4, Suppressed: suppressedFor(ReasonUnsubscribed)},
		},
		"left already": {
			from: Subscriber{Status: Unsubscribed, Generation: 2, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want: Subscriber{Status: Unsubscribed, Generation: 2, Suppressed: suppressedFor(ReasonUnsubscribed)},
		},
		"erased": {
			from: Subscriber{Status: Erased, Generation: 2, Suppressed: suppressedFor(ReasonErased)},
			want: Subscriber{Status: Erased, Generation: 2, Suppressed: suppressedFor(ReasonErased)},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			same(t, tt.from.Leave("a link", tuesday), tt.want)
		})
	}
}

func TestVouch(t *testing.T) {
	t.Parallel()
	wish := Wish{Address: "new@example.org"}
	tests := map[string]struct {
		from, want Subscriber
		wantErr    error
	}{
		"new is confirmed at once": {
			want: Subscriber{Address: "new@example.org", Status: Confirmed, Edition: "daily", Generation: 1, CreatedAt: tuesday, ConfirmedAt: tuesday},
		},
		"pending is confirmed": {
			from: Subscriber{Address: "New@example.org", Status: Pending, Generation: 1},
			want: Subscriber{Address: "New@example.org", Status: Confirmed, Generation: 1, ConfirmedAt: tuesday},
		},
		"confirmed stays": {
			from: Subscriber{Status: Confirmed, ConfirmedAt: monday},
			want: Subscriber{Status: Confirmed, ConfirmedAt: monday},
		},
		"who left is not brought back": {
			from:    Subscriber{Status: Unsubscribed, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want:    Subscriber{Status: Unsubscribed, Suppressed: suppressedFor(ReasonUnsubscribed)},
			wantErr: ErrSuppressed,
		},
		"who left is not brought back while asked again": {
			from:    Subscriber{Status: Pending, Suppressed: suppressedFor(ReasonUnsubscribed)},
			want:    Subscriber{Status: Pending, Suppressed: suppressedFor(ReasonUnsubscribed)},
			wantErr: ErrSuppressed,
		},
		"the status alone is enough to refuse": {
			from:    Subscriber{Status: Erased},
			want:    Subscriber{Status: Erased},
			wantErr: ErrSuppressed,
		},
		"a bounce on no list is refused": {
			from:    Subscriber{Suppressed: suppressedFor(ReasonBounce)},
			want:    Subscriber{Suppressed: suppressedFor(ReasonBounce)},
			wantErr: ErrSuppressed,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tt.from.Vouch(wish, tuesday)
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("err = %v, want %v", err, tt.wantErr)
			}
			same(t, got, tt.want)
		})
	}
}

func TestSuppressedErrorSaysWhyAndWhatToDo(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"the address is suppressed: unsubscribed since 2026-02-02 (a test); only its owner can sign up again":                              &SuppressedError{suppressedFor(ReasonUnsubscribed)},
		"the address is suppressed: bounce since 2026-02-02 (a test), manual since 2026-02-02 (a test); allow it first if you know better": &SuppressedError{suppressedFor(ReasonBounce, ReasonManual)},
	} {
		if err.Error() != want {
			t.Errorf("it says  %s\nwant     %s", err, want)
		}
	}
}

func TestEraseLeavesATombstone(t *testing.T) {
	t.Parallel()
	from := Subscriber{ID: 7, Address: "a@example.org", Name: "A", Status: Confirmed, Edition: "weekly", Generation: 1,
		CreatedAt: monday, ConfirmedAt: monday, PausedUntil: tuesday, AskedAt: monday}
	want := Subscriber{ID: 7, Status: Erased, Edition: "weekly", Generation: 2, CreatedAt: monday, AskedAt: monday}
	same(t, from.Erase(), want)
	same(t, from.Erase().Erase(), want)
}
