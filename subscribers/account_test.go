package subscribers

import (
	"testing"
	"time"
)

func TestAllDeliveriesOfAStateAreListedHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(2*listWindow + 7)
	m := p.enqueue()
	p.exec(`UPDATE deliveries SET state = 'refused', code = 550 WHERE subscriber_id > 7`)
	var last ID
	n := 0
	for d, err := range p.Deliveries(t.Context(), m.ID, Refused) {
		if err != nil {
			t.Fatal(err)
		}
		if d.Subscriber <= last || d.State != Refused || d.Reply.Code != 550 {
			t.Fatalf("behind %s comes %+v", last, d)
		}
		last = d.Subscriber
		n++
	}
	if n != 2*listWindow {
		t.Errorf("%d are listed, want %d", n, 2*listWindow)
	}
}

func TestTheDepthIsWhatIsOwedInAllOpenMailings(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	if d, err := p.Depth(t.Context()); err != nil || d != (Depth{}) {
		t.Errorf("of an empty outbox it is %+v (%v)", d, err)
	}
	p.readers(10)
	first := p.enqueue()
	p.clock.Pass(time.Hour)
	second, err := p.EnqueueIssue(t.Context(), Order{IssueID: 8, Edition: "daily", CutoffAt: p.clock.Now()})
	if err != nil {
		t.Fatal(err)
	}
	p.exec(`UPDATE deliveries SET state = CASE WHEN subscriber_id <= 3 THEN 'handed' WHEN subscriber_id <= 5 THEN 'deferred' ELSE 'accepted' END WHERE mailing_id = $1`, first.ID)
	if err := p.Hold(t.Context(), second.ID); err != nil {
		t.Fatal(err)
	}
	want := Depth{Queued: 10, Handed: 3, Deferred: 2, Held: 10, Oldest: monday}
	if d, err := p.Depth(t.Context()); err != nil || d != want {
		t.Errorf("it is %+v, want %+v (%v)", d, want, err)
	}
	p.exec(`UPDATE deliveries SET state = 'accepted' WHERE mailing_id = $1`, first.ID)
	if d, err := p.Depth(t.Context()); err != nil || !d.Oldest.Equal(p.clock.Now()) {
		t.Errorf("with the first mailing settled the oldest is of %s (%v)", d.Oldest, err)
	}
}
