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
		_, err = c.Send(t.Context(), envelope, []byte(letter+strings.Repeat("More of it.\r\n", 20_000)))
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
	_, err = c.Send(ctx, envelope, []byte(letter))
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
		if _, err := c.Send(ctx, envelope, []byte(letter)); outcome(err) != "line died at mail" || c.Broken() {
			t.Errorf("got %v, broken %v; want an error and a line that is still good", err, c.Broken())
		}
		if _, err := c.Send(t.Context(), envelope, []byte(letter)); err != nil {
			t.Error(err)
		}
	})
}
