package bounce

import "strings"

// judge turns a finding into a report.
func judge(f finding) Report {
	r := Report{Recipient: f.recipient, Original: f.original, Action: f.action, Diagnosis: oneLine(f.said)}
	if r.Action == "" {
		r.Action = Failed
	}
	c := caseOf(f)
	r.Status, r.Code, r.Reason = c.status, c.code, c.reason()
	r.Hard = r.Action == Failed && isHard(r.Reason) && !strings.HasPrefix(r.Status, "4") && !strings.HasPrefix(r.Code, "4")
	return r
}

// maxDiagnosis bounds what is kept of the far end's words.
const maxDiagnosis = 1000

func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxDiagnosis {
		s = strings.ToValidUTF8(s[:maxDiagnosis], "")
	}
	return s
}

// A verdict is what a reason is judged from.
type verdict struct {
	finding
	status string // the enhanced code that says most
	code   string // the SMTP reply code
	stage  stage
	words  string // of what was said
	beside string // of what stands around it
}

// caseOf gathers what a reason is judged from. The far end's own words come
// before what the reporter makes of them.
func caseOf(f finding) verdict {
	c := verdict{finding: f}
	said := f.said
	if strings.TrimSpace(said) == "" {
		said = f.around
	}
	codes := append(findStatuses(said), f.status)
	c.status = surest(codes...)
	c.code = replyCode(said)
	if c.code == "" && f.said != "" {
		c.code = first(findCodes(f.around))
	}
	if c.status == "" {
		c.status = surest(findStatuses(f.around)...)
	}
	if c.stage = stageOf(f.said); c.stage == "" {
		c.stage = stageOf(f.around)
	}
	c.words, c.beside = plainWords(said), plainWords(f.around)
	return c
}

// replyCode returns the SMTP reply code in what was said: of “554 <address>...
// 550 Host unknown” the inner one, for the outer is the reporter's own.
func replyCode(said string) string {
	if _, inner, ok := strings.Cut(said, ">... "); ok {
		if code := first(findCodes(inner)); code != "" {
			return code
		}
	}
	return first(findCodes(said))
}

// reason says why, in the order in which a careful reader would believe: words
// that can mean one thing only, codes that can mean one thing only, looser
// words, looser codes. What stands around is asked after what was said.
func (c verdict) reason() string {
	for _, ask := range []func() string{
		c.category,
		func() string { return c.firmWords(c.words) },
		c.firmCode,
		func() string { return c.looseWords(c.words) },
		func() string { return c.firmWords(c.beside) },
		c.vagueCode,
		c.fromCode,
		func() string { return c.looseWords(c.beside) },
	} {
		if r := ask(); r != "" {
			return r
		}
	}
	return c.fallback()
}

// firmWords judges by words that leave no doubt.
func (c verdict) firmWords(words string) string {
	if r := judgeWords(words, senderFaults, plainFaults, certainAddress, firmPolicy); r != "" {
		return r
	}
	if c.kind == "x-unix" {
		return mailererror
	}
	if r := statusFaults[detail(c.status)]; isHard(r) {
		return c.placed(r)
	}
	return c.placed(judgeWords(words, addressFaults))
}

// firmCode judges by an enhanced code with a narrow meaning. 4.2.1 is not one:
// busy mailboxes get it as well as locked ones.
func (c verdict) firmCode() string {
	if c.status == "4.2.1" {
		return ""
	}
	return statusFaults[detail(c.status)]
}

// vagueCode judges by the other enhanced codes. At the greeting they are about
// the host that called.
func (c verdict) vagueCode() string {
	r := c.placed(vagueFaults[detail(c.status)])
	switch {
	case r == securityerror && (c.stage == atConnect || c.stage == atHello):
		return blocked
	case r == networkerror && c.action == Delayed:
		return expired
	}
	return r
}

// looseWords judges by words that colour a refusal.
func (c verdict) looseWords(words string) string {
	if r := judgeWords(words, loosePolicy, transportFaults); r != "" {
		return r
	}
	return c.placed(judgeWords(words, looseAddress))
}

// placed corrects a fault of the address by where it was found: before RCPT TO
// nothing was said of the recipient yet, and a server that took the recipient
// and refused the message afterwards has asked a filter.
func (c verdict) placed(reason string) string {
	switch {
	case !isHard(reason):
		return reason
	case c.stage == atMail:
		return rejected
	case c.stage == atConnect, c.stage == atHello:
		return blocked
	case reason == userunknown && !c.proven():
		return filtered
	}
	return reason
}

// proven tells whether an unknown user is more than the guess of a filter: it
// was the answer to RCPT TO, its code says so, no other server was asked, or a
// gateway that has no status of its own hands on what it was told.
func (c verdict) proven() bool {
	d := detail(c.status)
	byCode := strings.HasPrefix(d, "1.") && d != "1.0" || d == "5.0"
	return byCode || c.stage == atRcpt || c.code == "" || c.gateway
}

// fromCode judges by the SMTP reply alone and the command it was given to.
func (c verdict) fromCode() string {
	switch c.code {
	case "550", "553":
		switch c.stage {
		case atRcpt:
			return userunknown
		case atMail:
			return rejected
		case atConnect, atHello:
			return blocked
		case atData:
			return filtered
		}
		return filtered
	case "554", "571":
		switch c.stage {
		case atRcpt:
			return filtered
		case atMail:
			return rejected
		case atConnect, atHello:
			return blocked
		}
		return policyviolation
	}
	return codeFaults[c.code]
}

// fallback is for bounces that give no reason.
func (c verdict) fallback() string {
	switch {
	case c.action == Delayed:
		return expired
	case c.code == "" && c.status == "":
		return onhold
	}
	return undefined
}

// categories are the words in which PowerMTA sorts what it could not deliver.
var categories = map[string]string{
	"bad-mailbox": userunknown, "bad-domain": hostunknown, "inactive-mailbox": suspend, "quota-issues": mailboxfull,
	"spam-related": spamdetected, "virus-related": virusdetected, "relaying-issues": norelaying, "routing-errors": hostunknown,
	"content-related": contenterror, "policy-related": policyviolation, "bad-connection": networkerror, "message-expired": expired,
	"no-answer-from-host": networkerror, "protocol-errors": syntaxerror, "invalid-sender": rejected, "bad-configuration": systemerror,
}

// category is the reporter's own opinion, where it has a word for it.
func (c verdict) category() string {
	if c.finding.category == "" {
		return ""
	}
	return categories[c.finding.category]
}

// detail returns a status without its class.
func detail(status string) string {
	if len(status) < 3 {
		return ""
	}
	return status[2:]
}
