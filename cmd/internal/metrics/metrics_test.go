package metrics_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/cmd/internal/metrics"
	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

var morning = time.Date(2026, 2, 3, 6, 0, 0, 0, time.UTC)

// A desk is metrics over an outbox, and who reads them.
type desk struct {
	*testing.T
	*metrics.Metrics
	db     *database.DB
	outbox *subscribers.Outbox
	now    time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "redigest.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := subscribers.Migrate(t.Context(), db, morning); err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, db: db, now: morning}
	now := func() time.Time { return d.now }
	d.outbox = subscribers.NewOutbox(db, subscribers.OutboxOptions{Now: now})
	d.Metrics = metrics.New(d.outbox, now)
	return d
}

// read reads the metrics over HTTP.
func (d *desk) read() string {
	d.Helper()
	w := httptest.NewRecorder()
	d.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		d.Fatalf("the answer is %d\n%s", w.Code, w.Body)
	}
	return w.Body.String()
}

// wants compares the lines of numbers.
func (d *desk) wants(lines ...string) {
	d.Helper()
	text := "\n" + d.read()
	for _, line := range lines {
		if !strings.Contains(text, "\n"+line+"\n") {
			name, _, _ := strings.Cut(line, "{")
			d.Errorf("there is no line %s\n%s", line, grep(text, name))
		}
	}
}

func grep(text, word string) string {
	var found []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, word) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "")
}

func (d *desk) exec(query string) {
	d.Helper()
	err := d.db.Transact(d.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(d.Context(), query)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
}

func TestWhatAWorkerTellsIsRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for range 3 {
		d.Settled(subscribers.Accepted)
		d.Answered("relay.example:587", mail.StageBody, 2)
		d.Waited("relay.example:587", mail.StageBody, 40*time.Millisecond)
	}
	d.Settled(subscribers.Refused)
	d.Answered("relay.example:587", mail.StageRcpt, 5)
	d.Answered("relay.example:587", mail.StageConnect, 0)
	d.Committed(8, 3*time.Millisecond)
	d.RelayState("relay.example:587", delivery.RelayResting)
	d.wants(
		`redigest_deliveries_total{state="accepted"} 3`,
		`redigest_deliveries_total{state="refused"} 1`,
		`redigest_deliveries_total{state="uncertain"} 0`,
		`redigest_replies_total{class="2xx",relay="relay.example:587",stage="body"} 3`,
		`redigest_replies_total{class="5xx",relay="relay.example:587",stage="rcpt"} 1`,
		`redigest_replies_total{class="none",relay="relay.example:587",stage="connect"} 1`,
		`redigest_stage_seconds_bucket{relay="relay.example:587",stage="body",le="0.025"} 0`,
		`redigest_stage_seconds_bucket{relay="relay.example:587",stage="body",le="0.05"} 3`,
		`redigest_commit_entries_bucket{le="4"} 0`,
		`redigest_commit_entries_bucket{le="8"} 1`,
		`redigest_commit_seconds_bucket{le="0.0025"} 0`,
		`redigest_commit_seconds_bucket{le="0.005"} 1`,
		`redigest_relay_state{relay="relay.example:587",state="open"} 0`,
		`redigest_relay_state{relay="relay.example:587",state="resting"} 1`,
	)
	d.RelayState("relay.example:587", delivery.RelayOpen)
	d.wants(`redigest_relay_state{relay="relay.example:587",state="open"} 1`, `redigest_relay_state{relay="relay.example:587",state="resting"} 0`)
}

func TestWhatIsOwedIsCountedWhenTheMetricsAreRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.wants(`redigest_outbox_deliveries{state="queued"} 0`, `redigest_outbox_oldest_seconds 0`)
	d.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5)
		INSERT INTO subscribers (id, address, address_hash, name, status, edition, generation, created_at, asked_at, confirmed_at, paused_until)
		SELECT i, 'reader' || i || '@example.net', 'hash' || i, '', 'confirmed', 'daily', 1, 0, 0, 0, 0 FROM n`)
	m, err := d.outbox.EnqueueIssue(t.Context(), subscribers.Order{IssueID: 1, Edition: "daily", CutoffAt: d.now})
	if err != nil {
		t.Fatal(err)
	}
	d.exec(`UPDATE deliveries SET state = 'deferred' WHERE subscriber_id = 1`)
	// Reading often does not count often.
	d.wants(`redigest_outbox_deliveries{state="queued"} 0`)
	d.now = d.now.Add(90 * time.Second)
	d.wants(
		`redigest_outbox_deliveries{state="queued"} 4`,
		`redigest_outbox_deliveries{state="deferred"} 1`,
		`redigest_outbox_deliveries{state="handed"} 0`,
		`redigest_outbox_held_deliveries 0`,
		`redigest_outbox_oldest_seconds 90`,
	)
	if err := d.outbox.Hold(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(90 * time.Second)
	d.wants(`redigest_outbox_held_deliveries 5`)
}

func TestWithoutTheDatabaseTheOtherNumbersAreStillRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Settled(subscribers.Accepted)
	if err := d.db.Close(); err != nil {
		t.Fatal(err)
	}
	d.wants(`redigest_deliveries_total{state="accepted"} 1`)
	if strings.Contains(d.read(), "\nredigest_outbox_deliveries{") {
		t.Error("it says what is owed although it cannot know")
	}
}

func TestNothingElseIsAnswered(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, r := range []*http.Request{
		httptest.NewRequest(http.MethodGet, "/", nil),
		httptest.NewRequest(http.MethodPost, "/metrics", nil),
		httptest.NewRequest(http.MethodGet, "/debug/pprof/", nil),
	} {
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		if w.Code < 400 {
			t.Errorf("%s %s is answered with %d", r.Method, r.URL, w.Code)
		}
	}
}

func TestManyLinesMayTellAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var lines sync.WaitGroup
	for i := range 8 {
		lines.Go(func() {
			for n := range 500 {
				relay := fmt.Sprintf("relay%d.example:25", (i+n)%20)
				d.Answered(relay, mail.StageBody, 2)
				d.Waited(relay, mail.StageBody, time.Millisecond)
				d.Settled(subscribers.Accepted)
			}
		})
	}
	lines.Wait()
	d.wants(`redigest_deliveries_total{state="accepted"} 4000`,
		`redigest_replies_total{class="2xx",relay="relay0.example:25",stage="body"} 200`,
		`redigest_stage_seconds_count{relay="relay19.example:25",stage="body"} 200`)
}

// Each mail tells some ten things.
func TestTellingAllocatesNothing(t *testing.T) {
	d := newDesk(t)
	n := testing.AllocsPerRun(1000, func() {
		d.Settled(subscribers.Accepted)
		d.Answered("relay.example:587", mail.StageBody, 2)
		d.Waited("relay.example:587", mail.StageBody, 40*time.Millisecond)
		d.Committed(8, 3*time.Millisecond)
	})
	if n > 0 {
		t.Errorf("it allocates %v times a mail", n)
	}
}

func BenchmarkTelling(b *testing.B) {
	m := metrics.New(nil, time.Now)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m.Settled(subscribers.Accepted)
			m.Answered("relay.example:587", mail.StageBody, 2)
			m.Waited("relay.example:587", mail.StageBody, 40*time.Millisecond)
		}
	})
}
