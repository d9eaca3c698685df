package delivery_test

import (
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/smtptest"
)

// To end a long list takes many short transactions with rests between them.
func TestNobodyWaitsForTheEndOfALongMailing(t *testing.T) {
	inVirtualTime(t, func(b *bed) {
		// A clock by which every transaction has taken long enough for a rest.
		var looks atomic.Int64
		b.outbox = subscribers.NewOutbox(b.db, subscribers.OutboxOptions{Now: func() time.Time {
			return time.Now().Add(time.Duration(looks.Add(1)) * 100 * time.Millisecond)
		}})
		b.readers(60_000)
		m, err := b.outbox.EnqueueIssue(b.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning, DeadlineAt: time.Now().Add(time.Minute)})
		if err != nil {
			b.Fatal(err)
		}
		time.Sleep(2 * time.Minute)
		far := newFarEnd(func(e smtptest.Event) smtptest.Answer {
			if e.Stage == smtptest.Body && b.account(m).Queued == 0 {
				b.Error("a mail that somebody waits for went out when the whole list was through")
			}
			return smtptest.Answer{}
		})
		defer far.Close()
		w := b.virtual(far, 2)
		stop := run(b, w)
		time.Sleep(60 * time.Millisecond)
		test := b.test()
		w.Wake()
		time.Sleep(10 * time.Second)
		b.wantAccount(test, subscribers.Account{Planned: 1, Accepted: 1})
		b.wantAccount(m, subscribers.Account{Planned: 60_000, Failed: 60_000})
		if err := stop(); err != nil {
			b.Errorf("Run returned %v", err)
		}
	})
}
