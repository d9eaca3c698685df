package delivery

import "time"

// A spacing keeps messages apart so that no second has more of them than its
// rate. They are spread evenly; what lines that wait lose because their timers
// are late is made up for, within the rate of each second. Its zero value is
// unbounded.
type spacing struct {
	rate int         // messages a second; 0: no bound
	next time.Time   // when the next one is due
	past []time.Time // when the last ones were offered, as many as the rate; a ring
	last int         // the newest of them
}

func newSpacing(rate int, next time.Time) spacing {
	return spacing{rate: rate, next: next, past: make([]time.Time, rate)}
}

// interval is what lies between two messages.
func (s *spacing) interval() time.Duration {
	if s.rate == 0 {
		return 0
	}
	return time.Second / time.Duration(s.rate)
}

// moment returns when the next message may be offered.
func (s *spacing) moment() time.Time {
	if s.rate == 0 {
		return time.Time{}
	}
	oldest := s.past[(s.last+1)%s.rate].Add(time.Second)
	if oldest.After(s.next) {
		return oldest
	}
	return s.next
}

// take notes that a message is offered at now. waited says that a line has
// waited for it: then the next is due as if this had been on time.
func (s *spacing) take(now time.Time, waited bool) {
	if s.rate == 0 {
		return
	}
	s.last = (s.last + 1) % s.rate
	s.past[s.last] = now
	if due := s.next; !waited || now.Sub(due) > time.Second {
		s.next = now
	}
	s.next = s.next.Add(s.interval())
}

// free returns when one who knows nothing of the last second may begin to offer
// messages evenly.
func (s *spacing) free() time.Time {
	free := s.next
	for i := range s.rate {
		offered := s.past[(s.last+s.rate-i)%s.rate]
		if t := offered.Add(time.Duration(i+1) * s.interval()); t.After(free) {
			free = t
		}
	}
	return free
}
