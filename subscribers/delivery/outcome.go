package delivery

import (
	"errors"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// judge says what follows from a relay's answer to a parcel, and lets it follow.
func (l *line) judge(p *parcel, reply mail.Reply, err error) bool {
	l.tell(err)
	a := attempt{
		number: p.Attempts + 1, first: l.heard == 0,
		now: l.opts.Now(), spread: l.opts.Spread(),
		issue: p.Mailing.Kind == subscribers.IssueMailing,
	}
	if err != nil {
		a.giveUp = l.giveUp(&p.Claim)
	}
	return l.follow(p, l.streak.judged(a, judge(a, reply, err)))
}

// follow acts on a verdict. It reports false when the line is to be closed.
func (l *line) follow(p *parcel, v verdict) bool {
	p.verdict = v
	if v := &p.verdict; v.trouble != nil {
		l.trouble(v.trouble, v.stop)
	} else if l.heard == 0 {
		l.pass, _ = l.gate.report(l.pass, nil)
	}
	l.heard++
	if p.verdict.state == subscribers.Queued {
		l.takeBack(p)
	} else {
		l.over = append(l.over, p)
	}
	return !p.verdict.lineGone
}

// flush writes down what became of the last parcels.
func (l *line) flush() bool { return len(l.over) == 0 || l.commit(nil) }

// commit writes down what became of parcels and asks for the marks of others.
// When the database fails, what is not written is kept, the turn ends, and no
// body goes out.
func (l *line) commit(hand []*parcel) bool {
	l.entry.Settle, l.entry.Hand = l.entry.Settle[:0], l.entry.Hand[:0]
	for _, p := range l.over {
		l.entry.Settle = append(l.entry.Settle, p.settlement())
	}
	for _, p := range hand {
		if p.marked {
			// It is asked for anew, as if it had not been.
			l.entry.Settle = append(l.entry.Settle, subscribers.Settlement{Key: p.Key(), State: subscribers.Queued})
		}
		l.entry.Hand = append(l.entry.Hand, p.Claim)
	}
	if err := l.write(&l.entry); err != nil {
		l.keep(&l.entry)
		l.over = l.over[:0]
		l.fail(err)
		return false
	}
	for _, p := range l.over {
		if p.verdict.state == subscribers.Queued {
			l.requeue(p)
			continue
		}
		l.queue.done(p.Claim)
		l.settled(p.Claim, p.verdict.state)
	}
	l.over = l.over[:0]
	return true
}

// requeue lets a parcel wait again. One that a relay denied goes last: were it
// the reader after all, the relay would be tried with nobody else.
func (l *line) requeue(p *parcel) {
	if p.verdict.denied {
		l.queue.last(p.Claim)
		return
	}
	l.queue.back(p.Claim)
}

// settled counts what became of a delivery, once it is written down.
func (t *turn) settled(c subscribers.Claim, s subscribers.State) {
	t.tally.count(c.Mailing, s)
	t.opts.Meter.Settled(s)
}

func (l *line) waited(s mail.Stage, since time.Time) {
	l.opts.Meter.Waited(l.relay.Name, s, l.opts.Now().Sub(since))
}

// tell tells the meter what the relay said.
func (l *line) tell(err error) {
	if err == nil {
		l.opts.Meter.Answered(l.relay.Name, mail.StageBody, 2)
		return
	}
	stage, class := mail.StageBody, 0
	var refusal *mail.Refusal
	var died *mail.LineError
	switch {
	case errors.As(err, &refusal):
		if refusal.Local {
			return
		}
		stage, class = refusal.Stage, refusal.Code/100
	case errors.As(err, &died):
		stage = died.Stage
	}
	l.opts.Meter.Answered(l.relay.Name, stage, class)
}
