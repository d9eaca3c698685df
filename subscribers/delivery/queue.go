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
	urgent []subscribers.Claim // somebody waits for them: they go before all others
	bulk   []subscribers.Claim
	out    map[subscribers.Key]struct{} // taken up, here or on a line
	each   map[subscribers.ID]int       // how many of out, by mailing
	ready  chan struct{}                // closed when there is something to take
	hungry chan struct{}                // wants to be filled, or looked after because it ran empty
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
		each:   map[subscribers.ID]int{},
		ready:  make(chan struct{}),
		hungry: make(chan struct{}, 1),
	}
}

// add takes up those of claims that are not taken up already, and returns how
// many those are.
func (q *queue) add(claims []subscribers.Claim) (added int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range claims {
		key := c.Key()
		if _, twice := q.out[key]; twice {
			continue
		}
		q.out[key] = struct{}{}
		q.each[key.Mailing]++
		q.push(c)
		added++
	}
	if added > 0 {
		close(q.ready)
		q.ready = make(chan struct{})
	}
	return added
}

func (q *queue) push(c subscribers.Claim) {
	if c.Mailing.Kind == subscribers.IssueMailing {
		q.bulk = append(q.bulk, c)
	} else {
		q.urgent = append(q.urgent, c)
	}
}

// take returns the next delivery. When there is none it returns what to wait
// for.
func (q *queue) take() (c subscribers.Claim, ok bool, ready <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.bulk); n == lowWater || n+len(q.urgent) == 0 {
		q.look()
	}
	for _, from := range []*[]subscribers.Claim{&q.urgent, &q.bulk} {
		if len(*from) > 0 {
			c, *from = (*from)[0], (*from)[1:]
			return c, true, nil
		}
	}
	return c, false, q.ready
}

// back returns a delivery that was taken and not handed over.
func (q *queue) back(c subscribers.Claim) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.push(c)
	close(q.ready)
	q.ready = make(chan struct{})
}

// done lets go of a delivery: what became of it is written down.
func (q *queue) done(key subscribers.Key) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.out, key)
	if q.each[key.Mailing]--; q.each[key.Mailing] == 0 {
		delete(q.each, key.Mailing)
	}
	if len(q.out) == 0 {
		q.look()
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
	return len(q.bulk) <= lowWater
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
