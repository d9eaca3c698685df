// Package metrics says in the form that Prometheus reads how delivery is doing.
//
// It holds numbers and the names of relays, and nothing about any reader.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

// Metrics is a [delivery.Meter] whose numbers are read over HTTP.
type Metrics struct {
	registry *prometheus.Registry

	settled map[subscribers.State]prometheus.Counter
	replies *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	relays  *prometheus.GaugeVec

	entries, commits prometheus.Histogram

	// Every mail asks for these, so they are found without a lock.
	replyOf  known[answer, prometheus.Counter]
	secondOf known[wait, prometheus.Observer]
}

var _ delivery.Meter = (*Metrics)(nil)

type answer struct {
	relay string
	stage mail.Stage
	class int
}

type wait struct {
	relay string
	stage mail.Stage
}

// New returns metrics with all numbers at zero. What the outbox owes is asked of
// outbox whenever the metrics are read.
func New(outbox *subscribers.Outbox, now func() time.Time) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		settled:  map[subscribers.State]prometheus.Counter{},
		replies:  newReplies(),
		seconds:  newSeconds(),
		relays:   newRelays(),
		entries:  newEntries(),
		commits:  newCommits(),
	}
	m.registry.MustRegister(m.states(), m.replies, m.seconds, m.relays, m.entries, m.commits, newDepth(outbox, now),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func newReplies() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "redigest_replies_total",
		Help: "Replies of relays that decided something, by the class of the code; none: the line died without one.",
	}, []string{"relay", "stage", "class"})
}

// Its buckets end with the longest timeout, that after the final dot.
func newSeconds() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "redigest_stage_seconds",
		Help:    "How long a line waited for a relay at a stage. What goes out together is waited for at its last stage.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 600},
	}, []string{"relay", "stage"})
}

func newRelays() *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "redigest_relay_state",
		Help: "1 for the state that a relay is in: open, resting after a failure, or stopped until somebody sees to it.",
	}, []string{"relay", "state"})
}

func newEntries() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "redigest_commit_entries",
		Help:    "Of how many lines to relays one transaction of the ledger took the entries.",
		Buckets: prometheus.ExponentialBuckets(1, 2, 11),
	})
}

func newCommits() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "redigest_commit_seconds",
		Help:    "How long one transaction of the ledger took until it was on the disk.",
		Buckets: []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5},
	})
}

// states makes a counter for each state that a delivery can be settled in.
func (m *Metrics) states() prometheus.Collector {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "redigest_deliveries_total", Help: "Deliveries that came into a state and were written down, since the program started.",
	}, []string{"state"})
	for _, s := range []subscribers.State{
		subscribers.Queued, subscribers.Deferred, subscribers.Accepted, subscribers.Refused,
		subscribers.Failed, subscribers.Uncertain, subscribers.Withdrawn,
	} {
		m.settled[s] = vec.WithLabelValues(string(s))
	}
	return vec
}

// Handler answers GET /metrics.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		// What cannot be counted in the database does not hide the rest.
		ErrorHandling: promhttp.ContinueOnError,
	}))
	return mux
}

// Settled implements [delivery.Meter].
func (m *Metrics) Settled(s subscribers.State) {
	if counter := m.settled[s]; counter != nil {
		counter.Inc()
	}
}

// Answered implements [delivery.Meter].
func (m *Metrics) Answered(relay string, stage mail.Stage, class int) {
	m.replyOf.get(answer{relay, stage, class}, func(a answer) prometheus.Counter {
		return m.replies.WithLabelValues(a.relay, string(a.stage), a.words())
	}).Inc()
}

func (a answer) words() string {
	if a.class < 1 || a.class > 9 {
		return "none"
	}
	return string(rune('0'+a.class)) + "xx"
}

// Waited implements [delivery.Meter].
func (m *Metrics) Waited(relay string, stage mail.Stage, d time.Duration) {
	m.secondOf.get(wait{relay, stage}, func(w wait) prometheus.Observer {
		return m.seconds.WithLabelValues(w.relay, string(w.stage))
	}).Observe(d.Seconds())
}

// Committed implements [delivery.Meter].
func (m *Metrics) Committed(entries int, d time.Duration) {
	m.entries.Observe(float64(entries))
	m.commits.Observe(d.Seconds())
}

// RelayState implements [delivery.Meter].
func (m *Metrics) RelayState(relay string, state delivery.RelayState) {
	for _, s := range []delivery.RelayState{delivery.RelayOpen, delivery.RelayResting, delivery.RelayStopped} {
		value := 0.0
		if s == state {
			value = 1
		}
		m.relays.WithLabelValues(relay, string(s)).Set(value)
	}
}
