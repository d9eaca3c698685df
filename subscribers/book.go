package subscribers

import (
	"time"

	"redigest/digest/database"
)

// A book is the ledger inside one transaction.
type book struct {
	run    *database.Run
	now    int64
	newID  func(time.Time) ID
	policy ReturnPolicy
}

// write writes an entry down: first what is over, then what begins.
func (b book) write(e *Entry) error {
	for i := range e.Settle {
		if err := b.settle(&e.Settle[i], e.Relay); err != nil {
			return err
		}
	}
	for i := range e.Hand {
		var err error
		if e.Grants[i], err = b.hand(&e.Hand[i], e.Relay); err != nil {
			return err
		}
	}
	return nil
}

// The places of the ledger's statements.
const (
	settlePlace = iota
	settleEarlyPlace
	requeuePlace
	freshPlace
	handIssuePlace
	handConfirmationPlace
	handTestPlace
	withdrawIssuePlace
	withdrawConfirmationPlace
	withdrawTestPlace
)

var ledgerStatements = []string{
	settlePlace: settleDelivery, settleEarlyPlace: settleEarly, requeuePlace: requeueDelivery, freshPlace: freshClaim,
	handIssuePlace: handIssue, handConfirmationPlace: handConfirmation, handTestPlace: handTest,
	withdrawIssuePlace: withdrawIssue, withdrawConfirmationPlace: withdrawConfirmation, withdrawTestPlace: withdrawTest,
}

// settledAs is what a delivery ends as. One that is given up was not delivered
// this time; where a first copy may have arrived, nobody knows more than before.
const settledAs = `CASE WHEN $3 = 'failed' AND ` + wasUncertain + ` THEN 'uncertain' ELSE $3 END`

// settleDelivery keeps no words about somebody who was erased while their mail
// was under way: replies quote addresses.
const settleDelivery = `
UPDATE deliveries
SET state = ` + settledAs + `, due_at = $4, settled_at = $5, code = $6, enhanced = $7,
    reply = CASE WHEN EXISTS (SELECT 1 FROM subscribers AS s WHERE s.id = $2 AND s.status = 'erased') THEN '' ELSE $8 END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

// settleEarly settles what was refused before it was marked. It was an attempt
// all the same.
const settleEarly = `
UPDATE deliveries
SET state = ` + settledAs + `, due_at = $4, settled_at = $5, handed_at = $5, code = $6, enhanced = $7,
    reply = CASE WHEN EXISTS (SELECT 1 FROM subscribers AS s WHERE s.id = $2 AND s.status = 'erased') THEN '' ELSE $8 END,
    attempts = attempts + 1, relay = $9, dated_at = $10
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND attempts = $11`

// requeueDelivery leaves the last reply: this time no relay said anything.
const requeueDelivery = `
UPDATE deliveries
SET state = 'queued', settled_at = 0,
    attempts = attempts - 1, dated_at = CASE WHEN attempts > 1 THEN dated_at ELSE 0 END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

func (b book) settle(s *Settlement, relay string) (err error) {
	n, due, r := 0, database.Millis(s.DueAt), &s.Reply
	switch early := s.Early; {
	case s.State == Queued:
		_, err = b.run.Exec(requeuePlace, s.Mailing, s.Subscriber)
	case early != nil:
		n, err = b.run.Exec(settleEarlyPlace, int64(s.Mailing), int64(s.Subscriber), string(s.State), due, b.now, r.Code, r.Enhanced, r.Text,
			relay, database.Millis(early.DatedAt), early.Attempts)
	default:
		n, err = b.run.Exec(settlePlace, int64(s.Mailing), int64(s.Subscriber), string(s.State), due, b.now, r.Code, r.Enhanced, r.Text)
	}
	if n == 0 || err != nil {
		return err
	}
	return b.returned(s)
}

// A marking is the two statements that mark a delivery of one kind, as handed
// or as withdrawn.
type marking struct{ hand, withdraw int }

var markings = map[Kind]marking{
	IssueMailing:        {handIssuePlace, withdrawIssuePlace},
	ConfirmationMailing: {handConfirmationPlace, withdrawConfirmationPlace},
	TestMailing:         {handTestPlace, withdrawTestPlace},
}

// about is what the statements of a marking are told of a mailing.
func (m *Mailing) about() any {
	switch m.Kind {
	case IssueMailing:
		return m.Edition
	case ConfirmationMailing:
		return m.Generation
	}
	return ""
}

// hand marks a delivery as handed, if it may be handed over as it was claimed.
func (b book) hand(c *Claim, relay string) (Grant, error) {
	mark, about := markings[c.Mailing.Kind], c.Mailing.about()
	n, err := b.run.Exec(mark.hand, int64(c.Mailing.ID), int64(c.Subscriber), b.now, about, c.Address, c.Attempts, database.Millis(c.DatedAt), relay)
	if n > 0 || err != nil {
		return Grant{OK: n > 0}, err
	}
	n, err = b.run.Exec(mark.withdraw, c.Mailing.ID, c.Subscriber, b.now, about)
	if n > 0 || err != nil {
		return Grant{Withdrawn: n > 0}, err
	}
	return b.fresh(c)
}

// fresh looks for what has changed of a delivery that is neither granted nor
// withdrawn.
func (b book) fresh(c *Claim) (Grant, error) {
	row, err := b.run.First(freshPlace, c.Mailing.ID, c.Subscriber, b.now)
	if err != nil || row == nil {
		return Grant{}, err
	}
	fresh := &Claim{Mailing: c.Mailing, Subscriber: c.Subscriber}
	dated, _ := row[0].(int64)
	attempts, _ := row[1].(int64)
	fresh.Address, _ = row[2].(string)
	signedUp, _ := row[3].(int64)
	fresh.DatedAt, fresh.Attempts, fresh.SignedUpAt = database.Time(dated), int(attempts), database.Time(signedUp)
	return Grant{Fresh: fresh}, nil
}
