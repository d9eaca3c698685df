package delivery

import (
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// A parcel is a delivery on its way over a line.
type parcel struct {
	subscribers.Claim
	letter   *mail.Template
	copy     mail.Copy
	doubtful bool // it may be wanted no more
	marked   bool // as handed, durably
	verdict  verdict

	// Of its mark, when it is not given at once.
	markedAt time.Time
	doubts   int // how often there had been doubt by then
}

// freshFor is how long a mark is good for without being asked for again.
const freshFor = time.Second

// stale reports whether a parcel was marked so long ago, or with so much doubt
// since, that it may be wanted no more.
func (p *parcel) stale(now time.Time, doubts int) bool {
	return p.marked && (p.doubts != doubts || now.Sub(p.markedAt) > freshFor)
}

// A lastLetter is the letter that was asked for last: mostly, it is the next one
// too.
type lastLetter struct {
	mailing *subscribers.Mailing
	*mail.Template
}

// pack makes a parcel of a delivery. The first attempt gives the message its
// Date. Without its letter nothing can be delivered, and the turn ends.
func (l *line) pack(c subscribers.Claim, doubtful bool) (*parcel, bool) {
	if l.last.mailing != c.Mailing {
		letter, err := l.letters.Template(l.flight, c.Mailing)
		if err != nil {
			l.queue.back(c)
			l.fail(err)
			return nil, false
		}
		if l.relay.Unsigned {
			letter = letter.Unsigned()
		}
		l.last = lastLetter{c.Mailing, letter}
	}
	if c.DatedAt.IsZero() {
		c.DatedAt = l.opts.Now().Truncate(time.Millisecond)
	}
	return &parcel{Claim: c, letter: l.last.Template, copy: l.letters.Copy(c, c.Address, c.DatedAt), doubtful: doubtful}, true
}

// settlement says what became of a parcel.
func (p *parcel) settlement() subscribers.Settlement {
	s := subscribers.Settlement{Key: p.Key(), State: p.verdict.state, DueAt: p.verdict.due, Reply: p.verdict.reply, AtRecipient: p.verdict.atRecipient}
	if !p.marked {
		s.Early = &p.Claim
	}
	return s
}

// giveUp returns when a delivery is given up.
func (l *line) giveUp(c *subscribers.Claim) time.Time {
	m := l.newest(c.Mailing)
	end := l.since(c, m).Add(l.opts.GiveUp)
	if !m.DeadlineAt.IsZero() && m.DeadlineAt.Before(end) {
		return m.DeadlineAt
	}
	return end
}

// since returns from when on a delivery is tried: its Date, or when the operator
// had it sent again. What else is owed of its mailing does not profit from that.
func (l *line) since(c *subscribers.Claim, m *subscribers.Mailing) time.Time {
	if !m.ResentAt.After(c.DatedAt) {
		return c.DatedAt
	}
	at, err := l.outbox.ResentAt(l.flight, c.Key())
	if err != nil {
		l.opts.Log.Warn("a mail is tried for longer, perhaps", "error", err)
		at = m.ResentAt
	}
	if at.After(c.DatedAt) {
		return at
	}
	return c.DatedAt
}
