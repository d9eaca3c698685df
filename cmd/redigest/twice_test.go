package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"redigest/digest"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/smtptest"
)

// due returns the configuration of a schedule whose hour has just come.
func due(far *smtptest.Server) string {
	at := time.Now().In(denver()).Add(-time.Minute)
	return fmt.Sprintf("schedule:\n  cron: \"%d %d * * *\"\n  late: 6h\nmail:\n  relays:\n    - url: %s\n", at.Minute(), at.Hour(), far.URL())
}

func denver() *time.Location {
	zone, err := time.LoadLocation("America/Denver")
	if err != nil {
		panic(err)
	}
	return zone
}

const story = "---\ntitle: A Story of Today\nurl: https://www.example.org/today/\nhighlights: [One fact.]\n---\nText.\n"

func TestPromise1TwoRealProcessesSendOneIssue(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{})
	one := newProgram(t, due(far))
	one.run(exitDone, "story", "add", one.write("story.md", story))
	for i := range 50 {
		one.run(exitDone, "subscriber", "add", fmt.Sprintf("reader%d@example.org", i), "--consent", "made up")
	}
	other := newProgram(t, due(far)+"database: "+one.path("redigest.db")+"\n")
	var wg sync.WaitGroup
	processes := make([]*process, 2)
	for i, p := range []*program{one, other} {
		wg.Go(func() { processes[i] = p.serve() })
	}
	wg.Wait()
	var issues []report
	one.eventually("the issue is sent", func() bool {
		one.read(&issues, "issue", "list")
		return len(issues) == 1 && issues[0].State == digest.Sent
	})
	// Whoever delivers ends, and the other one takes over with nothing to do.
	processes[0].stop()
	processes[1].stop()
	if a := issues[0]; a.Planned != 50 || a.Accepted != 50 {
		t.Errorf("the account is %+v", a)
	}
	if far.Recipients() != 50 || len(far.Twice()) > 0 {
		t.Errorf("%d readers were mailed, twice: %v", far.Recipients(), far.Twice())
	}
}

func TestIssueSendBesideServeRecordsTheOrderAndWatches(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{})
	p := newProgram(t, fmt.Sprintf("schedule:\n  late: 1s\nmail:\n  relays:\n    - url: %s\n", far.URL()))
	p.run(exitDone, "subscriber", "add", "reader@example.org", "--consent", "made up")
	p.run(exitDone, "story", "add", p.write("story.md", story))
	s := p.serve()
	p.eventually("serve holds the lock", func() bool {
		lock, err := delivery.Lock(p.path("redigest.db"))
		return err != nil || lock.Release() != nil
	})
	out, stderr, code := p.try("issue", "send", "--json")
	if code != exitDone || !strings.Contains(out, `"accepted": 1`) || !strings.Contains(stderr, "another redigest is delivering") {
		t.Errorf("it ended with %d\n%s%s", code, out, stderr)
	}
	s.stop()
}

func TestServeFinishesWhatIsInFlightWhenItIsStopped(t *testing.T) {
	t.Parallel()
	arrived, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body {
			return smtptest.Answer{}
		}
		once.Do(func() { close(arrived) })
		return smtptest.Answer{Until: answer}
	}})
	p := newProgram(t, due(far)+"      connections: 1\n")
	p.run(exitDone, "story", "add", p.write("story.md", story))
	for i := range 3 {
		p.run(exitDone, "subscriber", "add", fmt.Sprintf("reader%d@example.org", i), "--consent", "made up")
	}
	s := p.serve()
	<-arrived
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.eventually("the site is closed", func() bool {
		r, err := http.Get(p.base + "/healthz")
		return err != nil || r.Body.Close() != nil
	})
	close(answer)
	s.done = true
	if err := s.cmd.Wait(); err != nil {
		t.Fatalf("serve ended with %v\n%s", err, s.errs)
	}
	var issues []report
	p.read(&issues, "issue", "list")
	if a := issues[0].Account; a != (subscribers.Account{Planned: 3, Accepted: 1, Queued: 2}) {
		t.Errorf("the account is %+v, want the one in flight accepted and the others owed", a)
	}
}

func TestPromise9ARealRelayIsDisarmed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	p.write("config.yaml", strings.ReplaceAll(realRelay, "redigest.test", "rare-earth-daily.net"))
	p.run(exitDone, "subscriber", "add", "reader@rare-earth-daily.net", "--consent", "made up")
	p.run(exitDone, "story", "add", p.write("story.md", story))
	out, stderr, code := p.try("issue", "send", "--json")
	if code != exitNotDone || !strings.Contains(stderr, "not armed") || !strings.Contains(stderr, "redigest arm") {
		t.Errorf("an unarmed send ends with %d\n%s%s", code, out, stderr)
	}
	p.run(exitDone, "arm")
	p.run(exitDone, "backup", p.path("copy.db"))
	p.write("copy.yaml", "database: copy.db\n"+readFile(t, p.path("config.yaml")))
	if _, stderr, code := p.try("issue", "send", "--config", "copy.yaml"); code != exitNotDone || !strings.Contains(stderr, "not armed") {
		t.Errorf("a send from a copy of an armed database ends with %d\n%s", code, stderr)
	}
	p.run(exitDone, "disarm")
	if _, stderr, _ := p.try("issue", "send"); !strings.Contains(stderr, "not armed") {
		t.Errorf("a disarmed send says %s", stderr)
	}
}

func TestIssueSendTakesOverFromAServeThatDies(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	var once sync.Once
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage != smtptest.Body {
			return smtptest.Answer{}
		}
		once.Do(func() { close(arrived) })
		return smtptest.Answer{Delay: 100 * time.Millisecond}
	}})
	p := newProgram(t, fmt.Sprintf("schedule:\n  late: 1s\nmail:\n  relays:\n    - url: %s\n      connections: 1\n", far.URL()))
	p.run(exitDone, "story", "add", p.write("story.md", story))
	for i := range 10 {
		p.run(exitDone, "subscriber", "add", fmt.Sprintf("reader%d@example.org", i), "--consent", "made up")
	}
	s := p.serve()
	p.eventually("serve holds the lock", func() bool {
		lock, err := delivery.Lock(p.path("redigest.db"))
		return err != nil || lock.Release() != nil
	})
	send := p.command(t.Context(), "issue", "send")
	if err := send.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	s.kill()
	_ = send.Wait() // 1 when a mail is uncertain
	var issues []report
	p.read(&issues, "issue", "list")
	if a := issues[0].Account; a.Planned != 10 || a.Accepted+a.Uncertain != 10 || a.Uncertain > 1 {
		t.Errorf("the account is %+v", a)
	}
	if twice := far.Twice(); len(twice) > 0 {
		t.Errorf("mailed twice: %v", twice)
	}
}

func TestPromise9ATestCopyLeavesTheRestOfTheOutboxAlone(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Greeting && !open.Load() {
			return smtptest.Answer{Reply: "421 4.3.2 closed", Close: true}
		}
		return smtptest.Answer{}
	}})
	p := newProgram(t, fmt.Sprintf("mail:\n  relays:\n    - url: %s\n      connections: 1\n", far.URL()))
	p.run(exitDone, "story", "add", p.write("story.md", story))
	p.run(exitDone, "subscriber", "add", "reader@example.org", "--consent", "made up")
	if _, stderr, code := p.try("issue", "send"); code != exitNotDone {
		t.Fatalf("sending to a relay that is closed ends with %d\n%s", code, stderr)
	}
	open.Store(true)
	var test report
	p.read(&test, "issue", "send", "--test-to", "editor@example.com")
	if test.Test != "editor@example.com" || test.Accepted != 1 || test.Stories != 1 {
		t.Errorf("the test's account is %+v", test)
	}
	if taken := far.Taken(); len(taken) != 1 || taken["editor@example.com"] != 1 {
		t.Errorf("beside the test copy went out: %v", taken)
	}
	p.run(exitDone, "subscriber", "suppress", "editor@example.com")
	if _, stderr, code := p.try("issue", "send", "--test-to", "editor@example.com"); code != exitNotDone || !strings.Contains(stderr, "suppressed") {
		t.Errorf("a test copy to a suppressed address ends with %d: %s", code, stderr)
	}
}

func TestPromise9ABackupThatIsRestoredIsDisarmed(t *testing.T) {
	t.Parallel()
	p := newProgram(t, "")
	p.write("config.yaml", strings.ReplaceAll(realRelay, "redigest.test", "rare-earth-daily.net"))
	p.run(exitDone, "subscriber", "add", "reader@rare-earth-daily.net", "--consent", "made up")
	p.run(exitDone, "story", "add", p.write("story.md", story))
	p.run(exitDone, "arm")
	p.run(exitDone, "backup", p.path("backup.db"))
	for _, name := range []string{"redigest.db-wal", "redigest.db-shm"} {
		if err := os.Remove(p.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.Rename(p.path("backup.db"), p.path("redigest.db")); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := p.try("issue", "send"); code != exitNotDone || !strings.Contains(stderr, "not armed") {
		t.Errorf("a send from a restored backup ends with %d\n%s", code, stderr)
	}
}

// realRelay is a configuration that mails beyond this machine: to an address of
// documentation (RFC 5737) that reaches nobody, should a test fail.
const realRelay = `
publication:
  name: Rare Earth Daily
  url: https://www.redigest.test/
  from: daily@redigest.test
  postal_address: A real street
site:
  base_url: https://news.redigest.test
mail:
  relays:
    - url: smtps://192.0.2.1:465
`
