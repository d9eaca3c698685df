package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

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
