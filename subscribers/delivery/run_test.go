package delivery_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A farEnd is a relay reached over pipes, for tests in virtual time.
type farEnd struct {
	*smtptest.Server
	dials atomic.Int64
	down  atomic.Bool
}

func newFarEnd(script func(smtptest.Event) smtptest.Answer) *farEnd {
	return &farEnd{Server: smtptest.NewPiped(smtptest.Options{Script: script})}
}

func (f *farEnd) dial(ctx context.Context, network, address string) (net.Conn, error) {
	f.dials.Add(1)
	if f.down.Load() {
		return nil, errors.New("connection refused")
	}
	return f.DialContext(ctx, network, address)
}

// inVirtualTime runs a test with a clock that jumps to the next thing to happen.
func inVirtualTime(t *testing.T, test func(b *bed)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t)
		b.outbox = subscribers.NewOutbox(b.db, subscribers.OutboxOptions{Now: time.Now})
		test(b)
		b.db.Close()
		synctest.Wait()
	})
}

func (b *bed) virtual(far *farEnd, connections int) *delivery.Worker {
	relay := mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: connections}
	return b.worker(delivery.Options{Now: time.Now, Dial: mail.DialOptions{DialContext: far.dial}}, relay)
}

// run starts Run and returns what ends it and gives its result.
func run(b *bed, w *delivery.Worker) (stop func() error) {
	ctx, cancel := context.WithCancel(b.Context())
	result := make(chan error, 1)
	go func() { result <- w.Run(ctx) }()
	return func() error {
		cancel()
		return <-result
	}
}

func (b *bed) orderNow() subscribers.Mailing {
	b.Helper()
	m, err := b.outbox.EnqueueIssue(b.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

func TestRunFindsWhatIsOrderedWhileItRuns(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(time.Minute)
		if far.dials.Load() != 0 {
			b.Error("a line was opened without mail")
		}
		b.readers(30)
		m := b.orderNow()
		time.Sleep(2 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 30, Accepted: 30})
		time.Sleep(time.Minute)
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestRunSendsPutOffMailWhenItIsDue(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var tries []time.Time
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage != smtptest.Rcpt {
				return smtptest.Answer{}
			}
			tries = append(tries, time.Now())
			if e.Attempt < 4 {
				return smtptest.Answer{Reply: "450 4.2.0 Greylisted"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(4 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
		for i, limits := range [][2]time.Duration{{5 * time.Minute, 15 * time.Minute}, {15 * time.Minute, 30 * time.Minute}, {time.Hour, 2 * time.Hour}} {
			if i+1 >= len(tries) {
				b.Fatalf("only %d tries", len(tries))
			}
			if d := tries[i+1].Sub(tries[i]); d < limits[0] || d > limits[1]+2*time.Second {
				b.Errorf("try %d came after %v, want between %v and %v", i+2, d, limits[0], limits[1])
			}
		}
	})
}

func TestRunOutlivesARelayThatIsDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(20)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 5))
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 20, Queued: 20})
		// Five at once, then one after 1, 2, 4 … 256 s, then every five minutes.
		if n := far.dials.Load(); n < 15 || n > 30 {
			b.Errorf("%d attempts to reach the relay in an hour", n)
		}
		far.down.Store(false)
		time.Sleep(6 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 20, Accepted: 20})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// The one who goes first after a pause may find that there is nothing to send
// after all; that must not keep the others waiting.
func TestWhoGoesFirstWithoutMailLetsTheOthersFollow(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(1)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 3))
		time.Sleep(10 * time.Second)
		b.exec(`UPDATE subscribers SET status = 'unsubscribed'`)
		far.down.Store(false)
		time.Sleep(time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 1, Withdrawn: 1})
		test, err := b.outbox.EnqueueTest(b.Context(), b.issue.ID, "chief@example.com")
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		b.wantAccount(test, subscribers.Account{Planned: 1, Accepted: 1})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestRunGoesOnWithWhatIsReleased(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 100 * time.Millisecond}))
		defer far.Close()
		b.readers(2000)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(10 * time.Second)
		if err := b.outbox.Hold(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		held := b.account(m)
		if held.Accepted < 150 || held.Accepted > 250 || held.Queued != 2000-held.Accepted {
			b.Errorf("held after ten seconds at 20 a second: %+v", held)
		}
		if err := b.outbox.Release(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(3 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 2000, Accepted: 2000})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// What waits for the dot when its mailing is ended may come back deferred, after
// everything else was ended.
func TestWhatComesBackDeferredAfterItsMailingEndedIsEndedToo(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		answer := make(chan struct{})
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Until: answer, Reply: "451 4.3.0 Try later"}))
		defer far.Close()
		b.readers(5)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(10 * time.Second)
		if err := b.outbox.Cancel(b.Context(), m.ID); err != nil {
			b.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 5, Handed: 2, Withdrawn: 3})
		close(answer)
		time.Sleep(10 * time.Second)
		b.wantAccount(m, subscribers.Account{Planned: 5, Withdrawn: 5})
		if m, _ = b.outbox.Mailing(b.Context(), m.ID); m.FinishedAt.IsZero() {
			b.Error("the cancelled mailing is not finished")
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// The policy is that of one organisation, for readers who stand together in the
// list. The relay is stopped for them, and then tried with others.
func TestReadersWhoseHostDeniesUsDoNotHoldUpTheOthers(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && readerNumber(e.To) <= 20 {
				return smtptest.Answer{Reply: "554 5.7.1 We take no mail from you"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		time.Sleep(2 * time.Hour)
		if a := b.account(m); a.Accepted != 80 || a.Accepted+a.Refused+a.Queued != 100 {
			b.Errorf("account %+v", a)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// While a relay denies us, trying it again costs no reader the mail; and when it
// is put right, everybody else gets it.
func TestTryingARelayThatDeniesUsCostsNobody(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var denies atomic.Bool
		denies.Store(true)
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && denies.Load() {
				return smtptest.Answer{Reply: "554 5.7.1 Relay access denied"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(62 * time.Minute) // between two tries
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 9, Queued: 91})
		if n := far.dials.Load(); n < 10 {
			b.Errorf("it was tried %d times in an hour", n)
		}
		denies.Store(false)
		time.Sleep(10 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 9, Accepted: 91})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// A relay whose table of users is broken refuses the whole list, and each reader
// it refuses is suppressed until a person lifts that.
func TestPromise3ARelayThatKnowsNobodyDoesNotSuppressTheList(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var broken atomic.Bool
		broken.Store(true)
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && broken.Load() {
				return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(62 * time.Minute) // between two tries
		a := b.account(m)
		if a.Refused != 19 || a.Queued+a.Deferred != 81 {
			b.Errorf("account %+v", a)
		}
		broken.Store(false)
		time.Sleep(6 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Refused: 19, Accepted: 81})
		if n := b.suppressions(); n != 19 {
			b.Errorf("%d readers are suppressed", n)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// Where it is the list after all, with many in a row who are gone, the others
// still get their mail.
func TestManyReadersInARowWhoAreGoneHoldNobodyUp(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Rcpt && readerNumber(e.To) <= 30 {
				return smtptest.Answer{Reply: "550 5.1.1 User unknown"}
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 2))
		time.Sleep(90 * time.Minute)
		if a := b.account(m); a.Accepted != 70 {
			b.Errorf("account %+v", a)
		}
		time.Sleep(24 * time.Hour)
		if a := b.account(m); a.Accepted != 70 || a.Refused+a.Failed != 30 {
			b.Errorf("account %+v", a)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

// A relay that swallows whole mails makes uncertain whatever it is given.
var swallows = map[string]smtptest.Answer{
	"closes after the dot":  {Drop: true},
	"answers with nonsense": {Reply: "what?"},
}

func TestDrainStopsARelayThatSwallowsMails(t *testing.T) {
	for name, answer := range swallows {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newFarEnd(smtptest.At(smtptest.Body, answer))
				defer far.Close()
				b.readers(100)
				m := b.orderNow()
				if err := b.virtual(far, 1).Drain(b.Context()); !errors.Is(err, delivery.ErrSilent) {
					b.Errorf("Drain returned %v, want ErrSilent", err)
				}
				b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 3, Queued: 97})
			})
		})
	}
}

func TestRunTriesARelayThatSwallowsMailsEverMoreRarely(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		var mended atomic.Bool
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Drop: e.Stage == smtptest.Body && !mended.Load()}
		})
		defer far.Close()
		b.readers(100)
		m := b.orderNow()
		stop := run(b, b.virtual(far, 1))
		// Three at once, then after 5, 10, 20 and 40 minutes and an hour.
		time.Sleep(3 * time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 8, Queued: 92})
		mended.Store(true)
		time.Sleep(time.Hour)
		b.wantAccount(m, subscribers.Account{Planned: 100, Uncertain: 8, Accepted: 92})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestDrainGivesUpOnARelayThatIsDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		b.readers(20)
		m := b.orderNow()
		began := time.Now()
		err := b.virtual(far, 5).Drain(b.Context())
		if !errors.Is(err, delivery.ErrUnreachable) {
			b.Errorf("Drain returned %v, want ErrUnreachable", err)
		}
		if took := time.Since(began); took < 10*time.Second || took > 20*time.Second {
			b.Errorf("it gave up after %v", took)
		}
		b.wantAccount(m, subscribers.Account{Planned: 20, Queued: 20})
	})
}

func TestDrainWithoutMailNeedsNoRelay(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		far.down.Store(true)
		if err := b.virtual(far, 5).Drain(b.Context()); err != nil {
			b.Errorf("Drain returned %v", err)
		}
	})
}

// The mail in flight when Run is told to end may take as long as the grace.
func TestRunFinishesWhatIsInFlight(t *testing.T) {
	tests := map[string]struct {
		answerAfter time.Duration
		want        subscribers.Account
		took        time.Duration
	}{
		"a mail answered within the grace is accepted": {20 * time.Second, subscribers.Account{Planned: 9, Accepted: 3, Queued: 6}, 20 * time.Second},
		"a mail not answered by then is uncertain":     {9 * time.Minute, subscribers.Account{Planned: 9, Uncertain: 3, Queued: 6}, 30 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, func(b *bed) {
				far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: tt.answerAfter}))
				defer far.Close()
				b.readers(9)
				m := b.orderNow()
				stop := run(b, b.virtual(far, 3))
				time.Sleep(time.Second)
				began := time.Now()
				if err := stop(); err != nil {
					b.Errorf("Run returned %v", err)
				}
				if took := time.Since(began); took < tt.took-2*time.Second || took > tt.took+2*time.Second {
					b.Errorf("Run took %v to end, want about %v", took, tt.took)
				}
				b.wantAccount(m, tt.want)
			})
		})
	}
}

// Without an answer to the final dot within its time a mail is uncertain; the
// worker goes on with the others.
func TestAStalledRelayLeavesOneUncertainPerLine(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			return smtptest.Answer{Silent: e.Stage == smtptest.Body && e.Conn <= 2}
		})
		defer far.Close()
		b.readers(40)
		m := b.orderNow()
		if err := b.virtual(far, 2).Drain(b.Context()); err != nil {
			b.Errorf("Drain returned %v", err)
		}
		b.wantAccount(m, subscribers.Account{Planned: 40, Accepted: 38, Uncertain: 2})
	})
}

func TestRunOutlivesADatabaseThatCannotBeWritten(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		b.readers(300)
		m := b.orderNow()
		b.exec(`CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.subscriber_id >= 100 AND NEW.state = 'accepted'
			BEGIN SELECT raise(ABORT, 'no room'); END`)
		stop := run(b, b.virtual(far, 4))
		time.Sleep(time.Minute)
		stuck := b.account(m)
		if stuck.Handed == 0 || stuck.Accepted < 90 || stuck.Accepted > 110 {
			b.Errorf("with a database that refuses: %+v", stuck)
		}
		b.exec(`DROP TRIGGER full`)
		time.Sleep(10 * time.Minute)
		b.wantAccount(m, subscribers.Account{Planned: 300, Accepted: 300})
		if twice := far.Twice(); len(twice) > 0 {
			b.Errorf("got two copies: %v", twice)
		}
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}

func TestDrainSaysWhatItCouldNotWriteDown(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(nil)
		defer far.Close()
		b.readers(10)
		m := b.orderNow()
		b.exec(`CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'accepted' BEGIN SELECT raise(ABORT, 'no room'); END`)
		err := b.virtual(far, 1).Drain(b.Context())
		if err == nil || !strings.Contains(err.Error(), "1 answers could not be written down") {
			b.Errorf("Drain returned %v, want that of one mail nobody wrote down what became of it", err)
		}
		b.exec(`DROP TRIGGER full`)
		if err := b.virtual(far, 1).Drain(b.Context()); err != nil {
			b.Errorf("the next Drain returned %v", err)
		}
		b.wantAccount(m, subscribers.Account{Planned: 10, Accepted: 9, Uncertain: 1})
		if twice := far.Twice(); len(twice) > 0 {
			b.Errorf("got two copies: %v", twice)
		}
	})
}

func TestProgressEndsWithEverybody(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		far := newFarEnd(smtptest.At(smtptest.Body, smtptest.Answer{Delay: 100 * time.Millisecond}))
		defer far.Close()
		b.readers(100)
		b.orderNow()
		b.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id <= 10`)
		var seen []delivery.Progress
		w := b.worker(delivery.Options{
			Now: time.Now, Dial: mail.DialOptions{DialContext: far.dial},
			Progress: func(p delivery.Progress) { seen = append(seen, p) },
		}, mail.Relay{Name: "relay.example:25", Host: "127.0.0.1", Port: 25, Security: mail.Plain, Connections: 5})
		if err := w.Drain(b.Context()); err != nil {
			b.Fatal(err)
		}
		if len(seen) < 5 {
			b.Fatalf("%d reports in two seconds", len(seen))
		}
		last := seen[len(seen)-1]
		if last.Planned != 100 || last.Accepted != 90 || last.Settled != 100 || last.PerSecond < 45 || last.PerSecond > 55 {
			b.Errorf("the last report is %+v", last)
		}
	})
}
