package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"redigest/cmd/internal/config"
	"redigest/digest"
	"redigest/digest/feed"
	"redigest/subscribers"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mailbox"
)

//go:embed sample
var sample embed.FS

type demoCommand struct {
	Once bool   `help:"Stop after the issue is mailed."`
	Dir  string `help:"The folder it works in; emptied each time." default:"redigest-demo" type:"path"`
}

func (demoCommand) example() string { return "redigest demo" }

// Run shows the program's main job with nothing configured: sample stories and
// readers, the issue of yesterday composed and mailed over SMTP into the
// built-in mailbox, and then the site, with that mailbox to look into. Today's
// issue goes out as soon as somebody has signed up and confirmed.
func (c *demoCommand) Run(ctx context.Context, g *Globals, std *streams) (err error) {
	if err := emptyDemo(c.Dir); err != nil {
		return err
	}
	listener, err := listenNear("127.0.0.1:8080")
	if err != nil {
		return err
	}
	a, err := c.open(ctx, g, *std, listener.Addr().(*net.TCPAddr).Port)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := c.publish(ctx, a); err != nil || c.Once {
		return errors.Join(err, listener.Close())
	}
	c.invite(a)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go c.welcome(ctx, a)
	return a.serve(ctx, listener, mailbox.Handler(a.config.Mailbox()))
}

// demoMark is the file by which the demo knows its own folder.
const demoMark = ".redigest-demo"

// emptyDemo makes dir and empties it. It refuses to empty a folder that the
// demo has not made.
func emptyDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty and was not made by the demo; move it away, or name another folder with --dir", dir)
	}
	if len(entries) > 0 {
		// Held for as long as another demo works here.
		lock, err := delivery.Lock(filepath.Join(dir, "redigest.db"))
		if err != nil {
			return fmt.Errorf("%s: another demo is running in it; end that one, or name another folder with --dir", dir)
		}
		if err := lock.Release(); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, demoMark), []byte("Made by redigest demo, which empties this folder each time.\n"), 0o644)
}

// listenNear listens at address or, where that is taken, at any free port.
func listenNear(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	return l, nil
}

// demoConfig is the configuration that the demo writes, so that every other
// command works on the demo too.
const demoConfig = `# Made by redigest demo. Look around with, for example:
#   redigest issue list --config %[1]s
publication:
  name: Rare Earth Daily
  tagline: Rare earths, from mine to magnet
  from: daily@example.org
  timezone: UTC
schedule:
  cron: "0 6 * * *"
  late: 1m # what was missed before the demo ran is not made up for
digest:
  sponsor:
    text: Sample Kiln & Co. builds furnaces that stand in this demo alone
    url: https://www.example.com/kiln
site:
  listen: 127.0.0.1:%[2]d
  base_url: http://localhost:%[2]d
database: redigest.db
`

func (c *demoCommand) open(ctx context.Context, g *Globals, std streams, port int) (*app, error) {
	name := filepath.Join(c.Dir, "config.yaml")
	if err := os.WriteFile(name, fmt.Appendf(nil, demoConfig, name, port), 0o644); err != nil {
		return nil, err
	}
	loaded, err := config.Load(name, g.getenv)
	if err != nil {
		return nil, err
	}
	return open(ctx, loaded, std, time.Now)
}

// publish fills the database with the samples and mails yesterday's issue.
func (c *demoCommand) publish(ctx context.Context, a *app) error {
	yesterday := a.today().Add(-1)
	evening, _ := yesterday.At(a.config.Zone(), 18, 0)
	if err := a.addSamples(ctx, "sample/yesterday", evening, time.Hour); err != nil {
		return err
	}
	if err := a.addSampleNumbers(ctx, yesterday); err != nil {
		return err
	}
	readers, err := sample.ReadFile("sample/readers.csv")
	if err != nil {
		return err
	}
	if _, err := a.list.Import(ctx, bytes.NewReader(readers), subscribers.ImportOptions{Ground: "sample readers of the demo"}); err != nil {
		return err
	}
	send := issueSendCommand{}
	if err := send.send(ctx, a, yesterday); err != nil {
		return err
	}
	// Only now: they are not to be in yesterday's issue.
	return a.addSamples(ctx, "sample/today", a.now(), time.Minute)
}

// addSamples stores the stories of a sample folder as if they had appeared one
// after the other, the first of them last. Those in its folder elsewhere are of
// the outlets that they cite.
func (a *app) addSamples(ctx context.Context, dir string, last time.Time, apart time.Duration) error {
	at := func(i int) time.Time {
		midnight, _ := digest.DayOf(last.In(a.config.Zone())).At(a.config.Zone(), 0, 0)
		if t := last.Add(-time.Duration(i) * apart); t.After(midnight) {
			return t
		}
		return midnight
	}
	stories, err := a.readSamples(dir)
	if err != nil {
		return err
	}
	foreign, err := a.readSamples(path.Join(dir, "elsewhere"))
	if err != nil {
		return err
	}
	for i, s := range append(stories, foreign...) {
		s.PublishedAt, s.DateOnly = at(i), false
		var source *digest.Source
		if i >= len(stories) {
			source = &digest.Source{Name: s.Source.Name, FirstReadAt: a.now()}
		}
		if _, err := a.store.AddStories(ctx, source, []digest.Story{s}); err != nil {
			return err
		}
	}
	return nil
}

// readSamples reads the stories of a sample folder, in the order of their files.
func (a *app) readSamples(dir string) (stories []digest.Story, err error) {
	files, err := fs.Glob(sample, path.Join(dir, "*.*"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		data, err := sample.ReadFile(name)
		if err != nil {
			return nil, err
		}
		result, err := feed.Read(data, feed.Options{Name: path.Base(name), Zone: a.config.Zone(), Now: a.now()})
		if err != nil {
			return nil, err
		}
		stories = append(stories, result.Stories...)
	}
	return stories, nil
}

func (c *demoCommand) invite(a *app) {
	fmt.Fprintln(a.std.out, strings.NewReplacer("SITE", a.config.Site.BaseURL, "DIR", c.Dir).Replace(`
Now be a reader:
  1. Open SITE/ and sign up with any address.
  2. Open SITE/mailbox/ and press the link in the confirmation mail.
  3. Confirm. Today's issue goes out to everybody, you included: it is in the mailbox.
     (Who confirms after that gets tomorrow's: a day has one issue.)
  4. Leave by the link at its foot.

Everything lies in DIR. Stop with Ctrl-C.`))
}

// welcome publishes today's issue when a reader has confirmed.
func (c *demoCommand) welcome(ctx context.Context, a *app) {
	before, err := a.confirmed(ctx)
	for err == nil && ctx.Err() == nil {
		var n int
		if n, err = a.confirmed(ctx); err == nil && n > before {
			_, err = a.pipeline.Publish(ctx, digest.Daily, a.today())
			if err == nil {
				fmt.Fprintln(a.std.out, "a reader has confirmed: today's issue goes out to all")
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
	if ctx.Err() == nil {
		a.log.Error("today's issue could not be published", "error", err)
	}
}
