// Package bounce reads mail that came back: delivery reports by the book
// (RFC 3464, RFC 6533) and in the free words of a hundred mail programs,
// complaints (RFC 5965), and the automatic replies that are neither.
//
// It only reads. It keeps nothing, asks nobody, and believes no address: whose
// mail came back is for the caller to find out, from the return path that the
// report came to.
package bounce

// A Kind says what sort of mail came in.
type Kind string

const (
	// Bounce is a report about delivery, bad or good.
	Bounce Kind = "bounce"
	// Complaint is a report that a reader called the mail spam (RFC 5965).
	Complaint Kind = "complaint"
	// Reply is an answer that no person wrote: a vacation notice, a
	// challenge, a receipt.
	Reply Kind = "reply"
	// Other is everything else, among it mail that a person wrote.
	Other Kind = "other"
)

// The words of [Report.Action]. The first five are those of RFC 3464, section 2.3.3.
const (
	Failed    = "failed"
	Delayed   = "delayed"
	Delivered = "delivered"
	Relayed   = "relayed"
	Expanded  = "expanded"
	// Replied and Complained stand for mail that is no delivery report.
	Replied    = "replied"
	Complained = "complained"
)

// A Returned is what one returned mail says.
type Returned struct {
	Kind Kind
	// Reports has one entry for each recipient whose mail was not delivered,
	// was answered or was complained about. It is empty for Other.
	Reports []Report
	// Arrived has one entry for each recipient reported as delivered, relayed
	// or expanded: good news that nobody asked for.
	Arrived []Report
	// Feedback is the Feedback-Type of a complaint in lower case, such as
	// abuse; not every feedback is a reader's complaint: see [Returned.Unwanted].
	Feedback string

	// DeliveredTo holds the addresses that the mail itself came to, as its
	// header tells (Delivered-To, X-Original-To, Envelope-To, To, …), without
	// repetition and with the most trustworthy first.
	DeliveredTo []string
	// EnvelopeIDs holds the ENVID that the message went out with, when the
	// report gives it back (Original-Envelope-Id, RFC 3464, section 2.2.1).
	EnvelopeIDs []string
	// MessageIDs holds the Message-ID of the returned copy, without brackets.
	MessageIDs []string
	// Copy is the header of the returned copy, as far as it came back.
	Copy Header
}

// A Report is what became of one recipient.
type Report struct {
	// Recipient is the address that the report names, in the reporter's
	// writing; empty when it names none, as in a redacted complaint.
	Recipient string `json:"recipient"`
	Action    string `json:"action"`
	// Status is the enhanced code (RFC 3463), such as 5.1.1; empty when nobody gave one.
	Status string `json:"status"`
	// Code is the SMTP reply code, such as 550; empty when nobody gave one.
	Code string `json:"code"`
	// Reason says why in one word, such as userunknown or mailboxfull.
	Reason string `json:"reason"`
	// Hard says that the address is no good and will not become so.
	Hard bool `json:"hard"`

	// Original is the address the mail was sent to, where the report tells it
	// apart from Recipient (Original-Recipient, Original-Rcpt-To).
	Original string `json:"-"`
	// Diagnosis is what the far end said, in its own words and on one line.
	Diagnosis string `json:"-"`
}

// Unwanted tells whether a complaint says that its reader does not want the
// mail. Some feedback says something else: that a reader took it out of the
// junk folder (not-spam), or that a signature did not hold (auth-failure, RFC 6591).
func (r Returned) Unwanted() bool {
	return r.Kind == Complaint && r.Feedback != "not-spam" && r.Feedback != "auth-failure" && r.Feedback != "dmarc"
}
