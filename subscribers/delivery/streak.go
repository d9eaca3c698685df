package delivery

import (
	"errors"
	"fmt"
	"sync"

	"redigest/subscribers"
)

// errContent means that a relay refuses what we write, whoever it is for. It
// would refuse it for the whole list, one reader after another.
var errContent = errors.New("it refuses what the mails say")

// After so many equal refusals of the content in a row a relay is stopped.
const longestStreak = 10

// A streak counts equal refusals of the content by one relay in a row, over all
// its lines.
type streak struct {
	mu   sync.Mutex
	last subscribers.Reply
	n    int
}

// judged counts v in, and adds to it that the relay is to be stopped when the
// streak is too long.
func (s *streak) judged(v verdict) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case v.state == subscribers.Accepted:
		s.n = 0
	case v.content && s.n > 0 && s.last.Code == v.reply.Code && s.last.Enhanced == v.reply.Enhanced:
		s.n++
	case v.content:
		s.last, s.n = v.reply, 1
	}
	if v.content && s.n >= longestStreak {
		v.trouble, v.stop, v.lineGone = fmt.Errorf("%w: %d %s %s", errContent, v.reply.Code, v.reply.Enhanced, v.reply.Text), true, true
	}
	return v
}
