package subscribers

import "testing"

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
