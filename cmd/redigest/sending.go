package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redigest/cmd/internal/config"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/mailbox"
	"redigest/templates"
)

// A sender is this process as the one that delivers: it holds the lock and
// knows the relays. close gives both back.
type sender struct {
	worker  *delivery.Worker
	lock    *delivery.SenderLock
	relays  []mail.Relay
	pacers  map[string]*delivery.Pacer // by the relay's account; of those that have a bound
	mailbox *mailbox.Server            // nil where mail goes to a relay
}

// startSending makes this process the one that delivers. It returns
// [delivery.ErrLocked] when another one is.
func (a *app) startSending(ctx context.Context, show func(delivery.Progress)) (_ *sender, err error) {
	s := &sender{}
	if s.lock, err = delivery.Lock(a.db.Path()); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	signer, err := a.signer()
	if err != nil {
		return nil, err
	}
	relays, err := s.choose(a.config)
	if err != nil {
		return nil, err
	}
	s.relays = relays
	if err := a.arming().Allows(ctx, relays); err != nil {
		return nil, err
	}
	opts := delivery.Options{
		Now:      a.now,
		Log:      a.log,
		Dial:     mail.DialOptions{Timeouts: timeouts(a.config.Mail.Timeouts)},
		GiveUp:   time.Duration(a.config.Mail.GiveUp),
		InFlight: a.config.Mail.InFlight,
		Pace:     s.pace,
		Progress: show,
	}
	if a.meter != nil {
		opts.Meter = a.meter
	}
	s.pacers = a.pacers(relays)
	s.worker = delivery.NewWorker(a.outbox, a.letters(signer), relays, opts)
	return s, nil
}

func timeouts(t config.Timeouts) mail.Timeouts {
	return mail.Timeouts{
		Connect: time.Duration(t.Connect), Greeting: time.Duration(t.Greeting), Hello: time.Duration(t.Hello),
		Mail: time.Duration(t.Mail), Rcpt: time.Duration(t.Rcpt), Data: time.Duration(t.Data),
		Block: time.Duration(t.Block), Dot: time.Duration(t.Dot), Quit: time.Duration(t.Quit),
	}
}

func (s *sender) close() error {
	var err error
	if s.mailbox != nil {
		err = s.mailbox.Close()
	}
	for _, p := range s.pacers {
		err = errors.Join(err, p.Close())
	}
	return errors.Join(err, s.lock.Release())
}

// choose returns the relays of the configuration or, where it names none, the
// built-in mailbox, which is spoken to over SMTP like any other.
func (s *sender) choose(c config.Config) ([]mail.Relay, error) {
	if len(c.Mail.Relays) == 0 {
		var err error
		if s.mailbox, err = mailbox.Listen("127.0.0.1:0", c.Mailbox()); err != nil {
			return nil, err
		}
		relay, err := mail.ParseRelay("smtp+plain://" + s.mailbox.Addr())
		relay.Name = mailboxRelay
		return []mail.Relay{relay}, err
	}
	var relays []mail.Relay
	for _, r := range c.Mail.Relays {
		relay, err := mail.ParseRelay(r.URL)
		if err != nil {
			return nil, fmt.Errorf("mail.relays: %w", err)
		}
		relay.Password = string(r.Password)
		relay.Connections = r.Connections
		relay.PerConnection = r.MessagesPerConnection
		relay.Unsigned = !r.Sign
		relays = append(relays, relay)
	}
	return relays, nil
}

// mailboxRelay names the built-in mailbox in accounts.
const mailboxRelay = "mailbox"

// relayName says by what an issue is mailed.
func relayName(c config.Config) string {
	if len(c.Mail.Relays) == 0 {
		return mailboxRelay
	}
	relay, err := mail.ParseRelay(c.Mail.Relays[0].URL)
	if err != nil {
		return ""
	}
	if more := len(c.Mail.Relays) - 1; more > 0 {
		return fmt.Sprintf("%s and %d more", relay.Name, more)
	}
	return relay.Name
}

// letters returns what writes the mails. Without a signer they are not signed.
func (a *app) letters(signer *mail.Signer) *delivery.Letters {
	p := a.config.Publication
	return delivery.NewLetters(a.list, a.store, delivery.LettersOptions{
		Publication: delivery.Publication{
			Publication: templates.Publication{
				Name: p.Name, Tagline: p.Tagline, URL: p.URL, Language: p.Language,
				PostalAddress: p.PostalAddress, ImprintURL: p.ImprintURL,
			},
			From:    p.Sender(),
			ReplyTo: p.Answers(),
		},
		BaseURL:    a.config.Site.BaseURL,
		ReturnPath: a.config.Mail.Path(),
		Signer:     signer,
		Templates:  a.templates,
	})
}

// unsubscribeURL is where a reader leaves, with the place of a reader's token.
func unsubscribeURL(c config.Config) string {
	return c.Site.BaseURL + "/unsubscribe/" + mail.TokenPlace
}

// whileAllowed runs deliver until mail may not leave from here any more, and
// returns why then.
func (a *app) whileAllowed(ctx context.Context, s *sender, deliver func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(lockEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := a.arming().Allows(ctx, s.relays); errors.Is(err, delivery.ErrDisarmed) {
				stop(err)
			}
		}
	})
	err := deliver(ctx)
	cause := context.Cause(ctx)
	stop(nil)
	watching.Wait()
	if errors.Is(cause, delivery.ErrDisarmed) {
		return cause
	}
	return err
}

// errStuck means that another process delivers and nothing moves.
var errStuck = errors.New("another redigest is delivering, and nothing has moved for two minutes; its log says why")

// patience is how long a process that delivers for us may stand still.
const patience = 2 * time.Minute

// closing is how long a mailing of which nothing is owed may stand open before
// it is not waited for.
const closing = 10 * time.Second

// deliver sees to it that a mailing is delivered until nothing more can be done
// now: by itself or, while another process delivers, by watching that one. only
// says that nothing else in the outbox is to be delivered.
func (a *app) deliver(ctx context.Context, mailing subscribers.ID, only bool) error {
	bar := newProgress(a.std.err, a.now)
	defer bar.done()
	w := watch{app: a, bar: bar, mailing: mailing, moved: a.now()}
	for {
		s, err := a.startSending(ctx, func(p delivery.Progress) { bar.update(p.Settled, p.Planned) })
		if err == nil {
			defer a.showMetrics()()
			err = a.whileAllowed(ctx, s, func(ctx context.Context) error {
				if only {
					return s.worker.DrainOnly(ctx, mailing)
				}
				return s.worker.Drain(ctx)
			})
			return errors.Join(err, s.close())
		}
		if !errors.Is(err, delivery.ErrLocked) {
			return err
		}
		if done, err := w.look(ctx); done || err != nil {
			return err
		}
	}
}

// A watch follows a mailing that another process delivers.
type watch struct {
	*app
	bar     *progress
	mailing subscribers.ID
	told    bool
	last    subscribers.Account
	moved   time.Time // when the account last changed
}

// over reports whether nothing of the mailing is left that could be done now.
// Whoever delivers closes a mailing of which nothing is owed a moment after its
// last answer; before that the issue does not count as sent.
func (w *watch) over(m subscribers.Mailing, a subscribers.Account) bool {
	switch {
	case !m.HeldAt.IsZero():
		return a.Handed == 0
	case m.PlannedAt.IsZero() || a.Queued+a.Handed > 0:
		return false
	}
	return a.Deferred > 0 || !m.FinishedAt.IsZero() || w.now().Sub(w.moved) > closing
}

// look waits a moment and reports whether nothing of the mailing is left that
// could be done now.
func (w *watch) look(ctx context.Context) (done bool, err error) {
	if !w.told {
		fmt.Fprintln(w.std.err, "another redigest is delivering; it takes this over, and this is how it goes")
		w.told = true
	}
	mailing, err := w.outbox.Mailing(ctx, w.mailing)
	if err != nil {
		return false, err
	}
	account, err := w.outbox.Account(ctx, w.mailing)
	if err != nil {
		return false, err
	}
	w.bar.update(account.Planned-account.Owed(), account.Planned)
	if account != w.last {
		w.last, w.moved = account, w.now()
	}
	switch {
	case w.over(mailing, account):
		return true, nil
	case w.now().Sub(w.moved) > patience:
		return false, errStuck
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(200 * time.Millisecond):
		return false, nil
	}
}
