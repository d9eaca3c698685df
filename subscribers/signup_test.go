package subscribers

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// standings are all states that an address can be in, and how it gets there
// some days before now.
var standings = map[string]func(t testing.TB, l *List, clock *wallClock, address string){
	"new": func(testing.TB, *List, *wallClock, string) {},
	"pending": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
	},
	"confirmed": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		confirm(t, l, address)
	},
	"left": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		confirm(t, l, address)
		leave(t, l, address)
	},
	"erased": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		confirm(t, l, address)
		if err := l.Erase(t.Context(), address); err != nil {
			t.Fatal(err)
		}
	},
	"left before confirming": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		leave(t, l, address)
	},
	"erased before confirming": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		if err := l.Erase(t.Context(), address); err != nil {
			t.Fatal(err)
		}
	},
	"bounced": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		confirm(t, l, address)
		suppressAs(t, l, address, ReasonBounce)
	},
	"complained": func(t testing.TB, l *List, _ *wallClock, address string) {
		signUp(t, l, address)
		confirm(t, l, address)
		leave(t, l, address)
		suppressAs(t, l, address, ReasonComplaint)
	},
	"suppressed by hand, never on the list": func(t testing.TB, l *List, _ *wallClock, address string) {
		if err := l.Suppress(t.Context(), address, "a test"); err != nil {
			t.Fatal(err)
		}
	},
}

func TestPromise5SignUpIsTheSameWorkForEveryAddress(t *testing.T) {
	t.Parallel()
	for name, prepare := range standings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			prepare(t, l, clock, "alice@example.org")
			others := []string{"keys", "subscribers", "consents", "suppressions", "mailings", "deliveries"}
			before, rows := dump(t, l, others...), number(t, l, "SELECT count(*) FROM signups")
			if err := l.SignUp(t.Context(), SignUp{Address: "Alice@Example.org"}); err != nil {
				t.Fatal(err)
			}
			if dump(t, l, others...) != before {
				t.Error("more was written than the sign-up")
			}
			if n := number(t, l, "SELECT count(*) FROM signups"); n != rows+1 {
				t.Errorf("%d rows were written, want 1", n-rows)
			}
			// What is not there cannot be looked up.
			change(t, l, "DROP TABLE deliveries", "DROP TABLE mailings", "DROP TABLE consents", "DROP TABLE suppressions", "DROP TABLE subscribers")
			if err := l.SignUp(t.Context(), SignUp{Address: "Alice@Example.org"}); err != nil {
				t.Errorf("signing up looks something up: %v", err)
			}
		})
	}
}

func TestSignUpRefusesWhatIsNoAddress(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	if err := l.SignUp(t.Context(), SignUp{Address: "alice"}); !errors.Is(err, ErrAddress) {
		t.Errorf("SignUp = %v, want ErrAddress", err)
	}
	if n := number(t, l, "SELECT count(*) FROM signups"); n != 0 {
		t.Errorf("%d rows were stored for it", n)
	}
}

func TestSignUpCleansWhatStrangersSay(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	err := l.SignUp(t.Context(), SignUp{Address: "alice@example.org", Name: " Alice\r\nBcc: all@example.org \u202e" + strings.Repeat("x", 200), Agent: strings.Repeat("y", 5000)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := find(t, l, "alice@example.org")
	if want := "Alice Bcc: all@example.org " + strings.Repeat("x", 73) + "…"; r.Name != want {
		t.Errorf("name %q, want %q", r.Name, want)
	}
	if n := len([]rune(r.Consents[0].Agent)); n != 501 {
		t.Errorf("%d characters of the agent are kept, want 500 and an ellipsis", n)
	}
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	type want struct {
		status     Status
		generation int
		asked      bool // one more confirmation mail
		suppressed []Reason
	}
	soon := map[string]want{ // the same hour
		"new":                                   {status: Pending, generation: 1, asked: true},
		"pending":                               {status: Pending, generation: 1},
		"confirmed":                             {status: Confirmed, generation: 1},
		"left":                                  {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonUnsubscribed}},
		"left before confirming":                {status: Unsubscribed, generation: 2, suppressed: []Reason{ReasonUnsubscribed}},
		"erased":                                {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonErased}},
		"erased before confirming":              {status: Erased, generation: 2, suppressed: []Reason{ReasonErased}},
		"bounced":                               {status: Confirmed, generation: 1, suppressed: []Reason{ReasonBounce}},
		"complained":                            {status: Unsubscribed, generation: 2, suppressed: []Reason{ReasonComplaint, ReasonUnsubscribed}},
		"suppressed by hand, never on the list": {suppressed: []Reason{ReasonManual}},
	}
	later := map[string]want{ // a day after
		"new":                                   {status: Pending, generation: 1, asked: true},
		"pending":                               {status: Pending, generation: 1, asked: true},
		"confirmed":                             {status: Confirmed, generation: 1},
		"left":                                  {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonUnsubscribed}},
		"erased":                                {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonErased}},
		"left before confirming":                {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonUnsubscribed}},
		"erased before confirming":              {status: Pending, generation: 3, asked: true, suppressed: []Reason{ReasonErased}},
		"bounced":                               {status: Confirmed, generation: 1, suppressed: []Reason{ReasonBounce}},
		"complained":                            {status: Unsubscribed, generation: 2, suppressed: []Reason{ReasonComplaint, ReasonUnsubscribed}},
		"suppressed by hand, never on the list": {suppressed: []Reason{ReasonManual}},
	}
	for after, table := range map[time.Duration]map[string]want{time.Hour: soon, 24 * time.Hour: later} {
		for name, want := range table {
			t.Run(fmt.Sprintf("%s, %s later", name, after), func(t *testing.T) {
				t.Parallel()
				l, clock := newList(t)
				standings[name](t, l, clock, "alice@example.org")
				clock.Pass(after)
				mails := number(t, l, "SELECT count(*) FROM deliveries")
				if err := l.SignUp(t.Context(), SignUp{Address: "Alice@Example.org"}); err != nil {
					t.Fatal(err)
				}
				if n, err := l.Admit(t.Context()); n != 1 || err != nil {
					t.Fatalf("Admit = %d, %v; want 1", n, err)
				}
				r := find(t, l, "alice@example.org")
				var reasons []Reason
				for _, x := range r.Suppressed {
					reasons = append(reasons, x.Reason)
				}
				if r.Status != want.status || r.Generation != want.generation || !slices.Equal(reasons, want.suppressed) {
					t.Errorf("status %q generation %d suppressed %v; want %+v", r.Status, r.Generation, reasons, want)
				}
				if n := number(t, l, "SELECT count(*) FROM deliveries") - mails; (n == 1) != want.asked || n > 1 {
					t.Errorf("%d mails are owed more, want one: %v", n, want.asked)
				}
				if n := number(t, l, "SELECT count(*) FROM signups WHERE settled_at = 0"); n != 0 {
					t.Error("the sign-up is still open")
				}
			})
		}
	}
}

func TestAdmitRecordsWhoAskedAndOwesTheMail(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	if err := l.SignUp(t.Context(), SignUp{Address: "Alice@Example.org", Name: "Alice", Network: "192.0.2.7", Agent: "Browser/1", Form: "https://news.example/", Wording: "One mail a day."}); err != nil {
		t.Fatal(err)
	}
	clock.Pass(time.Minute)
	if _, err := l.Admit(t.Context()); err != nil {
		t.Fatal(err)
	}
	admitted := monday.Add(time.Minute)
	r := find(t, l, "alice@example.org")
	same(t, r.Subscriber, Subscriber{ID: r.ID, Address: "Alice@Example.org", Name: "Alice", Status: Pending, Edition: "daily", Generation: 1, CreatedAt: admitted, AskedAt: admitted})
	want := []Consent{
		{Event: EventRequested, At: monday, Address: "Alice@Example.org", Network: "192.0.2.7", Agent: "Browser/1", Form: "https://news.example/", Wording: "One mail a day."},
		{Event: EventAsked, At: admitted, Address: "Alice@Example.org"},
	}
	if !slices.Equal(r.Consents, want) {
		t.Errorf("consents %+v, want %+v", r.Consents, want)
	}
	mails := confirmations(t, l, r.ID)
	if len(mails) != 1 || mails[0].Kind != ConfirmationMailing || mails[0].Generation != 1 || !mails[0].DeadlineAt.Equal(admitted.AddDate(0, 0, 7)) {
		t.Errorf("mailings %+v, want one confirmation of generation 1 that is good for seven days", mails)
	}
}

func TestAPendingSubscriberAndItsMailAreWrittenTogether(t *testing.T) {
	t.Parallel()
	l, _ := newList(t)
	change(t, l, "CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT raise(ABORT, 'no room'); END")
	if err := l.SignUp(t.Context(), SignUp{Address: "alice@example.org"}); err != nil {
		t.Fatal(err)
	}
	before := dump(t, l)
	if n, err := l.Admit(t.Context()); err == nil || n != 0 {
		t.Fatalf("Admit = %d, %v; want an error", n, err)
	}
	if after := dump(t, l); after != before {
		t.Errorf("half of it was kept:\n%s", after)
	}
	change(t, l, "DROP TRIGGER full")
	if n, err := l.Admit(t.Context()); n != 1 || err != nil {
		t.Errorf("Admit, once there is room = %d, %v; want 1", n, err)
	}
}

func TestPromise5OneUnansweredConfirmationMailADayWhateverHappens(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, 1))
			l, clock := newList(t)
			const address = "alice@example.org"
			signUp(t, l, address)
			id := find(t, l, address).ID
			var used []string // links, by the owner's hand
			for range 150 {
				clock.Pass(time.Duration(dice.IntN(6*60)) * time.Minute)
				switch dice.IntN(8) {
				case 0:
					// The link may have died.
					newest := confirmLink(t, l, address)
					if _, err := l.Confirm(t.Context(), newest, Step{}); err == nil {
						used = append(used, newest)
					}
				case 1:
					leave(t, l, address)
				case 2:
					if err := l.Erase(t.Context(), address); err != nil {
						t.Fatal(err)
					}
				case 3:
					_, _ = l.Add(t.Context(), address, "", "")
				default:
					signUp(t, l, address)
				}
			}
			mails := confirmations(t, l, id)
			for i := range mails[1:] {
				gap := mails[i+1].CreatedAt.Sub(mails[i].CreatedAt)
				answered := slices.Contains(used, l.ConfirmToken(id, mails[i].Generation, mails[i].DeadlineAt))
				if gap < 24*time.Hour && !answered {
					t.Errorf("two confirmation mails within %s, the first not answered", gap)
				}
			}
			if len(mails) < 5 {
				t.Errorf("only %d mails in all: nothing was tried", len(mails))
			}
		})
	}
}

func TestTwoProcessesSettleEachSignUpOnce(t *testing.T) {
	t.Parallel()
	// IDs of two processes differ by time and chance, so time has to pass.
	path := filepath.Join(t.TempDir(), "list.db")
	first := openList(t, path, &wallClock{now: monday, tick: time.Millisecond})
	second := openList(t, path, &wallClock{now: monday.Add(time.Minute), tick: time.Millisecond})
	const addresses, each = 40, 3
	var work sync.WaitGroup
	for _, l := range []*List{first, second} {
		work.Go(func() {
			for i := range addresses * each {
				if err := l.SignUp(context.Background(), SignUp{Address: fmt.Sprintf("reader%d@example.org", i%addresses)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var settled [2]int
	stop := make(chan struct{})
	var admitting sync.WaitGroup
	for i, l := range []*List{first, second} {
		admitting.Go(func() {
			for {
				select {
				case <-stop:
					n, err := l.Admit(context.Background())
					if settled[i] += n; err != nil {
						t.Error(err)
					}
					return
				default:
				}
				n, err := l.Admit(context.Background())
				if settled[i] += n; err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	close(stop)
	admitting.Wait()
	if n := settled[0] + settled[1]; n != 2*addresses*each {
		t.Errorf("%d and %d sign-ups were settled, want %d in all", settled[0], settled[1], 2*addresses*each)
	}
	if n := number(t, first, "SELECT count(*) FROM subscribers WHERE status = 'pending'"); n != addresses {
		t.Errorf("%d are pending, want %d", n, addresses)
	}
	if n := number(t, first, "SELECT count(*) FROM deliveries"); n != addresses {
		t.Errorf("%d confirmation mails are owed, want %d", n, addresses)
	}
}

func TestARecordShowsTheSignUpsOfItsAddress(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	first := SignUp{Address: "Alice@example.org", Name: "Alice", Network: "192.0.2.7", Agent: "Browser/1", Form: "https://news.example/", Wording: "One mail a day."}
	for _, s := range []SignUp{first, {Address: "bob@example.org"}} {
		if err := l.SignUp(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	want := FilledForm{At: monday, Address: "Alice@example.org", Name: "Alice", Network: "192.0.2.7", Agent: "Browser/1", Form: "https://news.example/", Wording: "One mail a day."}
	r := find(t, l, "alice@example.org")
	if r.ID != 0 || r.Address != "alice@example.org" || !slices.Equal(r.SignUps, []FilledForm{want}) {
		t.Errorf("before it is settled she is %+v, want on no list with the sign-up %+v", r, want)
	}
	clock.Pass(time.Minute)
	signUp(t, l, "alice@example.org")
	want.SettledAt, want.Outcome = monday.Add(time.Minute), OutcomeAsked
	r = find(t, l, "alice@example.org")
	if len(r.SignUps) != 2 || r.SignUps[0] != want || r.SignUps[1].Outcome != OutcomeAskedAlready {
		t.Errorf("the sign-ups are %+v, want first %+v", r.SignUps, want)
	}
	if err := l.Erase(t.Context(), "alice@example.org"); err != nil {
		t.Fatal(err)
	}
	if r := find(t, l, "alice@example.org"); len(r.SignUps) != 0 {
		t.Errorf("after erasing there are %+v", r.SignUps)
	}
}
