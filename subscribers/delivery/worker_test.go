package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// What one answer to one mail makes of its delivery.
func TestAnAnswerDecidesADelivery(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		script func(smtptest.Event) smtptest.Answer
		want   subscribers.Account
		reply  subscribers.Reply // Text compared when not empty
		taken  int
	}{
		"250 after the dot is accepted": {
			want:  subscribers.Account{Planned: 1, Accepted: 1},
			reply: subscribers.Reply{Code: 250},
			taken: 1,
		},
		"4xx to RCPT is put off": {
			script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Greylisted"),
			want:   subscribers.Account{Planned: 1, Deferred: 1},
			reply:  subscribers.Reply{Code: 450, Enhanced: "4.2.0", Text: "Greylisted"},
		},
		"4xx to DATA is put off": {
			script: smtptest.Refuse(smtptest.Data, "451 4.3.0 Not now"),
			want:   subscribers.Account{Planned: 1, Deferred: 1},
			reply:  subscribers.Reply{Code: 451, Enhanced: "4.3.0"},
		},
		"4xx after the dot is put off": {
			script: smtptest.Refuse(smtptest.Body, "452 4.3.1 Full"),
			want:   subscribers.Account{Planned: 1, Deferred: 1},
			reply:  subscribers.Reply{Code: 452, Enhanced: "4.3.1"},
		},
		"421 to RCPT is put off": {
			script: smtptest.At(smtptest.Rcpt, smtptest.Answer{Reply: "421 4.3.2 Going down", Close: true}),
			want:   subscribers.Account{Planned: 1, Deferred: 1},
			reply:  subscribers.Reply{Code: 421, Enhanced: "4.3.2"},
		},
		"5xx to RCPT is refused": {
			script: smtptest.Refuse(smtptest.Rcpt, "550 5.1.1 No such person"),
			want:   subscribers.Account{Planned: 1, Refused: 1},
			reply:  subscribers.Reply{Code: 550, Enhanced: "5.1.1", Text: "No such person"},
		},
		"5xx after the dot is refused": {
			script: smtptest.Refuse(smtptest.Body, "554 5.7.1 Spam"),
			want:   subscribers.Account{Planned: 1, Refused: 1},
			reply:  subscribers.Reply{Code: 554, Enhanced: "5.7.1"},
		},
		"a line dropped after the dot is uncertain, whether or not it was taken": {
			script: smtptest.At(smtptest.Body, smtptest.Answer{Drop: true}),
			want:   subscribers.Account{Planned: 1, Uncertain: 1},
			taken:  1,
		},
		"a line that keeps dropping before the body is put off": {
			script: smtptest.At(smtptest.Data, smtptest.Answer{Drop: true}),
			want:   subscribers.Account{Planned: 1, Deferred: 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			far := smtptest.Start(t, smtptest.Options{Script: tt.script})
			b.readers(1)
			m := b.order()
			// The second try after a dropped line comes a second later.
			b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
			b.wantAccount(m, tt.want)
			if n := far.Taken()[reader(1)]; n != tt.taken {
				t.Errorf("the far end took %d messages, want %d", n, tt.taken)
			}
			for _, s := range []subscribers.State{subscribers.Accepted, subscribers.Deferred, subscribers.Refused} {
				for _, d := range b.in(m, s) {
					if d.Reply.Code != tt.reply.Code || d.Reply.Enhanced != tt.reply.Enhanced && tt.reply.Enhanced != "" {
						t.Errorf("reply %+v, want %+v", d.Reply, tt.reply)
					}
					if tt.reply.Text != "" && d.Reply.Text != tt.reply.Text {
						t.Errorf("reply %q, want %q", d.Reply.Text, tt.reply.Text)
					}
				}
			}
		})
	}
}

func TestPromise2EveryRecipientGetsOneCopy(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(1234)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 10)))
	b.wantAccount(m, subscribers.Account{Planned: 1234, Accepted: 1234})
	if n, twice := far.Recipients(), far.Twice(); n != 1234 || len(twice) > 0 {
		t.Errorf("the far end saw %d recipients, %d of them twice", n, len(twice))
	}
	if m, _ = b.outbox.Mailing(t.Context(), m.ID); m.FinishedAt.IsZero() {
		t.Error("nothing is owed, but the mailing is not finished")
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 10)))
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("draining again mailed %d again", len(twice))
	}
}

func TestPromise2PutOffMailIsAcceptedInTheEnd(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	const n = 500
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		i := readerNumber(e.To)
		switch {
		case e.Stage != smtptest.Rcpt:
		case i%100 == 7:
			return smtptest.Answer{Reply: "550 5.1.1 No such person"}
		case i%5 == 0 && e.Attempt <= 3:
			return smtptest.Answer{Reply: "450 4.2.0 Greylisted"}
		}
		return smtptest.Answer{}
	}})
	b.readers(n)
	m := b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 10))
	b.drain(w)
	b.wantAccount(m, subscribers.Account{Planned: n, Accepted: n - n/5 - n/100, Deferred: n / 5, Refused: n / 100})
	b.drain(w)
	if a := b.account(m); a.Deferred != n/5 {
		t.Errorf("deferred mail went out before it was due: %+v", a)
	}
	for range 3 {
		b.clock.move(3 * time.Hour)
		b.drain(w)
	}
	b.wantAccount(m, subscribers.Account{Planned: n, Accepted: n - n/100, Refused: n / 100})
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("%d got two copies", len(twice))
	}
}

func TestARetryIsTheSameMessage(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true, Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body && e.Attempt == 1 {
			return smtptest.Answer{Reply: "451 4.3.0 Later"}
		}
		return smtptest.Answer{}
	}})
	b.readers(1)
	m := b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 1))
	b.drain(w)
	b.clock.move(time.Hour)
	b.drain(w)
	messages := far.Messages()
	if len(messages) != 1 {
		t.Fatalf("%d messages were taken, want 1", len(messages))
	}
	date, err := time.Parse(time.RFC1123Z, field(t, messages[0].Data, "Date"))
	if err != nil || !date.Equal(morning) {
		t.Errorf("Date is %v (%v), want that of the first attempt, %v", date, err, morning)
	}
	want := "<" + m.ID.String() + ".1@example.org>"
	if got := field(t, messages[0].Data, "Message-ID"); got != want {
		t.Errorf("Message-ID is %s, want %s", got, want)
	}
}

func TestAMailThatIsPutOffTooLongFails(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Greylisted")})
	b.readers(1)
	m := b.order()
	w := b.worker(delivery.Options{GiveUp: 20 * time.Hour}, relayOf(t, far, 1))
	tries := 0
	for ; tries < 200 && b.account(m).Failed == 0; tries++ {
		b.drain(w)
		b.clock.move(10 * time.Minute)
	}
	b.wantAccount(m, subscribers.Account{Planned: 1, Failed: 1})
	d := b.in(m, subscribers.Failed)[0]
	if d.Attempts < 7 || d.Attempts > 12 || d.Reply.Code != 450 {
		t.Errorf("given up after %d attempts with reply %+v", d.Attempts, d.Reply)
	}
}

func TestWhatIsOwedAtTheDeadlineFails(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Greylisted")})
	b.readers(3)
	deadline := morning.Add(24 * time.Hour)
	m, err := b.outbox.EnqueueIssue(t.Context(), subscribers.Order{IssueID: b.issue.ID, Edition: "daily", CutoffAt: morning, DeadlineAt: deadline})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.move(24 * time.Hour)
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(m, subscribers.Account{Planned: 3, Failed: 3})
	if far.Conns() != 0 {
		t.Error("a line was opened although nothing was to go out")
	}
}

func TestPromise3WhoLeavesInMidSendGetsNothingMore(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var once sync.Once
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body && readerNumber(e.To) == 50 {
			once.Do(func() {
				b.exec(`UPDATE subscribers SET status = 'unsubscribed' WHERE id = 300`)
				b.exec(`INSERT INTO suppressions VALUES ('hash301', 'complaint', 'test', 0)`)
				b.exec(`UPDATE subscribers SET paused_until = $1 WHERE id = 302`, morning.Add(time.Hour).UnixMilli())
				b.exec(`UPDATE subscribers SET status = 'erased', address = '' WHERE id = 303`)
				b.exec(`UPDATE subscribers SET edition = 'weekly' WHERE id = 304`)
			})
		}
		return smtptest.Answer{}
	}})
	b.readers(400)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 2)))
	b.wantAccount(m, subscribers.Account{Planned: 400, Accepted: 395, Withdrawn: 5})
	named := 0
	for i := 300; i <= 304; i++ {
		named += far.Named(reader(i))
		if far.Taken()[reader(i)] > 0 {
			t.Errorf("%s was mailed after they did not want mail any more", reader(i))
		}
	}
	// Each line may have offered one before it became plain that what was taken
	// up is out of date.
	if named > 2 {
		t.Errorf("%d of those who did not want mail any more were named to the relay", named)
	}
}

func TestAHeldMailingWaitsAndACancelledOneEnds(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	var once sync.Once
	var m subscribers.Mailing
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body && readerNumber(e.To) == 50 {
			once.Do(func() {
				if err := b.outbox.Hold(context.Background(), m.ID); err != nil {
					t.Error(err)
				}
			})
		}
		return smtptest.Answer{}
	}})
	b.readers(1500)
	m = b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 2))
	b.drain(w)
	held := b.account(m)
	if held.Accepted < 49 || held.Accepted > 52 || held.Queued != 1500-held.Accepted {
		t.Fatalf("held at the fiftieth mail: %+v", held)
	}
	if err := b.outbox.Release(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.outbox.Hold(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.drain(w)
	b.wantAccount(m, held)
	if err := b.outbox.Cancel(t.Context(), m.ID); err != nil {
		t.Fatal(err)
	}
	b.drain(w)
	b.wantAccount(m, subscribers.Account{Planned: 1500, Accepted: held.Accepted, Withdrawn: 1500 - held.Accepted})
	if m, _ = b.outbox.Mailing(t.Context(), m.ID); m.FinishedAt.IsZero() {
		t.Error("a cancelled mailing is not finished")
	}
}

func TestAReleasedMailingGoesOn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(20)
	m := b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 2))
	for _, step := range []struct {
		do   func(context.Context, subscribers.ID) error
		want subscribers.Account
	}{
		{b.outbox.Hold, subscribers.Account{Planned: 20, Queued: 20}},
		{b.outbox.Release, subscribers.Account{Planned: 20, Accepted: 20}},
	} {
		if err := step.do(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		b.drain(w)
		b.wantAccount(m, step.want)
	}
}

func TestARelayThatRefusesUsStopsTheRunAndHurtsNobody(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		opts smtptest.Options
		user string
	}{
		"the password": {opts: smtptest.Options{User: "us", Password: "right"}, user: "us"},
		"the sender":   {opts: smtptest.Options{Script: smtptest.Refuse(smtptest.Mail, "550 5.7.1 Not from you")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			far := smtptest.Start(t, tt.opts)
			b.readers(30)
			m := b.order()
			relay := relayOf(t, far, 3)
			relay.User, relay.Password = tt.user, "wrong"
			err := b.worker(delivery.Options{}, relay).Drain(t.Context())
			if !errors.Is(err, delivery.ErrRefuses) {
				t.Errorf("Drain returned %v, want ErrRefuses", err)
			}
			b.wantAccount(m, subscribers.Account{Planned: 30, Queued: 30})
			relay.User = ""
			healthy := smtptest.Start(t, smtptest.Options{})
			b.drain(b.worker(delivery.Options{}, relayOf(t, healthy, 3)))
			b.wantAccount(m, subscribers.Account{Planned: 30, Accepted: 30})
			for _, d := range b.in(m, subscribers.Accepted) {
				if d.Attempts != 1 {
					t.Fatalf("%s counts %d attempts; the refusal was not about them", d.Address, d.Attempts)
				}
			}
		})
	}
}

// What a relay refuses for our sake or for what the mails say, it would refuse
// for everybody.
func TestARelayThatDeniesUsIsStoppedEarly(t *testing.T) {
	t.Parallel()
	for reply, stage := range map[string]smtptest.Stage{
		"554 5.7.1 Looks like spam":         smtptest.Body,
		"554 5.7.1 Relay access denied":     smtptest.Rcpt,
		"550 5.7.1 Unable to relay":         smtptest.Rcpt,
		"530 5.7.0 Authentication required": smtptest.Rcpt,
	} {
		t.Run(reply, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
				if e.Stage == stage && readerNumber(e.To) > 20 {
					return smtptest.Answer{Reply: reply}
				}
				return smtptest.Answer{}
			}})
			b.readers(200)
			m := b.order()
			err := b.worker(delivery.Options{}, relayOf(t, far, 3)).Drain(t.Context())
			if !errors.Is(err, delivery.ErrRefuses) || !strings.Contains(err.Error(), reply[:9]) {
				t.Errorf("Drain returned %v, want ErrRefuses with the relay's code", err)
			}
			// Each of the other two lines may have one of the first under way: what
			// is accepted begins the count anew, and what is not by the end waits.
			a := b.account(m)
			if a.Accepted < 18 || a.Accepted > 20 || a.Refused < 9 || a.Refused > 3*9+2 || a.Queued != 200-a.Accepted-a.Refused {
				t.Errorf("account %+v", a)
			}
		})
	}
}

// What a relay says to a recipient quotes them. Logs go further than the list may.
func TestNoReaderIsNamedInLogsAndErrors(t *testing.T) {
	t.Parallel()
	answers := map[string]smtptest.Answer{
		"421 <%s> too much mail":     {Close: true},
		"554 5.7.1 <%s>: not for us": {},
		"299 2.1.5 <%s>":             {Close: true},
		"354 <%s>":                   {Close: true},
		"what <%s>":                  {Close: true},
	}
	for _, stage := range []smtptest.Stage{smtptest.Rcpt, smtptest.Data, smtptest.Body} {
		for reply, answer := range answers {
			t.Run(string(stage)+" "+reply[:4], func(t *testing.T) {
				t.Parallel()
				b := newBed(t)
				far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
					if e.Stage != stage {
						return smtptest.Answer{}
					}
					said := answer
					said.Reply = strings.ReplaceAll(reply, "%s", e.To)
					return said
				}})
				b.readers(12)
				b.order()
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				var log bytes.Buffer
				opts := delivery.Options{Tries: 1, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
				err := b.worker(opts, relayOf(t, far, 1)).Drain(ctx)
				if all := fmt.Sprint(err) + "\n" + log.String(); strings.Contains(all, "example.net") {
					t.Errorf("a reader is named:\n%s", all)
				}
			})
		}
	}
}

func TestOneBrokenRelayDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	good := smtptest.Start(t, smtptest.Options{})
	gone := smtptest.Start(t, smtptest.Options{})
	dead := relayOf(t, gone, 5)
	gone.Close()
	b.readers(500)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, dead, relayOf(t, good, 3)))
	b.wantAccount(m, subscribers.Account{Planned: 500, Accepted: 500})
}

// Many lines find out together that a relay is gone; the operator is told once.
func TestTheTroubleOfManyLinesIsToldOnce(t *testing.T) {
	t.Parallel()
	for name, stage := range map[string]smtptest.Stage{"trouble with a relay": smtptest.Greeting, "a relay is of no use": smtptest.Mail} {
		b := newBed(t)
		all := make(chan struct{})
		var lines atomic.Int32
		far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
			if e.Stage != stage {
				return smtptest.Answer{}
			}
			if lines.Add(1) == 5 {
				close(all)
			}
			return smtptest.Answer{Reply: "521 5.3.2 Not here", Until: all}
		}})
		b.readers(50)
		b.order()
		var log bytes.Buffer
		opts := delivery.Options{Tries: 1, Log: slog.New(slog.NewTextHandler(&log, nil))}
		if err := b.worker(opts, relayOf(t, far, 5)).Drain(t.Context()); err == nil {
			t.Error("it does not say that the relay is of no use")
		}
		if n := strings.Count(log.String(), name); n != 1 {
			t.Errorf("%s: told %d times\n%s", stage, n, &log)
		}
	}
}

func TestALineIsClosedAfterItsNumberOfMails(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(100)
	m := b.order()
	relay := relayOf(t, far, 1)
	relay.PerConnection = 10
	b.drain(b.worker(delivery.Options{}, relay))
	b.wantAccount(m, subscribers.Account{Planned: 100, Accepted: 100})
	if far.Conns() != 10 {
		t.Errorf("%d lines were opened for 100 mails at 10 a line", far.Conns())
	}
}

func TestARelayThatHangsUpAfterSomeMailsIsNoTrouble(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		return smtptest.Answer{Drop: e.Stage == smtptest.Mail && e.Message > 20}
	}})
	b.readers(200)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 2)))
	b.wantAccount(m, subscribers.Account{Planned: 200, Accepted: 200})
}

func TestWhatIsUncertainIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		return smtptest.Answer{Drop: e.Stage == smtptest.Body && readerNumber(e.To)%10 == 0}
	}})
	b.readers(100)
	m := b.order()
	w := b.worker(delivery.Options{}, relayOf(t, far, 3))
	for range 3 {
		b.drain(w)
		b.clock.move(24 * time.Hour)
	}
	b.wantAccount(m, subscribers.Account{Planned: 100, Accepted: 90, Uncertain: 10})
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("%v got two copies", twice)
	}
	for _, d := range b.in(m, subscribers.Uncertain) {
		if d.Address == "" || d.Reply.Text == "" {
			t.Errorf("an uncertain delivery does not say whose it is and why: %+v", d)
		}
	}
}

func TestAnAddressThatTheRelayCannotTakeIsRefusedHere(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Extensions: []string{"SIZE 1000000"}})
	b.readers(3)
	b.exec(`UPDATE subscribers SET address = 'jürgen@example.net' WHERE id = 2`)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(m, subscribers.Account{Planned: 3, Accepted: 2, Refused: 1})
	if d := b.in(m, subscribers.Refused)[0]; d.Reply.Enhanced != "5.6.7" {
		t.Errorf("refused with %+v, want 5.6.7", d.Reply)
	}
}

func TestATestMailGoesToAnyAddressAndIsMarked(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	m, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "chief@example.com")
	if err != nil {
		t.Fatal(err)
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	b.wantAccount(m, subscribers.Account{Planned: 1, Accepted: 1})
	messages := far.Messages()
	if len(messages) != 1 || messages[0].To[0] != "chief@example.com" {
		t.Fatalf("%d messages: %+v", len(messages), messages)
	}
	if got, want := field(t, messages[0].Data, "Subject"), "[Test] "+b.issue.Subject; got != want {
		t.Errorf("subject %q, want %q", got, want)
	}
	if _, err := b.outbox.IssueMailing(t.Context(), b.issue.ID); !errors.Is(err, subscribers.ErrNoMailing) {
		t.Errorf("a test made a mailing of the issue: %v", err)
	}
}

// A test is sent to see one mail, and must not set the list's mail going.
func TestOneMailingIsDeliveredAloneOnDemand(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	b.readers(20)
	order := b.order()
	other, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "deputy@example.com")
	if err != nil {
		t.Fatal(err)
	}
	test, err := b.outbox.EnqueueTest(t.Context(), b.issue.ID, "chief@example.com")
	if err != nil {
		t.Fatal(err)
	}
	w := b.worker(delivery.Options{}, relayOf(t, far, 3))
	if err := w.DrainOnly(t.Context(), test.ID); err != nil {
		t.Fatal(err)
	}
	b.wantAccount(test, subscribers.Account{Planned: 1, Accepted: 1})
	b.wantAccount(other, subscribers.Account{Planned: 1, Queued: 1})
	b.wantAccount(order, subscribers.Account{Planned: 20, Queued: 20})
	if got := far.Taken(); len(got) != 1 || got["chief@example.com"] != 1 {
		t.Errorf("mail went to %v, want to chief@example.com alone", got)
	}
	if err := w.DrainOnly(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	b.wantAccount(order, subscribers.Account{Planned: 20, Accepted: 20})
	b.wantAccount(other, subscribers.Account{Planned: 1, Queued: 1})
}

func TestAConfirmationGoesFirstAndItsLinkConfirms(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Keep: true})
	b.readers(300)
	b.order()
	err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: "Ada@Example.com"})
	if err == nil {
		_, err = b.list.Admit(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	first := far.Messages()[0]
	if first.To[0] != "Ada@example.com" && first.To[0] != "Ada@Example.com" {
		t.Fatalf("the first mail went to %s, want the confirmation", first.To[0])
	}
	if field(t, first.Data, "List-Unsubscribe-Post") != "" || field(t, first.Data, "Auto-Submitted") != "auto-generated" {
		t.Error("a confirmation must be marked as automatic and offers no one-click leaving")
	}
	text := strings.ReplaceAll(string(first.Data), "=\r\n", "")
	_, token, found := strings.Cut(text, "https://digest.example.org/confirm/")
	if !found {
		t.Fatalf("no link to confirm in:\n%s", text)
	}
	s, err := b.list.Confirm(t.Context(), token[:len(mail.TokenPlace)], subscribers.Step{})
	if err != nil || s.Status != subscribers.Confirmed {
		t.Errorf("the mailed link gave %+v, %v", s.Status, err)
	}
}

func TestAConfirmationThatIsOutOfDateIsWithdrawn(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{})
	ask := func(address string) {
		t.Helper()
		err := b.list.SignUp(t.Context(), subscribers.SignUp{Address: address})
		if err == nil {
			_, err = b.list.Admit(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ask("left@example.com")
	b.exec(`UPDATE subscribers SET generation = generation + 1`)
	ask("complained@example.com")
	if err := b.list.Suppress(t.Context(), "complained@example.com", "by hand"); err != nil {
		t.Fatal(err)
	}
	ask("wanted@example.com")
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	if got := far.Taken(); len(got) != 1 || got["wanted@example.com"] != 1 {
		t.Errorf("confirmations went to %v", got)
	}
}

func TestAnErasedReaderLeavesNoReplyBehind(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Rcpt {
			return smtptest.Answer{}
		}
		b.exec(`UPDATE subscribers SET status = 'erased', address = '' WHERE id = 1`)
		return smtptest.Answer{Reply: "550 5.1.1 <reader1@example.net>: no such person"}
	}})
	b.readers(1)
	m := b.order()
	b.drain(b.worker(delivery.Options{}, relayOf(t, far, 1)))
	if d := b.in(m, subscribers.Refused)[0]; d.Reply.Text != "" || d.Reply.Code != 550 {
		t.Errorf("kept of an erased reader: %+v", d.Reply)
	}
}

// readerNumber returns i of reader i's address, 0 for any other address.
func readerNumber(address string) int {
	n := 0
	rest, ok := strings.CutPrefix(address, "reader")
	for i := 0; ok && i < len(rest) && rest[i] != '@'; i++ {
		n = n*10 + int(rest[i]-'0')
	}
	return n
}
