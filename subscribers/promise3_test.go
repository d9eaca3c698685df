package subscribers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A belief is what the owner of one address and the operator have said, kept by
// hand beside the list: the plainest form of promise 3.
type belief struct {
	agreed     bool            // the owner confirmed or the operator gave a ground, and nobody took it back
	suppressed map[Reason]bool // still in force
	link       string          // of the newest confirmation mail, if it is good
	linkUntil  time.Time
}

// TestPromise3NobodyIsMailedWhoDidNotAsk does at random what people and the
// operator can do with an address, and holds after each step that it is
// mailable exactly if its owner agreed and nothing suppresses it.
func TestPromise3NobodyIsMailedWhoDidNotAsk(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			walk(t, rand.New(rand.NewPCG(seed, 3)), 250)
		})
	}
}

func walk(t *testing.T, dice *rand.Rand, steps int) {
	l, clock := newList(t)
	const address = "alice@example.org"
	b := &belief{suppressed: map[Reason]bool{}}
	var did []string
	mailable := 0
	for range steps {
		clock.Pass(time.Duration(dice.IntN(30*60)) * time.Minute)
		did = append(did, deed(t, l, clock, b, address, dice.IntN(14)))
		r, err := l.Find(t.Context(), address)
		if err != nil && !errors.Is(err, ErrNoSubscriber) {
			t.Fatal(err)
		}
		for _, x := range r.Suppressed {
			if !b.suppressed[x.Reason] {
				t.Fatalf("suppressed for %s, which was lifted; it went %s", x.Reason, strings.Join(did, ", "))
			}
		}
		if want := b.agreed && len(b.suppressed) == 0; r.Mailable() != want || len(r.Suppressed) != len(b.suppressed) {
			t.Fatalf("mailable is %v, want %v (%+v; %v); it went %s", r.Mailable(), want, r.Subscriber, b.suppressed, strings.Join(did, ", "))
		}
		if r.Mailable() {
			mailable++
		}
	}
	if mailable == 0 || mailable == steps {
		t.Errorf("it was mailable after %d of %d steps: nothing was tried", mailable, steps)
	}
}

// deed does one thing to the list, and to the belief what that ought to mean.
func deed(t *testing.T, l *List, clock *wallClock, b *belief, address string, which int) string {
	t.Helper()
	record, err := l.Find(t.Context(), address)
	onList := err == nil && record.ID != 0
	switch which {
	case 0, 1, 2:
		mails := number(t, l, "SELECT count(*) FROM mailings")
		signUp(t, l, address)
		if number(t, l, "SELECT count(*) FROM mailings") > mails {
			b.agreed = false
			b.link, b.linkUntil = confirmLink(t, l, address), clock.Now().AddDate(0, 0, 7)
			return "signed up"
		}
		if _, blocked := record.Blocked(); !blocked && !record.Mailable() && clock.Now().Sub(record.AskedAt) >= 24*time.Hour {
			t.Errorf("%+v cannot come back", record.Subscriber)
		}
		return "signed up in vain"
	case 3, 4:
		if b.link == "" {
			return "nothing to confirm"
		}
		_, err := l.Confirm(t.Context(), b.link, Step{})
		if clock.Now().Before(b.linkUntil) || err == nil {
			b.agreed = true
			delete(b.suppressed, ReasonUnsubscribed)
			delete(b.suppressed, ReasonErased)
		}
		return fmt.Sprintf("confirmed (%v)", err)
	case 5:
		if !onList {
			return "nobody to leave"
		}
		leave(t, l, address)
		if record.Status == Pending || record.Status == Confirmed {
			b.agreed, b.link = false, ""
			b.suppressed[ReasonUnsubscribed] = true
		}
		return "left"
	case 6:
		err := l.Erase(t.Context(), address)
		if err == nil {
			b.agreed, b.link = false, ""
			b.suppressed[ReasonErased] = true
		}
		return fmt.Sprintf("erased (%v)", err)
	case 7:
		reason := []Reason{ReasonBounce, ReasonComplaint, ReasonManual}[len(b.suppressed)%3]
		suppressAs(t, l, address, reason)
		b.suppressed[reason] = true
		return "suppressed for " + string(reason)
	case 8:
		if _, err := l.Allow(t.Context(), address); err != nil {
			t.Fatal(err)
		}
		for _, r := range []Reason{ReasonBounce, ReasonComplaint, ReasonManual} {
			delete(b.suppressed, r)
		}
		return "allowed"
	case 9:
		_, err := l.Add(t.Context(), address, "", "signed a list at the fair")
		if len(b.suppressed) == 0 {
			b.agreed = true
		}
		return fmt.Sprintf("added (%v)", err)
	case 10, 11, 12:
		return importOwn(t, l, b, record, address, which)
	default:
		if _, err := l.Import(t.Context(), strings.NewReader(address), ImportOptions{Ground: "an old list"}); err != nil {
			t.Fatal(err)
		}
		if len(b.suppressed) == 0 {
			b.agreed = true
		}
		return "imported"
	}
}

// importOwn imports what another list of ours says of the address, on which it
// may have been confirmed, pending or have left, and be suppressed besides.
func importOwn(t *testing.T, l *List, b *belief, record Record, address string, which int) string {
	t.Helper()
	status := []Status{Confirmed, Pending, Unsubscribed}[which%3]
	reasons := [][]Reason{nil, {ReasonUnsubscribed}, {ReasonErased}, {ReasonBounce, ReasonUnsubscribed}}[len(record.Consents)%4]
	row := fmt.Sprintf("%s,,%s,daily,,,%s", address, status, strings.Trim(fmt.Sprint(reasons), "[]"))
	importFrom(t, l, strings.Join(exportHeader, ",")+"\n"+row+"\n")
	if record.Status == "" && len(b.suppressed) == 0 {
		b.agreed = status == Confirmed
	}
	for _, r := range reasons {
		b.suppressed[r] = true
		if r.LiftedByOwner() && record.Status == Confirmed {
			b.link = ""
		}
	}
	if status == Unsubscribed {
		b.suppressed[ReasonUnsubscribed] = true
		if record.Status == Pending || record.Status == Confirmed {
			b.agreed, b.link = false, ""
		}
	}
	if status == Confirmed && len(b.suppressed) == 0 {
		b.agreed = true
	}
	return "imported as " + row
}

// TestPromise3OnlyTheOwnerComesBack goes through every way onto the list for
// every reason to be kept off it.
func TestPromise3OnlyTheOwnerComesBack(t *testing.T) {
	t.Parallel()
	const address = "alice@example.org"
	ways := map[string]func(t *testing.T, l *List, clock *wallClock){
		"added with a ground": func(t *testing.T, l *List, _ *wallClock) {
			if _, err := l.Add(t.Context(), address, "", "at the fair"); !errors.Is(err, ErrSuppressed) {
				t.Errorf("Add = %v, want ErrSuppressed", err)
			}
		},
		"imported": func(t *testing.T, l *List, _ *wallClock) {
			importFrom(t, l, address)
		},
		"imported as confirmed in our own form": func(t *testing.T, l *List, _ *wallClock) {
			importFrom(t, l, strings.Join(exportHeader, ",")+"\n"+address+",,confirmed,daily,,2030-01-01T00:00:00Z,\n")
		},
		"signed up, not confirmed": func(t *testing.T, l *List, clock *wallClock) {
			clock.Pass(48 * time.Hour)
			signUp(t, l, address)
		},
		"allowed": func(t *testing.T, l *List, _ *wallClock) {
			if _, err := l.Allow(t.Context(), address); err != nil {
				t.Fatal(err)
			}
		},
		"signed up and confirmed": func(t *testing.T, l *List, clock *wallClock) {
			clock.Pass(48 * time.Hour)
			mails := number(t, l, "SELECT count(*) FROM mailings")
			signUp(t, l, address)
			if number(t, l, "SELECT count(*) FROM mailings") > mails {
				confirm(t, l, address)
			}
		},
	}
	opens := map[string][]Reason{
		"allowed":                 {ReasonBounce, ReasonComplaint, ReasonManual},
		"signed up and confirmed": {ReasonUnsubscribed, ReasonErased},
	}
	for _, reason := range []Reason{ReasonUnsubscribed, ReasonErased, ReasonBounce, ReasonComplaint, ReasonManual} {
		for way, try := range ways {
			t.Run(fmt.Sprintf("%s, then %s", reason, way), func(t *testing.T) {
				t.Parallel()
				l, clock := newList(t)
				signUp(t, l, address)
				confirm(t, l, address)
				switch reason {
				case ReasonUnsubscribed:
					leave(t, l, address)
				case ReasonErased:
					if err := l.Erase(t.Context(), address); err != nil {
						t.Fatal(err)
					}
				default:
					suppressAs(t, l, address, reason)
				}
				try(t, l, clock)
				if got, want := find(t, l, address).Mailable(), slices.Contains(opens[way], reason); got != want {
					t.Errorf("mailable is %v, want %v", got, want)
				}
			})
		}
	}
}

func importFrom(t testing.TB, l *List, text string) ImportReport {
	t.Helper()
	report, err := l.Import(t.Context(), strings.NewReader(text), ImportOptions{Ground: "a test"})
	if err != nil {
		t.Fatal(err)
	}
	return report
}
