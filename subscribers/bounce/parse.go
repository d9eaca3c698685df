package bounce

import (
	"slices"
	"strings"
)

// Parse reads a mail that came back. It never fails: what it does not
// understand is [Other], without reports. Only the first MiB is read.
func Parse(raw []byte) Returned {
	return parse(unify(raw), 0)
}

// maxNesting is how deep a report is looked for within a report.
const maxNesting = 2

func parse(text string, depth int) Returned {
	l := open(text)
	r := Returned{Kind: Other, DeliveredTo: deliveredTo(l.header), Copy: l.copy, MessageIDs: messageIDs(l.copy)}
	for _, read := range []func(*Returned, letter) bool{
		readComplaint, readReceipt, readNotification, readReports,
		func(r *Returned, l letter) bool { return readInner(r, l, depth) },
		readInWords, readReply,
	} {
		if read(&r, l) {
			return r
		}
	}
	return r
}

// readInner reads a report that was forwarded or wrapped: what came back is a
// report itself.
func readInner(r *Returned, l letter, depth int) bool {
	if depth == maxNesting || l.inner == "" || !holdsReport(l) {
		return false
	}
	inner := parse(l.inner, depth+1)
	if inner.Kind != Bounce {
		return false
	}
	inner.DeliveredTo = append(r.DeliveredTo, inner.DeliveredTo...)
	*r = inner
	return true
}

// holdsReport tells whether the returned copy is a report by a mail system.
func holdsReport(l letter) bool {
	media, params := mediaOf(l.copy)
	return media == "multipart/report" && strings.EqualFold(params["report-type"], "delivery-status") ||
		isFromDaemon(l.copy) && saysAny(plainWords(l.copy.text("Subject")), bounceSubjects)
}

// messageIDs returns the IDs of a header's message, without brackets.
func messageIDs(h Header) (all []string) {
	for _, v := range h.All("Message-ID") {
		if id := strings.Trim(strings.TrimSpace(v), "<>"); id != "" && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// readReports reads delivery reports by the book.
func readReports(r *Returned, l letter) bool {
	var all []finding
	for _, s := range l.statuses {
		ids, found := readStatus(s)
		r.EnvelopeIDs = append(r.EnvelopeIDs, ids...)
		all = append(all, found...)
	}
	all = mergeFindings(all)
	if len(all) == 0 {
		return false
	}
	n := readNotice(l.notice)
	for _, f := range all {
		f.around = beside(n, f, len(all))
		r.add(judge(f))
	}
	r.Kind = Bounce
	return true
}

// beside returns what the notice says about a finding.
func beside(n notice, f finding, recipients int) string {
	about := n.about(f.recipient)
	if about == "" && f.original != "" {
		about = n.about(f.original)
	}
	if recipients == 1 {
		about += "\n" + n.text()
	}
	return about[:min(len(about), maxAround)]
}

// maxAround is how much of a notice is judged.
const maxAround = 16 << 10

// mergeFindings drops the repetitions of a recipient; what failed outweighs
// what was delayed.
func mergeFindings(all []finding) (merged []finding) {
	at := map[string]int{}
	for _, f := range all {
		key := strings.ToLower(f.recipient)
		i, seen := at[key]
		switch {
		case !seen:
			at[key] = len(merged)
			merged = append(merged, f)
		case merged[i].action != Failed && f.action == Failed:
			merged[i] = f
		}
		if len(merged) == maxReports {
			break
		}
	}
	return merged
}

// maxReports bounds the recipients read from one mail.
const maxReports = 300

// add files a report: good news apart.
func (r *Returned) add(p Report) {
	switch p.Action {
	case Delivered, Relayed, Expanded:
		p.Reason = ""
		r.Arrived = append(r.Arrived, p)
	default:
		r.Reports = append(r.Reports, p)
	}
}
