package bounce

import "strings"

// Parse reads a mail that came back. It never fails: what it does not
// understand is [Other], without reports. Only the first 4 MiB are read.
func Parse(raw []byte) Returned {
	m := readPart(unify(raw), 0)
	r := Returned{Kind: Other, DeliveredTo: deliveredTo(m.header)}
	walk(m, func(p part) {
		switch p.media {
		case "message/delivery-status", "message/global-delivery-status":
			r.Kind = Bounce
			readStatus(&r, p.text)
		}
	})
	return r
}

// walk calls visit for every leaf of p.
func walk(p part, visit func(part)) {
	for _, c := range p.children {
		walk(c, visit)
	}
	if len(p.children) == 0 {
		visit(p)
	}
}

// readStatus reads a delivery-status part (RFC 3464, section 2.1): one group
// of fields about the message, then one for each recipient.
func readStatus(r *Returned, text string) {
	for text != "" {
		group, rest := readHeader(text)
		if len(rest) == len(text) {
			_, rest = cutLine(text) // a line that is no field
		}
		text = rest
		if id := group.Get("Original-Envelope-Id"); id != "" {
			r.EnvelopeIDs = append(r.EnvelopeIDs, id)
		}
		if group.has("Final-Recipient", "Original-Recipient") {
			r.Reports = append(r.Reports, Report{
				Recipient: typed(group.Get("Final-Recipient")),
				Original:  typed(group.Get("Original-Recipient")),
				Action:    strings.ToLower(group.Get("Action")),
				Status:    group.Get("Status"),
				Diagnosis: group.Get("Diagnostic-Code"),
			})
		}
	}
}

// typed returns the value behind a type, as in “rfc822; a@b.example”.
func typed(v string) string {
	if _, after, ok := strings.Cut(v, ";"); ok {
		v = after
	}
	return strings.Trim(strings.TrimSpace(v), "<>")
}
