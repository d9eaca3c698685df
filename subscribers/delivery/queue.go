package delivery

import (
	"sync"

	"redigest/subscribers"
)

// A queue holds the deliveries that are taken up in memory, until what became
// of them is written down. It holds a few thousand at most, however long the
// list is.
type queue struct {
	mu     sync.Mutex
	urgent waiting                      // somebody waits for them: they go before all others
	bulk   waiting                      // issues
	out    map[subscribers.Key]struct{} // taken up, here or on a line
	gone   map[subscribers.Key]struct{} // urgent ones, let go since the outbox was last looked through
	each   map[subscribers.ID]int       // how many of out, by mailing
	ready  chan struct{}                // closed when there is something to take
	hungry chan struct{}                // wants to be filled, or looked after because it ran empty

	fills    int // how often something was taken up
	doubts   int // how often there was doubt
	outdated int // what was taken up at this time or before may be wanted no more
}

// The queue is filled with so many at once, and asks for more before it is
// empty.
const (
	fillSize = 1000
	lowWater = fillSize / 4
)

func newQueue() *queue {
	return &queue{
		out:    map[subscribers.Key]struct{}{},
		gone:   map[subscribers.Key]struct{}{},
		each:   map[subscribers.ID]int{},
		ready:  make(chan struct{}),
		hungry: make(chan struct{}, 1),
	}
}

// looking says that claims are about to be read from the outbox.
func (q *queue) looking() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.gone)
}

// add takes up those of claims that are not taken up already, and returns how
// many those are. An urgent one that was let go while the claims were read is
// read as it was before.
func (q *queue) add(claims []subscribers.Claim) (added int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.fills++
	for _, c := range claims {
		key := c.Key()
		_, twice := q.out[key]
		if _, gone := q.gone[key]; twice || gone {
			continue
		}
		q.out[key] = struct{}{}
		q.each[key.Mailing]++
		q.of(c).push(item{c, q.fills})
		added++
	}
	if added > 0 {
		q.announce()
	}
	return added
}

// of returns where a delivery waits.
func (q *queue) of(c subscribers.Claim) *waiting {
	if c.Mailing.Kind == subscribers.IssueMailing {
		return &q.bulk
	}
	return &q.urgent
}

// announce wakes all who wait for something to take.
func (q *queue) announce() {
	close(q.ready)
	q.ready = make(chan struct{})
}

// take returns the next delivery, and whether there is doubt that it is still
// wanted as it was claimed. When there is none it returns what to wait for.
func (q *queue) take() (c subscribers.Claim, doubtful bool, ready <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := q.bulk.len(); n == lowWater || n+q.urgent.len() == 0 {
		q.look()
	}
	if i, ok := q.pop(); ok {
		return i.Claim, q.inDoubt(i), nil
	}
	return c, false, q.ready
}

// pop takes the next delivery, the urgent ones first. The caller holds mu.
func (q *queue) pop() (item, bool) {
	for _, from := range []*waiting{&q.urgent, &q.bulk} {
		if from.len() > 0 {
			return from.pop(), true
		}
	}
	return item{}, false
}

func (q *queue) inDoubt(i item) bool { return i.fill <= q.outdated || i.Address == "" }

// exchange returns a delivery that was taken, and takes the next one, which may
// be the same or more urgent.
func (q *queue) exchange(c subscribers.Claim) (next subscribers.Claim, doubtful bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.of(c).pushFront(item{c, q.fills})
	i, _ := q.pop()
	if i.Key() != c.Key() {
		q.announce()
	}
	return i.Claim, q.inDoubt(i)
}

// back returns a delivery that was taken and not handed over.
func (q *queue) back(c subscribers.Claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.of(c).pushFront(item{c, q.fills})
	q.announce()
}

// last returns a delivery that was taken, behind all others.
func (q *queue) last(c subscribers.Claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.of(c).push(item{c, q.fills})
	q.announce()
}

// doubt puts in doubt all that is taken up: of one of them it has turned out
// that it is wanted no more.
func (q *queue) doubt() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.outdated = q.fills
	q.doubts++
}

// doubted returns how often there was doubt.
func (q *queue) doubted() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.doubts
}

// done lets go of a delivery: what became of it is written down.
func (q *queue) done(c subscribers.Claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.forget(c.Key())
	if q.of(c) == &q.urgent {
		q.gone[c.Key()] = struct{}{}
	}
	if len(q.out) == 0 {
		q.look()
	}
}

// forget counts a delivery out. The caller holds mu.
func (q *queue) forget(key subscribers.Key) {
	delete(q.out, key)
	if q.each[key.Mailing]--; q.each[key.Mailing] == 0 {
		delete(q.each, key.Mailing)
	}
}

// drop lets go of what waits of a mailing that is not to go out now. What is owed
// of it all the same is found by the next walk.
func (q *queue) drop(mailing subscribers.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.each[mailing] == 0 {
		return
	}
	for _, from := range []*waiting{&q.urgent, &q.bulk} {
		for _, i := range from.without(mailing) {
			q.forget(i.Key())
		}
	}
}

// look makes the one who fills the queue look after it.
func (q *queue) look() {
	select {
	case q.hungry <- struct{}{}:
	default:
	}
}

// room reports whether the queue should be filled.
func (q *queue) room() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.bulk.len() <= lowWater
}

// empty reports whether nothing is taken up.
func (q *queue) empty() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.out) == 0
}

// holds reports whether anything of a mailing is taken up.
func (q *queue) holds(mailing subscribers.ID) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.each[mailing] > 0
}

// An item is a delivery that waits, and when it was taken up.
type item struct {
	subscribers.Claim
	fill int
}

// A waiting line is first in, first out. Its memory is used again.
type waiting struct {
	items []item
	first int
}

func (w *waiting) len() int { return len(w.items) - w.first }

func (w *waiting) push(i item) {
	// What was taken is more than what waits: so each is moved once, on average.
	if w.first > w.len() {
		n := copy(w.items, w.items[w.first:])
		clear(w.items[n:])
		w.items, w.first = w.items[:n], 0
	}
	w.items = append(w.items, i)
}

func (w *waiting) pushFront(i item) {
	if w.first == 0 {
		w.items = append(make([]item, lowWater, lowWater+len(w.items)+1), w.items...)
		w.first = lowWater
	}
	w.first--
	w.items[w.first] = i
}

func (w *waiting) pop() item {
	i := w.items[w.first]
	w.items[w.first] = item{}
	w.first++
	return i
}

// without takes all of a mailing out of the line, and returns them.
func (w *waiting) without(mailing subscribers.ID) (gone []item) {
	kept := w.items[:0]
	for _, i := range w.items[w.first:] {
		if i.Mailing.ID == mailing {
			gone = append(gone, i)
		} else {
			kept = append(kept, i)
		}
	}
	clear(w.items[len(kept):])
	w.items, w.first = kept, 0
	return gone
}
