package delivery

import (
	"context"
	"errors"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// A line is one connection to a relay and what it has not written down yet.
type line struct {
	*turn
	relay mail.Relay
	*far
	pass pass
	conn *mail.Conn

	flight context.Context         // of mails on their way; outlives the turn by the grace
	settle *subscribers.Settlement // what became of the last mail, to be written with the next mark
	sent   int                     // mails that the relay has answered for on this line
	buf    []byte                  // the message, kept for the next one
}

// serve opens lines to a relay, one after another, and delivers over them until
// ctx is done or the relay is given up. Nothing is opened while there is no
// mail.
func (t *turn) serve(ctx, flight context.Context, relay int) {
	l := &line{turn: t, relay: t.relays[relay], far: t.fars[relay], flight: flight}
	for {
		var ok bool
		if l.pass, ok = l.gate.enter(ctx); !ok {
			return
		}
		claim, ok := l.await(ctx, nil)
		if !ok {
			l.gate.report(l.pass, nil)
			return
		}
		if err := l.dial(ctx); err != nil {
			l.queue.back(claim)
			if ctx.Err() != nil {
				return
			}
			l.trouble(err, refusesUs(err))
			continue
		}
		l.use(ctx, claim)
	}
}

func (l *line) dial(ctx context.Context) (err error) {
	l.sent = 0
	l.conn, err = mail.Dial(ctx, l.relay, l.opts.Dial)
	return err
}

// refusesUs reports whether a relay's answer will stay the same until somebody
// puts it right: it refuses the password, the sender, us or the content.
func refusesUs(err error) bool {
	if errors.Is(err, errDenied) {
		return true
	}
	var r *mail.Refusal
	return errors.As(err, &r) && !r.Temporary() && (r.Stage == mail.StageAuth || r.Stage == mail.StageMail)
}

// trouble keeps all lines away from the relay for a while, for good if it needs
// a person to mend it.
func (l *line) trouble(err error, lasting bool) {
	if lasting {
		l.opts.Log.Error("a relay is of no use; somebody has to see to it", "relay", l.relay.Name, "error", err)
		l.gate.stop(l.pass, err)
		return
	}
	l.opts.Log.Warn("trouble with a relay", "relay", l.relay.Name, "error", err)
	l.pass = l.gate.report(l.pass, err)
}

// use delivers over the open line, beginning with claim, until there is no more
// mail for it or it is of no more use.
func (l *line) use(ctx context.Context, claim subscribers.Claim) {
	for ok := true; ok; claim, ok = l.next(ctx) {
		if !l.deliver(claim) {
			break
		}
	}
	l.flush()
	if l.sent == 0 {
		l.gate.report(l.pass, nil)
	}
	if err := l.conn.Close(); err != nil {
		l.opts.Log.Debug("closing a line", "relay", l.relay.Name, "error", err)
	}
}

// next returns what to deliver next over this line. It reports false when the
// line is to be closed: it has served its number, or there is nothing to do.
func (l *line) next(ctx context.Context) (subscribers.Claim, bool) {
	if l.relay.PerConnection > 0 && l.sent >= l.relay.PerConnection || ctx.Err() != nil {
		return subscribers.Claim{}, false
	}
	if c, ok, _ := l.queue.take(); ok {
		return c, true
	}
	// There is no next mark to share a commit with.
	if !l.flush() {
		return subscribers.Claim{}, false
	}
	idle := time.NewTimer(l.opts.Idle)
	defer idle.Stop()
	return l.await(ctx, idle.C)
}

// await waits for something to deliver, until ctx is done or timeout.
func (t *turn) await(ctx context.Context, timeout <-chan time.Time) (subscribers.Claim, bool) {
	for {
		c, ok, ready := t.queue.take()
		if ok {
			return c, true
		}
		select {
		case <-ctx.Done():
			return c, false
		case <-timeout:
			return c, false
		case <-ready:
		}
	}
}

// deliver hands one mail over. It reports false when the line is to be closed.
func (l *line) deliver(c subscribers.Claim) bool {
	letter, err := l.letters.Template(l.flight, c.Mailing)
	if err != nil {
		l.queue.back(c)
		l.fail(err)
		return false
	}
	if l.relay.Unsigned {
		letter = letter.Unsigned()
	}
	grant, err := l.commit(&c)
	if err != nil {
		return false
	}
	if grant.Withdrawn {
		l.tally.count(c.Mailing, subscribers.Withdrawn)
	}
	if !grant.OK {
		l.queue.done(c.Key())
		return true
	}
	v := l.streak.judged(l.send(letter, c, grant))
	l.settle = &subscribers.Settlement{Key: c.Key(), State: v.state, DueAt: v.due, Reply: v.reply, AtRecipient: v.atRecipient}
	l.tally.count(c.Mailing, v.state)
	if v.trouble != nil {
		l.trouble(v.trouble, v.stop)
	} else if l.sent == 0 {
		l.pass = l.gate.report(l.pass, nil)
	}
	l.sent++
	return !v.lineGone
}

// commit writes down the last settlement and asks for the mark of next, which
// may be nil. When the database fails, what is not written is kept, the turn
// ends, and no body goes out.
func (l *line) commit(next *subscribers.Claim) (subscribers.Grant, error) {
	settle := l.settle
	l.settle = nil
	grant, err := l.ledger.Commit(subscribers.Entry{Settle: settle, Hand: next, Relay: l.relay.Name})
	if err != nil {
		if settle != nil {
			l.keep(*settle)
		}
		if next != nil {
			// The mark may be written all the same, when only the answer to
			// the commit was lost.
			l.keep(subscribers.Settlement{Key: next.Key(), State: subscribers.Queued})
		}
		l.fail(err)
		return grant, err
	}
	if settle != nil {
		l.queue.done(settle.Key)
	}
	return grant, nil
}

// flush writes down what became of the last mail.
func (l *line) flush() bool {
	if l.settle == nil {
		return true
	}
	_, err := l.commit(nil)
	return err == nil
}

// send sends one mail that may go out, and says what follows from the answer.
func (l *line) send(letter *mail.Template, c subscribers.Claim, grant subscribers.Grant) verdict {
	a := attempt{number: grant.Attempts, first: l.sent == 0, giveUp: l.giveUp(c.Mailing, grant), spread: l.opts.Spread()}
	msg, err := letter.Append(l.buf[:0], l.letters.Copy(c, grant.Address, grant.DatedAt))
	if err != nil {
		return unwritable(err)
	}
	l.buf = msg
	envelope := l.letters.Envelope(c)
	envelope.To = grant.Address
	reply, err := l.conn.Send(l.flight, envelope, msg)
	a.now = l.opts.Now()
	return judge(a, reply, err)
}

// giveUp returns when a delivery is given up.
func (t *turn) giveUp(m *subscribers.Mailing, grant subscribers.Grant) time.Time {
	end := grant.DatedAt.Add(t.opts.GiveUp)
	if !m.DeadlineAt.IsZero() && m.DeadlineAt.Before(end) {
		return m.DeadlineAt
	}
	return end
}
