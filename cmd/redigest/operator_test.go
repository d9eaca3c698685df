package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// A stopover is a far end that takes mails until it has so many, and then keeps
// the sender waiting for the answer to the last of them.
type stopover struct {
	*smtptest.Server
	reached chan struct{} // closed when it has so many
	resume  chan struct{} // close it to go on
}

func stopAfter(t *testing.T, mails int64) *stopover {
	t.Helper()
	s := &stopover{reached: make(chan struct{}), resume: make(chan struct{})}
	var n atomic.Int64
	s.Server = smtptest.Start(t, smtptest.Options{Keep: true, Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body || n.Add(1) != mails {
			return smtptest.Answer{}
		}
		close(s.reached)
		return smtptest.Answer{Until: s.resume}
	}})
	return s
}

// newDesk is a program with a story and so many readers that mails to far over
// one line.
func newDesk(t *testing.T, far *smtptest.Server, readers int, more string) *program {
	t.Helper()
	p := newProgram(t, fmt.Sprintf("schedule:\n  late: 1s\nmail:\n  relays:\n    - url: %s\n      connections: 1\n%s", far.URL(), more))
	p.run(exitDone, "story", "add", p.write("story.md", story))
	list := "address\n"
	for i := range readers {
		list += readerAt(i) + "\n"
	}
	p.run(exitDone, "subscriber", "import", p.write("readers.csv", list), "--consent", "made up")
	return p
}

func readerAt(i int) string { return fmt.Sprintf("reader%d@example.org", i) }

// start starts a command that goes on while the test does other things.
func (p *program) start(args ...string) *exec.Cmd {
	p.t.Helper()
	cmd := p.command(p.t.Context(), args...)
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return cmd
}

// ends requires that a command ends with a code.
func (p *program) ends(cmd *exec.Cmd, code int) {
	p.t.Helper()
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != code {
		p.t.Errorf("%v ended with %d, want %d", cmd.Args, got, code)
	}
}

// account is the report of today's issue.
func (p *program) account(args ...string) (r report) {
	p.t.Helper()
	p.read(&r, append([]string{"issue", "status"}, args...)...)
	if !r.Balances() {
		p.t.Errorf("the account does not balance: %+v", r)
	}
	return r
}

// serveAndDeliver starts serve and waits until it is the one that delivers.
func (p *program) serveAndDeliver() *process {
	p.t.Helper()
	s := p.serve()
	p.eventually("serve holds the lock", func() bool {
		lock, err := delivery.Lock(p.path("redigest.db"))
		return err != nil || lock.Release() != nil
	})
	return s
}

func TestHoldStopsAnIssueInMidSendAndReleaseLetsItGoOn(t *testing.T) {
	t.Parallel()
	for name, beside := range map[string]bool{"beside serve": true, "beside issue send": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			far := stopAfter(t, 10)
			p := newDesk(t, far.Server, 40, "")
			if beside {
				s := p.serveAndDeliver()
				defer s.stop()
			}
			send := p.start("issue", "send")
			<-far.reached
			var held report
			p.read(&held, "issue", "hold")
			if !held.Held || held.State != digest.Sending || held.Accepted+held.Handed != 10 {
				t.Errorf("held in mid-send it is %+v", held)
			}
			close(far.resume)
			p.ends(send, exitNotDone) // it says that the issue is held
			if a := p.account(); !a.Held || a.Account != (subscribers.Account{Planned: 40, Accepted: 10, Queued: 30}) {
				t.Errorf("while it is held the account is %+v", a)
			}
			if out := p.run(exitNotDone, "issue", "send"); !strings.Contains(out, "redigest issue release") || far.Recipients() != 10 {
				t.Errorf("%d got a held issue, and issue send says\n%s", far.Recipients(), out)
			}
			p.run(exitDone, "issue", "release")
			p.run(exitDone, "issue", "send")
			if a := p.account(); a.Held || a.State != digest.Sent || a.Accepted != 40 || len(far.Twice()) > 0 {
				t.Errorf("released the account is %+v, mailed twice: %v", a, far.Twice())
			}
		})
	}
}

func TestAReleasedIssueGoesOnByItselfWhereServeRuns(t *testing.T) {
	t.Parallel()
	far := stopAfter(t, 3)
	p := newDesk(t, far.Server, 9, "")
	s := p.serveAndDeliver()
	defer s.stop()
	send := p.start("issue", "send")
	<-far.reached
	p.run(exitDone, "issue", "hold")
	close(far.resume)
	p.ends(send, exitNotDone)
	p.run(exitDone, "issue", "release")
	p.eventually("all is sent", func() bool { return p.account().State == digest.Sent })
	if a := p.account(); a.Accepted != 9 || len(far.Twice()) > 0 {
		t.Errorf("the account is %+v, mailed twice: %v", a, far.Twice())
	}
}

func TestCancelWithdrawsWhatIsNotHandedOverYet(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]bool{"while it goes out": false, "while it is held": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			far := stopAfter(t, 10)
			p := newDesk(t, far.Server, 40, "")
			s := p.serveAndDeliver()
			defer s.stop()
			send := p.start("issue", "send")
			<-far.reached
			if held {
				p.run(exitDone, "issue", "hold")
			}
			p.run(exitDone, "issue", "cancel", "--why", "wrong lead")
			close(far.resume)
			p.ends(send, exitDone) // nothing is owed any more
			want := subscribers.Account{Planned: 40, Accepted: 10, Withdrawn: 30}
			if a := p.account(); a.State != digest.Cancelled || a.Held || a.Account != want || far.Recipients() != 10 {
				t.Errorf("%d got it, and the account is %+v", far.Recipients(), a)
			}
			if _, stderr, code := p.try("issue", "resend", "--failed"); code != exitNotDone || !strings.Contains(stderr, "was cancelled") {
				t.Errorf("resending a cancelled issue ends with %d: %s", code, stderr)
			}
		})
	}
}

// killedInMidSend returns a program whose sender was killed with one mail in
// flight, which the far end took, and all others accepted since.
func killedInMidSend(t *testing.T, readers int) (*program, *stopover) {
	t.Helper()
	far := stopAfter(t, 4)
	p := newDesk(t, far.Server, readers, "")
	send := p.start("issue", "send")
	<-far.reached
	if err := send.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = send.Wait()
	close(far.resume)
	p.run(exitNotDone, "issue", "send")
	return p, far
}

var (
	messageID = regexp.MustCompile(`(?mi)^Message-ID: .*$`)
	date      = regexp.MustCompile(`(?mi)^Date: .*$`)
)

func TestPromise2WhatIsUncertainGoesOutAgainOnTheOperatorsWordAlone(t *testing.T) {
	t.Parallel()
	for name, beside := range map[string]bool{"beside serve": true, "alone": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, far := killedInMidSend(t, 12)
			if a := p.account(); a.Account != (subscribers.Account{Planned: 12, Accepted: 11, Uncertain: 1}) || len(far.Twice()) > 0 {
				t.Fatalf("after the kill the account is %+v, mailed twice: %v", a, far.Twice())
			}
			out := p.run(exitDone, "issue", "status", "--state", "uncertain")
			uncertain := regexp.MustCompile(`(?m)^  (reader\d+@example\.org)  uncertain `).FindStringSubmatch(out)
			if uncertain == nil {
				t.Fatalf("the uncertain one is not listed\n%s", out)
			}
			if beside {
				s := p.serveAndDeliver()
				defer s.stop()
			}
			p.run(exitDone, "issue", "resend", "--uncertain")
			if a := p.account(); a.State != digest.Sent || a.Account != (subscribers.Account{Planned: 12, Accepted: 12}) {
				t.Errorf("sent again the account is %+v", a)
			}
			var copies []smtptest.Message
			for _, m := range far.Messages() {
				if m.To[0] == uncertain[1] {
					copies = append(copies, m)
				}
			}
			if len(copies) != 2 || !slices.Equal(far.Twice(), uncertain[1:]) {
				t.Fatalf("%d copies went to %s, and two to %v", len(copies), uncertain[1], far.Twice())
			}
			for _, field := range []*regexp.Regexp{messageID, date} {
				if first, second := field.Find(copies[0].Data), field.Find(copies[1].Data); string(first) != string(second) || len(first) == 0 {
					t.Errorf("first %s, then %s", first, second)
				}
			}
		})
	}
}

func TestPromise3WhoHasLeftIsNotMailedAgain(t *testing.T) {
	t.Parallel()
	p, far := killedInMidSend(t, 12)
	out := p.run(exitDone, "issue", "status", "--state", "uncertain")
	address := regexp.MustCompile(`reader\d+@example\.org`).FindString(out)
	p.run(exitDone, "subscriber", "suppress", address)
	_, stderr, code := p.try("issue", "resend", "--uncertain")
	if code != exitNotDone || !strings.Contains(stderr, "0 mails to be sent again; 1 left as they are") {
		t.Errorf("it ends with %d and says %s", code, stderr)
	}
	if a := p.account(); a.State != digest.Sent || a.Uncertain != 1 || len(far.Twice()) > 0 {
		t.Errorf("the account is %+v, mailed twice: %v", a, far.Twice())
	}
}

// Who has no serve running has to know when a second try is of use.
func TestTheAccountSaysWhenDeferredMailIsTriedAgain(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{Script: smtptest.Refuse(smtptest.Rcpt, "450 4.2.0 Later")})
	p := newDesk(t, far, 3, "")
	out := p.run(exitNotDone, "issue", "send")
	r := p.account()
	if r.Deferred != 3 || r.NextTry.IsZero() {
		t.Fatalf("the account is %+v, tried again at %v", r.Account, r.NextTry)
	}
	if !regexp.MustCompile(`refused for now; from \d+ \w+ at \d\d:\d\d on serve tries them again`).MatchString(out) {
		t.Errorf("it does not say when they are tried again:\n%s", out)
	}
	p.run(exitDone, "issue", "hold")
	if out := p.run(exitDone, "issue", "status"); !strings.Contains(out, "refused for now, and held") {
		t.Errorf("held, it says:\n%s", out)
	}
}

func TestARelayThatRefusedTheContentIsGivenTheSameMailsAgain(t *testing.T) {
	t.Parallel()
	var mended atomic.Bool
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body && !mended.Load() {
			return smtptest.Answer{Reply: "554 5.7.1 This looks like spam"}
		}
		return smtptest.Answer{}
	}})
	p := newDesk(t, far, 15, "")
	_, said, _ := p.try("issue", "send")
	if !strings.Contains(said, "issue resend --refused") {
		t.Errorf("it does not say what to do:\n%s", said)
	}
	refused := p.account().Refused
	mended.Store(true)
	p.run(exitDone, "issue", "resend", "--refused")
	if r := p.account(); refused == 0 || r.Accepted != 15 {
		t.Errorf("%d were refused at first; in the end %+v", refused, r.Account)
	}
	if twice := far.Twice(); len(twice) != 0 {
		t.Errorf("%v got it twice", twice)
	}
}
