package subscribers

import (
	"fmt"
	"slices"
	"time"

	"redigest/subscribers/link"
)

// This file holds what may become of a subscriber, as values in and values
// out. A Subscriber without a Status stands for an address that is not on the
// list; its Suppressed counts all the same.

// LiftedByOwner reports whether a suppression for this reason ends when the
// owner of the address signs up anew and confirms it.
func (r Reason) LiftedByOwner() bool { return r == ReasonUnsubscribed || r == ReasonErased }

// Blocked returns a suppression that even the owner's new sign-up does not
// lift. ok is false when there is none.
func (s Subscriber) Blocked() (x Suppression, ok bool) {
	i := slices.IndexFunc(s.Suppressed, func(x Suppression) bool { return !x.Reason.LiftedByOwner() })
	if i < 0 {
		return Suppression{}, false
	}
	return s.Suppressed[i], true
}

// Mailable reports whether issues may be mailed to s.
func (s Subscriber) Mailable() bool { return s.Status == Confirmed && len(s.Suppressed) == 0 }

// A Wish is somebody's wish to get issues, as they put it.
type Wish struct {
	Address string // as typed
	Name    string
}

// Ask returns s as it stands when a confirmation mail is written to it at now.
// ok is false and s unchanged when none may be written: s is mailable already
// or blocked, or was mailed one less than a day ago. Who left or was erased is
// pending again, and suppressed until they confirm. So is who is confirmed by
// one record and left by another, such as an imported file.
func (s Subscriber) Ask(w Wish, now time.Time) (asked Subscriber, ok bool) {
	if _, blocked := s.Blocked(); blocked || s.Mailable() {
		return s, false
	}
	if s.askedShortly(now) {
		return s, false
	}
	if s.Status != Pending {
		s = s.begin(w, now)
	}
	s.AskedAt = now
	return s, true
}

// An address gets at most one confirmation mail in this time.
const askEvery = 24 * time.Hour

// clockStep is how far a clock may be set back, or two processes' clocks be
// apart, without an address getting a mail more than it should.
const clockStep = 5 * time.Minute

// askedShortly reports whether s was asked too short a while ago to be asked. A clock that was
// far ahead once silences nobody until its time has come.
func (s Subscriber) askedShortly(now time.Time) bool {
	since := now.Sub(s.AskedAt)
	return !s.AskedAt.IsZero() && since > -clockStep && since < askEvery
}

// begin returns s at the start of a new generation, in which it is pending.
// Links of the generations before it are dead.
func (s Subscriber) begin(w Wish, now time.Time) Subscriber {
	if s.Status == "" || s.Status == Erased {
		s.CreatedAt = now // new, or nothing is left of what was
	}
	s.Address = w.Address
	if w.Name != "" {
		s.Name = w.Name
	}
	if s.Edition == "" {
		s.Edition = "daily"
	}
	s.Status = Pending
	s.Generation++
	s.ConfirmedAt = time.Time{}
	s.PausedUntil = time.Time{}
	return s
}

// Confirm returns s as it stands once its owner has used the confirmation link
// l at now. Using it twice keeps the first time. It returns [ErrGone] when they
// have left, by whatever record, or signed up anew since the link was made, and
// when it expired.
//
// Confirming lifts what only the owner can lift, unsubscribed and erased. A
// bounce, a complaint or the operator's word came after the link was mailed;
// it stays, and so the address is confirmed and still not mailed.
//
// It sets AskedAt back: that is there to spare an address what strangers type,
// and who confirmed may leave and come back on the same day.
func (s Subscriber) Confirm(l link.Link, now time.Time) (Subscriber, error) {
	if l.Generation != s.Generation {
		return s, ErrGone
	}
	switch {
	case s.Status == Confirmed && !slices.ContainsFunc(s.Suppressed, byOwner):
		return s, nil
	case s.Status != Pending, !l.Expires.IsZero() && !now.Before(l.Expires):
		return s, ErrGone
	}
	s.Status = Confirmed
	s.ConfirmedAt = now
	s.AskedAt = time.Time{}
	s.Suppressed = slices.DeleteFunc(slices.Clone(s.Suppressed), byOwner)
	return s, nil
}

func byOwner(x Suppression) bool { return x.Reason.LiftedByOwner() }

// Leave returns s as it stands once its owner has left at now, by what source
// says. Leaving twice changes nothing.
func (s Subscriber) Leave(source string, now time.Time) Subscriber {
	if s.Status != Pending && s.Status != Confirmed {
		return s
	}
	s.Status = Unsubscribed
	s.Generation++
	s.PausedUntil = time.Time{}
	return s.suppress(Suppression{Reason: ReasonUnsubscribed, Source: source, CreatedAt: now})
}

// suppress returns s with x, unless it is suppressed for that reason already.
func (s Subscriber) suppress(x Suppression) Subscriber {
	if !s.suppressedFor(x.Reason) {
		s.Suppressed = append(slices.Clip(s.Suppressed), x)
	}
	return s
}

func (s Subscriber) suppressedFor(r Reason) bool {
	return slices.ContainsFunc(s.Suppressed, func(x Suppression) bool { return x.Reason == r })
}

// Vouch returns s as it stands once the operator has said at now on what
// ground it may be mailed. That confirms a new or a pending address. It returns
// a [SuppressedError] for a suppressed one: no word of the operator's brings
// back who left.
func (s Subscriber) Vouch(w Wish, now time.Time) (Subscriber, error) {
	if len(s.Suppressed) > 0 {
		return s, &SuppressedError{Suppressed: s.Suppressed}
	}
	switch s.Status {
	case Confirmed:
		return s, nil
	case Unsubscribed, Erased:
		return s, fmt.Errorf("%w: %s", ErrSuppressed, s.Status)
	case Pending:
	default:
		s = s.begin(w, now)
	}
	s.Status = Confirmed
	s.ConfirmedAt = now
	return s, nil
}

// Erase returns the tombstone of s: that there was somebody, and nothing of
// who. AskedAt stays, so that erasing is no way to flood an address with mail.
func (s Subscriber) Erase() Subscriber {
	if s.Status == Erased {
		return s
	}
	return Subscriber{
		ID: s.ID, Status: Erased, Edition: s.Edition, Generation: s.Generation + 1,
		CreatedAt: s.CreatedAt, AskedAt: s.AskedAt, Suppressed: s.Suppressed,
	}
}

// A SuppressedError says why an address must not be mailed. It is
// [ErrSuppressed].
type SuppressedError struct {
	Suppressed []Suppression // at least one
}

func (e *SuppressedError) Error() string {
	text := ErrSuppressed.Error()
	for i, x := range e.Suppressed {
		text += [2]string{": ", ", "}[min(i, 1)] + string(x.Reason) + " since " + x.CreatedAt.Format(time.DateOnly)
		if x.Source != "" {
			text += " (" + x.Source + ")"
		}
	}
	return text + "; " + e.remedy()
}

// remedy says what can be done.
func (e *SuppressedError) remedy() string {
	if _, blocked := (Subscriber{Suppressed: e.Suppressed}).Blocked(); blocked {
		return "allow it first if you know better"
	}
	return "only its owner can sign up again"
}

// Unwrap makes every SuppressedError an [ErrSuppressed].
func (e *SuppressedError) Unwrap() error { return ErrSuppressed }
