package bounce

import "strings"

// How surely a place in a notice names a recipient of the returned mail.
type sureness int

const (
	mentioned sureness = iota // stands somewhere
	told                      // in a sentence such as “could not be delivered to …”
	leading                   // begins a line of its own
	listed                    // heads an entry: “<address>: reason”, or stands in an announced list
)

// A mention is one place in a notice that names an address.
type mention struct {
	addr string
	sure sureness
}

// A notice is the reporter's own words, line by line.
type notice struct {
	lines []string
	names [][]mention // of each line
}

// maxLines is how many lines of a notice are read.
const maxLines = 400

// readNotice finds the addresses that a notice names, and how.
func readNotice(text string) notice {
	n := notice{}
	announced, entries := 0, 0
	for text != "" && len(n.lines) < maxLines {
		var line string
		line, text = cutLine(text)
		next, _ := cutLine(text)
		found := mentionsIn(line, announced > 0, strings.TrimSpace(line)+" "+strings.TrimSpace(next))
		n.lines, n.names = append(n.lines, line), append(n.names, found)
		switch {
		case announces(line, next):
			announced, entries = maxListGap, 0
		case announced > 0 && len(found) > 0:
			entries++
			announced = maxListGap
		case announced > 0:
			announced--
		}
	}
	return n
}

// maxListGap is how many lines without an address end an announced list.
const maxListGap = 8

// announcements stand above a list of recipients.
var announcements = []string{
	"following address-", "following recipient-", "following e mail address-", "following email address-",
	"following users", "following person-", "following people", "following destination-",
	"permanent fatal errors", "transient non fatal errors", "delivery problems", "delivery errors",
	"fatal errors", "was not delivered to", "not be delivered to", "not delivered to", "these recipients",
	"did not reach", "list of recipients", "affected recipients", "undeliverable to", "failed recipient-",
	"recipient- failed", "recipient list", "delivery to the following", "deliver- .. to", "failed to deliver",
	"rejected by", "rejected your message to", "not delivered", "undelivered", "unsuccessful", "delivery failed",
	"could not be sent to", "following mail address-", "address- failed", "failed address-",
	"dont have permission to send", "recipient- of your message", "folgende- empfänger-", "folgende- adresse-",
	"destinataires suivants", "adresses suivantes", "siguientes destinatarios", "seguenti destinatari",
	"seguintes destinatários", "получателям", "адресатам", "volgende ontvangers",
}

// announces tells whether a line, alone or wrapped into the next, says that a
// list of recipients follows.
func announces(line, next string) bool {
	if strings.Contains(line, "@") {
		return false
	}
	words := plainWords(line)
	both := words
	if strings.TrimSpace(next) != "" && !strings.Contains(next, "@") {
		both = plainWords(line + " " + next)
	}
	for _, a := range announcements {
		if says(words, a) || len(both) > len(words) && says(both, a) {
			return true
		}
	}
	return false
}

// mentionsIn returns the addresses of a line.
func mentionsIn(line string, announced bool, wrapped string) (all []mention) {
	if !strings.Contains(line, "@") {
		return nil
	}
	if isHeaderish(line) {
		return quoted(line)
	}
	lead, rest := leadingAddress(line)
	for _, a := range findAddresses(line) {
		m := mention{a, mentioned}
		switch {
		case a == lead:
			m.sure = sureOfLead(rest, announced)
		case saysRecipient(line, wrapped, a):
			m.sure = told
		}
		all = append(all, m)
	}
	return all
}

// quoted returns the addresses of a quoted To line, which names many that have
// got their mail; other quoted header lines name nobody who should.
func quoted(line string) (all []mention) {
	name, value, _ := cutField(strings.TrimLeft(line, " \t>"))
	if strings.EqualFold(name, "To") {
		for _, a := range findAddresses(value) {
			all = append(all, mention{a, mentioned})
		}
	}
	return all
}

// isHeaderish knows quoted header lines.
func isHeaderish(line string) bool {
	name, _, ok := cutField(strings.TrimLeft(line, " \t>"))
	if !ok {
		return false
	}
	switch strings.ToLower(name) {
	case "from", "to", "sender", "reply-to", "return-path", "message-id", "subject", "date", "received", "cc", "x-sender", "errors-to":
		return true
	}
	return false
}

// leadingAddress returns the address that a line begins with, behind bullets
// and brackets, and what follows it.
func leadingAddress(line string) (addr, rest string) {
	s := strings.TrimLeft(line, " \t>*-•<·|\"'(")
	if n := digits(s); n > 0 && n < 4 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') {
		s = strings.TrimLeft(s[n+1:], " \t<")
	}
	at := strings.IndexByte(s, '@')
	if at <= 0 || localStart(s, at) != 0 {
		return "", ""
	}
	end := domainEnd(s, at)
	if end == at+1 {
		return "", ""
	}
	return s[:end], strings.TrimLeft(s[end:], ">\"'")
}

// sureOfLead judges an address at the beginning of a line by what follows it.
func sureOfLead(rest string, announced bool) sureness {
	trimmed := strings.TrimSpace(rest)
	switch {
	case announced:
		return listed
	case strings.HasPrefix(trimmed, ":"), strings.HasPrefix(trimmed, "..."), strings.HasPrefix(trimmed, "(expanded from"),
		strings.HasPrefix(trimmed, "- ") || strings.HasPrefix(trimmed, "["):
		return listed
	case trimmed == "", strings.HasPrefix(trimmed, "("), strings.HasPrefix(trimmed, "<mailto:"):
		return leading
	}
	return mentioned
}

// tellings are what comes before the address of a recipient in a sentence or a label.
var tellings = []string{
	"deliver- .. to", "delivered to", "delivery .. to", "delivering .. to", "undeliverable to", "undeliverable",
	"sent to", "send .. to", "recipient", "recipients", "recipient address", "addressed to", "rcpt to",
	"failed address", "message to", "mail to", "email to", "reach", "userid", "user", "mailbox", "account",
	"address", "addressee", "destinataire", "empfänger", "destinatario", "for", "to",
}

// saysRecipient tells whether the words right before addr call it a recipient.
func saysRecipient(line, wrapped, addr string) bool {
	before, after, _ := strings.Cut(line, addr)
	low := strings.ToLower(before)
	if strings.Contains(low, "contact") || strings.Contains(low, "mailto:") || strings.Contains(low, "postmaster") {
		return false
	}
	if isReplyAbout(before, after) {
		return true
	}
	words := strings.TrimRight(plainWords(before), " ") + " "
	for _, t := range tellings {
		if endsWith(words, t) {
			return true
		}
	}
	return false
}

// isReplyAbout knows “550 <address>... User unknown”, the way of sendmail and its children.
func isReplyAbout(before, after string) bool {
	b := strings.TrimRight(before, " <")
	code := len(findCodes(b)) > 0
	return code && (strings.HasPrefix(strings.TrimLeft(after, "> "), "...") || strings.HasPrefix(after, ">:"))
}

// endsWith tells whether words end with phrase.
func endsWith(words, phrase string) bool {
	at := strings.LastIndex(words, " "+strings.TrimRight(firstWord(phrase), "-"))
	return at >= 0 && len(words)-at < 100 && saysToEnd(words[at:], phrase)
}

func saysToEnd(words, phrase string) bool {
	fields := strings.Fields(phrase)
	last := fields[len(fields)-1]
	return strings.HasSuffix(words, " "+last+" ") && says(words, phrase)
}

// recipients returns the addresses that the notice names most surely, each once.
func (n notice) recipients(least sureness, skip func(string) bool) (all []string) {
	best := least
	for _, names := range n.names {
		for _, m := range names {
			if !skip(m.addr) {
				best = max(best, m.sure)
			}
		}
	}
	seen := map[string]bool{}
	for _, names := range n.names {
		for _, m := range names {
			key := strings.ToLower(m.addr)
			if m.sure == best && !seen[key] && !skip(m.addr) {
				seen[key] = true
				all = append(all, m.addr)
			}
		}
	}
	return all
}

// about returns what the notice says about addr: the lines that name it, each
// with those below it up to an empty line or the next address.
func (n notice) about(addr string) string {
	var b strings.Builder
	for i := 0; i < len(n.lines) && b.Len() < maxAround; i++ {
		if !n.namesAt(i, addr) {
			continue
		}
		b.WriteString(n.lines[i])
		b.WriteByte('\n')
		for !isWholeReply(n.lines[i]) && i+1 < len(n.lines) && strings.TrimSpace(n.lines[i+1]) != "" && !n.namesOther(i+1, addr) {
			i++
			b.WriteString(n.lines[i])
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// isWholeReply knows the lines of a transcript that say all they say about an
// address by themselves: “550 <address>... User unknown”.
func isWholeReply(line string) bool {
	line = strings.TrimSpace(line)
	return len(findCodes(line[:min(3, len(line))])) > 0 && strings.Contains(line, ">... ")
}

func (n notice) namesAt(i int, addr string) bool {
	for _, m := range n.names[i] {
		if strings.EqualFold(m.addr, addr) {
			return true
		}
	}
	return false
}

// namesOther tells whether a line begins the entry of another address.
func (n notice) namesOther(i int, addr string) bool {
	for _, m := range n.names[i] {
		if m.sure >= told && !strings.EqualFold(m.addr, addr) {
			return true
		}
	}
	return false
}

// text returns the notice as it was, as far as it is judged.
func (n notice) text() string {
	s := strings.Join(n.lines, "\n")
	return s[:min(len(s), maxAround)]
}
