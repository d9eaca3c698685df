package subscribers

import (
	"errors"
	"strings"
	"testing"
)

// outboxOf returns the outbox beside a list, with a ledger.
func outboxOf(t *testing.T, l *List, clock *wallClock) *postRoom {
	t.Helper()
	return &postRoom{TB: t, Outbox: NewOutbox(l.db, OutboxOptions{Now: clock.Now}), db: l.db, clock: clock}
}

var everyReason = []Reason{ReasonUnsubscribed, ReasonBounce, ReasonComplaint, ReasonManual, ReasonErased}

func TestPromise3ATestIsNotOrderedForASuppressedAddress(t *testing.T) {
	t.Parallel()
	for _, reason := range everyReason {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			p := outboxOf(t, l, clock)
			suppressAs(t, l, "chief@example.org", reason)
			_, err := p.EnqueueTest(t.Context(), 7, "Chief@Example.org")
			if !errors.Is(err, ErrSuppressed) || !strings.Contains(err.Error(), string(reason)) {
				t.Errorf("ordered: %v, want ErrSuppressed that names the reason", err)
			}
			if n := number(t, l, "SELECT count(*) FROM mailings"); n != 0 {
				t.Errorf("%d mailings were made", n)
			}
		})
	}
}

func TestPromise3ATestIsNotHandedOverToAnAddressSuppressedSince(t *testing.T) {
	t.Parallel()
	for _, reason := range everyReason {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			l, clock := newList(t)
			p := outboxOf(t, l, clock)
			m, err := p.EnqueueTest(t.Context(), 7, "chief@example.org")
			if err != nil {
				t.Fatal(err)
			}
			other, err := p.EnqueueTest(t.Context(), 7, "deputy@example.org")
			if err != nil {
				t.Fatal(err)
			}
			suppressAs(t, l, "chief@example.org", reason)
			if p.hand(m, 0).OK || p.state(m, 0) != Withdrawn {
				t.Errorf("the delivery is %s, want withdrawn", p.state(m, 0))
			}
			misled := p.claim(other, 0)
			misled.Address = "chief@example.org"
			if grant := p.handClaim(misled); grant.OK || grant.Fresh == nil || grant.Fresh.Address != "deputy@example.org" {
				t.Errorf("another's test was handed over to the wrong address: %+v", grant)
			}
			if grant := p.hand(other, 0); !grant.OK {
				t.Errorf("another's test was not handed over: %+v", grant)
			}
		})
	}
}

func TestATestWithoutAnAddressIsNotHandedOver(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	p := outboxOf(t, l, clock)
	m, err := p.EnqueueTest(t.Context(), 7, "chief@example.org")
	if err != nil {
		t.Fatal(err)
	}
	p.exec(`UPDATE deliveries SET recipient = ''`)
	if p.hand(m, 0).OK {
		t.Error("a test was handed over to nobody")
	}
}

func TestATestNeedsAnAddress(t *testing.T) {
	t.Parallel()
	l, clock := newList(t)
	if _, err := outboxOf(t, l, clock).EnqueueTest(t.Context(), 7, "chief"); err == nil {
		t.Error("a test was ordered for no address")
	}
}
