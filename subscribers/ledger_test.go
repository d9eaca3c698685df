package subscribers

import (
	"database/sql"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (p *postRoom) ledger() *Ledger {
	p.Helper()
	l, err := p.Outbox.Ledger(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	return l
}

// hand asks for a delivery by an entry of its own.
func (p *postRoom) hand(m Mailing, to ID) Grant {
	p.Helper()
	grant, err := p.ledger().Commit(Entry{Hand: &Claim{Mailing: &m, Subscriber: to}, Relay: "relay.example:25"})
	if err != nil {
		p.Fatal(err)
	}
	return grant
}

func (p *postRoom) settle(s Settlement) {
	p.Helper()
	if _, err := p.ledger().Commit(Entry{Settle: &s}); err != nil {
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
			if grant.OK && grant.Address != "reader1@example.net" {
				t.Errorf("to be mailed to %q", grant.Address)
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
	first := p.hand(m, 1)
	p.settle(Settlement{Key: Key{m.ID, 1}, State: Deferred, DueAt: monday.Add(time.Minute)})
	p.clock.Pass(time.Hour)
	again := p.hand(m, 1)
	if !again.DatedAt.Equal(first.DatedAt) || again.Attempts != 2 {
		t.Errorf("second attempt %+v after first %+v", again, first)
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
	if after, _ := p.Mailing(t.Context(), m.ID); after.Refilled == m.Refilled {
		t.Error("nobody can know that the mailing has to be looked through again")
	}
	p.clock.Pass(time.Hour)
	grant := p.hand(m, 1)
	if !grant.OK || grant.Attempts != 1 || !grant.DatedAt.Equal(p.clock.Now()) {
		t.Errorf("handed over again as %+v", grant)
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
	l := p.ledger()
	// Every commit asks for the time once.
	var commits atomic.Int64
	l.now = func() time.Time { commits.Add(1); return p.clock.Now() }
	l.turn <- struct{}{}
	var running sync.WaitGroup
	for line := range lines {
		running.Go(func() {
			var settle *Settlement
			for i := range each {
				key := Key{m.ID, ID(line*each + i + 1)}
				grant, err := l.Commit(Entry{Settle: settle, Hand: &Claim{&m, key.Subscriber}})
				if err != nil || !grant.OK || grant.Address != fmt.Sprintf("reader%d@example.net", key.Subscriber) {
					t.Errorf("entry for %d: %+v, %v", key.Subscriber, grant, err)
				}
				settle = &Settlement{Key: key, State: Accepted}
			}
			if _, err := l.Commit(Entry{Settle: settle}); err != nil {
				t.Error(err)
			}
		})
	}
	// Whoever commits holds the turn: until it is given back all lines gather.
	for gathered := 0; gathered < lines; runtime.Gosched() {
		l.mu.Lock()
		if l.next != nil {
			gathered = len(l.next.entries)
		}
		l.mu.Unlock()
	}
	<-l.turn
	running.Wait()
	if n := commits.Load(); n < 1 || n > lines*(each+1)-(lines-1) {
		t.Errorf("%d commits for %d entries, and %d of them waited together", n, lines*(each+1), lines)
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
	if grant, err := l.Commit(Entry{Hand: &Claim{&m, 1}}); err == nil || grant.OK {
		t.Errorf("granted %+v, %v although it could not be written", grant, err)
	}
	p.exec(`DROP TRIGGER full`)
	if grant, err := l.Commit(Entry{Hand: &Claim{&m, 1}}); err != nil || !grant.OK {
		t.Errorf("not granted once there was room: %+v, %v", grant, err)
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
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id>?)"},
		"deferred": {claimDeferred, []any{1, 0, 1000},
			"SEARCH deliveries USING COVERING INDEX deliveries_deferred (mailing_id=? AND due_at<?)"},
		"open mailings": {selectOpenMailings, nil,
			"SCAN mailings USING INDEX mailings_open"},
		"recipients": {insertRecipients, []any{1, 0, 1000, "daily", 0},
			"SEARCH s USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)\n" +
				"CORRELATED SCALAR SUBQUERY 1\n" +
				"SEARCH x USING PRIMARY KEY (address_hash=?)"},
		"settling": {settleDelivery, []any{1, 1, "accepted", 0, 0, 0, "", ""},
			"SEARCH deliveries USING PRIMARY KEY (mailing_id=? AND subscriber_id=?)\n" +
				"SCALAR SUBQUERY 1\n" +
				"SEARCH s USING INTEGER PRIMARY KEY (rowid=?)"},
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

// Enqueuing 100,000 deliveries without the rests in between, and how long one
// transaction took at most.
func BenchmarkEnqueue(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		p := newPostRoom(b)
		p.readers(100_000)
		b.StartTimer()
		m, err := p.open()
		var longest time.Duration
		for began := time.Now(); err == nil && m.PlannedAt.IsZero(); began = time.Now() {
			m, err = p.enqueueNext(b.Context(), m.ID)
			longest = max(longest, time.Since(began))
		}
		if err != nil || m.Planned != 100_000 {
			b.Fatalf("%d planned, %v", m.Planned, err)
		}
		b.ReportMetric(float64(longest.Milliseconds()), "ms-longest-lock")
	}
	b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}
