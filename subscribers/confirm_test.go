package subscribers

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"redigest/subscribers/link"
)

func TestConfirmingRecordsWhoDidItAndWhen(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	token := confirmLink(t, l, "alice@example.org")
	clock.Pass(time.Hour)
	at := Step{Network: "192.0.2.8", Agent: "Browser/2", Form: "https://news.example/confirm", Wording: "Press to confirm."}
	s, err := l.Confirm(t.Context(), token, at)
	if err != nil || s.Status != Confirmed || !s.ConfirmedAt.Equal(monday.Add(time.Hour)) || !s.Mailable() {
		t.Fatalf("Confirm = %+v, %v", s, err)
	}
	want := Consent{Event: EventConfirmed, At: monday.Add(time.Hour), Address: "alice@example.org", Network: at.Network, Agent: at.Agent, Form: at.Form, Wording: at.Wording}
	if r := find(t, l, "alice@example.org"); r.Consents[len(r.Consents)-1] != want {
		t.Errorf("the record is %+v, want %+v", r.Consents, want)
	}

	before := dump(t, l)
	clock.Pass(time.Hour)
	if s, err = l.Confirm(t.Context(), token, at); err != nil || !s.ConfirmedAt.Equal(monday.Add(time.Hour)) {
		t.Errorf("the second click: %+v, %v; want the first time kept", s, err)
	}
	if dump(t, l) != before {
		t.Error("the second click wrote something")
	}
}

func TestALinkThatIsNoLongerGoodConfirmsNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]func(t *testing.T, l *List, clock *wallClock){
		"after seven days": func(_ *testing.T, _ *List, clock *wallClock) { clock.Pass(7 * 24 * time.Hour) },
		"after leaving":    func(t *testing.T, l *List, _ *wallClock) { leave(t, l, "alice@example.org") },
		"after leaving and signing up again": func(t *testing.T, l *List, clock *wallClock) {
			leave(t, l, "alice@example.org")
			clock.Pass(25 * time.Hour)
			signUp(t, l, "alice@example.org")
		},
		"after erasing": func(t *testing.T, l *List, _ *wallClock) {
			if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, happens := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			signUp(t, l, "alice@example.org")
			token := confirmLink(t, l, "alice@example.org")
			happens(t, l, clock)
			before := dump(t, l)
			if _, err := l.Confirm(t.Context(), token, Step{}); !errors.Is(err, ErrGone) {
				t.Errorf("Confirm = %v, want ErrGone", err)
			}
			if dump(t, l) != before {
				t.Error("something was written")
			}
		})
	}
}

func TestALinkOfNobodyIsGone(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	if _, err := l.Confirm(t.Context(), l.ConfirmToken(7, 1, monday.AddDate(0, 0, 7)), Step{}); !errors.Is(err, ErrGone) {
		t.Errorf("Confirm = %v, want ErrGone", err)
	}
}

func TestBothLinksOfOneSignUpConfirm(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	first := confirmLink(t, l, "alice@example.org")
	clock.Pass(25 * time.Hour)
	signUp(t, l, "alice@example.org")
	if confirmLink(t, l, "alice@example.org") == first {
		t.Fatal("there was no second mail")
	}
	if _, err := l.Confirm(t.Context(), first, Step{}); err != nil {
		t.Errorf("the link of the first mail: %v", err)
	}
}

func TestForgedLinksAreRefusedWithoutAskingTheDatabase(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	signUp(t, l, "alice@example.org")
	good := confirmLink(t, l, "alice@example.org")
	other, _ := newList(t) // has other keys
	id := find(t, l, "alice@example.org").ID
	forged := map[string]string{
		"of another list":      other.ConfirmToken(id, 1, monday.AddDate(1, 0, 0)),
		"nothing":              "",
		"a changed letter":     "b" + good[1:],
		"one for leaving":      l.UnsubscribeToken(id),
		"some SQL":             "' OR 1=1 --",
		"as long, all letters": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	}
	// Whoever asks a database that is closed gets another error.
	if err := l.db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, token := range forged {
		if _, err := l.Confirm(t.Context(), token, Step{}); !errors.Is(err, link.ErrInvalid) {
			t.Errorf("%s: Confirm = %v, want ErrInvalid", name, err)
		}
		if _, err := l.Peek(t.Context(), token, link.Confirm); !errors.Is(err, link.ErrInvalid) {
			t.Errorf("%s: Peek = %v, want ErrInvalid", name, err)
		}
		if name == "one for leaving" {
			token = good
		}
		if err := l.Unsubscribe(t.Context(), token, Step{}); !errors.Is(err, link.ErrInvalid) {
			t.Errorf("%s: Unsubscribe = %v, want ErrInvalid", name, err)
		}
	}
	if _, err := l.Confirm(t.Context(), good, Step{}); err == nil || errors.Is(err, link.ErrInvalid) {
		t.Errorf("a good link on a closed database: %v; the test proves nothing", err)
	}
}

func TestLeaving(t *testing.T) {
	t.Parallel()
	for _, status := range []Status{Pending, Confirmed} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			signUp(t, l, "alice@example.org")
			if status == Confirmed {
				confirm(t, l, "alice@example.org")
			}
			token := l.UnsubscribeToken(find(t, l, "alice@example.org").ID)
			clock.Pass(365 * 24 * time.Hour)
			at := Step{Network: "192.0.2.9", Agent: "Mail/1"}
			if err := l.Unsubscribe(t.Context(), token, at); err != nil {
				t.Fatal(err)
			}
			r := find(t, l, "alice@example.org")
			want := Suppression{Reason: ReasonUnsubscribed, Source: leftByLink, CreatedAt: monday.AddDate(1, 0, 0)}
			if r.Status != Unsubscribed || r.Generation != 2 || !slices.Equal(r.Suppressed, []Suppression{want}) {
				t.Errorf("who left is %+v", r.Subscriber)
			}
			if c := r.Consents[len(r.Consents)-1]; c.Event != EventUnsubscribed || c.Network != at.Network || c.Agent != at.Agent || !c.At.Equal(want.CreatedAt) {
				t.Errorf("the record is %+v", c)
			}
			before := dump(t, l)
			if err := l.Unsubscribe(t.Context(), token, at); err != nil {
				t.Errorf("leaving twice: %v", err)
			}
			if dump(t, l) != before {
				t.Error("leaving twice wrote something")
			}
		})
	}
}

func TestLeavingWithTheLinkOfNobodyIsNoError(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	signUp(t, l, "alice@example.org")
	id := find(t, l, "alice@example.org").ID
	if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
		t.Fatal(err)
	}
	before := dump(t, l)
	for _, who := range []ID{id, id + 1} {
		if err := l.Unsubscribe(t.Context(), l.UnsubscribeToken(who), Step{}); err != nil {
			t.Errorf("Unsubscribe = %v, want no error", err)
		}
	}
	if dump(t, l) != before {
		t.Error("something was written")
	}
}

func TestWhoLeftCanComeBack(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	confirm(t, l, "alice@example.org")
	leave(t, l, "alice@example.org")
	clock.Pass(48 * time.Hour)
	signUp(t, l, "alice@example.org")
	if r := find(t, l, "alice@example.org"); r.Status != Pending || len(r.Suppressed) != 1 {
		t.Errorf("before confirming: %+v, want pending and suppressed", r.Subscriber)
	}
	if s := confirm(t, l, "alice@example.org"); !s.Mailable() {
		t.Errorf("after confirming: %+v, want mailable", s)
	}
	if r := find(t, l, "alice@example.org"); !r.Mailable() {
		t.Errorf("what is stored: %+v, want mailable", r.Subscriber)
	}
}

// The outbox asks for the very conditions that Mailable has.
func TestEnqueueTakesWhoIsMailable(t *testing.T) {
	t.Parallel()
	for name, prepare := range standings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			prepare(t, l, clock, "alice@example.org")
			clock.Pass(time.Hour)
			m, err := NewOutbox(l.db, OutboxOptions{Now: clock.Now}).EnqueueIssue(context.Background(), Order{IssueID: 1, Edition: "daily", CutoffAt: clock.Now()})
			if err != nil {
				t.Fatal(err)
			}
			n := number(t, l, "SELECT count(*) FROM deliveries WHERE mailing_id = $1", int64(m.ID))
			r, err := l.Find(t.Context(), "alice@example.org")
			if err != nil && !errors.Is(err, ErrNoSubscriber) {
				t.Fatal(err)
			}
			if (n == 1) != r.Mailable() {
				t.Errorf("%d deliveries for %+v", n, r.Subscriber)
			}
		})
	}
}

func TestWhoLeftCanComeBackTheSameDay(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	signUp(t, l, "alice@example.org")
	s := confirm(t, l, "alice@example.org")
	leave(t, l, "alice@example.org")
	clock.Pass(time.Minute)
	signUp(t, l, "alice@example.org")
	if n := len(confirmations(t, l, s.ID)); n != 2 {
		t.Fatalf("she got %d confirmation mails, want a second one", n)
	}
	if s := confirm(t, l, "alice@example.org"); !s.Mailable() {
		t.Errorf("she is %+v, want her back", s)
	}
}

func TestAClientThatHangsUpTakesNothingBack(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	if err := l.SignUp(gone, SignUp{Address: "alice@example.org"}); err != nil {
		t.Errorf("SignUp: %v", err)
	}
	if _, err := l.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, err := l.Confirm(gone, confirmLink(t, l, "alice@example.org"), Step{}); err != nil || !s.Mailable() {
		t.Errorf("Confirm: %+v, %v", s, err)
	}
	id := find(t, l, "alice@example.org").ID
	if err := l.Unsubscribe(gone, l.UnsubscribeToken(id), Step{}); err != nil {
		t.Errorf("Unsubscribe: %v", err)
	}
	if r := find(t, l, "alice@example.org"); r.Status != Unsubscribed {
		t.Errorf("she is %+v, want her gone", r.Subscriber)
	}
}
