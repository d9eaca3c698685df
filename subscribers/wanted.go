package subscribers

// Whether a delivery is still owed, still wanted, and goes to the address it was
// claimed for is asked in the statement that marks it, so nothing can come
// between. In all of them $1 and $2 are its key, $3 is now, and $4 what the
// mailing is about.

// mayGetIssue is who may get an issue of edition $4, of subscribers s: promise 3
// hangs on it, when recipients are written, when one is marked and when a mail
// goes out again. Beside it each asks who has paused by its own moment.
const mayGetIssue = `s.status = 'confirmed'
  AND s.edition = $4
  AND NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address_hash = s.address_hash)`

const wantsIssue = mayGetIssue + `
  AND s.paused_until <= $3`

// A confirmation may go to one who left and asks anew; what only the operator
// lifts still stands in its way.
const wantsConfirmation = `s.status = 'pending'
  AND s.generation = $4
  AND NOT EXISTS (
    SELECT 1
    FROM suppressions AS x
    WHERE x.address_hash = s.address_hash
      AND x.reason IN ('bounce', 'complaint', 'manual'))`

// A test goes to an address, whether that is on the list or not; one that was
// erased since is empty.
const testWanted = `EXISTS (
    SELECT 1
    FROM mailings AS w
    WHERE w.id = $1
      AND $4 = ''
      AND deliveries.recipient <> ''
      AND NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address_hash = w.address_hash))`

// goesOut: all recipients of the mailing are written, and it is neither held
// nor cancelled.
const goesOut = `EXISTS (
    SELECT 1
    FROM mailings AS m
    WHERE m.id = $1
      AND m.planned_at > 0
      AND m.held_at = 0
      AND m.cancelled_at = 0)`

var (
	handIssue        = handIf(reader(wantsIssue + ` AND s.address = $5`))
	handConfirmation = handIf(reader(wantsConfirmation + ` AND s.address = $5`))
	handTest         = handIf(testWanted + ` AND deliveries.recipient = $5`)

	withdrawIssue        = withdrawUnless(reader(wantsIssue))
	withdrawConfirmation = withdrawUnless(reader(wantsConfirmation))
	withdrawTest         = withdrawUnless(testWanted)
)

// reader returns the condition that who holds of the delivery's subscriber s.
func reader(who string) string {
	return `EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = $2
      AND ` + who + `)`
}

// handIf returns the statement that marks a delivery as handed if it is owed
// and wanted.
func handIf(wanted string) string {
	return `
UPDATE deliveries
SET state = 'handed', attempts = attempts + 1, due_at = 0, relay = $8, handed_at = $3, dated_at = $7
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND due_at <= $3
  AND attempts = $6
  AND ` + goesOut + `
  AND ` + wanted
}

// withdrawUnless returns the statement that ends what handing over was not
// granted for because it is not wanted any more. One that was uncertain before
// it was sent again is so again.
func withdrawUnless(wanted string) string {
	return `
UPDATE deliveries
SET state = CASE WHEN ` + wasUncertain + ` THEN 'uncertain' ELSE 'withdrawn' END, due_at = 0, settled_at = $3
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND due_at <= $3
  AND EXISTS (
    SELECT 1
    FROM mailings AS m
    WHERE m.id = $1
      AND m.planned_at > 0
      AND (m.cancelled_at > 0 OR m.held_at = 0 AND NOT ` + wanted + `))`
}

const freshClaim = `
SELECT d.dated_at, d.attempts, coalesce(s.address, d.recipient), coalesce(s.confirmed_at, 0)
FROM deliveries AS d
LEFT JOIN subscribers AS s ON s.id = d.subscriber_id
WHERE d.mailing_id = $1
  AND d.subscriber_id = $2
  AND d.state IN ('queued', 'deferred')
  AND d.due_at <= $3
  AND ` + goesOut
