package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"redigest/cmd/internal/config"
	"redigest/cmd/internal/metrics"
	"redigest/cmd/internal/pipeline"
	"redigest/digest"
	"redigest/digest/database"
	"redigest/digest/feed"
	"redigest/digest/render"
	"redigest/subscribers"
	"redigest/subscribers/mail"
	"redigest/templates"
)

// An app is the program's parts put together for one command.
type app struct {
	std    streams
	config config.Config
	log    *slog.Logger
	now    func() time.Time

	templates *templates.Set

	db       *database.DB
	store    *digest.Store
	list     *subscribers.List
	outbox   *subscribers.Outbox
	pipeline *pipeline.Pipeline
	meter    *metrics.Metrics // nil: nobody is to read them
}

// open reads the configuration and opens the database that it names.
func (g *Globals) open(ctx context.Context, std *streams) (*app, error) {
	c, err := config.Load(g.Config, g.getenv)
	if err != nil {
		return nil, err
	}
	return open(ctx, c, *std, time.Now)
}

func open(ctx context.Context, c config.Config, std streams, now func() time.Time) (*app, error) {
	set, err := loadTemplates(c)
	if err != nil {
		return nil, err
	}
	db, err := database.Open(ctx, c.Database)
	if err != nil {
		return nil, err
	}
	a := &app{std: std, config: c, templates: set, db: db, now: now, log: slog.New(slog.NewTextHandler(std.err, nil))}
	if err := a.assemble(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", c.Database, err), db.Close())
	}
	return a, nil
}

func (a *app) assemble(ctx context.Context) (err error) {
	if err := digest.Migrate(ctx, a.db, a.now()); err != nil {
		return err
	}
	if err := subscribers.Migrate(ctx, a.db, a.now()); err != nil {
		return err
	}
	if a.list, err = subscribers.NewList(ctx, a.db, subscribers.ListOptions{Returned: a.config.Mail.Returned.Policy(), Now: a.now}); err != nil {
		return err
	}
	a.store = digest.NewStore(a.db, digest.StoreOptions{
		Zone:   a.config.Zone(),
		MaxAge: time.Duration(a.config.Digest.MaxAge),
		Numbers: digest.NumbersOptions{
			OldAfter: time.Duration(a.config.Numbers.OldAfter),
			Line:     a.config.Numbers.Line,
		},
		Now: a.now,
	})
	a.outbox = subscribers.NewOutbox(a.db, subscribers.OutboxOptions{Returned: a.config.Mail.Returned.Policy(), Now: a.now})
	if a.config.Metrics.Listen != "" {
		a.meter = metrics.New(a.outbox, a.now)
	}
	plan, err := a.config.Plan()
	if err != nil {
		return err
	}
	a.pipeline = pipeline.New(a.store, a.outbox, pipeline.Options{
		Frame:      a.frame(),
		BaseURL:    a.config.Site.BaseURL,
		MinStories: a.config.Schedule.MinStories,
		MaxStories: a.config.Digest.MaxStories,
		NumbersURL: a.config.Numbers.URL,
		Sponsor:    a.config.Digest.Paying(),
		Leaves:     a.config.Mail.Leaves(),
		Deadline: func(t time.Time) time.Time {
			_, next := plan.Next(t.Add(leastTime))
			return next
		},
		Now: a.now,
	})
	return nil
}

// leastTime is how long an issue has at least before the next one ends it: one
// that is sent by hand just before the next is due is not given up at once.
const leastTime = 6 * time.Hour

func (a *app) close() error { return a.db.Close() }

// fetcher returns what reads feeds and pages from the web.
func (a *app) fetcher() *feed.Fetcher {
	return feed.NewFetcher(feed.FetcherOptions{
		Agent: "redigest/" + version() + " (+" + a.config.Publication.URL + ")",
		Zone:  a.config.Zone(),
		Now:   a.now,
	})
}

// today is the calendar day in the publisher's zone.
func (a *app) today() digest.Day { return digest.DayOf(a.now().In(a.config.Zone())) }

// day reads the --day flag; empty means today.
func (a *app) day(flag string) (digest.Day, error) {
	switch flag {
	case "", "today":
		return a.today(), nil
	case "yesterday":
		return a.today().Add(-1), nil
	}
	day, err := digest.ParseDay(flag)
	if err != nil {
		return "", usageError{fmt.Errorf("--day: %w", err)}
	}
	return day, nil
}

// frame is what stands around every issue's stories.
func (a *app) frame() render.Frame {
	c := a.config
	return render.Frame{
		Templates:      a.templates,
		Name:           c.Publication.Name,
		Tagline:        c.Publication.Tagline,
		URL:            c.Publication.URL,
		Language:       c.Publication.Language,
		PostalAddress:  c.Publication.PostalAddress,
		ImprintURL:     c.Publication.ImprintURL,
		Reply:          c.Publication.ReadsAnswers(),
		SignUpURL:      c.Site.BaseURL + "/",
		UnsubscribeURL: unsubscribeURL(c),
		Since:          mail.SincePlace,
	}
}

// with opens the program's parts for a command, runs it, and closes them.
func (g *Globals) with(ctx context.Context, std *streams, do func(a *app) error) (err error) {
	a, err := g.open(ctx, std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	return do(a)
}

// warn says what of the configuration will be regretted, to whoever is about to
// send.
func (a *app) warn() {
	for _, w := range a.config.Warnings() {
		a.log.Warn(w)
	}
}

// printJSON writes a result for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// writeFile writes data to the file named by a flag, or to out when that is
// empty or “-”.
func writeFile(name string, out io.Writer, data []byte) error {
	if name == "" || name == "-" {
		_, err := out.Write(data)
		return err
	}
	return os.WriteFile(filepath.Clean(name), data, 0o644)
}
