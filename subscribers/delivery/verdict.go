package delivery

import (
	"context"
	"errors"
	"strings"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

// An attempt is what has to be known of a delivery to say what follows from the
// relay's answer.
type attempt struct {
	number int       // the first is 1
	first  bool      // nothing went over this line before
	now    time.Time // when the answer came
	giveUp time.Time // when the delivery is given up
	spread float64   // chance, see retryDelay
	issue  bool      // one mail of many, and to somebody who got mail before
}

// A verdict is what follows from an answer.
type verdict struct {
	state subscribers.State
	due   time.Time // of a deferred one
	reply subscribers.Reply

	atRecipient bool // reply is about the recipient

	lineGone bool  // the line must not be used again
	trouble  error // the relay itself is in trouble: leave it alone for a while; names no reader
	stop     bool  // it stays in trouble until somebody puts it right
	denied   bool  // we, or what we wrote, are refused, not whom we wrote to
	nobody   bool  // the relay refuses this recipient of an issue
	silent   bool  // the relay had the whole message and gave no answer
}

// judge says what follows from what a [mail.Conn] said of a message.
//
// It rests on two rules. A failure before RCPT says nothing about a recipient,
// so the delivery then stands as if it had not been tried. And whoever may have
// the whole message never gets it again by itself.
func judge(a attempt, reply mail.Reply, err error) verdict {
	if err == nil {
		return verdict{state: subscribers.Accepted, reply: stored(reply)}
	}
	var refusal *mail.Refusal
	switch {
	case errors.As(err, &refusal):
		return judgeRefusal(a, refusal)
	case errors.Is(err, mail.ErrUncertain):
		// When we hang up ourselves, that says nothing about the relay.
		return verdict{state: subscribers.Uncertain, reply: said(err), lineGone: true, trouble: a.onFirst(err), silent: !errors.Is(err, context.Canceled)}
	}
	return judgeDrop(a, err)
}

func judgeRefusal(a attempt, r *mail.Refusal) verdict {
	v := verdict{reply: stored(r.Reply), atRecipient: r.Stage == mail.StageRcpt}
	switch {
	case beforeRecipient(r.Stage) || r.Local && r.Stage != mail.StageRcpt:
		v.state, v.lineGone, v.trouble, v.stop = subscribers.Queued, true, r.Discreet(), !r.Temporary()
	case r.Code == 421:
		v = a.again(v)
		v.lineGone, v.trouble = true, r.Discreet()
	case r.Temporary() || tooMany(r):
		v = a.again(v)
	default:
		v.state, v.denied = subscribers.Refused, r.Stage != mail.StageRcpt || deniesUs(r)
		// Confirmations go to whatever strangers typed, so they prove nothing.
		v.nobody = a.issue && !v.denied && !r.Local
	}
	return v
}

// beforeRecipient reports whether an answer at stage cannot be about the
// recipient.
func beforeRecipient(stage mail.Stage) bool {
	switch stage {
	case mail.StageRcpt, mail.StageData, mail.StageBody:
		return false
	}
	return true
}

// deniesUs reports whether a relay that was told the recipient means us: it
// wants us to sign in, or its policy is not to relay for us (RFC 3463, X.7).
func deniesUs(r *mail.Refusal) bool {
	return !r.Local && (r.Code == 530 || strings.HasPrefix(r.Enhanced, "5.7."))
}

// tooMany reports whether a relay means 452 (RFC 5321 section 4.5.3.1.10).
func tooMany(r *mail.Refusal) bool {
	return r.Stage == mail.StageRcpt && r.Code == 552 && r.Enhanced == "5.5.3"
}

// unwritable is for a mail that cannot be written to this one recipient.
func unwritable(err error) verdict {
	var refusal *mail.Refusal
	if errors.As(err, &refusal) {
		return verdict{state: subscribers.Refused, reply: stored(refusal.Reply), atRecipient: refusal.Stage == mail.StageRcpt}
	}
	return verdict{state: subscribers.Failed, reply: said(err)}
}

// judgeDrop is for a line that died before the message was handed over whole.
// Some relays close a line after so many messages without a word, so the first
// time the delivery goes out again at once.
func judgeDrop(a attempt, err error) verdict {
	v := verdict{reply: said(err), lineGone: true, trouble: a.onFirst(err)}
	var line *mail.LineError
	if errors.As(err, &line) && beforeRecipient(line.Stage) {
		v.state = subscribers.Queued
		return v
	}
	if a.number <= 1 {
		v.state, v.due = subscribers.Deferred, a.now
		return v
	}
	return a.again(v)
}

// onFirst returns err when nothing got through on this line before: a line
// that dies after good work is no sign of trouble.
func (a attempt) onFirst(err error) error {
	if a.first {
		return err
	}
	return nil
}

// again puts a delivery off, or gives it up when its time would be over then.
func (a attempt) again(v verdict) verdict {
	v.state, v.due = subscribers.Deferred, a.now.Add(retryDelay(a.number, a.spread))
	if !v.due.Before(a.giveUp) {
		v.state, v.due = subscribers.Failed, time.Time{}
	}
	return v
}

func stored(r mail.Reply) subscribers.Reply {
	return subscribers.Reply{Code: r.Code, Enhanced: r.Enhanced, Text: r.Text}
}

// said is what this program says where no server did.
func said(err error) subscribers.Reply { return subscribers.Reply{Text: err.Error()} }
