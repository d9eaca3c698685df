package subscribers

import "time"

// A State is where a delivery stands:
//
//	queued ─► handed ─► accepted | refused | uncertain         queued | deferred ─► withdrawn
//	            └─► deferred (4xx, due later) ─► handed … ─► failed (given up)
//
// A handed one also becomes queued again when the relay would take no mail at
// all, so that nothing was said about this one.
type State string

const (
	Queued    State = "queued"    // owed
	Handed    State = "handed"    // being handed over; committed before the first octet of its body goes out
	Deferred  State = "deferred"  // refused for now (4xx); owed, and tried again at its time
	Accepted  State = "accepted"  // the next server took responsibility (250)
	Refused   State = "refused"   // refused for good (5xx)
	Failed    State = "failed"    // given up after trying again and again
	Uncertain State = "uncertain" // the line died after the whole message was handed over
	Withdrawn State = "withdrawn" // no longer wanted, or cancelled, before it was handed over
)

// A Key names a delivery. Subscriber is 0 where the recipient is none.
type Key struct {
	Mailing    ID
	Subscriber ID
}

// A Delivery is one mail owed to one recipient and what has become of it.
type Delivery struct {
	Key
	Address   string // the recipient's; empty once erased
	State     State
	Attempts  int
	DueAt     time.Time // of a deferred one
	Relay     string    // host it was handed to last
	DatedAt   time.Time // its message's Date; zero until the first attempt
	HandedAt  time.Time // of the last attempt
	SettledAt time.Time
	Reply     Reply // the last one
}

// A Reply is what a server said, or what this program says in place of one.
type Reply struct {
	Code     int    // 0: no server said it
	Enhanced string // RFC 3463, such as "5.1.1"; empty when there was none
	Text     string
}
