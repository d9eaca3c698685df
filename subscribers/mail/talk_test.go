package mail_test

import (
	"bufio"
	"cmp"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"

	"redigest/subscribers/mail"
)

// A talk is the far end of one line, word by word, for what no server does.
type talk struct {
	*testing.T
	conn *net.TCPConn
	in   *bufio.Reader
}

// listen opens a line on whose far end the talk is held, after greeting and
// EHLO, in a goroutine of its own. The returned func waits for its end.
func listen(t *testing.T, hold func(talk)) (*mail.Conn, func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		defer l.Close()
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		far := talk{t, c.(*net.TCPConn), bufio.NewReader(c)}
		far.say("220 far.example\r\n")
		far.hear("EHLO")
		far.say("250-far.example\r\n250 PIPELINING\r\n")
		hold(far)
	}()
	c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://"+l.Addr().String()), mail.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, func() { t.Helper(); <-over }
}

func (f talk) say(s string) {
	if _, err := f.conn.Write([]byte(s)); err != nil {
		f.Errorf("say %q: %v", s, err)
	}
}

// hear reads lines that begin so.
func (f talk) hear(beginnings ...string) {
	for _, want := range beginnings {
		line, err := f.in.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			f.Errorf("heard %q, %v; want %q", line, err, want)
		}
	}
}

// hearBody reads a message and its dot.
func (f talk) hearBody() (msg string) {
	for {
		line, err := f.in.ReadString('\n')
		if err != nil {
			f.Errorf("in the message: %v", err)
			return msg
		}
		if line == ".\r\n" {
			return msg
		}
		msg += line
	}
}

// rest reads what still comes until the line is closed.
func (f talk) rest() string {
	all, _ := io.ReadAll(f.in)
	return string(all)
}

func (f talk) offer() { f.hear("MAIL", "RCPT", "DATA") }

const goAhead = "250 ok\r\n250 ok\r\n354 go\r\n"

func TestTheNextMessageIsOfferedBehindThisOne(t *testing.T) {
	t.Parallel()
	c, over := listen(t, func(f talk) {
		f.offer()
		f.say(goAhead)
		if got := f.hearBody(); got != letter {
			t.Errorf("heard %q", got)
		}
		f.offer() // before it has answered
		f.say("250 first\r\n" + goAhead)
		f.hearBody()
		f.say("250 second\r\n")
		f.hear("QUIT")
		f.say("221 bye\r\n")
	})
	must(t, c.Offer(reader(1), len(letter)))
	must(t, c.Ready(t.Context()))
	must(t, c.Body([]byte(letter)))
	must(t, c.Offer(reader(2), len(letter)))
	r, err := c.Answer(t.Context())
	if err != nil || r.Text != "first" {
		t.Errorf("%v, %v", r, err)
	}
	must(t, c.Ready(t.Context()))
	must(t, c.Body([]byte(letter)))
	r, err = c.Answer(t.Context())
	if err != nil || r.Text != "second" {
		t.Errorf("%v, %v", r, err)
	}
	must(t, c.Close())
	over()
}

func TestAMessageThatIsReadyCanBeTakenBack(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"offered", "ready", "given", "offered behind"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			got := ""
			c, over := listen(t, func(f talk) {
				if step == "ready" || step == "given" {
					f.offer()
					f.say(goAhead)
				}
				if step == "offered behind" {
					f.offer()
					f.say(goAhead)
					f.hearBody()
					f.offer()
					f.say("250 taken\r\n" + goAhead)
				}
				got = f.rest()
			})
			must(t, c.Offer(reader(1), len(letter)))
			if step != "offered" {
				must(t, c.Ready(t.Context()))
			}
			if step == "given" || step == "offered behind" {
				must(t, c.Body([]byte(letter)))
			}
			if step == "offered behind" {
				must(t, c.Offer(reader(2), len(letter)))
				must(t, c.Ready(t.Context()))
			}
			c.Drop()
			over()
			if got != "" || !c.Broken() {
				t.Errorf("the relay heard %q; broken: %v", got, c.Broken())
			}
			switch step {
			case "given":
				if _, err := c.Answer(t.Context()); outcome(err) != "line died at body" {
					t.Errorf("a message that was never written: %v", err)
				}
			case "offered behind":
				if _, err := c.Answer(t.Context()); err != nil {
					t.Errorf("what was answered before is lost: %v", err)
				}
			}
			if err := c.Offer(reader(3), 1); outcome(err) != "line died at mail" {
				t.Errorf("the next offer: %v", err)
			}
		})
	}
}

func TestClosingInMidMessageSaysNothing(t *testing.T) {
	t.Parallel()
	for _, given := range []bool{false, true} {
		got := ""
		c, over := listen(t, func(f talk) {
			f.offer()
			f.say(goAhead)
			got = f.rest()
		})
		must(t, c.Offer(reader(1), len(letter)))
		must(t, c.Ready(t.Context()))
		if given {
			must(t, c.Body([]byte(letter)))
		}
		must(t, c.Close())
		over()
		if got != "" {
			t.Errorf("the relay heard %q, and would take it for the message", got)
		}
	}
}

func TestARelayThatSaidGoodbyeIsToldNothingMore(t *testing.T) {
	t.Parallel()
	got := ""
	c, over := listen(t, func(f talk) {
		f.offer()
		f.say(goAhead)
		f.hearBody()
		f.say("250 taken\r\n421 4.4.2 enough\r\n")
		got = f.rest()
	})
	_, err := send(t.Context(), c, envelope, []byte(letter))
	must(t, err)
	if _, err := send(t.Context(), c, envelope, []byte(letter)); outcome(err) != "deferred at mail" || !c.Broken() {
		t.Errorf("the next message: %v", err)
	}
	if over(); got != "" {
		t.Errorf("the relay heard %q", got)
	}
}

// RFC 2920 section 3.1: DATA went out with the RCPT that is refused.
func TestAGoAheadForNobodyIsAnsweredByALoneDot(t *testing.T) {
	t.Parallel()
	for answer, next := range map[string]string{
		"554 5.5.1 no recipients": "accepted", "250 taken": "accepted", "451 later": "accepted",
		"421 bye": "line died at mail", "": "line died at mail",
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			c, over := listen(t, func(f talk) {
				f.offer()
				f.say("250 ok\r\n550 5.1.1 nobody\r\n354 go\r\n")
				f.hear(".\r\n")
				if answer == "" {
					return
				}
				f.say(answer + "\r\n")
				if next == "accepted" {
					f.offer() // no RSET: the dot ended the transaction
					f.say(goAhead)
					f.hearBody()
					f.say("250 taken\r\n")
				}
			})
			known := sendAll(t.Context(), c, 2, false)
			if want := []string{"refused at rcpt", next}; !slices.Equal(known, want) {
				t.Errorf("known: %q, want %q", known, want)
			}
			over()
		})
	}
}

// A lone dot would give the recipient an empty message.
func TestAGoAheadWithoutASenderIsAnsweredByHangingUp(t *testing.T) {
	t.Parallel()
	got := ""
	c, over := listen(t, func(f talk) {
		f.offer()
		f.say("550 5.7.1 not you\r\n250 ok\r\n354 go\r\n")
		got = f.rest()
	})
	if known := sendAll(t.Context(), c, 1, false); known[0] != "refused at mail" || !c.Broken() {
		t.Errorf("known: %q, broken %v", known, c.Broken())
	}
	over()
	if got != "" {
		t.Errorf("the relay heard %q", got)
	}
}

// A relay that closes after so many messages does not read what is offered
// behind the last one.
func TestAnAnswerIsHeardAlthoughTheLineIsClosedBehindIt(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{true, false} {
		c, over := listen(t, func(f talk) {
			f.offer()
			f.say(goAhead)
			f.hearBody()
			f.say("250 taken\r\n") // closed while commands are unread: a reset
		})
		known := sendAll(t.Context(), c, 2, late)
		over()
		if want := []string{"accepted", "line died at mail"}; !slices.Equal(known, want) {
			t.Errorf("known: %q, want %q", known, want)
		}
	}
}

// What is on its way to a relay that has gone is uncertain only if it went out.
// While a worker writes down what it hands over, relays go away most easily.
func TestARelayThatGoesWhileItWaitsGetsNothing(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"": "line died at body", "421 4.4.2 too slow\r\n": "deferred at body", "250 taken\r\n": "line died at body"} {
		t.Run(words, func(t *testing.T) {
			t.Parallel()
			goOn := make(chan struct{})
			c, over := listen(t, func(f talk) {
				f.offer()
				f.say(goAhead)
				<-goOn
				f.say(words)
			})
			must(t, c.Offer(reader(1), len(letter)))
			must(t, c.Ready(t.Context()))
			close(goOn)
			over()
			must(t, c.Body([]byte(letter)))
			_, err := c.Answer(t.Context())
			if runtime.GOOS != "linux" { // nobody tells, and the message goes out
				want = map[string]string{"": "uncertain", "250 taken\r\n": "accepted"}[words]
				want = cmp.Or(want, "deferred at body")
			}
			if got := outcome(err); got != want {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

// A half-closed line: the relay says no more, but still listens.
func TestARelayThatFallsSilentForGood(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{
		"before MAIL's answer": "line died at mail", "before RCPT's answer": "line died at rcpt",
		"before DATA's answer": "line died at data", "before the dot's answer": "uncertain",
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			got := ""
			c, over := listen(t, func(f talk) {
				f.offer()
				answers := strings.SplitAfter(goAhead, "\n")
				said := map[string]int{"before MAIL's answer": 0, "before RCPT's answer": 1, "before DATA's answer": 2, "before the dot's answer": 3}[at]
				for _, a := range answers[:said] {
					f.say(a)
				}
				if said == 3 {
					f.hear("Date:") // it has begun to listen to the message
				}
				if err := f.conn.CloseWrite(); err != nil {
					t.Error(err)
				}
				got = f.rest()
			})
			known := sendAll(t.Context(), c, 1, false)
			over()
			if known[0] != want || !c.Broken() {
				t.Errorf("known: %q, want %s", known, want)
			}
			if body := strings.Contains(got, "Subject:"); body != (want == "uncertain") {
				t.Errorf("the relay heard %d octets after it fell silent", len(got))
			}
		})
	}
}

// A relay that answers the end of a message twice must not shift the answers
// to the next one.
func TestAnswersOutOfStepEndTheLine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ answers, want string }{
		"a yes too many":      {"250 taken\r\n250 taken\r\n" + goAhead, "line died at data"},
		"a no too many":       {"250 taken\r\n554 5.7.1 no\r\n" + goAhead, "line died at data"},
		"a go-ahead too many": {"250 taken\r\n354 go\r\n" + goAhead, "line died at mail"},
		"a refusal too many":  {"250 taken\r\n250 ok\r\n250 ok\r\n550 5.1.1 no\r\n503 5.5.1 no\r\n", "refused at data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, over := listen(t, func(f talk) {
				f.offer()
				f.say(goAhead)
				f.hearBody()
				f.offer()
				f.say(test.answers)
				f.rest()
			})
			known := sendAll(t.Context(), c, 2, false)
			if known[0] != "accepted" || known[1] != test.want {
				t.Errorf("known: %q, want %s", known, test.want)
			}
			if err := c.Offer(reader(3), 1); err == nil {
				if got := outcome(c.Ready(t.Context())); got != "line died at mail" {
					t.Errorf("the third message: %s", got)
				}
			}
			c.Drop()
			over()
		})
	}
}

func TestCallsOutOfOrderReachNobody(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*mail.Conn) error{
		"Ready without Offer": func(c *mail.Conn) error { return c.Ready(t.Context()) },
		"Body without Ready":  func(c *mail.Conn) error { _ = c.Offer(reader(1), 1); return c.Body([]byte(letter)) },
		"Answer without Body": func(c *mail.Conn) error { _, err := c.Answer(t.Context()); return err },
		"Offer twice":         func(c *mail.Conn) error { _ = c.Offer(reader(1), 1); return c.Offer(reader(2), 1) },
	} {
		got := ""
		c, over := listen(t, func(f talk) { got = f.rest() })
		if err := call(c); !strings.HasPrefix(outcome(err), "line died") || !c.Broken() {
			t.Errorf("%s: %v", name, err)
		}
		if over(); got != "" {
			t.Errorf("%s: the relay heard %q", name, got)
		}
	}
}

func TestABodyWithoutLineEndIsNotWritten(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "x", "x\n", "x\r"} {
		got := ""
		c, over := listen(t, func(f talk) { f.offer(); f.say(goAhead); got = f.rest() })
		must(t, c.Offer(reader(1), 1))
		must(t, c.Ready(t.Context()))
		if err := c.Body([]byte(body)); outcome(err) != "refused at body" || !c.Broken() {
			t.Errorf("%q: %v", body, err)
		}
		if over(); got != "" {
			t.Errorf("the relay heard %q", got)
		}
	}
}
