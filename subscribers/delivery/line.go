package delivery

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// A line is one connection to a relay, after another, and what goes over it.
//
// A message is offered behind the body of the one before (RFC 2920), and its
// mark is committed together with what became of that one: one round trip and
// one commit a message, and never more than the options allow handed over and
// not written down. Where there is doubt that a message is still wanted, it is
// marked first and offered then.
type line struct {
	*turn
	relay mail.Relay
	*far
	pass pass
	conn *mail.Conn

	flight  context.Context // of mails on their way; outlives the turn by the grace
	listens atomic.Bool     // nothing is on its way: flight may end with the turn
	ending  bool            // nothing more is offered over this connection
	begun   int             // messages offered over this connection
	heard   int             // those of them that the relay has answered for

	doubted *parcel           // to be marked before it is offered
	offered *parcel           // to the relay; its body has not gone out
	given   *parcel           // its body goes out, and the answer is not heard
	marked  []*parcel         // as handed, and still to be offered
	over    []*parcel         // what became of them is to be written down
	hand    []*parcel         // those that were to be marked last; kept for the next ones
	entry   subscribers.Entry // what is written down together
	buf     []byte            // the message, kept for the next one
	last    lastLetter
}

// serve opens lines to a relay, one after another, and delivers over them until
// ctx is done or the relay is given up. Nothing is opened while there is no
// mail.
func (t *turn) serve(ctx, flight context.Context, relay int) {
	flight, cut := context.WithCancel(flight)
	defer cut()
	l := &line{turn: t, relay: t.relays[relay], far: t.fars[relay], flight: flight}
	defer context.AfterFunc(ctx, func() {
		if l.listens.CompareAndSwap(true, false) {
			cut()
		}
	})()
	l.entry.Relay = l.relay.Name
	for ctx.Err() == nil {
		var ok bool
		if l.pass, ok = l.gate.enter(ctx); !ok {
			return
		}
		first, _, ok := l.claim(ctx, nil)
		if !ok {
			l.gate.release(l.pass)
			return
		}
		l.open(ctx, first)
	}
}

// open dials for a delivery, and uses the line. Leave to offer is asked for when
// the line is open: while a relay is slow to let us in, it would add up.
func (l *line) open(ctx context.Context, first subscribers.Claim) {
	keep := l.lend(first)
	err := l.dial(ctx)
	kept := keep()
	if err == nil {
		l.use(ctx, first, kept)
		return
	}
	if kept {
		l.queue.back(first)
	}
	if ctx.Err() == nil {
		l.trouble(err, refusesUs(err))
	} else {
		l.gate.release(l.pass)
	}
}

// longDial is how long a line keeps a delivery to itself that it dials for.
const longDial = 5 * time.Second

// lend gives a delivery back while its relay takes long to let us in, where
// another relay may be quicker. What it returns ends that, and reports whether
// the delivery is still the line's.
func (l *line) lend(c subscribers.Claim) (keep func() bool) {
	if len(l.relays) == 1 {
		return func() bool { return true }
	}
	return time.AfterFunc(longDial, func() { l.queue.back(c) }).Stop
}

func (l *line) dial(ctx context.Context) (err error) {
	l.begun, l.heard, l.ending = 0, 0, false
	began := l.opts.Now()
	l.conn, err = mail.Dial(ctx, l.relay, l.opts.Dial)
	l.opts.Meter.Waited(l.relay.Name, mail.StageConnect, l.opts.Now().Sub(began))
	if err != nil && ctx.Err() == nil {
		l.tell(err)
	}
	return err
}

// refusesUs reports whether a relay's answer will stay the same until somebody
// puts it right: it refuses the password, the sender, us or the content.
func refusesUs(err error) bool {
	if errors.Is(err, errDenied) || errors.Is(err, errNobody) {
		return true
	}
	var r *mail.Refusal
	return errors.As(err, &r) && !r.Temporary() && (r.Stage == mail.StageAuth || r.Stage == mail.StageMail)
}

// trouble keeps all lines away from the relay for a while, for good if it needs
// a person to mend it. Of the lines that find it out together one tells it.
func (l *line) trouble(err error, lasting bool) {
	said := "trouble with a relay"
	level, counted := slog.LevelWarn, false
	if lasting {
		level, said = slog.LevelError, "a relay is of no use; somebody has to see to it"
		counted = l.gate.stop(l.pass, err)
	} else {
		l.pass, counted = l.gate.report(l.pass, err)
	}
	if !counted {
		level = slog.LevelDebug
	}
	l.opts.Log.Log(context.Background(), level, said, "relay", l.relay.Name, "error", err)
}

// use delivers over the open line, until there is no more mail for it or it is
// of no more use. It begins with the delivery that was dialled for, if that was
// kept.
func (l *line) use(ctx context.Context, first subscribers.Claim, kept bool) {
	for ok := !kept || l.start(ctx, first); ok; ok = l.round(ctx) {
	}
	l.leave()
	if l.heard == 0 {
		l.gate.release(l.pass)
	}
	if err := l.conn.Close(); err != nil {
		l.opts.Log.Debug("closing a line", "relay", l.relay.Name, "error", err)
	}
}

// start sends what was dialled for, or what is more urgent by now, on its way.
func (l *line) start(ctx context.Context, first subscribers.Claim) bool {
	c, doubtful := l.queue.exchange(first)
	p, ok := l.permit(ctx, c, doubtful)
	return ok && l.begin(p)
}

// leave takes back what has not gone out, and writes down what is left to be.
func (l *line) leave() {
	if l.offered != nil {
		l.conn.Drop()
		l.takeBack(l.offered)
	}
	for _, p := range l.marked {
		l.takeBack(p)
	}
	if l.doubted != nil {
		l.takeBack(l.doubted)
	}
	l.offered, l.marked, l.doubted = nil, l.marked[:0], nil
	l.flush()
}

// takeBack lets a parcel of which nothing has gone out stand as if it had not
// been tried.
func (l *line) takeBack(p *parcel) {
	if p.marked {
		p.verdict = verdict{state: subscribers.Queued, denied: p.verdict.denied}
		l.over = append(l.over, p)
		return
	}
	l.requeue(p)
}

// await waits for something to deliver that may be offered, until ctx is done or
// timeout.
func (l *line) await(ctx context.Context, timeout <-chan time.Time) (*parcel, bool) {
	c, doubtful, ok := l.claim(ctx, timeout)
	if !ok {
		return nil, false
	}
	return l.permit(ctx, c, doubtful)
}

// claim waits for something to deliver, until ctx is done or timeout.
func (l *line) claim(ctx context.Context, timeout <-chan time.Time) (c subscribers.Claim, doubtful, ok bool) {
	for {
		c, doubtful, ready := l.queue.take()
		if ready == nil {
			return c, doubtful, true
		}
		select {
		case <-ctx.Done():
			return c, false, false
		case <-timeout:
			return c, false, false
		case <-ready:
		}
	}
}

// permit waits until a delivery may be offered, and makes a parcel of it, or of
// what is more urgent by then.
func (l *line) permit(ctx context.Context, c subscribers.Claim, doubtful bool) (*parcel, bool) {
	switch {
	case l.pace.Try():
		return l.pack(c, doubtful)
	case !l.hold(ctx):
		l.queue.back(c)
		return nil, false
	}
	return l.pack(l.queue.exchange(c))
}

// hold waits until the relay may be offered a message. It reports false when
// ctx is done, or nothing more may be offered for a long while.
func (l *line) hold(ctx context.Context) bool {
	err := l.pace.Wait(ctx)
	var full *UsedUpError
	switch {
	case errors.As(err, &full):
		l.shut(full)
	case err != nil && ctx.Err() == nil:
		l.fail(err)
	}
	return err == nil
}

// shut keeps all lines away from the relay until it may be given more.
func (l *line) shut(full *UsedUpError) {
	var first bool
	if l.pass, first = l.gate.shut(l.pass, full, full.Until.Sub(l.opts.Now())); first {
		l.opts.Log.Warn("a relay has been given all that it may be given", "relay", l.relay.Name, "reason", full)
	}
}
