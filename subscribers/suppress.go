package subscribers

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Suppress keeps an address from being mailed, on the operator's word, until
// the operator allows it again. source says why, for later. The address need
// not be on the list. An address that is suppressed so already stays so.
func (l *List) Suppress(ctx context.Context, address, source string) error {
	a, err := ParseAddress(address)
	if err != nil {
		return err
	}
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		return addSuppression(ctx, tx, l.keys.hash(a), Suppression{Reason: ReasonManual, Source: source, CreatedAt: l.moment()})
	})
	if err != nil {
		return fmt.Errorf("suppress %s: %w", a.Typed, err)
	}
	return nil
}

// An Allowance is what [List.Allow] did.
type Allowance struct {
	Lifted    []Suppression `json:"lifted"`    // gone; empty, never nil, when there was none to lift
	Remaining []Suppression `json:"remaining"` // still in force: unsubscribed and erased are their owner's to lift
}

// Allow lifts what keeps an address from being mailed as far as the operator
// may: bounce, complaint and manual. Who left or was erased can only come back
// by themselves, so those suppressions remain.
func (l *List) Allow(ctx context.Context, address string) (Allowance, error) {
	done := Allowance{Lifted: []Suppression{}, Remaining: []Suppression{}}
	a, err := ParseAddress(address)
	if err != nil {
		return done, err
	}
	hash := l.keys.hash(a)
	err = l.db.Transact(ctx, func(tx *sql.Tx) error {
		before, err := standing(ctx, tx, hash)
		if err != nil {
			return err
		}
		for _, x := range before.Suppressed {
			if x.Reason.LiftedByOwner() {
				done.Remaining = append(done.Remaining, x)
			} else {
				done.Lifted = append(done.Lifted, x)
			}
		}
		if len(done.Lifted) == 0 {
			return nil
		}
		after := before
		after.Suppressed = done.Remaining
		if err := saveSuppressions(ctx, tx, hash, before, after); err != nil {
			return err
		}
		return l.recordAllowed(ctx, tx, before, done.Lifted)
	})
	if err != nil {
		return Allowance{}, fmt.Errorf("allow %s: %w", a.Typed, err)
	}
	return done, nil
}

// recordAllowed keeps the operator's word, where there is somebody to keep it
// with: lifting a complaint is to be answered for.
func (l *List) recordAllowed(ctx context.Context, tx *sql.Tx, s Subscriber, lifted []Suppression) error {
	if s.ID == 0 {
		return nil
	}
	var reasons []string
	for _, x := range lifted {
		reasons = append(reasons, string(x.Reason))
	}
	return l.record(ctx, tx, s.ID, Consent{Event: EventAllowed, At: l.moment(), Address: s.Address, Ground: "lifted " + strings.Join(reasons, ", ")})
}
