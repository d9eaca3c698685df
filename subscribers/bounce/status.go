package bounce

import "strings"

// A finding is what a mail says about one recipient before it is judged.
type finding struct {
	recipient string
	original  string
	action    string
	status    string // the Status field
	kind      string // type of the Diagnostic-Code: smtp, x-unix, …
	said      string // the Diagnostic-Code, or what stands beside the address in the notice
	around    string // what else the notice says about it
	gateway   bool   // the report has no status but what was said
	category  string // how the reporter itself sorts it
}

// readStatus reads a delivery-status part (RFC 3464, section 2.1; RFC 6533,
// section 3): one group of fields about the message, then one for each
// recipient. Reporters that put empty lines in the wrong places are followed
// by what the fields are, not by where they stand.
func readStatus(text string) (envelopeIDs []string, all []finding) {
	var group Header
	flush := func() {
		if f, ok := findingOf(group); ok {
			all = append(all, f)
		}
		group = nil
	}
	for text != "" {
		h, rest := readHeader(text)
		if len(rest) == len(text) {
			_, rest = cutLine(text) // a line that is no field
		}
		text = rest
		for _, f := range h {
			switch {
			case strings.EqualFold(f.Name, "Original-Envelope-Id"):
				envelopeIDs = append(envelopeIDs, f.Value)
			case startsGroup(group, f.Name):
				flush()
			}
			if len(group) < maxFields {
				group = append(group, f)
			}
		}
		if group.has("Final-Recipient", "Original-Recipient") && group.has("Action", "Status", "Diagnostic-Code") {
			flush()
		}
	}
	flush()
	return envelopeIDs, all
}

// startsGroup tells whether a field begins the next recipient: it stands in
// the group already and no group has it twice.
func startsGroup(group Header, name string) bool {
	switch strings.ToLower(name) {
	case "final-recipient", "original-recipient", "action", "status":
		return group.has(name)
	}
	return false
}

// findingOf reads one recipient's fields.
func findingOf(h Header) (finding, bool) {
	final, original := mailbox(h.Get("Final-Recipient")), mailbox(h.Get("Original-Recipient"))
	if !h.has("Final-Recipient", "Original-Recipient") {
		return finding{}, false
	}
	f := finding{
		recipient: final, original: original,
		action:   actionOf(h),
		status:   first(findStatuses(h.Get("Status"))),
		gateway:  !h.has("Status", "Final-Recipient"),
		category: strings.ToLower(h.Get("X-PowerMTA-BounceCategory")),
	}
	if f.recipient == "" || !strings.Contains(f.recipient, "@") && original != "" {
		f.recipient = original
	}
	f.kind, f.said = diagnosis(h)
	if comment := h.Get("Status"); f.said == "" && strings.Contains(comment, "(") {
		f.said = comment
	}
	return f, true
}

// actionOf returns the action of a group in the words of RFC 3464, section
// 2.3.3. What is none of them was no success.
func actionOf(h Header) string {
	action := strings.ToLower(firstWord(h.Get("Action")))
	switch action {
	case Delayed, Delivered, Relayed, Expanded:
		return action
	}
	return Failed
}

// diagnosis returns the type and the text of a Diagnostic-Code. The field may
// stand more than once, and its type may be missing.
func diagnosis(h Header) (kind, said string) {
	for _, v := range h.All("Diagnostic-Code") {
		k, s, ok := strings.Cut(v, ";")
		if !ok || strings.ContainsAny(strings.TrimSpace(k), " \t") {
			k, s = "", v
		}
		if kind == "" {
			kind = strings.ToLower(strings.TrimSpace(k))
		}
		said = strings.TrimSpace(said + " " + decodeWords(strings.TrimSpace(s)))
	}
	return kind, said
}

// mailbox returns the address behind a type, as in “rfc822; ann@inbox.example”
// (RFC 3464, section 2.3.1), decoded when its type is utf-8 (RFC 6533, section 3).
func mailbox(v string) string {
	kind, after, ok := strings.Cut(v, ";")
	if !ok {
		kind, after = "", v
	}
	after = strings.TrimSpace(after)
	if strings.EqualFold(strings.TrimSpace(kind), "utf-8") {
		after = unescapeUTF8(after)
	}
	if all := findAddresses(after); len(all) > 0 {
		return all[0]
	}
	return strings.Trim(after, "<> ")
}

// unescapeUTF8 undoes the \x{…} of an utf-8-addr-xtext.
func unescapeUTF8(s string) string {
	s = s[:min(len(s), 1000)]
	for from := 0; ; {
		i := strings.Index(s[from:], `\x{`)
		if i < 0 {
			return s
		}
		i += from
		n := strings.IndexByte(s[i:], '}')
		if n < 4 || n > 9 {
			from = i + 3
			continue
		}
		var r rune
		for _, c := range []byte(s[i+3 : i+n]) {
			if !isHex(c) {
				r = -1
				break
			}
			r = r<<4 | rune(hex(c))
		}
		if r <= ' ' {
			from = i + 3
			continue
		}
		s = s[:i] + string(r) + s[i+n+1:]
		from = i + 1
	}
}

func firstWord(s string) string {
	for i := range len(s) {
		if s[i] == ' ' || s[i] == '\t' || s[i] == '(' || s[i] == ';' {
			return s[:i]
		}
	}
	return s
}
