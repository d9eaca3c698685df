package subscribers

import (
	"testing"
	"time"

	"redigest/digest/database"
)

// However a delivery is taken up, the mail can say since when its reader is one.
func TestAClaimKnowsWhenItsReaderSignedUp(t *testing.T) {
	t.Parallel()
	l, clock := newList(t) // which makes the keys that the order of a test needs
	p := outboxOf(t, l, clock)
	p.readers(3)
	long := time.Date(2025, time.November, 30, 21, 15, 0, 0, time.UTC)
	p.exec(`UPDATE subscribers SET confirmed_at = $1`, database.Millis(long))
	m := p.enqueue()
	moved := p.claim(m, 2)
	p.exec(`UPDATE deliveries SET state = 'deferred', due_at = 1 WHERE subscriber_id = 1`)
	p.exec(`UPDATE subscribers SET address = 'moved@example.net' WHERE id = 2`)
	test, err := p.EnqueueTest(t.Context(), 7, "chief@example.org")
	if err != nil {
		t.Fatal(err)
	}
	queued, queuedErr := p.ClaimQueued(t.Context(), &m, 2, 10)
	deferred, deferredErr := p.ClaimDeferred(t.Context(), &m, 10)
	singles, singlesErr := p.ClaimSingles(t.Context(), map[ID]*Mailing{test.ID: &test}, 10)
	for how, taken := range map[string]struct {
		claims []Claim
		err    error
		want   time.Time
	}{
		"as queued":           {queued, queuedErr, long},
		"as deferred":         {deferred, deferredErr, long},
		"under a new address": {[]Claim{*p.handClaim(moved).Fresh}, nil, long},
		"for no reader":       {singles, singlesErr, time.Time{}},
	} {
		if taken.err != nil || len(taken.claims) != 1 || !taken.claims[0].SignedUpAt.Equal(taken.want) {
			t.Errorf("%s: %+v, %v; want one since %s", how, taken.claims, taken.err, taken.want)
		}
	}
}
