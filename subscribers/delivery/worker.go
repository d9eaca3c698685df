package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/mail"
)

var (
	// ErrUnreachable means that no mail can go out because a relay cannot be
	// talked to. What is owed stays in the outbox.
	ErrUnreachable = errors.New("relay unreachable")
	// ErrRefuses means that a relay takes no mail of ours at all: it refuses
	// the password, the sender or, ten times in a row, us or what the mails say.
	// What is owed stays in the outbox.
	ErrRefuses = errors.New("relay takes no mail from us")
	// ErrSilent means that a relay takes mails whole and does not say whether it
	// keeps them, three times in a row. What is still owed stays in the outbox.
	ErrSilent = errors.New("the relay gives no answer to whole mails")
)

// Options says how a [Worker] works. Its zero value works.
type Options struct {
	Now    func() time.Time // time.Now if nil
	Log    *slog.Logger     // slog.Default() if nil
	Dial   mail.DialOptions
	Spread func() float64 // chance from 0 up to 1, for the delays of retries; math/rand's if nil

	GiveUp time.Duration // how long a mail that is put off is tried again; 20 h if zero
	Grace  time.Duration // how long a mail in flight may take to finish when Run is to end; 30 s if zero
	Idle   time.Duration // how long a line without mail is kept open; 5 s if zero
	Tries  int           // after so many failures in a row Drain gives a relay up; 5 if zero

	// InFlight is how many mails a line may have handed over and not written down
	// as settled, from 1 to 8; 1 if zero. More is faster, and more is uncertain
	// after a crash.
	InFlight int

	Meter Meter                       // nil: nobody is told
	Pace  func(relay mail.Relay) Pace // asked once for each relay; nil, or where it returns nil: no bound

	Progress func(Progress) // called four times a second while there is a change, by one goroutine; may be nil
}

// maxInFlight bounds what a crash may leave uncertain on a line.
const maxInFlight = 8

// pace returns the bound of a relay.
func (o Options) pace(relay mail.Relay) Pace {
	if o.Pace != nil {
		if p := o.Pace(relay); p != nil {
			return p
		}
	}
	return noPace{}
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Spread == nil {
		o.Spread = rand.Float64
	}
	for setting, preset := range map[*time.Duration]time.Duration{&o.GiveUp: 20 * time.Hour, &o.Grace: 30 * time.Second, &o.Idle: 5 * time.Second} {
		if *setting == 0 {
			*setting = preset
		}
	}
	if o.Tries == 0 {
		o.Tries = 5
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	o.InFlight = min(max(o.InFlight, 1), maxInFlight)
	return o
}

// A Worker hands the mail in the outbox to the relays. It must run under the
// [Lock], and only one of Run and Drain at a time.
type Worker struct {
	outbox  *subscribers.Outbox
	letters *Letters
	relays  []mail.Relay
	fars    []*far // of the relays; what is known of them outlives a turn
	opts    Options
	wake    chan struct{}
	write   func(*subscribers.Entry) error // to the ledger, which the first turn opens

	// unwritten is what became of deliveries whose settlement could not be
	// committed. While it is not empty the worker still knows what the
	// database does not.
	mu        sync.Mutex
	unwritten []subscribers.Entry // of one settlement each
}

// NewWorker returns a worker. Each relay is used with as many connections as it
// says; all of them share the mail.
func NewWorker(outbox *subscribers.Outbox, letters *Letters, relays []mail.Relay, opts Options) *Worker {
	w := &Worker{outbox: outbox, letters: letters, relays: relays, opts: opts.withDefaults(), wake: make(chan struct{}, 1)}
	for _, relay := range relays {
		state := func(s RelayState) { w.opts.Meter.RelayState(relay.Name, s) }
		w.fars = append(w.fars, &far{gate: newGate(0, func() {}, state), pace: w.opts.pace(relay)})
	}
	return w
}

// Wake says that there may be something new in the outbox.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run delivers until ctx is done. Then it finishes the mails in flight, each
// within the grace or it is uncertain, and leaves everything else in the
// outbox. Trouble with relays or the database is logged and outlived.
func (w *Worker) Run(ctx context.Context) error {
	for failures := 1; ; failures++ {
		began := w.opts.Now()
		err := w.work(ctx, errand{})
		if ctx.Err() != nil {
			return w.leave(err)
		}
		if w.opts.Now().Sub(began) > longestPause {
			failures = 1
		}
		pause := relayPause(failures)
		w.opts.Log.Error("delivery stopped; it goes on after a pause", "error", err, "pause", pause)
		select {
		case <-ctx.Done():
			return w.leave(nil)
		case <-time.After(pause):
		}
	}
}

// Drain delivers until nothing more can be done now: what is left is deferred
// and not yet due, or held. It returns [ErrUnreachable], [ErrRefuses],
// [ErrSilent] or a [*UsedUpError] when something is left because of the relays,
// and the context's error when ctx is done first.
func (w *Worker) Drain(ctx context.Context) error {
	return w.clear(ctx, errand{drain: true})
}

// DrainOnly delivers what is owed of one mailing as [Worker.Drain] does of all,
// and leaves everything else in the outbox.
func (w *Worker) DrainOnly(ctx context.Context, mailing subscribers.ID) error {
	return w.clear(ctx, errand{drain: true, only: mailing})
}

func (w *Worker) clear(ctx context.Context, e errand) error {
	err := w.work(ctx, e)
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return w.leave(err)
}

// leave says which mails the database does not know the truth of.
func (w *Worker) leave(err error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	answers := 0
	for _, e := range w.unwritten {
		if e.Settle[0].State != subscribers.Queued { // of a queued one nothing went out
			answers++
		}
	}
	if answers > 0 {
		err = errors.Join(err, fmt.Errorf("%d answers could not be written down; those mails will count as uncertain", answers))
	}
	return err
}

// An errand is what a turn is for.
type errand struct {
	drain bool           // it ends when nothing more can be done now
	only  subscribers.ID // the one mailing to deliver; 0: all
}

// work is one turn: it goes on until ctx is done, the database fails, or its
// errand is done.
func (w *Worker) work(ctx context.Context, e errand) error {
	if err := w.open(ctx); err != nil {
		return err
	}
	t := newTurn(w, e)
	all, err := t.settledRest()
	if err == nil && all {
		// Only now: what the worker itself still knows is not uncertain.
		err = t.recover(ctx)
	}
	if err != nil {
		return err
	}
	return t.run(ctx)
}

// recover settles what the last sender left.
func (t *turn) recover(ctx context.Context) error {
	n, err := t.outbox.Recover(ctx)
	if err != nil || n == 0 {
		return err
	}
	for range n {
		t.opts.Meter.Settled(subscribers.Uncertain)
	}
	t.opts.Log.Warn("the last sender died with mails in flight; they are uncertain", "mails", n)
	return nil
}

// open opens the ledger, once.
func (w *Worker) open(ctx context.Context) error {
	if w.write != nil {
		return nil
	}
	ledger, err := w.outbox.Ledger(ctx, subscribers.LedgerOptions{Committed: w.opts.Meter.Committed})
	if err == nil {
		w.write = ledger.Commit
	}
	return err
}
