package bounce

import (
	"encoding/json"
	"slices"
	"strings"
)

// A notification is the JSON in which Amazon SES tells by mail, through SNS,
// what became of a message.
type notification struct {
	Type      string `json:"notificationType"`
	EventType string `json:"eventType"`
	Message   string `json:"Message"` // the notification again, wrapped by SNS

	Mail struct {
		MessageID     string `json:"messageId"`
		CommonHeaders struct {
			MessageID string `json:"messageId"`
		} `json:"commonHeaders"`
		Headers []struct{ Name, Value string } `json:"headers"`
	} `json:"mail"`
	Bounce struct {
		Type       string `json:"bounceType"`
		SubType    string `json:"bounceSubType"`
		Recipients []struct {
			Address    string `json:"emailAddress"`
			Action     string `json:"action"`
			Status     string `json:"status"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		FeedbackType string `json:"complaintFeedbackType"`
		Recipients   []struct {
			Address string `json:"emailAddress"`
		} `json:"complainedRecipients"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
	} `json:"delivery"`
}

// readNotification reads a notification of Amazon SES.
func readNotification(r *Returned, l letter) bool {
	n, ok := decodeNotification(l.notice)
	if !ok {
		return false
	}
	r.noteCopy(n)
	switch kind := strings.ToLower(n.Type + n.EventType); kind {
	case "bounce":
		r.Kind = Bounce
		r.noteBounce(n)
	case "complaint":
		r.Kind = Complaint
		if r.Feedback = strings.ToLower(n.Complaint.FeedbackType); r.Feedback == "" {
			r.Feedback = "abuse"
		}
		for _, c := range n.Complaint.Recipients {
			r.add(Report{Recipient: mailbox(c.Address), Action: Complained, Reason: feedback})
		}
	case "delivery":
		r.Kind = Bounce
		for _, a := range n.Delivery.Recipients {
			r.add(Report{Recipient: mailbox(a), Action: Delivered})
		}
	default:
		return false
	}
	return true
}

func decodeNotification(text string) (n notification, ok bool) {
	at := strings.IndexByte(text, '{')
	if at < 0 || strings.TrimSpace(text[:at]) != "" || !strings.Contains(text, "otificationType") && !strings.Contains(text, "eventType") {
		return n, false
	}
	// Mail systems fold the one long line that it is, and SNS adds words below.
	joined := strings.NewReplacer("\n ", "", "\n", "").Replace(text[at:])
	if json.NewDecoder(strings.NewReader(joined)).Decode(&n) != nil {
		return n, false
	}
	if wrapped := n.Message; wrapped != "" {
		n = notification{}
		if json.Unmarshal([]byte(wrapped), &n) != nil {
			return n, false
		}
	}
	return n, true
}

// noteCopy keeps the header of the message that the notification is about.
func (r *Returned) noteCopy(n notification) {
	for _, h := range n.Mail.Headers {
		if len(r.Copy) < maxFields {
			r.Copy = append(r.Copy, Field{h.Name, h.Value})
		}
	}
	r.MessageIDs = messageIDs(r.Copy)
	for _, id := range []string{n.Mail.CommonHeaders.MessageID, n.Mail.MessageID} {
		if id = strings.Trim(id, "<>"); id != "" && !slices.Contains(r.MessageIDs, id) {
			r.MessageIDs = append(r.MessageIDs, id)
		}
	}
}

// noteBounce files the recipients of a bounce. What Amazon did not even try,
// because the address bounced before, has no diagnosis but a type.
func (r *Returned) noteBounce(n notification) {
	for _, b := range n.Bounce.Recipients {
		kind, said, ok := strings.Cut(b.Diagnostic, ";")
		if !ok {
			kind, said = "", b.Diagnostic
		}
		f := finding{
			recipient: mailbox(b.Address), action: actionOf(Header{{"Action", b.Action}}), status: first(findStatuses(b.Status)),
			kind: strings.ToLower(strings.TrimSpace(kind)), said: strings.TrimSpace(said), category: amazonCategories[n.Bounce.SubType],
		}
		if len(r.Reports) < maxReports {
			r.add(judge(f))
		}
	}
}

// amazonCategories are Amazon's subtypes of bounces, in the words of [categories].
var amazonCategories = map[string]string{
	"NoEmail": "bad-mailbox", "Suppressed": "bad-mailbox", "MailboxFull": "quota-issues",
	"ContentRejected": "content-related", "AttachmentRejected": "content-related",
}
