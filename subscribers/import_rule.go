package subscribers

import "time"

// An outcome is what comes of one address of an imported file.
type outcome int

const (
	added outcome = iota
	already
	pending
	suppressed
	unsubscribed
)

// importedFrom is the source of a suppression that an imported file names.
const importedFrom = "an imported file"

// takeIn returns s as it stands once row of an imported file has been taken in
// at now. Of what the list and the file say, the stricter holds: only an
// address that neither has suppressed, and that nobody left with, is confirmed.
func (s Subscriber) takeIn(row importRow, now time.Time) (Subscriber, outcome) {
	before := s
	for _, reason := range row.suppressed {
		s = s.suppress(Suppression{Reason: reason, Source: importedFrom, CreatedAt: now})
	}
	if row.status == Unsubscribed {
		s = s.suppress(Suppression{Reason: ReasonUnsubscribed, Source: importedFrom, CreatedAt: now}).Leave(importedFrom, now)
	}
	switch {
	case before.Status == "" && len(before.Suppressed) == 0 && (len(s.Suppressed) == 0 || row.ours):
		s = s.enter(row, now)
	case before.Status == Pending && len(s.Suppressed) == 0 && row.status == Confirmed:
		s.Status, s.ConfirmedAt = Confirmed, row.confirmedAt(now)
		return s, added
	}
	return s, s.outcome(before)
}

// enter returns the new subscriber that row describes.
func (s Subscriber) enter(row importRow, now time.Time) Subscriber {
	s = s.begin(Wish{Address: row.address.Typed, Name: row.name}, now)
	s.Status = row.status
	if !row.created.IsZero() {
		s.CreatedAt = row.created
	}
	if row.edition != "" {
		s.Edition = row.edition
	}
	if s.Status == Confirmed || !row.confirmed.IsZero() {
		s.ConfirmedAt = row.confirmedAt(now)
	}
	return s
}

// outcome names what became of an address that was before and is s.
func (s Subscriber) outcome(before Subscriber) outcome {
	left := s.Status == Unsubscribed || s.suppressedFor(ReasonUnsubscribed)
	_, blocked := s.Blocked()
	switch {
	case blocked, s.Status == Erased, s.suppressedFor(ReasonErased):
		return suppressed
	case left:
		return unsubscribed
	case s.Status == Pending:
		return pending
	case before.Status == Confirmed:
		return already
	}
	return added
}
