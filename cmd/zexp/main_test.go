package zexp

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"redigest/digest/database"
	"redigest/subscribers"
	_ "modernc.org/sqlite"
)

func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const ins = `
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
INSERT INTO subscribers (id, address, address_hash, name, status, edition, generation, created_at, asked_at, confirmed_at,
    paused_until, soft_count, soft_since, last_accepted_at)
SELECT 800000000000000000+i*2097152*37, 'reader' || i || '@example.net', 'hashhashhashhashhashhashhashhashhash' || i, '', 'confirmed', 'daily', 1, 1, 0, 1, 0, 0, 0, 0
FROM n`

const N = 100000

func bed(t *testing.T) (*database.DB, *subscribers.Outbox, subscribers.Mailing, []subscribers.Claim) {
	ctx := t.Context()
	db, err := database.Open(ctx, filepath.Join(t.TempDir(), "x.db"))
	if err != nil { t.Fatal(err) }
	t.Cleanup(func() { db.Close() })
	if err := subscribers.Migrate(ctx, db, time.Now()); err != nil { t.Fatal(err) }
	o := subscribers.NewOutbox(db, subscribers.OutboxOptions{})
	db.Transact(ctx, func(tx *sql.Tx) error { _, err := tx.Exec(ins, N); return err })
	b := time.Now()
	m, err := o.EnqueueIssue(ctx, subscribers.Order{IssueID: 7, Edition: "daily", CutoffAt: time.Now()})
	if err != nil { t.Fatal(err) }
	fmt.Println("enqueue", time.Since(b))
	var all []subscribers.Claim
	after := subscribers.ID(-1)
	b = time.Now()
	for {
		c, err := o.ClaimQueued(ctx, &m, after, 1000)
		if err != nil { t.Fatal(err) }
		if len(c) == 0 { break }
		all = append(all, c...)
		after = c[len(c)-1].Subscriber
	}
	fmt.Println("claims", len(all), time.Since(b))
	return db, o, m, all
}

const settleQ = `
UPDATE deliveries
SET state = 'accepted', settled_at = $3, code = $4, enhanced = $5, reply = $6
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state = 'handed'`

const handQ = `
UPDATE deliveries
SET state = 'handed', attempts = attempts + 1, due_at = 0, relay = $4, handed_at = $3,
    dated_at = CASE WHEN dated_at = 0 THEN $3 ELSE dated_at END
WHERE mailing_id = $1
  AND subscriber_id = $2
  AND state IN ('queued', 'deferred')
  AND due_at <= $3
  AND EXISTS (
    SELECT 1
    FROM mailings AS m
    WHERE m.id = $1
      AND m.planned_at > 0
      AND m.held_at = 0
      AND m.cancelled_at = 0)
  AND EXISTS (
    SELECT 1
    FROM subscribers AS s
    WHERE s.id = $2
      AND s.status = 'confirmed'
      AND s.edition = $5
      AND s.paused_until <= $3
      AND s.address = $6
      AND NOT EXISTS (SELECT 1 FROM suppressions AS x WHERE x.address_hash = s.address_hash))`

func TestDriver(t *testing.T) {
	for _, group := range []int{50} {
		for _, what := range []string{"both"} {
		db, _, m, all := bed(t)
		_ = m
		w, err := sql.Open("sqlite", "file:"+db.Path()+"?_pragma=secure_delete(1)&_journal_mode=WAL&_synchronous=FULL&_busy_timeout=10000&_foreign_keys=on&_txlock=immediate&_dqs=0")
		if err != nil { t.Fatal(err) }
		w.SetMaxOpenConns(1)
		conn, err := w.Conn(context.Background())
		if err != nil { t.Fatal(err) }
		conn.Raw(func(dc any) error {
			c := dc.(driver.Conn)
			prep := func(q string) driver.StmtExecContext {
				s, err := c.(driver.ConnPrepareContext).PrepareContext(context.Background(), q)
				if err != nil { t.Fatal(err) }
				return s.(driver.StmtExecContext)
			}
			settle, hand := prep(settleQ), prep(handQ)
			begin, commit := prep("BEGIN IMMEDIATE"), prep("COMMIT")
			bg := context.Background()
			var args [8]driver.NamedValue
			run := func(s driver.StmtExecContext, vs ...driver.Value) {
				for i, v := range vs { args[i] = driver.NamedValue{Ordinal: i + 1, Value: v} }
				r, err := s.ExecContext(bg, args[:len(vs)])
				if err != nil { t.Fatal(err) }
				if n, _ := r.RowsAffected(); len(vs) > 0 && n != 1 && what == "both" { t.Fatal(n) }
			}
			b, c0 := time.Now(), cpu()
			now := time.Now().UnixMilli()
			addr := make([]string, len(all))
			for i := range addr { addr[i] = fmt.Sprintf("reader%d@example.net", i+1) }
			for i := 0; i+group <= len(all); i += group {
				run(begin)
				for j := i; j < i+group; j++ {
					if j >= group && what != "hand" {
						k := all[j-group]
						run(settle, int64(m.ID), int64(k.Subscriber), now, int64(250), "2.0.0", "OK queued as 123")
					}
					if what != "settle" {
					k := all[j]
					run(hand, int64(m.ID), int64(k.Subscriber), now, "127.0.0.1:2525", "daily", addr[j])
					}
				}
				run(commit)
			}
			n := time.Duration(len(all))
			fmt.Println("group", group, what, "wall/msg", time.Since(b)/n, "cpu/msg", (cpu()-c0)/n)
			return nil
		})
		conn.Close()
		w.Close()
		}
	}
}
