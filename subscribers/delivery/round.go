package delivery

import (
	"context"
	"slices"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// begin sends the first parcel on its way over a fresh connection.
func (l *line) begin(first *parcel) bool {
	if first.doubtful {
		l.doubted = first
		return true
	}
	return l.offer(first)
}

// round takes each parcel on the line one step further: it hears what became of
// the one that was given and whether the next is welcome, writes both down, gives
// that one, and offers another behind it. It reports false when the line is to be
// closed: it is of no more use, or there is nothing to do.
func (l *line) round(ctx context.Context) bool {
	return l.hear(ctx) && l.mark(ctx) && l.give() && l.pick(ctx)
}

// hear hears the relay's answers. When ctx is done nothing more goes out, so
// nobody waits for the relay's word about the next one then.
func (l *line) hear(ctx context.Context) bool {
	if p := l.given; p != nil {
		l.given = nil
		began := l.opts.Now()
		reply, err := l.conn.Answer(l.flight)
		l.waited(mail.StageBody, began)
		if !l.judge(p, reply, err) {
			return false
		}
	}
	p := l.offered
	if p == nil {
		return true
	}
	if ctx.Err() != nil {
		return false
	}
	began := l.opts.Now()
	heard, err := l.listen(ctx)
	l.waited(mail.StageData, began)
	if !heard || err == nil {
		return heard
	}
	l.offered = nil
	return l.judge(p, mail.Reply{}, err) && !l.conn.Broken()
}

// listen hears what the relay says of the message that is offered, and nothing
// any more when ctx is done: that one has not gone out.
func (l *line) listen(ctx context.Context) (heard bool, err error) {
	l.listens.Store(true)
	if ctx.Err() == nil {
		err = l.conn.Ready(l.flight)
	}
	return l.listens.CompareAndSwap(true, false) && ctx.Err() == nil, err
}

// mark writes down which parcels are handed over now, and with them what became
// of others. It reports false when the line is to be dropped, because the relay
// waits for a message that must not go out.
func (l *line) mark(ctx context.Context) bool {
	now, doubts := l.moment()
	hand := l.toMark(now, doubts)
	if len(hand) == 0 {
		return true
	}
	if ctx.Err() != nil {
		return false
	}
	l.marked = slices.DeleteFunc(l.marked, func(p *parcel) bool { return p.stale(now, doubts) })
	hand = l.more(hand)
	l.hand = hand
	if !l.commit(hand) {
		return false
	}
	l.doubted = nil
	for i, p := range hand {
		p.markedAt, p.doubts = now, doubts
		l.granted(p, &l.entry.Grants[i])
	}
	return !l.conn.Broken()
}

// moment returns what marks are measured by: the time, and how often there was
// doubt. A line on which none waits for its turn does without.
func (l *line) moment() (now time.Time, doubts int) {
	if l.opts.InFlight == 1 && l.doubted == nil && (l.offered == nil || !l.offered.marked) {
		return now, 0
	}
	return l.opts.Now(), l.queue.doubted()
}

// toMark returns the parcels whose marks are to be asked for, those anew among
// them that have waited too long for their turn: who leaves meanwhile is not to
// be mailed.
func (l *line) toMark(now time.Time, doubts int) []*parcel {
	hand := l.hand[:0]
	if p := l.offered; p != nil && (!p.marked || p.stale(now, doubts)) {
		hand = append(hand, p)
	}
	if l.doubted != nil {
		hand = append(hand, l.doubted)
	}
	for _, p := range l.marked {
		if p.stale(now, doubts) {
			hand = append(hand, p)
		}
	}
	return hand
}

// more adds parcels to those that are marked together, as many as may be in
// flight.
func (l *line) more(hand []*parcel) []*parcel {
	others := len(l.marked)
	if l.offered != nil && !slices.Contains(hand, l.offered) {
		others++
	}
	for len(hand)+others < l.opts.InFlight && l.room(len(hand)+others) {
		p, ok := l.take()
		if !ok {
			break
		}
		hand = append(hand, p)
	}
	return hand
}

// room reports whether the connection may serve another message besides those
// on their way.
func (l *line) room(waiting int) bool {
	return l.relay.PerConnection <= 0 || l.begun+waiting < l.relay.PerConnection
}

// granted takes the word about a parcel that was to be marked.
func (l *line) granted(p *parcel, g *subscribers.Grant) {
	switch {
	case g.OK:
		p.marked = true
		if p != l.offered {
			l.marked = append(l.marked, p)
		}
		return
	case g.Fresh != nil:
		l.queue.back(*g.Fresh)
	default:
		l.queue.done(p.Claim)
	}
	if p == l.offered {
		// There is no other way back once the relay waits for the body.
		l.offered = nil
		l.conn.Drop()
	}
	l.queue.doubt()
	if g.Withdrawn {
		l.settled(p.Claim, subscribers.Withdrawn)
	}
}

// give sends the body of the parcel that the relay waits for on its way.
func (l *line) give() bool {
	p := l.offered
	if p == nil {
		return true
	}
	l.offered = nil
	msg, err := p.letter.AppendWire(l.buf[:0], p.copy)
	if err != nil {
		l.conn.Drop()
		l.follow(p, unwritable(err))
		return false
	}
	l.buf = msg
	if err := l.conn.Body(msg); err != nil {
		return l.judge(p, mail.Reply{}, err) && !l.conn.Broken()
	}
	l.given = p
	return true
}

// pick offers the next parcel, if there is one. When nothing is on its way it
// waits for one.
func (l *line) pick(ctx context.Context) bool {
	for l.offered == nil && l.doubted == nil {
		p, ok := l.next(ctx)
		switch {
		case !ok:
			return l.given != nil
		case p.doubtful && !p.marked:
			l.doubted = p
		case !l.offer(p):
			l.ending = true
		}
	}
	return true
}

// next returns what to offer next over this line. It reports false when there
// is nothing, or the line is to be closed: it has served its number.
func (l *line) next(ctx context.Context) (*parcel, bool) {
	if l.ending || ctx.Err() != nil {
		return nil, false
	}
	if len(l.marked) > 0 {
		p := l.marked[0]
		l.marked = l.marked[:copy(l.marked, l.marked[1:])]
		return p, true
	}
	if !l.room(0) {
		return nil, false
	}
	if p, ok := l.take(); ok {
		return p, true
	}
	// There is no next mark to share a commit with.
	if l.given != nil || !l.flush() {
		return nil, false
	}
	idle := time.NewTimer(l.opts.Idle)
	defer idle.Stop()
	return l.await(ctx, idle.C)
}

// take returns something to deliver, if there is something and it may be offered
// right now. Leave to offer is only asked for what is there: leave that is not
// used would be used later, in one burst.
func (l *line) take() (*parcel, bool) {
	c, doubtful, ready := l.queue.take()
	if ready != nil {
		return nil, false
	}
	if !l.pace.Try() {
		l.queue.back(c)
		return nil, false
	}
	return l.pack(c, doubtful)
}

// offer tells the relay who the next message is for. It reports false when the
// line is to be closed.
func (l *line) offer(p *parcel) bool {
	l.begun++
	e := l.letters.Envelope(p.Claim)
	e.To = p.Address
	if err := l.conn.Offer(e, p.letter.Size(p.copy)); err != nil {
		return l.judge(p, mail.Reply{}, err) && !l.conn.Broken()
	}
	l.offered = p
	return true
}
