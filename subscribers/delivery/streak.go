package delivery

import (
	"errors"
	"fmt"
	"sync"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// errDenied means that a relay refuses us or what we write, whoever it is for.
// It would refuse it for the whole list, one reader after another.
var errDenied = errors.New("it refuses us, or what the mails say")

const (
	// After so many equal refusals of us in a row a relay is stopped.
	longestStreak = 10
	// After so many mails in a row without an answer to the whole message a
	// relay is stopped: each of them is one of which nobody can know.
	longestSilence = 3
)

// A streak counts, over all lines to one relay, equal refusals of us in a row
// and mails in a row that it gave no answer to.
type streak struct {
	mu     sync.Mutex
	last   subscribers.Reply
	n      int
	silent int
}

// judged counts v in, and adds to it that the relay is to be stopped when a
// streak is too long.
func (s *streak) judged(v verdict) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case v.state == subscribers.Accepted:
		s.n, s.silent = 0, 0
	case v.silent:
		s.silent++
	case v.denied && s.n > 0 && s.last.Code == v.reply.Code && s.last.Enhanced == v.reply.Enhanced:
		s.n++
	case v.denied:
		s.last, s.n = v.reply, 1
	}
	switch {
	case v.denied && s.n >= longestStreak:
		// By now it is plain that the reader is not meant: this one, and every
		// one that tries whether the relay has come to its senses, keeps the mail.
		v.state, v.stop, v.lineGone = subscribers.Queued, true, true
		said := mail.Reply{Code: v.reply.Code, Enhanced: v.reply.Enhanced}
		v.trouble = fmt.Errorf("%w: %d times in a row %s", errDenied, s.n, said)
	case v.silent && s.silent >= longestSilence:
		v.stop = true
		v.trouble = fmt.Errorf("%w: %d in a row, which are uncertain now; its own log says what became of them", ErrSilent, s.silent)
	}
	return v
}
