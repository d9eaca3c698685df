package main

import (
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"redigest/subscribers/smtptest"
)

func TestMetricsAreReadWhileMailGoesOut(t *testing.T) {
	t.Parallel()
	far := stopAfter(t, 10)
	address := freeAddress(t)
	p := newDesk(t, far.Server, 40, "metrics:\n  listen: "+address+"\n")
	numbers := func() string {
		_, body := p.get("http://" + address + "/metrics")
		return body
	}
	s := p.serveAndDeliver()
	defer s.stop()
	send := p.start("issue", "send")
	<-far.reached
	p.eventually("nine are counted", func() bool {
		return strings.Contains(numbers(), "redigest_deliveries_total{state=\"accepted\"} 9\n")
	})
	close(far.resume)
	p.ends(send, exitDone)
	p.eventually("all are counted", func() bool {
		return strings.Contains(numbers(), "redigest_deliveries_total{state=\"accepted\"} 40\n")
	})
	for _, line := range []string{
		`redigest_replies_total{class="2xx",relay="` + far.Addr() + `",stage="body"} 40`,
		`redigest_relay_state{relay="` + far.Addr() + `",state="open"} 1`,
		`redigest_commit_seconds_count `,
		`redigest_outbox_deliveries{state="queued"} `,
		`redigest_stage_seconds_count{relay="` + far.Addr() + `",stage="body"} `,
	} {
		if !strings.Contains(numbers(), "\n"+line) {
			t.Errorf("there is no line %s in\n%s", line, numbers())
		}
	}
	// They are not on the site.
	if code, _ := p.get(p.base + "/metrics"); code != http.StatusNotFound {
		t.Errorf("the site answers /metrics with %d", code)
	}
}

func TestARelaysBoundOutlivesAKill(t *testing.T) {
	t.Parallel()
	var at []time.Time
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body {
			at = append(at, time.Now()) // there is one line at a time
		}
		return smtptest.Answer{}
	}})
	p := newDesk(t, far, 30, "      per_second: 20\n      per_day: 29\n")
	send := p.start("issue", "send")
	p.eventually("some went out", func() bool { return far.Recipients() >= 8 })
	if err := send.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = send.Wait()
	_, stderr, code := p.try("issue", "send")
	if code != exitNotDone || !strings.Contains(stderr, "29 messages of 24 hours") {
		t.Errorf("with its day used up it ends with %d: %s", code, stderr)
	}
	far.Close()
	for i := range at {
		if i >= 20 && at[i].Sub(at[i-20]) < 900*time.Millisecond {
			t.Errorf("21 mails came within %s", at[i].Sub(at[i-20]))
		}
	}
	if a := p.account(); len(at) > 29 || len(at) < 25 || a.Queued != 30-a.Accepted-a.Uncertain {
		t.Errorf("%d mails came, and the account is %+v", len(at), a)
	}
}

// Serve is not what its operator has asked for when nobody can watch it; a mail
// that goes out unwatched is better than none.
func TestAnAddressForMetricsThatIsTakenIsSaid(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	far := smtptest.Start(t, smtptest.Options{})
	p := newDesk(t, far, 2, "metrics:\n  listen: "+taken.Addr().String()+"\n")
	if _, stderr, code := p.try("serve"); code != exitNotDone || !strings.Contains(stderr, "metrics.listen: ") {
		t.Errorf("serve ends with %d and says %s", code, stderr)
	}
	if _, stderr, code := p.try("issue", "send"); code != exitDone || !strings.Contains(stderr, "nobody can read the metrics") || far.Recipients() != 2 {
		t.Errorf("issue send ends with %d and says %s", code, stderr)
	}
}
