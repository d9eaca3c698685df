package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redigest/cmd/internal/config"
	"redigest/cmd/internal/pipeline"
	"redigest/digest"
)

// newServer returns what serve runs, at six in the morning of 3 February 2026,
// with a relay on another machine and what it logs.
func newServer(t *testing.T) (*server, *bytes.Buffer) {
	t.Helper()
	c := config.Default()
	c.Mail.Relays = []config.Relay{{URL: "smtp://relay.example.com", Connections: 1, MessagesPerConnection: 1}}
	c.Database = filepath.Join(t.TempDir(), "redigest.db")
	c.Publication.URL = "http://127.0.0.1/"
	logged := &bytes.Buffer{}
	six := time.Date(2026, 2, 3, 6, 0, 0, 0, time.UTC)
	a, err := open(t.Context(), c, streams{out: logged, err: logged}, func() time.Time { return six })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	})
	return &server{app: a}, logged
}

func (s *server) tell(t *testing.T, told ...digest.Story) digest.ID {
	t.Helper()
	for i := range told {
		if told[i].PublishedAt.IsZero() {
			told[i].PublishedAt = s.now().Add(-time.Hour)
		}
	}
	added, err := s.store.AddStories(t.Context(), nil, told)
	if err != nil {
		t.Fatal(err)
	}
	return added[0].Story.ID
}

func TestTheScheduledIssueWaitsWhileItIsUnfitAndSaysWhy(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t)
	day := s.today()
	s.tell(t, digest.Story{Title: "Terbium", URL: "http://127.0.0.1/terbium"})
	unwritten := s.tell(t, digest.Story{Title: "TODO: dysprosium", URL: "http://127.0.0.1/dysprosium"})
	err := s.publish(t.Context(), day)
	if !errors.Is(err, pipeline.ErrUnfit) || !strings.Contains(err.Error(), "redigest story hide "+unwritten.String()) {
		t.Errorf("it says %v", err)
	}
	if done, err := s.handled(t.Context(), day); done || err != nil {
		t.Errorf("the day is handled: %t, %v", done, err)
	}
	if err := s.store.Hide(t.Context(), unwritten); err != nil {
		t.Fatal(err)
	}
	if err := s.publish(t.Context(), day); err != nil {
		t.Errorf("mended, it says %v", err)
	}
	if done, err := s.handled(t.Context(), day); !done || err != nil {
		t.Errorf("the day is handled: %t, %v", done, err)
	}
}

// Nobody reads what a scheduled run prints: it stands in the log, behind the
// issue.
func TestTheScheduledIssueGoesOutWhateverItsLinksSay(t *testing.T) {
	t.Parallel()
	s, logged := newServer(t)
	s.config.Numbers.URL = "http://127.0.0.1/prices.csv"
	if err := s.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.tell(t, digest.Story{Title: "Terbium", URL: "http://127.0.0.1/terbium"},
		digest.Story{Title: "Next year", URL: "http://127.0.0.1/next", PublishedAt: s.now().AddDate(1, 0, 0)})
	if err := s.publish(t.Context(), s.today()); err != nil {
		t.Fatal(err)
	}
	got := logged.String()
	for _, want := range []string{
		`"about the issue" day=2026-02-03 check=link where=http://127.0.0.1/terbium`,
		`check=date where="the story “Next year”"`,
		`check=numbers where="the table of numbers"`,
	} {
		if strings.Index(got, want) < strings.Index(got, "issue is going out") {
			t.Errorf("%s is not logged, or before the issue:\n%s", want, got)
		}
	}
}

// An issue that reaches nobody, as a demo's, gives no reason to ask anybody.
func TestOfAnIssueThatDoesNotLeaveThisMachineNoLinkIsAskedFor(t *testing.T) {
	t.Parallel()
	s, logged := newServer(t)
	s.config.Mail.Relays = nil
	s.tell(t, digest.Story{Title: "Terbium", URL: "http://127.0.0.1/terbium"})
	if err := s.publish(t.Context(), s.today()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(logged.String(), "check=link") {
		t.Errorf("links were asked for:\n%s", logged)
	}
}

// While an issue waits to be mended, the table is not asked for every half a
// minute.
func TestWhileAnIssueWaitsTheTableIsReadNowAndThen(t *testing.T) {
	t.Parallel()
	s, _ := newServer(t)
	s.config.Numbers.URL = "http://127.0.0.1/prices.csv"
	if err := s.assemble(t.Context()); err != nil {
		t.Fatal(err)
	}
	at := s.now()
	s.app.now = func() time.Time { return at }
	first := s.readNumbersAgain(t.Context(), s.today())
	at = at.Add(30 * time.Second)
	if again := s.readNumbersAgain(t.Context(), s.today()); first.Err == nil || again.Err != first.Err {
		t.Errorf("half a minute later it was read again: %v, %v", first.Err, again.Err)
	}
	at = at.Add(numbersEvery)
	if again := s.readNumbersAgain(t.Context(), s.today()); again.Err == first.Err {
		t.Error("ten minutes later it was not read again")
	}
}

// What is meant does not keep the links from being asked for.
func TestOfAnIssueWithAPlaceholderThatIsMeantLinksAreAskedFor(t *testing.T) {
	t.Parallel()
	s, logged := newServer(t)
	s.tell(t, digest.Story{Title: "TODO: terbium", URL: "http://127.0.0.1/terbium"})
	c := issueSendCommand{}
	if err := c.before(t.Context(), s.app, s.today(), pipeline.NumbersReading{}); !errors.Is(err, errNotDone) || strings.Contains(logged.String(), "refused") {
		t.Errorf("it says %v and\n%s", err, logged)
	}
	c.AllowPlaceholders = true
	if err := c.before(t.Context(), s.app, s.today(), pipeline.NumbersReading{}); err != nil || !strings.Contains(logged.String(), "warning  http://127.0.0.1/terbium: ") {
		t.Errorf("it says %v and\n%s", err, logged)
	}
}
