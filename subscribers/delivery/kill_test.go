package delivery_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	netmail "net/mail"
	"os"
	"strings"
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
		relay.Connections = killLines
		letters := delivery.NewLetters(list, digest.NewStore(db, digest.StoreOptions{}), delivery.LettersOptions{
			BaseURL:     "https://digest.example.org",
			Publication: delivery.Publication{From: netmail.Address{Address: "editor@example.org"}},
		})
		w := delivery.NewWorker(subscribers.NewOutbox(db, subscribers.OutboxOptions{}), letters, []mail.Relay{relay},
			delivery.Options{Log: slog.New(slog.DiscardHandler)})
		os.Stdout.WriteString("sending\n")
		return w.Drain(ctx)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// A real process, killed at random moments, also between the octets of a commit.
func TestPromise2AKillLosesNobodyAndMailsNobodyTwice(t *testing.T) {
	t.Parallel()
	const readers, kills = 1000, 6
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(readers)
	m := b.order()
	dice := rand.New(rand.NewPCG(7, 7))
	amid := 0 // kills in mid-send
	for range kills {
		sender, line := startOther(t, sendVariable, b.path+" "+far.URL())
		if line != "sending" {
			t.Fatalf("the sender said %q", line)
		}
		// Killed when so many mails have come, and not after so long: a slow
		// machine would otherwise be killed before it had begun.
		for enough := far.Recipients() + dice.IntN(readers/(kills+1)); far.Recipients() < enough; {
			select {
			case <-time.After(time.Millisecond):
			case <-t.Context().Done():
				t.Fatal("the sender sends nothing")
			}
		}
		if err := sender.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = sender.Wait()
		if a := b.account(m); a.Accepted+a.Handed > 0 && a.Queued > 0 {
			amid++
		}
	}
	if amid == 0 {
		t.Error("no kill hit in mid-send, so nothing was tested")
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, killLines)))

	a := b.account(m)
	if a.Accepted+a.Uncertain != readers || a.Planned != readers || a.Uncertain > kills*killLines {
		t.Errorf("after %d kills: %+v", kills, a)
	}
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("got two copies: %v", twice)
	}
	var uncertain strings.Builder
	for _, d := range b.in(m, subscribers.Uncertain) {
		uncertain.WriteString(" " + d.Address + " ")
	}
	taken := far.Taken()
	for i := 1; i <= readers; i++ {
		if taken[reader(i)] == 0 && !strings.Contains(uncertain.String(), " "+reader(i)+" ") {
			t.Errorf("%s got nothing and is not uncertain", reader(i))
		}
	}
	t.Logf("uncertain: %d after %d kills", a.Uncertain, kills)
}
