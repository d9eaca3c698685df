package delivery_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
)

// A pacing is a relay's bounds over the lives of several senders, in virtual
// time.
type pacing struct {
	*testing.T
	db   *database.DB
	book *subscribers.Outbox
	rate delivery.Rate
	*delivery.Pacer

	mu      sync.Mutex
	offered []time.Time
}

// inPacing runs a test in virtual time.
func inPacing(t *testing.T, rate delivery.Rate, test func(p *pacing)) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "redigest.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := database.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := subscribers.Migrate(t.Context(), db, time.Now()); err != nil {
			t.Fatal(err)
		}
		p := &pacing{T: t, db: db, book: subscribers.NewOutbox(db, subscribers.OutboxOptions{}), rate: rate}
		p.restart()
		test(p)
	})
}

// restart is what a sender does that is started after the last one was killed.
func (p *pacing) restart() { p.Pacer = delivery.NewPacer(p.book, "me@relay.example:587", p.rate, nil) }

// offer waits for leave and offers a message.
func (p *pacing) offer() {
	p.Helper()
	if err := p.Wait(p.Context()); err != nil {
		p.Errorf("no message may be offered: %v", err)
	}
	p.note()
}

func (p *pacing) note() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.offered = append(p.offered, time.Now())
}

// most returns how many messages were offered in any span of time.
func (p *pacing) most(span time.Duration) (most int) {
	slices.SortFunc(p.offered, time.Time.Compare)
	for i, first := range p.offered {
		n := 0
		for n < len(p.offered[i:]) && p.offered[i+n].Sub(first) < span {
			n++
		}
		most = max(most, n)
	}
	return most
}

func TestARelayIsGivenSoManyMessagesASecondOverAllItsLines(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 20}, func(p *pacing) {
		began := time.Now()
		var lines sync.WaitGroup
		for range 7 {
			lines.Go(func() {
				for range 30 {
					if p.Try() {
						p.note()
					} else {
						p.offer()
					}
				}
			})
		}
		lines.Wait()
		if took := time.Since(began); took != 209*50*time.Millisecond {
			p.Errorf("210 messages took %s, want one every 50 ms", took)
		}
		if most := p.most(time.Second); most != 20 {
			p.Errorf("%d were offered in one second", most)
		}
	})
}

// After a pause there is no burst: it is the relay that asks for the bound.
func TestTimeInWhichNothingWasSentIsNotMadeUpFor(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 10}, func(p *pacing) {
		for range 3 {
			for range 15 {
				p.offer()
			}
			time.Sleep(time.Hour)
		}
		if most := p.most(time.Second); most != 10 {
			p.Errorf("%d were offered in one second", most)
		}
	})
}

// A kill may come right behind any message, and nobody knows then what was
// offered in the second before.
func TestAfterAKillNothingIsOfferedForASecond(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 50}, func(p *pacing) {
		for range 200 {
			p.offer()
			use, err := p.book.RelayUse(p.Context(), "me@relay.example:587", time.Time{})
			if err != nil {
				p.Fatal(err)
			}
			if rest := time.Until(use.PacedUntil); rest < time.Second || rest > 2*time.Second {
				p.Fatalf("behind message %d it is written down for %s", len(p.offered), rest)
			}
		}
	})
}

func TestASenderThatIsKilledAndStartedAgainKeepsToTheSecond(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 50}, func(p *pacing) {
		dice := rand.New(rand.NewPCG(5, 50))
		began := time.Now()
		for range 40 {
			for range dice.IntN(60) {
				p.offer()
			}
			p.restart()
		}
		if most := p.most(time.Second); most > 50 {
			p.Errorf("%d were offered in one second", most)
		}
		// What was written ahead is lost by each kill, and the second before it is
		// not known any more.
		if took, least := time.Since(began), time.Duration(len(p.offered)-1)*20*time.Millisecond; took > least+40*2*time.Second {
			p.Errorf("%d messages took %s, %s at best", len(p.offered), took, least)
		}
	})
}

func TestARelayIsGivenSoManyMessagesInAny24HoursAcrossKills(t *testing.T) {
	t.Parallel()
	for _, rate := range []delivery.Rate{{PerDay: 300}, {PerDay: 300, PerSecond: 2}, {PerDay: 7}} {
		inPacing(t, rate, func(p *pacing) {
			dice := rand.New(rand.NewPCG(24, uint64(rate.PerDay)))
			var full *delivery.UsedUpError
			refused := 0
			for end := time.Now().Add(10 * 24 * time.Hour); time.Now().Before(end); {
				switch err := p.Wait(p.Context()); {
				case err == nil:
					p.note()
				case errors.As(err, &full):
					refused++
					if !full.Until.After(time.Now()) || time.Until(full.Until) > 24*time.Hour+time.Minute {
						p.Fatalf("at %s it says %v", time.Now(), err)
					}
					time.Sleep(time.Until(full.Until))
				default:
					p.Fatal(err)
				}
				switch dice.IntN(60) {
				case 0:
					p.restart()
				case 1:
					time.Sleep(time.Duration(dice.IntN(100)) * time.Minute)
				}
			}
			if most := p.most(24 * time.Hour); most > rate.PerDay {
				p.Errorf("%d were offered in 24 hours, want %d at most", most, rate.PerDay)
			}
			// Little is lost by the kills, or the bound would be another.
			if least := rate.PerDay * 9 * 8 / 10; len(p.offered) < least || refused < 9 {
				p.Errorf("%d were offered in ten days, and it was used up %d times", len(p.offered), refused)
			}
		})
	}
}

func TestASenderThatEndsGivesBackWhatItDidNotUse(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerDay: 200, PerSecond: 1000}, func(p *pacing) {
		for range 50 {
			for range 4 {
				p.offer()
			}
			if err := p.Close(); err != nil {
				p.Fatal(err)
			}
			p.restart()
		}
		if err := p.Wait(p.Context()); !errors.As(err, new(*delivery.UsedUpError)) {
			p.Errorf("after 200 of 200 it returns %v", err)
		}
		if took := p.offered[199].Sub(p.offered[0]); took != 199*time.Millisecond {
			p.Errorf("200 messages took %s", took)
		}
	})
}

func TestALineThatIsToEndDoesNotWaitForItsTurn(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 1}, func(p *pacing) {
		p.offer()
		ctx, cancel := context.WithTimeout(p.Context(), 300*time.Millisecond)
		defer cancel()
		began := time.Now()
		var lines sync.WaitGroup
		for range 3 {
			lines.Go(func() {
				if err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
					p.Errorf("it returns %v", err)
				}
			})
		}
		lines.Wait()
		if took := time.Since(began); took != 300*time.Millisecond {
			p.Errorf("it took %s", took)
		}
	})
}

// What cannot be written down cannot be kept to.
func TestWithoutTheDatabaseNothingIsOffered(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 10}, func(p *pacing) {
		for range 12 {
			p.offer()
		}
		if err := p.db.Close(); err != nil {
			p.Fatal(err)
		}
		failed := 0
		for range 12 {
			if p.Try() {
				p.Error("a message may be offered although nothing can be written down")
			}
			if err := p.Wait(p.Context()); err != nil {
				failed++
			}
		}
		if failed < 2 {
			p.Errorf("it failed %d times", failed)
		}
	})
}

func TestAClockThatIsSetBackDoesNotStopTheMail(t *testing.T) {
	t.Parallel()
	inPacing(t, delivery.Rate{PerSecond: 10}, func(p *pacing) {
		future := func() time.Time { return time.Now().Add(48 * time.Hour) }
		if err := delivery.NewPacer(p.book, "me@relay.example:587", p.rate, future).Wait(p.Context()); err != nil {
			p.Fatal(err)
		}
		began := time.Now()
		p.offer()
		if took := time.Since(began); took > 2*time.Second {
			p.Errorf("the first message after it took %s", took)
		}
	})
}
