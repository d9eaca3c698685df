package subscribers

import (
	"slices"
	"strings"
	"time"
)

// This file holds what follows from mail that came back, as values in and
// values out.

// A Report is what a returned mail, or a relay that refused a recipient, says
// about one of our mails.
type Report struct {
	Recipient string // the address it names; empty when it names none
	Original  string // the address the mail was sent to, where it tells it apart
	Action    string // failed, delayed, delivered, relayed, expanded (RFC 3464, section 2.3.3)
	Status    string // RFC 3463, such as 5.1.1; empty when nobody gave one
	Code      string // SMTP, such as 550; empty when nobody gave one
	Reason    string // in one word, such as userunknown
	Hard      bool   // the address is no good and will not become so
}

// A Weight says what a report counts against an address.
type Weight string

const (
	WeightHard    Weight = "hard"    // the address is no good: suppressed at once
	WeightSoft    Weight = "soft"    // it did not work this time: suppressed after many in a row
	WeightNeutral Weight = "neutral" // it did not work, through no fault of the reader's: counts neither way
	WeightNone    Weight = "none"    // the mail got through, or may yet
)

// Weigh says what r counts. A delay counts nothing, nor does good news; a full
// mailbox, a policy against us or what we wrote is never the reader's fault.
func (r Report) Weigh() Weight {
	switch {
	case r.Action != "failed":
		return WeightNone
	case r.Hard:
		return WeightHard
	case isOurFault(r.Reason), isOurStatus(r.Status):
		return WeightNeutral
	}
	return WeightSoft
}

// ourFaults are the reasons that say nothing about the reader: of the mailbox's
// room, of us, of what we wrote, or of the way there.
var ourFaults = []string{
	"mailboxfull", "systemfull", "exceedlimit", "mesgtoobig",
	"authfailure", "badreputation", "blocked", "contenterror", "failedstarttls", "norelaying", "notcompliantrfc",
	"policyviolation", "ratelimited", "rejected", "requireptr", "securityerror", "spamdetected", "speeding", "syntaxerror",
	"toomanyconn", "virusdetected",
}

func isOurFault(reason string) bool { return slices.Contains(ourFaults, reason) }

// isOurStatus reports whether an enhanced status code speaks of a full mailbox,
// a bad sender, or anything but addresses and mailboxes (RFC 3463, section 3).
func isOurStatus(status string) bool {
	_, detail, _ := strings.Cut(status, ".")
	switch detail {
	case "1.7", "1.8", "2.2", "2.3":
		return true
	}
	subject, _, _ := strings.Cut(detail, ".")
	return slices.Contains([]string{"3", "5", "6", "7"}, subject)
}

// pick returns the report that is about the reader with this key. Our mails
// have one recipient each, so one report is about them whatever address
// it names: they may have mail sent on. Of several, one names them, or else
// their address stood for many and only the best news counts.
func pick(reports []Report, key string) (Report, bool) {
	for _, r := range reports {
		for _, named := range []string{r.Original, r.Recipient} {
			if a, err := ParseAddress(named); err == nil && a.Key == key && key != "" {
				return r, true
			}
		}
	}
	if len(reports) == 0 {
		return Report{}, false
	}
	return slices.MinFunc(reports, func(a, b Report) int { return a.Weigh().rank() - b.Weigh().rank() }), true
}

// rank orders weights from good news to bad.
func (w Weight) rank() int {
	return slices.Index([]Weight{WeightNone, WeightNeutral, WeightSoft, WeightHard}, w)
}

// A ReturnPolicy says how often mail to an address may come back for a
// reason that may pass before the address is suppressed.
type ReturnPolicy struct {
	SoftCount int           // so many issues in a row; 5 if zero
	SoftFor   time.Duration // the first and the last of them at least so far apart; 7 days if zero
}

func (p ReturnPolicy) withDefaults() ReturnPolicy {
	if p.SoftCount == 0 {
		p.SoftCount = 5
	}
	if p.SoftFor == 0 {
		p.SoftFor = 7 * 24 * time.Hour
	}
	return p
}

// mayReturn is how long mail servers try before they send a mail back (RFC
// 5321, section 4.5.4.1): an accepted mail younger than this may come back yet.
const mayReturn = 5 * 24 * time.Hour

// A fate is what became of one issue that was mailed to an address.
type fate struct {
	mailing ID
	at      time.Time // when the issue was mailed
	state   State
	weight  Weight // the gravest of what came back; empty when nothing did

	suppressed bool // the address was suppressed for it
}

// and joins what two mails that came back tell of one issue: the graver counts.
func (f fate) and(other fate) fate {
	if other.weight.rank() > f.weight.rank() {
		f.weight = other.weight
	}
	f.suppressed = f.suppressed || other.suppressed
	return f
}

// arrived reports whether the mail got through, as far as can be known at now.
func (f fate) arrived(now time.Time) bool {
	return f.state == Accepted && (f.weight == "" || f.weight == WeightNone) && now.Sub(f.at) >= mayReturn
}

// outlived reports whether an issue that was mailed after the one that came back
// arrived: then the address is good again, and what is told of it is of old.
func outlived(fates []fate, mailing ID, now time.Time) bool {
	for _, f := range fates { // newest first
		if f.mailing <= mailing {
			return false
		}
		if f.arrived(now) {
			return true
		}
	}
	return false
}

// A run is soft bounces in a row.
type run struct {
	count       int
	first, last time.Time // when those issues were mailed
}

// softRun returns the run that the newest issues are in. fates are newest
// first. An issue that arrived ends it, and so does one for which the address was
// suppressed: by lifting that the operator says that the row is over. One that was
// not handed over, or failed through no fault of the reader's, stands in no row. Of
// the issues before the newest soft bounce, one that has not come back by now has
// arrived.
func softRun(fates []fate, now time.Time) run {
	var r run
	for _, f := range fates {
		switch {
		case f.suppressed:
			return r
		case f.weight == WeightSoft:
			r.count++
			r.first = f.at
			if r.last.IsZero() {
				r.last = f.at
			}
		case f.arrived(now), r.count > 0 && f.state == Accepted && (f.weight == "" || f.weight == WeightNone):
			return r
		}
	}
	return r
}

// suppresses reports whether r is enough.
func (p ReturnPolicy) suppresses(r run) bool {
	p = p.withDefaults()
	return r.count >= p.SoftCount && r.last.Sub(r.first) >= p.SoftFor
}
