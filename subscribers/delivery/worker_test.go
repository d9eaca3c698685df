package delivery_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
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
