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

// errNobody means that a relay refuses one recipient after another and accepts
// nobody: its table of users is broken rather than our list.
var errNobody = errors.New("it accepts nobody")

const (
	// After so many equal refusals of us in a row a relay is stopped.
	longestStreak = 10
	// After so many mails in a row without an answer to the whole message a
	// relay is stopped: each of them is one of which nobody can know.
	longestSilence = 3
	// After so many recipients of issues in a row that are refused, with none
	// accepted between them, a relay is stopped. Each of them may be
	// suppressed, and only a person can lift that.
	longestRefusal = 20
)

// A streak counts, over all lines to one relay, equal refusals of us in a row,
// recipients in a row that it refused, and mails in a row that it gave no answer
// to.
type streak struct {
	mu     sync.Mutex
	last   subscribers.Reply
	n      int
	nobody int
	silent int
}

// judged counts v in, and adds to it that the relay is to be stopped when a
// streak is too long.
func (s *streak) judged(a attempt, v verdict) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count(v)
	switch {
	case v.denied && s.n >= longestStreak:
		// By now it is plain that the reader is not meant: this one, and every
		// one that tries whether the relay has come to its senses, keeps the mail.
		v.state, v.stop, v.lineGone = subscribers.Queued, true, true
		said := mail.Reply{Code: v.reply.Code, Enhanced: v.reply.Enhanced}
		v.trouble = fmt.Errorf("%w: %d times in a row %s; those that were refused so get it by “issue resend --refused”", errDenied, s.n, said)
	case v.nobody && s.nobody >= longestRefusal:
		// This reader keeps the mail too, but makes room: were it the list
		// after all, the next to try the relay would be refused like this one.
		v = a.again(v)
		v.atRecipient, v.stop, v.lineGone = false, true, true
		v.trouble = fmt.Errorf("%w: %d recipients in a row are refused; see “issue status --state refused”, and, if they should not be, “subscriber allow” and “issue resend --refused”", errNobody, s.nobody)
	case v.silent && s.silent >= longestSilence:
		v.stop = true
		v.trouble = fmt.Errorf("%w: %d in a row, which are uncertain now; its own log says what became of them", ErrSilent, s.silent)
	}
	return v
}

// forget begins all counts anew.
func (s *streak) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n, s.nobody, s.silent = 0, 0, 0
}

// count counts v in. The caller holds mu.
func (s *streak) count(v verdict) {
	switch {
	case v.state == subscribers.Accepted:
		s.n, s.nobody, s.silent = 0, 0, 0
	case v.silent:
		s.silent++
	case v.nobody:
		s.nobody++
	case v.denied && s.n > 0 && s.last.Code == v.reply.Code && s.last.Enhanced == v.reply.Enhanced:
		s.n++
	case v.denied:
		s.last, s.n = v.reply, 1
	}
}
