package mail_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// In each of these a relay goes silent, and time runs on by itself.
func TestEveryWaitEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		at   smtptest.Stage
		wait time.Duration
		want string
	}{
		"greeting":        {smtptest.Greeting, 5 * time.Minute, "line died at greeting"},
		"EHLO":            {smtptest.Hello, 5 * time.Minute, "line died at hello"},
		"MAIL":            {smtptest.Mail, 5 * time.Minute, "line died at mail"},
		"RCPT":            {smtptest.Rcpt, 5 * time.Minute, "line died at rcpt"},
		"DATA":            {smtptest.Data, 2 * time.Minute, "line died at data"},
		"after the dot":   {smtptest.Body, 10 * time.Minute, "uncertain"},
		"QUIT is hurried": {smtptest.Quit, 5 * time.Second, "accepted"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				far := smtptest.NewPiped(smtptest.Options{Script: smtptest.At(test.at, smtptest.Answer{Silent: true})})
				defer far.Close()
				start := time.Now()
				err := sendOnce(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: far.DialContext})
				if got := outcome(err); got != test.want {
					t.Errorf("outcome: %s, want %s (%v)", got, test.want, err)
				}
				if got := time.Since(start); got != test.wait {
					t.Errorf("waited %v, want %v", got, test.wait)
				}
			})
		})
	}
}

func TestWaitsAreSettings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := smtptest.NewPiped(smtptest.Options{Script: smtptest.At(smtptest.Body, smtptest.Answer{Silent: true})})
		defer far.Close()
		start := time.Now()
		err := sendOnce(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{
			DialContext: far.DialContext, Timeouts: mail.Timeouts{Dot: 42 * time.Second}})
		if got := outcome(err); got != "uncertain" {
			t.Error(got)
		}
		if got := time.Since(start); got != 42*time.Second {
			t.Errorf("waited %v, want 42s", got)
		}
	})
}

func TestARelayThatTakesNoMoreOctetsIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := smtptest.NewPiped(smtptest.Options{})
		defer far.Close()
		opts := mail.DialOptions{DialContext: func(ctx context.Context, n, a string) (net.Conn, error) {
			c, err := far.DialContext(ctx, n, a)
			return &stalling{Conn: c, after: 30_000}, err
		}}
		start := time.Now()
		c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), opts)
		if err != nil {
			t.Fatal(err)
		}
		_, err = send(t.Context(), c, envelope, []byte(letter+strings.Repeat("More of it.\r\n", 20_000)))
		if got := outcome(err); got != "line died at body" {
			t.Errorf("%s: %v", got, err)
		}
		// Three minutes for the block, one second for last words.
		if got := time.Since(start); got != 3*time.Minute+time.Second {
			t.Errorf("waited %v, want 3m1s", got)
		}
	})
}

// stalling is a line that takes so many octets and then none.
type stalling struct {
	net.Conn
	after    int
	deadline time.Time
}

func (s *stalling) SetDeadline(t time.Time) error {
	s.deadline = t
	return s.Conn.SetDeadline(t)
}

func (s *stalling) Write(p []byte) (int, error) {
	if s.after -= len(p); s.after > 0 {
		return s.Conn.Write(p)
	}
	time.Sleep(time.Until(s.deadline))
	return 0, context.DeadlineExceeded
}

func sendOnce(ctx context.Context, r mail.Relay, o mail.DialOptions) error {
	c, err := mail.Dial(ctx, r, o)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = send(ctx, c, envelope, []byte(letter))
	return err
}

func TestACancelledContextEndsEveryWait(t *testing.T) {
	t.Parallel()
	tests := map[smtptest.Stage]string{
		smtptest.Greeting: "line died at greeting",
		smtptest.Hello:    "line died at hello",
		smtptest.Mail:     "line died at mail",
		smtptest.Rcpt:     "line died at rcpt",
		smtptest.Data:     "line died at data",
		smtptest.Body:     "uncertain",
	}
	for stage, want := range tests {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancelCause(t.Context())
			reason := errors.New("the operator said stop")
			far := smtptest.NewPiped(smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
				if e.Stage == stage {
					cancel(reason)
					return smtptest.Answer{Silent: true}
				}
				return smtptest.Answer{}
			}})
			defer far.Close()
			err := sendOnce(ctx, relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: far.DialContext})
			if got := outcome(err); got != want || !errors.Is(err, reason) {
				t.Errorf("got %v, want %s for that reason", err, want)
			}
		})
	}
	t.Run("before anything is said", func(t *testing.T) {
		t.Parallel()
		far := smtptest.Start(t, smtptest.Options{})
		c := dial(t, far)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := send(ctx, c, envelope, []byte(letter)); outcome(err) != "line died at mail" || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if far.Named(envelope.To) != 0 {
			t.Error("the relay was asked")
		}
	})
}

func TestAContextThatEndsBetweenCallsLeavesTheLine(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{})
	c := dial(t, far)
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := send(ctx, c, envelope, []byte(letter)); err != nil || c.Broken() {
			t.Fatal(err, c.Broken())
		}
		cancel()
	}
}

// A countedContext counts who wants to know of its end.
type countedContext struct {
	context.Context
	done             chan struct{}
	registered, open int
}

func (c *countedContext) Done() <-chan struct{} { return c.done }

func (c *countedContext) AfterFunc(func()) func() bool {
	c.registered++
	c.open++
	return func() bool { c.open--; return true }
}

func TestALineRegistersOnceWithItsContext(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{})
	for name, end := range map[string]func(*mail.Conn){"Close": func(c *mail.Conn) { c.Close() }, "Drop": (*mail.Conn).Drop} {
		c := dial(t, far)
		ctx := &countedContext{Context: context.Background(), done: make(chan struct{})}
		for range 5 {
			if _, err := send(ctx, c, envelope, []byte(letter)); err != nil {
				t.Fatal(err)
			}
		}
		end(c)
		_ = c.Ready(ctx) // on a line that is gone
		if ctx.registered != 1 || ctx.open != 0 {
			t.Errorf("%s: registered %d times, %d left open", name, ctx.registered, ctx.open)
		}
	}
}

// A slowLine takes eight thousand octets in twenty seconds.
type slowLine struct {
	net.Conn
	deadline time.Time
}

func (s *slowLine) SetDeadline(t time.Time) error {
	s.deadline = t
	return s.Conn.SetDeadline(t)
}

func (s *slowLine) Write(p []byte) (n int, err error) {
	for len(p) > 8000 {
		if time.Sleep(20 * time.Second); time.Now().After(s.deadline) {
			return n, context.DeadlineExceeded
		}
		m, err := s.Conn.Write(p[:8000])
		if n += m; err != nil {
			return n, err
		}
		p = p[8000:]
	}
	m, err := s.Conn.Write(p)
	return n + m, err
}

// The wait is for a block, not for the message.
func TestASlowRelayIsGivenTimeForEachBlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		far := smtptest.NewPiped(smtptest.Options{})
		defer far.Close()
		start := time.Now()
		c, err := mail.Dial(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{DialContext: func(ctx context.Context, n, a string) (net.Conn, error) {
			c, err := far.DialContext(ctx, n, a)
			return &slowLine{Conn: c}, err
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = send(t.Context(), c, envelope, []byte(letter+strings.Repeat("More of it.\r\n", 30_000)))
		if err != nil || time.Since(start) < 10*time.Minute {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
	})
}

// The wait for an answer begins with what is left of the one before it.
func TestAnAnswerThatHasBegunHasItsOwnWait(t *testing.T) {
	t.Parallel()
	for _, begun := range []string{"250-the next", "250-the next\r\n250-goes on"} {
		synctest.Test(t, func(t *testing.T) {
			far := smtptest.NewPiped(smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
				switch e.Stage {
				case smtptest.Mail:
					return smtptest.Answer{Reply: "250 ok\r\n" + begun}
				case smtptest.Rcpt:
					return smtptest.Answer{Silent: true}
				}
				return smtptest.Answer{}
			}})
			defer far.Close()
			start := time.Now()
			err := sendOnce(t.Context(), relay(t, "smtp+plain://127.0.0.1"), mail.DialOptions{
				DialContext: far.DialContext, Timeouts: mail.Timeouts{Mail: time.Minute, Rcpt: 3 * time.Minute}})
			if got := outcome(err); got != "line died at rcpt" || time.Since(start) != 3*time.Minute {
				t.Errorf("%q: %s after %v", begun, got, time.Since(start))
			}
		})
	}
}

// What a relay may say is bounded for each answer, not for the line.
func TestALineOutlivesManyLongAnswers(t *testing.T) {
	t.Parallel()
	far := smtptest.Start(t, smtptest.Options{Script: func(e smtptest.Event) smtptest.Answer {
		if e.Stage == smtptest.Body {
			return smtptest.Answer{Reply: strings.Repeat("250-2.0.0 taken, and much more to say\r\n", 300) + "250 2.0.0 taken"}
		}
		return smtptest.Answer{}
	}})
	c := dial(t, far)
	for range 50 {
		if _, err := send(t.Context(), c, envelope, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	}
}
