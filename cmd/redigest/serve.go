package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"redigest/cmd/internal/pipeline"
	"redigest/cmd/internal/schedule"
	"redigest/cmd/internal/web"
	"redigest/subscribers/delivery"
)

type serveCommand struct{}

func (serveCommand) example() string {
	return "redigest serve --config /etc/redigest/config.yaml"
}

// Run runs everything until ctx is done.
func (serveCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if _, err := a.signer(); err != nil {
			return err // better now than at the hour of the issue
		}
		a.warn()
		listener, err := net.Listen("tcp", a.config.Site.Listen)
		if err != nil {
			return fmt.Errorf("site.listen: %w", err)
		}
		fmt.Fprintf(std.err, "redigest serves %s\n%s\n", a.config.Site.BaseURL, a.nextIssue())
		return a.serve(ctx, listener, nil)
	})
}

// nextIssue says in words when the next issue goes out, and by what.
func (a *app) nextIssue() string {
	plan, err := a.config.Plan()
	if err != nil {
		return err.Error()
	}
	_, at := plan.Next(a.now())
	line := "the next issue goes out on " + at.In(a.config.Zone()).Format("Monday 2 January 2006 at 15:04 MST")
	if relayName(a.config) == mailboxRelay {
		return line + ", into the built-in mailbox " + a.config.Mailbox() + ": it is mailed to nobody"
	}
	return line + " through " + relayName(a.config)
}

// The rhythms of what serve does besides the schedule.
const (
	admitEvery  = time.Second      // sign-ups that another process stored
	settleEvery = 2 * time.Second  // issues whose last mail is settled
	gatherEvery = 20 * time.Second // looks for sources whose time has come
	lockEvery   = time.Second      // tries for the sender's lock, looks whether mail may leave

	numbersEvery = 10 * time.Minute // reads the table of numbers while an issue cannot be made
)

// A server is everything that serve runs in one process.
type server struct {
	*app
	site  *http.Server
	admit chan struct{} // wakes the step that decides sign-ups

	gathering sync.Mutex // one fetch of a source at a time

	numbers   pipeline.NumbersReading // what the table last brought; the schedule's alone
	numbersAt time.Time               // when it was read

	mu     sync.Mutex
	worker *delivery.Worker // nil while another process delivers
}

// serve runs site, feeds, schedule and delivery until ctx is done, and then
// ends them in order. mailbox is the demo's.
func (a *app) serve(ctx context.Context, listener net.Listener, mailbox http.Handler) error {
	plan, err := a.config.Plan()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := a.saveSources(ctx); err != nil {
		return errors.Join(err, listener.Close())
	}
	hideMetrics, err := a.listenMetrics()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer hideMetrics()
	stopReturned, err := a.listenReturned()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopReturned()
	s := &server{app: a, admit: make(chan struct{}, 1)}
	s.site = &http.Server{
		Handler:           s.handler(plan, mailbox),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { s.closeSite(ctx) })
	running.Go(func() { s.repeat(ctx, admitEvery, s.admit, "decide sign-ups", s.admitAll) })
	running.Go(func() { s.repeat(ctx, settleEvery, nil, "settle issues", s.pipeline.Settle) })
	running.Go(func() { s.repeat(ctx, gatherEvery, nil, "gather stories", s.gather) })
	running.Go(func() {
		s.repeat(ctx, time.Duration(s.config.Mail.Returned.Every), nil, "empty the mailbox for returned mail", s.emptyMailbox)
	})
	running.Go(func() { s.loop(plan).Run(ctx) })
	running.Go(func() { s.fillSearch(ctx) })
	running.Go(func() { s.deliverAlways(ctx) })
	err = s.site.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil // it was asked to stop
	}
	stop()
	running.Wait()
	// What the worker finished last is told in the issue's state too.
	return errors.Join(err, s.pipeline.Settle(context.WithoutCancel(ctx)))
}

func (s *server) handler(plan schedule.Plan, mailbox http.Handler) http.Handler {
	p := s.config.Publication
	from := p.Sender()
	return web.New(s.list, s.store, web.Options{
		Publication: web.Publication{
			Name: p.Name, Tagline: p.Tagline, URL: p.URL, From: from.Address, FromName: from.Name,
			PostalAddress: p.PostalAddress, ImprintURL: p.ImprintURL, Language: p.Language,
		},
		Zone:           s.config.Zone(),
		Started:        s.now(),
		BaseURL:        s.config.Site.BaseURL,
		SignupOrigins:  s.config.Site.SignupOrigins,
		TrustedProxies: s.config.Site.Proxies(),

		ConfirmationSubject: s.letters(nil).ConfirmationSubject(),

		Log:     s.log,
		Ready:   func(ctx context.Context) error { return s.ready(ctx, plan) },
		Wake:    func() { wake(s.admit) },
		Mailbox: mailbox,
	})
}

// wake tells a step that there is work, without waiting for it.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// fillSearch makes the search of the archive whole where it lacks issues.
func (s *server) fillSearch(ctx context.Context) {
	n, err := s.store.FillSearch(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		s.log.Error("the search of the archive lacks issues; it is filled at the next start", "filled_in", n, "error", err)
	case n > 0:
		s.log.Info("the search of the archive lacked issues", "filled_in", n)
	}
}

// closeSite stops taking requests when ctx is done and waits for those under
// way.
func (s *server) closeSite(ctx context.Context) {
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.site.Shutdown(end); err != nil {
		s.log.Warn("requests are cut off", "error", errors.Join(err, s.site.Close()))
	}
}

// repeat runs a step every so often, and at once when it is woken, until ctx is
// done. A step that fails is logged and run again.
func (s *server) repeat(ctx context.Context, every time.Duration, woken <-chan struct{}, name string, step func(context.Context) error) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("could not "+name+"; tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-woken:
		case <-tick.C:
		}
	}
}

// admitAll decides the open sign-ups and wakes the worker for the confirmation
// mails.
func (s *server) admitAll(ctx context.Context) error {
	n, err := s.list.Admit(ctx)
	if n > 0 {
		s.wakeWorker()
	}
	return err
}

func (s *server) wakeWorker() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.worker != nil {
		s.worker.Wake()
	}
}

// gather fetches the sources whose time has come. It takes as long as the
// slowest of them, so the day's run bounds it.
func (s *server) gather(ctx context.Context) error {
	s.gathering.Lock()
	defer s.gathering.Unlock()
	gathered, err := s.pipeline.Gather(ctx, s.fetcher(), false)
	for _, g := range gathered {
		switch {
		case g.Err != nil:
			s.log.Warn("source failed", "source", g.Source.Name, "error", g.Err, "next", g.Source.NextAt)
		case len(g.Problems) > 0:
			s.log.Warn("source had problems", "source", g.Source.Name, "first", g.Problems[0].String(), "problems", len(g.Problems))
		}
	}
	return err
}
