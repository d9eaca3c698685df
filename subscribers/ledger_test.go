package subscribers

import (
	"database/sql"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/digest/database"
)

func (p *postRoom) ledger() *Ledger {
	p.Helper()
	l, err := p.Outbox.Ledger(p.Context(), LedgerOptions{})
	if err != nil {
		p.Fatal(err)
	}
	return l
}

// claim takes up a delivery, whatever its state, as a worker would that is about
// to make an attempt at it.
func (p *postRoom) claim(m Mailing, to ID) Claim {
	p.Helper()
	c := Claim{Mailing: &m, Subscriber: to}
	var dated int64
	err := p.db.Read().QueryRow(`SELECT dated_at, attempts, coalesce((SELECT address FROM subscribers WHERE id = $2), recipient)
		FROM deliveries WHERE mailing_id = $1 AND subscriber_id = $2`, m.ID, to).Scan(&dated, &c.Attempts, &c.Address)
	if err != nil {
		p.Fatal(err)
	}
	if c.DatedAt = database.Time(dated); c.DatedAt.IsZero() {
		c.DatedAt = p.clock.Now()
	}
	return c
}

// owed reports whether there is a delivery to somebody at all.
func (p *postRoom) owed(m Mailing, to ID) (found bool) {
	p.Helper()
	err := p.db.Read().QueryRow(`SELECT EXISTS (SELECT 1 FROM deliveries WHERE mailing_id = $1 AND subscriber_id = $2)`, m.ID, to).Scan(&found)
	if err != nil {
		p.Fatal(err)
	}
	return found
}

// hand asks for a delivery by an entry of its own.
func (p *postRoom) hand(m Mailing, to ID) Grant {
	p.Helper()
	return p.handClaim(p.claim(m, to))
}

func (p *postRoom) handClaim(c Claim) Grant {
	p.Helper()
	e := Entry{Hand: []Claim{c}, Relay: "relay.example:25"}
	if err := p.ledger().Commit(&e); err != nil {
		p.Fatal(err)
	}
	return e.Grants[0]
}

func (p *postRoom) settle(s Settlement) {
	p.Helper()
	if err := p.ledger().Commit(&Entry{Settle: []Settlement{s}, Relay: "relay.example:25"}); err != nil {
		p.Fatal(err)
	}
}

func (p *postRoom) state(m Mailing, to ID) (s State) {
	p.Helper()
	err := p.db.Read().QueryRow(`SELECT state FROM deliveries WHERE mailing_id = $1 AND subscriber_id = $2`, m.ID, to).Scan(&s)
	if err != nil {
		p.Fatal(err)
	}
	return s
}

// Who may be handed a mail is asked at the moment of handing over, whatever was
// true when it was claimed.
func TestPromise3WantedIsAskedWhenAMailIsHandedOver(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind   Kind
		change string // to reader 1, or to the mailing
		want   State
	}{
		"an issue to one who wants it":            {IssueMailing, ``, Handed},
		"an issue to one who left":                {IssueMailing, `UPDATE subscribers SET status = 'unsubscribed'`, Withdrawn},
		"an issue to one who was erased":          {IssueMailing, `UPDATE subscribers SET status = 'erased', address = ''`, Withdrawn},
		"an issue to one who is pending again":    {IssueMailing, `UPDATE subscribers SET status = 'pending'`, Withdrawn},
		"an issue to one who changed edition":     {IssueMailing, `UPDATE subscribers SET edition = 'weekly'`, Withdrawn},
		"an issue to one who pauses":              {IssueMailing, `UPDATE subscribers SET paused_until = 9999999999999`, Withdrawn},
		"an issue to one who complained":          {IssueMailing, `INSERT INTO suppressions VALUES ('hash1', 'complaint', '', 0)`, Withdrawn},
		"an issue to one whose mail bounced":      {IssueMailing, `INSERT INTO suppressions VALUES ('hash1', 'bounce', '', 0)`, Withdrawn},
		"an issue to one suppressed by hand":      {IssueMailing, `INSERT INTO suppressions VALUES ('hash1', 'manual', '', 0)`, Withdrawn},
		"an issue beside another's suppression":   {IssueMailing, `INSERT INTO suppressions VALUES ('hash2', 'manual', '', 0)`, Handed},
		"an issue that is held":                   {IssueMailing, `UPDATE mailings SET held_at = 1`, Queued},
		"an issue that is cancelled":              {IssueMailing, `UPDATE mailings SET cancelled_at = 1`, Withdrawn},
		"an issue that is held and cancelled":     {IssueMailing, `UPDATE mailings SET held_at = 1, cancelled_at = 1`, Withdrawn},
		"an issue that is not due yet":            {IssueMailing, `UPDATE deliveries SET state = 'deferred', due_at = 9999999999999`, Deferred},
		"an issue that is due again":              {IssueMailing, `UPDATE deliveries SET state = 'deferred', due_at = 1`, Handed},
		"an issue that was accepted":              {IssueMailing, `UPDATE deliveries SET state = 'accepted'`, Accepted},
		"an issue that is uncertain":              {IssueMailing, `UPDATE deliveries SET state = 'uncertain'`, Uncertain},
		"a confirmation to one who asked":         {ConfirmationMailing, `UPDATE subscribers SET status = 'pending'`, Handed},
		"a confirmation to one who has confirmed": {ConfirmationMailing, ``, Withdrawn},
		"a confirmation of an older sign-up":      {ConfirmationMailing, `UPDATE subscribers SET status = 'pending', generation = 2`, Withdrawn},
		"a confirmation to one who left and asks anew": {ConfirmationMailing,
			`UPDATE subscribers SET status = 'pending'; INSERT INTO suppressions VALUES ('hash1', 'unsubscribed', '', 0), ('hash1', 'erased', '', 0)`, Handed},
		"a confirmation to one whose mail bounced": {ConfirmationMailing,
			`UPDATE subscribers SET status = 'pending'; INSERT INTO suppressions VALUES ('hash1', 'bounce', '', 0)`, Withdrawn},
		"a confirmation to one who complained": {ConfirmationMailing,
			`UPDATE subscribers SET status = 'pending'; INSERT INTO suppressions VALUES ('hash1', 'complaint', '', 0)`, Withdrawn},
		"a confirmation to one suppressed by hand": {ConfirmationMailing,
			`UPDATE subscribers SET status = 'pending'; INSERT INTO suppressions VALUES ('hash1', 'manual', '', 0)`, Withdrawn},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPostRoom(t)
			p.readers(1)
			m := Mailing{ID: 5, Kind: tt.kind, Edition: "daily", Generation: 1, CreatedAt: monday}
			p.single(m, 1, "")
			for change := range strings.SplitSeq(tt.change, ";") {
				if change != "" {
					p.exec(change)
				}
			}
			grant := p.hand(m, 1)
			if got := p.state(m, 1); got != tt.want {
				t.Errorf("the delivery is %s, want %s", got, tt.want)
			}
			if grant.OK != (tt.want == Handed) {
				t.Errorf("granted: %v, but the delivery is %s", grant.OK, tt.want)
			}
			if grant.Withdrawn != (tt.want == Withdrawn) || grant.Fresh != nil {
				t.Errorf("the grant says %+v, and the delivery is %s", grant, tt.want)
			}
		})
	}
}

func TestNoDeliveryIsHandedOverTwice(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	if !p.hand(m, 1).OK || p.hand(m, 1).OK {
		t.Error("of two who ask, exactly the first may hand it over")
	}
	for _, s := range []State{Accepted, Refused, Failed, Uncertain, Withdrawn} {
		p.exec(`UPDATE deliveries SET state = $1`, s)
		if p.hand(m, 1).OK || p.state(m, 1) != s {
			t.Errorf("a delivery that was %s was handed over", s)
		}
	}
}

func TestTheDateOfAMailIsThatOfItsFirstAttempt(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	first := p.claim(m, 1)
	p.handClaim(first)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Deferred, DueAt: monday.Add(time.Minute)})
	p.clock.Pass(time.Hour)
	again, err := p.ClaimDeferred(t.Context(), &m, 10)
	if err != nil || len(again) != 1 || !again[0].DatedAt.Equal(first.DatedAt) || again[0].Attempts != 1 {
		t.Errorf("second attempt %+v (%v) after first %+v", again, err, first)
	}
}

// A relay that takes no mail at all has said nothing about a delivery.
func TestARequeuedDeliveryStandsAsIfUntried(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	p.hand(m, 1)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Queued, Reply: Reply{Code: 451, Text: "not now"}})
	p.clock.Pass(time.Hour)
	c, err := p.ClaimQueued(t.Context(), &m, -1, 10)
	if err != nil || len(c) != 1 || c[0].Attempts != 0 || !c[0].DatedAt.IsZero() {
		t.Errorf("claimed again as %+v, %v", c, err)
	}
	if !p.hand(m, 1).OK {
		t.Error("it cannot be handed over again")
	}
}

// What a relay said last stays when the next try is taken back.
func TestARequeuedDeliveryKeepsTheLastReply(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	greylisted := Reply{450, "4.2.0", "greylisted"}
	p.hand(m, 1)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Deferred, DueAt: p.clock.Now(), Reply: greylisted})
	if !p.hand(m, 1).OK {
		t.Fatal("it cannot be handed over again")
	}
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Queued})
	for d, err := range p.Deliveries(t.Context(), m.ID, Queued) {
		if err != nil || d.Reply != greylisted || d.Attempts != 1 {
			t.Errorf("requeued it is %+v (%v)", d, err)
		}
	}
}

// What the relay refuses before the mark was an attempt like any other.
func TestWhatIsRefusedBeforeItsMarkIsSettledFromWhereItStood(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(3)
	m := p.enqueue()
	early := func(to ID, s State, due time.Time) {
		c := p.claim(m, to)
		p.settle(Settlement{Key: c.Key(), State: s, DueAt: due, Reply: Reply{450, "4.2.0", "later"}, Early: &c})
	}
	dated := p.clock.Now()
	early(1, Deferred, dated.Add(time.Minute))
	early(2, Refused, time.Time{})
	p.clock.Pass(time.Hour)
	if c := p.claim(m, 1); c.Attempts != 1 || !c.DatedAt.Equal(dated) {
		t.Errorf("after one attempt it is claimed as %+v", c)
	}
	early(1, Deferred, p.clock.Now().Add(time.Minute))
	stale := p.claim(m, 1)
	stale.Attempts--
	p.settle(Settlement{Key: stale.Key(), State: Failed, Early: &stale})
	if c := p.claim(m, 1); c.Attempts != 2 || !c.DatedAt.Equal(dated) || p.state(m, 1) != Deferred {
		t.Errorf("after two attempts it is %s and claimed as %+v", p.state(m, 1), c)
	}
	for _, s := range []State{Handed, Accepted, Refused, Failed, Uncertain, Withdrawn} {
		p.exec(`UPDATE deliveries SET state = $1 WHERE subscriber_id = 3`, s)
		early(3, Refused, time.Time{})
		if got := p.state(m, 3); got != s {
			t.Errorf("an early settlement made %s of a delivery that was %s", got, s)
		}
	}
	p.wantAccount(m, Account{Planned: 3, Deferred: 1, Refused: 1, Withdrawn: 1})
}

func TestPromise3AMailGoesToTheAddressItWasClaimedFor(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	old := p.claim(m, 1)
	p.exec(`UPDATE subscribers SET address = 'moved@example.net' WHERE id = 1`)
	grant := p.handClaim(old)
	if grant.OK || grant.Withdrawn || grant.Fresh == nil || grant.Fresh.Address != "moved@example.net" || p.state(m, 1) != Queued {
		t.Errorf("for an address that is no longer the reader's: %+v, and it is %s", grant, p.state(m, 1))
	}
	fresh := *grant.Fresh
	fresh.DatedAt = old.DatedAt
	if grant := p.handClaim(fresh); !grant.OK {
		t.Errorf("for the new address: %+v", grant)
	}
}

func TestASettlementChangesOnlyWhatIsBeingHandedOver(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(1)
	m := p.enqueue()
	for _, s := range []State{Queued, Deferred, Accepted, Refused, Failed, Uncertain, Withdrawn} {
		p.exec(`UPDATE deliveries SET state = $1`, s)
		p.settle(Settlement{Key: Key{m.ID, 1}, State: Accepted})
		if got := p.state(m, 1); got != s {
			t.Errorf("a late settlement made %s of a delivery that was %s", got, s)
		}
	}
}

func TestManyLinesShareACommit(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	const lines, each = 20, 25
	p.readers(lines * each)
	m := p.enqueue()
	var commits, entries, most int
	l, err := p.Outbox.Ledger(t.Context(), LedgerOptions{Committed: func(n int, _ time.Duration) {
		commits++
		entries += n
		most = max(most, n)
	}})
	if err != nil {
		t.Fatal(err)
	}
	// Nobody commits while somebody is said to: until then all lines gather.
	l.busy = true
	var running sync.WaitGroup
	for line := range lines {
		running.Go(func() {
			e := Entry{Relay: "relay.example:25"}
			for i := range each {
				key := Key{m.ID, ID(line*each + i + 1)}
				e.Hand = []Claim{p.claim(m, key.Subscriber)}
				if err := l.Commit(&e); err != nil || !e.Grants[0].OK {
					t.Errorf("entry for %d: %+v, %v", key.Subscriber, e.Grants, err)
				}
				e.Settle = []Settlement{{Key: key, State: Accepted}}
			}
			e.Hand = nil
			if err := l.Commit(&e); err != nil {
				t.Error(err)
			}
		})
	}
	for gathered := 0; gathered < lines; runtime.Gosched() {
		l.mu.Lock()
		if l.next != nil {
			gathered = len(l.next.entries)
		}
		l.mu.Unlock()
	}
	go l.work()
	running.Wait()
	if entries != lines*(each+1) || most != lines || commits > entries-(lines-1) {
		t.Errorf("%d commits for %d entries, at most %d in one", commits, entries, most)
	}
	p.wantAccount(m, Account{Planned: lines * each, Accepted: lines * each})
}

// A failed commit must say so: a body that goes out without its mark can go out
// twice.
func TestPromise2AnEntryThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	p.readers(2)
	m := p.enqueue()
	l := p.ledger()
	p.exec(`CREATE TRIGGER full BEFORE UPDATE ON deliveries BEGIN SELECT raise(ABORT, 'no room'); END`)
	e := Entry{Hand: []Claim{p.claim(m, 1)}}
	if err := l.Commit(&e); err == nil {
		t.Errorf("granted %+v although it could not be written", e.Grants)
	}
	p.exec(`DROP TRIGGER full`)
	if err := l.Commit(&e); err != nil || !e.Grants[0].OK {
		t.Errorf("not granted once there was room: %+v, %v", e.Grants, err)
	}
}

// single writes a mailing to one subscriber.
func (p *postRoom) single(m Mailing, to ID, address string) {
	p.Helper()
	err := p.db.Transact(p.Context(), func(tx *sql.Tx) error { return insertSingle(p.Context(), tx, m, to, address) })
	if err != nil {
		p.Fatal(err)
	}
}

// The plans are pinned: with any other index a whole send is quadratic.
func TestClaimsWalkAlongTheKey(t *testing.T) {
	t.Parallel()
	p := newPostRoom(t)
	tests := map[string]struct {
		query string
		args  []any
		want  string
	}{
		"queued": {claimQueued, []any{1, 0, 1000},
			"SEARCH d USING PRIMARY KEY (mailing_id=? AND subscriber_id>?)\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"},
		"deferred": {claimDeferred, []any{1, 0, 1000},
			"SEARCH d USING INDEX deliveries_deferred (mailing_id=? AND due_at<?)\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"},
		"open mailings": {selectOpenMailings, nil,
			"SCAN mailings USING INDEX mailings_open"},
		"recipients": {insertRecipients, []any{1, 0, 1000, "daily", 0},
			"SEARCH s USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\n" +
				"CORRELATED SCALAR SUBQUERY 1\n" +
				"SEARCH x USING PRIMARY KEY (address_hash=?)"},
		"handing over": {handIssue, []any{1, 1, 0, "daily", "a@example.net", 0, 0, "relay"},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"SCALAR SUBQUERY 1\n" +
				"SEARCH m USING INTEGER PRIMARY KEY (rowid=?)\n" +
				"SCALAR SUBQUERY 3\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?)\n" +
				"CORRELATED SCALAR SUBQUERY 2\n" +
				"SEARCH x USING PRIMARY KEY (address_hash=?)"},
		"withdrawing": {withdrawIssue, []any{1, 1, 0, "daily"},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"SCALAR SUBQUERY 4\n" +
				"SEARCH m USING INTEGER PRIMARY KEY (rowid=?)\n" +
				"SCALAR SUBQUERY 3\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?)\n" +
				"CORRELATED SCALAR SUBQUERY 2\n" +
				"SEARCH x USING PRIMARY KEY (address_hash=?)\n" +
				"CORRELATED SCALAR SUBQUERY 1\n" +
				"SEARCH r USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)"},
		"settling": {settleDelivery, []any{1, 1, "accepted", 0, 0, 0, "", ""},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"CORRELATED SCALAR SUBQUERY 1\n" +
				"SEARCH r USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"SCALAR SUBQUERY 2\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?)"},
		"settling early": {settleEarly, []any{1, 1, "accepted", 0, 0, 0, "", "", "relay", 0, 0},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"CORRELATED SCALAR SUBQUERY 1\n" +
				"SEARCH r USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"SCALAR SUBQUERY 2\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?)"},
		"requeuing": {requeueDelivery, []any{1, 1},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, err := p.db.Read().Query("EXPLAIN QUERY PLAN "+tt.query, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, step)
			}
			if got := strings.Join(plan, "\n"); got != tt.want {
				t.Errorf("the plan is\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// BenchmarkEnqueue enqueues an issue to 1,000,000 readers, with the rests that
// others need, and tells how long one transaction held the lock at most.
//
//	go test ./subscribers -run - -bench Enqueue -benchtime 5x
func BenchmarkEnqueue(b *testing.B) {
	const readers = 1_000_000
	p := newPostRoom(b)
	p.Outbox.now = time.Now
	p.readers(readers)
	var longest time.Duration
	for b.Loop() {
		b.StopTimer()
		p.exec(`DELETE FROM deliveries`)
		p.exec(`DELETE FROM mailings`)
		b.StartTimer()
		m, err := p.open()
		for since := time.Now(); err == nil && m.PlannedAt.IsZero(); {
			began := time.Now()
			if m, err = p.enqueueNext(b.Context(), m.ID); err == nil {
				longest = max(longest, time.Since(began))
				since, err = database.Rest(b.Context(), since, p.now)
			}
		}
		if err != nil || m.Planned != readers {
			b.Fatalf("%d planned, %v", m.Planned, err)
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million")
	b.ReportMetric(float64(longest.Milliseconds()), "ms-longest-lock")
}
