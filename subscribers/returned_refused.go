package subscribers

import (
	"context"
	"database/sql"
	"strconv"
	"strings"

	"redigest/digest/database"
)

// ReplyReport says what a relay's refusal of a recipient tells about the
// address. r must be the answer to RCPT: before it nothing is said about a
// recipient, and after it the mail is what is refused.
func ReplyReport(r Reply) Report {
	report := Report{Action: "failed", Status: r.Enhanced, Code: replyCode(r.Code)}
	report.Reason, report.Hard = replyReason(r)
	return report
}

func replyCode(code int) string {
	if code == 0 {
		return ""
	}
	return strconv.Itoa(code)
}

// replyReason says in one word why a recipient was refused, and whether the
// address is no good: by the enhanced code (RFC 3463) where there is one.
func replyReason(r Reply) (reason string, hard bool) {
	class, detail, coded := strings.Cut(r.Enhanced, ".")
	permanent := r.Code/100 == 5
	switch {
	case detail == "2.2":
		return "mailboxfull", false
	case isOurStatus(r.Enhanced):
		return "rejected", false
	case coded && strings.HasPrefix(detail, "4."):
		// The way there is the relay's business.
		return "blocked", false
	case coded && class == "5" && permanent:
		return goneReason(detail)
	case coded:
		return "expired", false
	case !permanent:
		return "expired", false
	case r.Code != 550 && r.Code != 551 && r.Code != 553:
		return "undefined", false
	case speaksOfUs(r.Text):
		return "rejected", false
	}
	return "userunknown", true
}

// goneReason knows the codes of class 5 that say that an address is no good.
func goneReason(detail string) (reason string, hard bool) {
	switch detail {
	case "1.1", "1.3", "1.6":
		return "userunknown", true
	case "1.2":
		return "hostunknown", true
	case "1.10": // RFC 7505
		return "notaccept", true
	case "2.1":
		return "suspend", true
	}
	return "undefined", false
}

// ourWords stand in refusals that a relay gives no enhanced code and that are
// about us and not about whom we write to.
var ourWords = []string{"relay", "spam", "block", "blacklist", "denylist", "policy", "reputation", "authenticat", "sender", "spf", "dkim", "dmarc", "quota", "full"}

func speaksOfUs(text string) bool {
	text = strings.ToLower(text)
	for _, w := range ourWords {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// returned does what follows from a delivery that the relay refused because of
// its recipient, in the transaction that settles it.
func (b book) returned(s *Settlement) error {
	if !s.AtRecipient || s.State != Refused && s.State != Failed {
		return nil
	}
	ctx, tx, now := context.Background(), b.run.Tx(), database.Time(b.now)
	o, err := ownerOf(ctx, tx, s.Key)
	if err != nil || o.hash == "" {
		return err
	}
	report := ReplyReport(s.Reply)
	row := returnedRow{
		id: b.newID(now), mail: refusedMail(s.Key), hash: o.hash, mailing: s.Mailing, at: now,
		event: ReturnRefused, weight: report.Weigh(), report: report,
	}
	return b.policy.refused(ctx, tx, row, s.Subscriber)
}

// refusedMail stands for the mail that never was: each delivery counts once.
func refusedMail(k Key) string { return "refused " + k.Mailing.String() + "." + k.Subscriber.String() }

func (p ReturnPolicy) refused(ctx context.Context, tx *sql.Tx, row returnedRow, subscriber ID) error {
	if fresh, err := row.insert(ctx, tx); err != nil || !fresh {
		return err
	}
	effect, err := p.follow(ctx, tx, row, subscriber)
	if err != nil || effect == EffectNone {
		return err
	}
	return row.noteEffect(ctx, tx, effect)
}
