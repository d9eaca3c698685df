package mail_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// A fault is what a relay does at some stage instead of what it should.
type fault struct {
	answer smtptest.Answer
	kind   string // of what follows: "" nothing, "deferred", "refused", "closing", "dead"
}

// faultsAt are the faults of every kind that a relay can answer a stage with.
func faultsAt(s smtptest.Stage) map[string]fault {
	usual := map[smtptest.Stage]string{smtptest.Greeting: "220", smtptest.StartTLS: "220", smtptest.Auth: "235", smtptest.Data: "354"}
	code := usual[s]
	if code == "" {
		code = "250"
	}
	wrong := "354 go on"
	if s == smtptest.Data {
		wrong = "250 2.0.0 taken"
	}
	late := 5*time.Minute - time.Second // before its wait ends
	switch s {
	case smtptest.Data:
		late = 2*time.Minute - time.Second
	case smtptest.Body:
		late = 10*time.Minute - time.Second
	}
	say := func(reply string) smtptest.Answer { return smtptest.Answer{Reply: reply} }
	all := map[string]fault{
		"yes, bit by bit":       {smtptest.Answer{Split: true}, ""},
		"yes, late":             {smtptest.Answer{Delay: late}, ""},
		"a no for now":          {say("451 4.3.0 later"), "deferred"},
		"a no for good":         {say("554 5.0.0 no"), "refused"},
		"a no without a code":   {say("550 no"), "refused"},
		"a no in lines":         {say("550-5.7.1 no\r\n550-5.7.1 and again\r\n550 5.7.1 no"), "refused"},
		"a no in bits":          {smtptest.Answer{Reply: "452-4.2.2 full\r\n452 4.2.2 up", Split: true}, "deferred"},
		"a no, late":            {smtptest.Answer{Reply: "451 4.3.0 later", Delay: late}, "deferred"},
		"goodbye":               {smtptest.Answer{Reply: "421 4.3.2 going down", Close: true}, "closing"},
		"goodbye, but it stays": {say("421 4.3.2 going down"), "closing"},
		"silence, closed":       {smtptest.Answer{Drop: true}, "dead"},
		"silence":               {smtptest.Answer{Silent: true}, "dead"},
		"half an answer":        {smtptest.Answer{Reply: code + "-ok", Close: true}, "dead"},
		"garbage":               {say("hello there"), "dead"},
		"octets":                {say("\x00\xff\xfe"), "dead"},
		"nothing but a line":    {say("\r"), "dead"},
		"a code too low":        {say("150 soon"), "dead"},
		"a code too high":       {say("650 what"), "dead"},
		"a yes of another kind": {say(wrong), "dead"},
	}
	if s != smtptest.Greeting && s != smtptest.Hello && s != smtptest.StartTLS && s != smtptest.Auth {
		// Up to there the library reads, which is less exact.
		all["yes, in lines"] = fault{say(code + "-yes\r\n" + code + "-and\r\n" + code + " yes"), ""}
		all["yes, in a word"] = fault{say(code), ""}
		all["yes, at length"] = fault{say(code + " " + strings.Repeat("yes and ", 2000)), ""}
		all["no, at length"] = fault{say("550 " + strings.Repeat("no and ", 2000)), "refused"}
		all["two minds"] = fault{say(code + "-yes\r\n550 no"), "dead"}
		all["an answer without end"] = fault{say(strings.Repeat(code+"-more\r\n", 40_000) + code + " ok"), "dead"}
	}
	return all
}

// follows says what has to come of a message at whose stage a fault happens.
func follows(s smtptest.Stage, kind string) (outcome string, broken bool) {
	switch {
	case kind == "":
		return "accepted", false
	case kind == "closing":
		return "deferred at " + string(s), true
	case kind != "dead":
		return kind + " at " + string(s), false
	case s == smtptest.Body:
		return "uncertain", true
	}
	return "line died at " + string(s), true
}

// A letter that goes out in several blocks, so that a fault can hit it anywhere.
var wireLetter = []byte(letter + strings.Repeat("A line of the day’s issue.\r\n", 3000))

func reader(i int) mail.Envelope {
	return mail.Envelope{From: "bounce@example.org", To: fmt.Sprintf("reader%d@example.com", i)}
}

// sendAll gives n messages to a line, each offered behind the body of the one
// before, and returns what is known of them. Late: the answers are asked for
// at the end, as with several messages in flight.
func sendAll(ctx context.Context, c *mail.Conn, n int, late bool) []string {
	known := make([]string, n)
	var given []int
	hear := func() {
		for _, i := range given {
			_, err := c.Answer(ctx)
			known[i] = outcome(err)
		}
		given = nil
	}
	for i := range n {
		err := c.Offer(reader(i+1), len(wireLetter))
		if !late {
			hear()
		}
		if err == nil {
			err = c.Ready(ctx)
		}
		if err == nil {
			err = c.Body(wireLetter)
		}
		if known[i] = outcome(err); err == nil {
			given = append(given, i)
		}
	}
	hear()
	return known
}

// Every kind of answer, at every stage of the second of four messages.
func TestFaultsOfARelayInMidConversation(t *testing.T) {
	t.Parallel()
	for _, stage := range []smtptest.Stage{smtptest.Mail, smtptest.Rcpt, smtptest.Data, smtptest.Body} {
		for name, f := range faultsAt(stage) {
			for _, together := range []bool{true, false} {
				for _, late := range []bool{true, false} {
					t.Run(fmt.Sprintf("%s/%s/together=%v/late=%v", stage, name, together, late), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { oneFault(t, stage, f, together, late) })
					})
				}
			}
		}
	}
}

func oneFault(t *testing.T, stage smtptest.Stage, f fault, together, late bool) {
	const n, at = 4, 2
	far := smtptest.NewPiped(smtptest.Options{Extensions: offering(together), Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == stage && e.Message == at {
			return f.answer
		}
		return smtptest.Answer{}
	}})
	defer far.Close()
	c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: far.DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known := sendAll(t.Context(), c, n, late)

	second, broken := follows(stage, f.kind)
	want := []string{"accepted", second, "accepted", "accepted"}
	if broken {
		want[2], want[3] = "line died at mail", "line died at mail"
	}
	if !slices.Equal(known, want) || c.Broken() != broken {
		t.Errorf("known: %q, broken %v\nwant:  %q, broken %v", known, c.Broken(), want, broken)
	}
	agree(t, known, far)
}

func offering(together bool) []string {
	if together {
		return []string{"PIPELINING", "SIZE"}
	}
	return []string{"SIZE"}
}

// agree compares what is known here with what the far end knows.
func agree(t *testing.T, known []string, far *smtptest.Server) {
	t.Helper()
	taken := far.Taken()
	for i, k := range known {
		n := taken[reader(i+1).To]
		if k == "accepted" && n != 1 || k == "uncertain" && n > 1 || k != "accepted" && k != "uncertain" && n != 0 {
			t.Errorf("message %d is %q here, and taken %d times there", i+1, k, n)
		}
	}
}

// Every kind of answer before the first message.
func TestFaultsOfARelayAtTheBeginning(t *testing.T) {
	t.Parallel()
	certificate, roots := smtptest.Certificate(t)
	for _, stage := range []smtptest.Stage{smtptest.Greeting, smtptest.Hello, smtptest.StartTLS, smtptest.Auth} {
		for name, f := range faultsAt(stage) {
			t.Run(string(stage)+"/"+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { faultyBeginning(t, stage, f, certificate, roots) })
			})
		}
	}
}

func faultyBeginning(t *testing.T, stage smtptest.Stage, f fault, certificate *tls.Config, roots *x509.CertPool) {
	far := smtptest.NewPiped(smtptest.Options{Script: smtptest.At(stage, f.answer), TLS: certificate, User: "us", Password: "secret"})
	defer far.Close()
	r := relay(t, "smtp://us@127.0.0.1")
	r.Password = "secret"
	c, err := mail.Dial(t.Context(), r, mail.DialOptions{DialContext: far.DialContext, TLS: &tls.Config{RootCAs: roots}})
	want, _ := follows(stage, f.kind)
	if got := outcome(err); got != want {
		t.Errorf("%s, want %s (%v)", got, want, err)
	}
	if err == nil {
		if known := sendAll(t.Context(), c, 2, false); !slices.Equal(known, []string{"accepted", "accepted"}) {
			t.Errorf("then: %q", known)
		}
		c.Close()
	}
	time.Sleep(10 * time.Minute) // a far end that is late notices late
	if far.Open() != 0 {
		t.Errorf("%d lines are still open", far.Open())
	}
}

// RSET is said when a message came to nothing, and only then.
func TestFaultsOfARelayThatIsToForget(t *testing.T) {
	t.Parallel()
	for name, f := range faultsAt(smtptest.Reset) {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/together=%v", name, together), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { faultyReset(t, f, together) })
			})
		}
	}
}

func faultyReset(t *testing.T, f fault, together bool) {
	far := smtptest.NewPiped(smtptest.Options{Extensions: offering(together), Script: func(e smtptest.Event) smtptest.Answer {
		switch {
		case e.Stage == smtptest.Reset:
			return f.answer
		case e.Stage == smtptest.Rcpt && e.Message == 1:
			return smtptest.Answer{Reply: "550 5.1.1 nobody"}
		}
		return smtptest.Answer{}
	}})
	defer far.Close()
	c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: far.DialContext})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known := sendAll(t.Context(), c, 3, false)
	want := []string{"refused at rcpt", "accepted", "accepted"}
	switch f.kind {
	case "":
	case "closing":
		want[1], want[2] = "deferred at mail", "line died at mail"
	default: // it would take the next message for the last one
		want[1], want[2] = "line died at mail", "line died at mail"
	}
	if !slices.Equal(known, want) {
		t.Errorf("known: %q\nwant:  %q", known, want)
	}
	agree(t, known, far)
}
