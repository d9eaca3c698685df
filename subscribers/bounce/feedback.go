package bounce

import (
	"slices"
	"strings"
)

// readComplaint reads a feedback report (RFC 5965). One about several
// recipients gives one entry for each; one that hides them gives one entry
// without an address, for the return path names the reader all the same.
func readComplaint(r *Returned, l letter) bool {
	if len(l.feedback) == 0 && l.report != "feedback-report" && !isOldComplaint(l) {
		return false
	}
	h := feedbackFields(l)
	r.Kind = Complaint
	if r.Feedback = strings.ToLower(firstWord(h.Get("Feedback-Type"))); r.Feedback == "" {
		r.Feedback = "abuse"
	}
	if id := h.Get("Original-Envelope-Id"); id != "" {
		r.EnvelopeIDs = append(r.EnvelopeIDs, id)
	}
	var who []string
	for _, name := range []string{"Original-Rcpt-To", "Removal-Recipient"} {
		for _, v := range h.All(name) {
			if a := mailbox(v); a != "" && !slices.Contains(who, a) && len(who) < maxReports {
				who = append(who, a)
			}
		}
	}
	if len(who) == 0 {
		who = complainers(l.copy)
	}
	for _, a := range who {
		r.Reports = append(r.Reports, Report{Recipient: a, Action: Complained, Reason: feedback})
	}
	return true
}

// isOldComplaint knows the complaints of Outlook.com, which are older than the
// format: the mail itself, attached to a subject that says what it is.
func isOldComplaint(l letter) bool {
	return strings.HasPrefix(l.header.text("Subject"), "complaint about message from") &&
		strings.Contains(l.header.text("From"), "staff@hotmail.com") && len(l.copy) > 0
}

// feedbackFields gathers the fields of the report, which some mail systems
// put into the text of the mail instead of a part of its own.
func feedbackFields(l letter) (h Header) {
	for _, f := range append(l.feedback, l.notice) {
		for f != "" {
			fields, rest := readHeader(f)
			if len(rest) == len(f) {
				_, rest = cutLine(f)
			}
			f = rest
			h = append(h, fields...)
		}
	}
	return h
}

// complainers returns whom the copy was for, or one that nobody names.
func complainers(returned Header) []string {
	if all := addressedTo(returned); len(all) > 0 {
		return all[:1]
	}
	return []string{""}
}
