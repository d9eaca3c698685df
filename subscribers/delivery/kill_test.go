package delivery_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	netmail "net/mail"
	"os"
	"strconv"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

const killLines = 5

// send is the process that is killed: it delivers what is owed.
func send(args []string) int {
	err := func() error {
		ctx := context.Background()
		lock, err := delivery.Lock(args[0])
		if err != nil {
			return err
		}
		defer lock.Release()
		db, err := database.Open(ctx, args[0])
		if err != nil {
			return err
		}
		list, err := subscribers.NewList(ctx, db, subscribers.ListOptions{})
		if err != nil {
			return err
		}
		relay, err := mail.ParseRelay(args[1])
		if err != nil {
			return err
		}
		inFlight, err1 := strconv.Atoi(args[2])
		lines, err2 := strconv.Atoi(args[4])
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		relay.Connections = lines
		letters := delivery.NewLetters(list, digest.NewStore(db, digest.StoreOptions{}), delivery.LettersOptions{
			BaseURL:     "https://digest.example.org",
			Publication: delivery.Publication{From: netmail.Address{Address: "editor@example.org"}},
		})
		w := delivery.NewWorker(subscribers.NewOutbox(db, subscribers.OutboxOptions{}), letters, []mail.Relay{relay},
			delivery.Options{Log: slog.New(slog.DiscardHandler), InFlight: inFlight})
		if args[3] == early {
			if err := w.BodyBeforeCommit(ctx); err != nil {
				return err
			}
		}
		os.Stdout.WriteString("sending\n")
		return w.Drain(ctx)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// What a sender does that is to be killed.
const (
	inOrder = "in-order"
	early   = "early" // it hands bodies over before it has written down that it does
)

// A killing is a sending by processes that are killed, one after another, at
// random moments, also between the octets of a commit.
type killing struct {
	*bed
	far      *smtptest.Server
	m        subscribers.Mailing
	inFlight int
}

const (
	killReaders = 1000
	kills       = 6
)

func newKilling(t *testing.T, inFlight int, manner string) *killing {
	k := &killing{bed: newBed(t), far: smtptest.Start(t, smtptest.Options{}), inFlight: inFlight}
	k.readers(killReaders)
	k.m = k.order()
	dice := rand.New(rand.NewPCG(7, uint64(inFlight)))
	amid := 0 // kills in mid-send
	for range kills {
		k.kill(dice.IntN(killReaders/(kills+1)), manner)
		a := k.account(k.m)
		if a.Accepted+a.Handed > 0 && a.Queued > 0 {
			amid++
		}
		if a.Handed > killLines*inFlight {
			t.Errorf("killed with %d mails in flight on %d lines: %+v", a.Handed, killLines, a)
		}
	}
	if amid == 0 {
		t.Error("no kill hit in mid-send, so nothing was tested")
	}
	k.drain(k.worker(delivery.Options{InFlight: inFlight}, relayOf(t, k.far, killLines)))
	return k
}

// kill starts a sender and kills it when it has sent so many mails, and not
// after so long: a slow machine would otherwise kill it before it had begun.
func (k *killing) kill(after int, manner string) {
	k.Helper()
	sender, line := startOther(k, sendVariable, fmt.Sprint(k.path, " ", k.far.URL(), " ", k.inFlight, " ", manner, " ", killLines))
	if line != "sending" {
		k.Fatalf("the sender said %q", line)
	}
	for enough := k.far.Recipients() + after; k.far.Recipients() < enough; {
		select {
		case <-time.After(time.Millisecond):
		case <-k.Context().Done():
			k.Fatal("the sender sends nothing")
		}
	}
	if err := sender.Process.Kill(); err != nil {
		k.Fatal(err)
	}
	_ = sender.Wait()
}

// wantEverybody checks that nobody is lost and nobody got two copies.
func (k *killing) wantEverybody() {
	k.Helper()
	a := k.account(k.m)
	if a.Accepted+a.Uncertain != killReaders || a.Planned != killReaders || a.Uncertain > kills*killLines*k.inFlight {
		k.Errorf("after %d kills: %+v", kills, a)
	}
	if twice := k.far.Twice(); len(twice) > 0 {
		k.Errorf("got two copies: %v", twice)
	}
	uncertain := map[string]bool{}
	for _, d := range k.in(k.m, subscribers.Uncertain) {
		uncertain[d.Address] = true
	}
	taken := k.far.Taken()
	for i := 1; i <= killReaders; i++ {
		if taken[reader(i)] == 0 && !uncertain[reader(i)] {
			k.Errorf("%s got nothing and is not uncertain", reader(i))
		}
	}
	k.Logf("uncertain: %d after %d kills", a.Uncertain, kills)
}

func TestPromise2AKillLosesNobodyAndMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	for _, inFlight := range []int{1, 8} {
		t.Run(fmt.Sprintf("%d in flight", inFlight), func(t *testing.T) {
			t.Parallel()
			newKilling(t, inFlight, inOrder).wantEverybody()
		})
	}
}

// The control of the test above: a sender that hands a body over before the
// commit, killed at the same moments, is caught mailing twice.
func TestPromise2ABodyBeforeItsCommitWouldBeMailedTwice(t *testing.T) {
	t.Parallel()
	k := newKilling(t, 1, early)
	if len(k.far.Twice()) == 0 {
		t.Error("nobody was mailed twice, so the test of kills sees nothing")
	}
}
