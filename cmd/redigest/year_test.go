package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"redigest/cmd/internal/config"
	"redigest/digest"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
	"redigest/subscribers/smtptest"
)

// TestPromise1AYearOfDaysThroughTheWholeProgram runs schedule, composing,
// freezing, outbox and delivery over SMTP for the year 2000 in Denver, in
// virtual time. The hour is 02:30, which one night in April does not have and
// one in October has twice. The program is restarted at random, sometimes across
// its hour; on every third day or so a second one runs on the same file; and
// twice it is away for longer than the publisher allows to be late.
func TestPromise1AYearOfDaysThroughTheWholeProgram(t *testing.T) {
	if testing.Short() {
		t.Skip("a year takes some seconds")
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		y := newYear(t, dir)
		for day := y.first; day <= y.last; day = day.Add(1) {
			y.live(day)
		}
		y.check()
	})
}

// A year is a publisher's year.
type year struct {
	*testing.T
	config      config.Config
	far         *smtptest.Server
	first, last digest.Day
	away        []digest.Day // days on which the program is away for ten hours from midnight
	chance      *rand.Rand

	newsroom *app // a handle on the file of its own, open all the year
	stories  int
	sender   chan struct{} // held by who delivers, as the lock file is
	programs []*running
}

// A running is one program on the publisher's file.
type running struct {
	stop context.CancelFunc
	done chan struct{}
}

func newYear(t *testing.T, dir string) *year {
	c := config.Default()
	c.Publication.TimeZone = "America/Denver"
	c.Schedule.Cron = "30 2 * * *"
	c.Schedule.Skip.Dates = []digest.Day{"2000-07-04"}
	c.Schedule.Late = config.Duration(time.Hour)
	c.Mail.Relays = []config.Relay{{URL: "smtp+plain://127.0.0.1:25", Connections: 2, MessagesPerConnection: 10}}
	c.Database = filepath.Join(dir, "redigest.db")
	y := &year{
		T: t, config: c, far: smtptest.NewPiped(smtptest.Options{}),
		first: "2000-01-02", last: "2001-01-02",
		away:   []digest.Day{"2000-03-07", "2000-10-29"},
		chance: rand.New(rand.NewPCG(1, 2)),
		sender: make(chan struct{}, 1),
	}
	a := y.open()
	for i := range 3 {
		if _, err := a.list.Add(t.Context(), fmt.Sprintf("reader%d@example.org", i), "", "made up"); err != nil {
			t.Fatal(err)
		}
	}
	y.newsroom = a
	return y
}

func (y *year) ok(err error) {
	y.Helper()
	if err != nil {
		y.Fatal(err)
	}
}

func (y *year) open() *app {
	y.Helper()
	a, err := open(y.Context(), y.config, streams{out: io.Discard, err: y.Output()}, time.Now)
	y.ok(err)
	return a
}

// live lives one day: stories appear, and from midnight to five the program
// runs, is restarted now and then, or is away. For the rest of the day the
// machine is off, and the year is over sooner.
func (y *year) live(day digest.Day) {
	y.sleepUntil(day, 0)
	y.tell()
	if slices.Contains(y.away, day) {
		time.Sleep(10 * time.Hour)
	}
	y.start()
	if y.chance.IntN(3) == 0 {
		y.start()
	}
	for range 1 + y.chance.IntN(3) {
		time.Sleep(time.Duration(y.chance.Int64N(int64(100 * time.Minute))))
		y.tell()
		if y.chance.IntN(4) == 0 {
			y.end()
			time.Sleep(time.Duration(y.chance.Int64N(int64(55 * time.Minute))))
			y.start()
		}
	}
	y.sleepUntil(day, 5)
	y.end()
}

func (y *year) sleepUntil(day digest.Day, hour int) {
	t, _ := day.At(y.config.Zone(), hour, 0)
	time.Sleep(time.Until(t))
}

// tell adds a story that has just appeared.
func (y *year) tell() {
	y.stories++
	_, err := y.newsroom.store.AddStories(y.Context(), nil, []digest.Story{{
		Title: fmt.Sprintf("Story %d", y.stories), URL: fmt.Sprintf("https://www.example.org/%d", y.stories),
		Highlights: []string{"A fact."}, PublishedAt: time.Now(),
	}})
	y.ok(err)
}

// start starts the schedule of a program on a handle of its own. After
// an issue it delivers what is owed, unless another is doing that.
func (y *year) start() {
	a := y.open()
	relay, err := mail.ParseRelay(y.config.Mail.Relays[0].URL)
	y.ok(err)
	worker := delivery.NewWorker(a.outbox, a.letters(nil), []mail.Relay{relay}, delivery.Options{
		Now: a.now, Log: a.log, Dial: mail.DialOptions{DialContext: y.far.DialContext},
	})
	s := &server{app: a, admit: make(chan struct{}, 1)}
	plan, err := a.config.Plan()
	y.ok(err)
	loop := s.loop(plan)
	publish := loop.Publish
	loop.Publish = func(ctx context.Context, day digest.Day) error {
		if err := publish(ctx, day); err != nil {
			return err
		}
		y.sender <- struct{}{}
		defer func() { <-y.sender }()
		return errors.Join(worker.Drain(ctx), s.pipeline.Settle(ctx))
	}
	loop.OnError = func(day digest.Day, err error) { y.Errorf("%s: %v", day, err) }
	ctx, stop := context.WithCancel(y.Context())
	r := &running{stop: stop, done: make(chan struct{})}
	y.programs = append(y.programs, r)
	go func() {
		defer close(r.done)
		loop.Run(ctx)
		y.ok(a.close())
	}()
}

// end ends all programs.
func (y *year) end() {
	for _, r := range y.programs {
		r.stop()
		<-r.done
	}
	y.programs = nil
}

// check requires an issue for each publishing day and none for others, each
// story in one issue, and each reader mailed once per issue.
func (y *year) check() {
	a := y.newsroom
	defer func() { y.ok(a.close()) }()
	issues, err := a.store.Issues(y.Context(), 1000)
	y.ok(err)
	byDay := map[digest.Day]digest.Issue{}
	sent := 0
	in := map[digest.ID]int{}
	for _, i := range issues {
		whole, err := a.store.IssueByID(y.Context(), i.ID)
		y.ok(err)
		byDay[i.Day] = i
		if i.State == digest.Sent {
			sent++
		}
		for _, p := range whole.Stories {
			in[p.StoryID]++
		}
	}
	for day := y.first.Add(1); day < y.last; day = day.Add(1) {
		issue, has := byDay[day]
		if want := day != "2000-07-04" && !slices.Contains(y.away, day); has != want || has && issue.State != digest.Sent {
			y.Errorf("%s has an issue: %t (%s), want %t", day, has, issue.State, want)
		}
	}
	for id, n := range in {
		if n != 1 {
			y.Errorf("story %s is in %d issues", id, n)
		}
	}
	// What appeared after the last issue is not in one yet.
	if missing := y.stories - len(in); missing > 6 {
		y.Errorf("%d of %d stories are in no issue", missing, y.stories)
	}
	for address, n := range y.far.Taken() {
		if n != sent {
			y.Errorf("%s got %d mails of %d issues", address, n, sent)
		}
	}
	y.Logf("%d issues of %d stories to %d readers", sent, y.stories, y.far.Recipients())
}
