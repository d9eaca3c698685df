package returns

import (
	"context"
	"log/slog"
	"slices"

	"redigest/subscribers"
	"redigest/subscribers/bounce"
	"redigest/subscribers/mail"
)

// Options sets up [Returns].
type Options struct {
	// ReturnPath is where our mail comes back. The listener takes mail for its
	// addresses alone; what comes in elsewhere is told by its token.
	ReturnPath mail.ReturnPath
	Log        *slog.Logger // slog.Default() if nil; nothing in it names a reader
}

// Returns takes in what comes back to a list. It may be used by many goroutines,
// and by several processes at once.
type Returns struct {
	list *subscribers.List
	path mail.ReturnPath
	log  *slog.Logger
}

// New returns what takes in mail for a list.
func New(list *subscribers.List, opts Options) *Returns {
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	return &Returns{list: list, path: opts.ReturnPath, log: opts.Log}
}

// A Claim says how it stands with the token of a mail.
type Claim string

const (
	Proven Claim = "proven" // it has a token of ours
	Forged Claim = "forged" // it has one that is not ours, so nothing in it counts
	Absent Claim = "absent" // it has none, so nobody can say whose it is
)

// An Outcome is what a mail was taken for and what followed from it.
type Outcome struct {
	Kind    bounce.Kind
	Reports []bounce.Report // what the mail says; it proves nothing
	Claim   Claim
	Effect  subscribers.Effect
	Weight  subscribers.Weight // of a bounce
	Reason  string             // in one word
}

// Done reports whether the mail may be let go: it was understood, it is one of
// ours, and what follows from it is committed. Any other is for a person.
func (o Outcome) Done() bool {
	return o.Claim == Proven && (o.Kind != bounce.Other || o.Effect == subscribers.EffectLeft)
}

// Take takes in one mail that came to the addresses to, where that is
// known from other than the mail. Any line ends will do, and a mail cut short.
// The same mail taken again counts once. An error means that nothing was
// written down: keep the mail and try again.
func (r *Returns) Take(ctx context.Context, raw []byte, to []string) (Outcome, error) {
	read := bounce.Parse(raw)
	c := r.claim(read, to)
	out := Outcome{Kind: read.Kind, Reports: read.Reports, Claim: c.Claim}
	var err error
	switch {
	case c.Claim != Proven:
	case c.addressed && r.list.Leaves(c.token):
		// It says so by having come, whatever stands in it.
		out.Effect, err = subscribers.EffectLeft, r.list.UnsubscribeByMail(ctx, c.token)
	case read.Kind != bounce.Other:
		err = r.write(ctx, &out, returned(read, raw, c.token))
	}
	if err == nil {
		r.log.Info("mail came back", "kind", out.Kind, "weight", out.Weight, "reason", out.Reason, "effect", out.Effect)
	}
	return out, err
}

func (r *Returns) write(ctx context.Context, out *Outcome, x subscribers.Returned) error {
	done, err := r.list.TakeReturned(ctx, x)
	out.Effect, out.Weight, out.Reason = done.Effect, done.Weight, done.Report.Reason
	if a := done.Alarm; a != nil && err == nil {
		r.log.Error("more mails of an issue came back than a list has dead addresses: nobody else is suppressed for it; see “issue status --returned”",
			"mailing", a.Mailing, "returned", a.Readers, "accepted", a.Accepted)
	}
	return err
}

// returned is what the list wants to know of a mail.
func returned(read bounce.Returned, raw []byte, token string) subscribers.Returned {
	sum, id := fingerprint(raw)
	// One mail to several readers counts once for each.
	x := subscribers.Returned{Token: token, Mail: sum + " " + token, MessageID: id, Event: event(read)}
	// Good news counts too: an address that stands for several may be good for some.
	for _, p := range slices.Concat(read.Reports, read.Arrived) {
		x.Reports = append(x.Reports, subscribers.Report{
			Recipient: p.Recipient, Original: p.Original, Action: p.Action,
			Status: p.Status, Code: p.Code, Reason: p.Reason, Hard: p.Hard,
		})
	}
	return x
}

func event(read bounce.Returned) subscribers.ReturnEvent {
	switch {
	case read.Kind == bounce.Bounce:
		return subscribers.ReturnBounced
	case read.Unwanted():
		return subscribers.ReturnComplained
	}
	return subscribers.ReturnReplied
}
