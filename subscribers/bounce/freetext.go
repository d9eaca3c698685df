package bounce

import (
	"slices"
	"strings"
)

// readInWords reads the bounces that come without a machine-readable part.
func readInWords(r *Returned, l letter) bool {
	if !looksLikeBounce(l) {
		return false
	}
	n := readNotice(l.notice)
	who := recipientsOf(l, n)
	action := ""
	if isDelay(l, n) {
		action = Delayed
	}
	for _, f := range findings(n, who) {
		f.action = action
		r.Reports = append(r.Reports, judge(f))
	}
	if len(who) == 0 && isFromDaemon(l.header) && saysAny(plainWords(l.notice), bounceWords) {
		// It names nobody, and its return path names the reader all the same.
		r.Reports = append(r.Reports, judge(finding{action: action, around: n.text()}))
	}
	if len(r.Reports) == 0 {
		return false
	}
	r.Kind = Bounce
	return true
}

// findings returns what the notice says about each of who. Where it says
// nothing about any of them apart, all of it is about all of them.
func findings(n notice, who []string) (all []finding) {
	apart := false
	for _, addr := range who {
		f := finding{recipient: addr, said: n.about(addr)}
		if plainWords(f.said) == " " {
			f.said = "" // the address alone
		}
		apart = apart || f.said != ""
		all = append(all, f)
	}
	for i := range all {
		if len(who) == 1 || !apart {
			all[i].around = n.text()
		}
	}
	return all
}

// recipientsOf returns whose mail came back: as the header lists them (Exim,
// Gmail), as the notice names them, or as the returned copy was addressed.
func recipientsOf(l letter, n notice) []string {
	if all := failedRecipients(l.header); len(all) > 0 {
		return all
	}
	senders := sendersOf(l)
	skip := func(a string) bool { return senders[strings.ToLower(a)] }
	none := func(string) bool { return false }
	if all := n.recipients(leading, skip); len(all) > 0 {
		return all
	}
	if all := n.recipients(told, skip); len(all) > 0 {
		return all
	}
	if all := n.recipients(listed, none); len(all) > 0 {
		return all
	}
	if all := addressedTo(l.copy); len(all) > 0 {
		return all[:min(len(all), maxAddresses)]
	}
	if all := n.recipients(told, none); len(all) > 0 {
		return all
	}
	if all := n.recipients(mentioned, skip); len(all) > 0 {
		return all[:1]
	}
	return nil
}

// failedRecipients reads the header fields in which some reporters name the
// recipients.
func failedRecipients(h Header) (all []string) {
	for _, name := range []string{"X-Failed-Recipients", "X-Bounced-Address"} {
		for _, v := range h.All(name) {
			for _, a := range findAddresses(v) {
				if !slices.Contains(all, a) {
					all = append(all, a)
				}
			}
		}
		if len(all) > 0 {
			return all
		}
	}
	return nil
}

// addressedTo returns whom a returned copy was for, the envelope before the header.
func addressedTo(returned Header) []string {
	for _, name := range []string{"X-HmXmrOriginalRecipient", "X-Envelope-To", "Envelope-To", "X-Original-To", "Delivered-To", "To"} {
		for _, v := range returned.All(name) {
			if all := addressesIn(v); len(all) > 0 {
				return all
			}
		}
	}
	return nil
}

// sendersOf returns the addresses that stand for us: whom the report came to
// and who wrote the returned copy.
func sendersOf(l letter) map[string]bool {
	all := map[string]bool{}
	for _, a := range deliveredTo(l.header) {
		all[strings.ToLower(a)] = true
	}
	for _, name := range []string{"From", "Return-Path", "Sender", "Reply-To", "Errors-To"} {
		for _, v := range append(l.copy.All(name), l.header.Get("From"), l.header.Get("Sender")) {
			for _, a := range findAddresses(v) {
				all[strings.ToLower(a)] = true
			}
		}
	}
	return all
}

// isDelay tells whether the notice says that the mail will be tried again.
func isDelay(l letter, n notice) bool {
	return saysAny(plainWords(l.header.text("Subject"))+plainWords(n.text()), delayWords)
}

// looksLikeBounce tells whether a mail without a machine-readable part
// reports about delivery: two of its writer, its subject and its words say so,
// or its header has a field that only a bounce has.
func looksLikeBounce(l letter) bool {
	if len(failedRecipients(l.header)) > 0 {
		return true
	}
	n := 0
	if isFromDaemon(l.header) || hasNullPath(l.header) && !looksAutomatic(l) {
		n++
	} else if isByAPerson(l.header) {
		return false
	}
	if saysAny(plainWords(l.header.text("Subject")), bounceSubjects) {
		n++
	}
	if saysAny(plainWords(l.notice), bounceWords) {
		n++
	}
	return n >= 2
}

// isByAPerson knows the mails that may well speak of bounces and be none: an
// answer in a thread, a newsletter.
func isByAPerson(h Header) bool {
	return h.has("In-Reply-To", "References", "List-Id", "List-Unsubscribe") || strings.HasPrefix(h.text("Subject"), "re:")
}

func saysAny(words string, phrases []string) bool {
	for _, p := range phrases {
		if says(words, p) {
			return true
		}
	}
	return false
}

// isFromDaemon tells whether a mail system wrote a mail.
func isFromDaemon(h Header) bool {
	if h.has("X-MLServer") {
		return true // a mailing list's program
	}
	from := strings.ReplaceAll(h.text("From"), "_", "")
	for _, w := range daemonNames {
		if strings.Contains(from, w) {
			return true
		}
	}
	return false
}

// hasNullPath tells whether a mail has the return path of those that want no
// answer: reports, and well-behaved automatic replies (RFC 5321, section 4.5.5).
func hasNullPath(h Header) bool {
	path := strings.ToLower(h.Get("Return-Path"))
	return h.has("Return-Path") && (path == "<>" || path == "" || strings.Contains(path, "mailer-daemon"))
}
