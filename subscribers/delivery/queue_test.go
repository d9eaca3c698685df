package delivery

import (
	"testing"

	"redigest/subscribers"
)

func claims(m *subscribers.Mailing, from, to int) (list []subscribers.Claim) {
	for i := from; i <= to; i++ {
		list = append(list, subscribers.Claim{Mailing: m, Subscriber: subscribers.ID(i), Address: "reader@example.net"})
	}
	return list
}

func TestADeliveryIsTakenUpOnceUntilItIsDone(t *testing.T) {
	t.Parallel()
	q := newQueue()
	m := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	if n := q.add(claims(m, 1, 3)); n != 3 {
		t.Fatalf("took up %d of 3", n)
	}
	if n := q.add(claims(m, 2, 4)); n != 1 {
		t.Errorf("took up %d more, want the one that was new", n)
	}
	first, _, _ := q.take()
	if n := q.add(claims(m, 1, 4)); n != 0 {
		t.Errorf("took up %d that are under way", n)
	}
	q.done(first)
	if n := q.add(claims(m, 1, 4)); n != 1 {
		t.Errorf("took up %d of those done, want 1", n)
	}
	if q.empty() || !q.holds(m.ID) || q.holds(2) {
		t.Error("it has lost count")
	}
}

func TestWhatSomebodyWaitsForGoesFirst(t *testing.T) {
	t.Parallel()
	q := newQueue()
	issue := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	confirmation := &subscribers.Mailing{ID: 2, Kind: subscribers.ConfirmationMailing}
	q.add(claims(issue, 1, 2))
	q.add(claims(confirmation, 9, 9))
	taken, _, _ := q.take()
	if taken.Mailing != confirmation {
		t.Error("a confirmation had to wait for an issue")
	}
	q.back(taken)
	if again, _, _ := q.take(); again.Mailing != confirmation {
		t.Error("a confirmation that came back had to wait for an issue")
	}
}

func TestAQueueAsksForMoreBeforeItIsEmpty(t *testing.T) {
	t.Parallel()
	q := newQueue()
	m := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	q.add(claims(m, 1, lowWater+2))
	asked := func() bool {
		select {
		case <-q.hungry:
			return true
		default:
			return false
		}
	}
	for i, want := range []bool{false, false, true, false} {
		q.take()
		if got := asked(); got != want {
			t.Errorf("take %d: asked for more: %v, want %v", i+1, got, want)
		}
	}
}

func TestWhatComesBackIsNextAndNothingIsLost(t *testing.T) {
	t.Parallel()
	q := newQueue()
	m := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	q.add(claims(m, 1, 3))
	var taken []subscribers.Claim
	for range 2 {
		c, _, _ := q.take()
		taken = append(taken, c)
	}
	q.back(taken[1])
	q.back(taken[0])
	q.add(claims(m, 4, 5))
	for want := range subscribers.ID(5) {
		if c, _, _ := q.take(); c.Subscriber != want+1 {
			t.Errorf("took %d, want %d", c.Subscriber, want+1)
		}
	}
	if _, _, ready := q.take(); ready == nil {
		t.Error("something was there twice")
	}
}

func TestWhatWasTakenUpBeforeADoubtIsDoubtful(t *testing.T) {
	t.Parallel()
	q := newQueue()
	m := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	q.add(claims(m, 1, 2))
	q.doubt()
	gone := claims(m, 4, 4)
	gone[0].Address = ""
	q.add(claims(m, 3, 3))
	q.add(gone)
	for i, want := range []bool{true, true, false, true} {
		if _, doubtful, _ := q.take(); doubtful != want {
			t.Errorf("the doubt of %d is %v, want %v", i+1, doubtful, want)
		}
	}
}

func TestWhoHasWaitedForLeaveTakesWhatIsMostUrgentAndWakesOthersForTheRest(t *testing.T) {
	t.Parallel()
	q := newQueue()
	issue := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}
	q.add([]subscribers.Claim{{Mailing: issue, Subscriber: 1}})
	c, _, _ := q.take()
	_, _, ready := q.take() // another line waits
	if same, _ := q.exchange(c); same.Key() != c.Key() {
		t.Errorf("with nothing else there it is exchanged for %v", same.Key())
	}
	select {
	case <-ready:
		t.Error("the other is woken for nothing")
	default:
	}
	test := &subscribers.Mailing{ID: 2, Kind: subscribers.TestMailing}
	q.add([]subscribers.Claim{{Mailing: test}})
	_, _, _ = q.take()
	q.add([]subscribers.Claim{{Mailing: &subscribers.Mailing{ID: 3, Kind: subscribers.TestMailing}}})
	ready = q.ready
	if urgent, _ := q.exchange(c); urgent.Mailing.ID != 3 {
		t.Errorf("it is exchanged for %v", urgent.Key())
	}
	select {
	case <-ready:
	default:
		t.Error("nobody is woken for what was put back")
	}
	if back, _, _ := q.take(); back.Key() != c.Key() {
		t.Errorf("what was put back is %v", back.Key())
	}
}

func TestWhatWaitsOfAMailingIsDroppedAndTakenUpAnew(t *testing.T) {
	t.Parallel()
	q := newQueue()
	ended, other := &subscribers.Mailing{ID: 1, Kind: subscribers.IssueMailing}, &subscribers.Mailing{ID: 2, Kind: subscribers.IssueMailing}
	q.add(claims(ended, 1, 3))
	q.add(claims(other, 1, 1))
	q.add(claims(ended, 4, 5))
	away, _, _ := q.take()
	q.drop(ended.ID)
	if !q.holds(ended.ID) {
		t.Error("it has forgotten what is on its way")
	}
	q.done(away)
	if q.holds(ended.ID) || !q.holds(other.ID) {
		t.Error("it has lost count")
	}
	if n := q.add(claims(ended, 2, 2)); n != 1 {
		t.Error("what was dropped is not taken up again")
	}
	for _, want := range []*subscribers.Mailing{other, ended} {
		if c, _, ready := q.take(); ready != nil || c.Mailing != want {
			t.Errorf("took %v, want one of mailing %d", c.Key(), want.ID)
		}
	}
	if _, _, ready := q.take(); ready == nil {
		t.Error("something that was dropped is still there")
	}
}

// What fills the queue may have read a delivery as due, just before it was
// settled: taken up again, a line would be opened for it.
func TestAnUrgentDeliverySettledWhileClaimsAreReadIsNotTakenUpAgain(t *testing.T) {
	t.Parallel()
	q := newQueue()
	confirmation := claims(&subscribers.Mailing{ID: 2, Kind: subscribers.ConfirmationMailing}, 9, 9)
	q.looking()
	q.add(confirmation)
	taken, _, _ := q.take()
	q.looking()
	q.done(taken)
	if n := q.add(confirmation); n != 0 {
		t.Error("it is taken up as it was read before it was settled")
	}
	q.looking()
	if n := q.add(confirmation); n != 1 {
		t.Error("it is not taken up when it is read as due again")
	}
}
