package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"redigest/subscribers"
)

// depthEvery is how often what is owed is counted at most, however often the
// metrics are read: it takes a look at every open delivery.
const depthEvery = 10 * time.Second

// depthWithin is how long counting may take.
const depthWithin = 5 * time.Second

// A depth collects what the outbox owes.
type depth struct {
	outbox *subscribers.Outbox
	now    func() time.Time

	owed, held, oldest *prometheus.Desc

	mu      sync.Mutex
	last    subscribers.Depth
	counted time.Time // zero: not yet
}

func newDepth(outbox *subscribers.Outbox, now func() time.Time) *depth {
	return &depth{
		outbox: outbox, now: now,
		owed:   prometheus.NewDesc("redigest_outbox_deliveries", "Deliveries that are owed now, by state.", []string{"state"}, nil),
		held:   prometheus.NewDesc("redigest_outbox_held_deliveries", "Deliveries of those that wait for the operator to release them.", nil, nil),
		oldest: prometheus.NewDesc("redigest_outbox_oldest_seconds", "Age of the oldest mailing of which something is owed; 0 when nothing is.", nil, nil),
	}
}

// Describe implements [prometheus.Collector].
func (d *depth) Describe(to chan<- *prometheus.Desc) {
	to <- d.owed
	to <- d.held
	to <- d.oldest
}

// Collect implements [prometheus.Collector].
func (d *depth) Collect(to chan<- prometheus.Metric) {
	owed, err := d.count()
	if err != nil {
		to <- prometheus.NewInvalidMetric(d.owed, err)
		return
	}
	for state, n := range map[subscribers.State]int{subscribers.Queued: owed.Queued, subscribers.Handed: owed.Handed, subscribers.Deferred: owed.Deferred} {
		to <- prometheus.MustNewConstMetric(d.owed, prometheus.GaugeValue, float64(n), string(state))
	}
	to <- prometheus.MustNewConstMetric(d.held, prometheus.GaugeValue, float64(owed.Held))
	age := time.Duration(0)
	if !owed.Oldest.IsZero() {
		age = d.now().Sub(owed.Oldest)
	}
	to <- prometheus.MustNewConstMetric(d.oldest, prometheus.GaugeValue, age.Seconds())
}

func (d *depth) count() (subscribers.Depth, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); d.counted.IsZero() || now.Sub(d.counted) >= depthEvery {
		ctx, cancel := context.WithTimeout(context.Background(), depthWithin)
		defer cancel()
		owed, err := d.outbox.Depth(ctx)
		if err != nil {
			return owed, err
		}
		d.last, d.counted = owed, now
	}
	return d.last, nil
}
