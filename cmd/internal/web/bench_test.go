package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/digest"
	"redigest/digest/database"
	"redigest/subscribers"
)

// The archive that the benchmarks read: fourteen years of a daily with twelve
// stories each.
const (
	archiveIssues  = 5_000
	storiesInIssue = 12
	oldestDay      = digest.Day("2012-05-28")
)

// readings are pages that read the archive.
var readings = []struct{ name, path string }{
	{"home", "/"},
	{"archive", "/issues"},
	{"month", "/issues/2019/03"},
	{"issue", "/issues/2019-03-12"},
	{"feed", "/issues/feed.xml"},
	{"search/word", "/search?q=terbium"},
	{"search/words", "/search?q=neodymium+dysprosium+separation"},
	{"search/common-words", "/search?q=the+rare+earth"},
	{"search/phrase", "/search?q=%22rare+earth+magnets%22"},
	{"search/beginning", "/search?q=dy*"},
	{"search/common-beginnings", "/search?q=re*+ma*+co*"},
	{"search/far-back", "/search?q=terbium&before=1021378560"},
	{"search/seldom", "/search?q=story4711of"},
	{"search/nothing", "/search?q=platypus+terbium"},
	{"search/never-together", "/search?q=evenday+oddday"},
}

// BenchmarkPages measures how long the pages that read the archive take. Each
// but the feed, which holds whole stories, has 10 ms.
func BenchmarkPages(b *testing.B) {
	h, err := bigArchive()
	if err != nil {
		b.Fatal(err)
	}
	for _, page := range readings {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequestWithContext(b.Context(), http.MethodGet, page.path, nil))
				if w.Code != http.StatusOK {
					b.Fatalf("status %d:\n%s", w.Code, w.Body)
				}
			}
		})
	}
}

// bigFolder is where the big archive lies, once there is one.
var bigFolder string

func TestMain(m *testing.M) {
	code := m.Run()
	if bigFolder != "" {
		_ = os.RemoveAll(bigFolder)
	}
	os.Exit(code)
}

// bigArchive returns the site on a database with the whole archive, which is
// made once: it takes some minutes.
var bigArchive = sync.OnceValues(func() (http.Handler, error) {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "redigest-archive-")
	if err != nil {
		return nil, err
	}
	bigFolder = folder
	db, err := database.Open(ctx, filepath.Join(folder, "big.db"))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(digest.Migrate(ctx, db, morning), subscribers.Migrate(ctx, db, morning)); err != nil {
		return nil, err
	}
	a := archiveMaker{chance: rand.New(rand.NewPCG(1, 2))}
	a.store = digest.NewStore(db, digest.StoreOptions{Now: func() time.Time { return a.day.Noon(time.UTC) }})
	for n := range archiveIssues {
		a.day = oldestDay.Add(n)
		if err := a.publish(ctx, n); err != nil {
			return nil, err
		}
	}
	return readers(ctx, db, a.store)
})

// readers returns the site on a database.
func readers(ctx context.Context, db *database.DB, store *digest.Store) (http.Handler, error) {
	list, err := subscribers.NewList(ctx, db, subscribers.ListOptions{})
	if err != nil {
		return nil, err
	}
	return New(list, store, Options{
		Publication: Publication{Name: "Rare Earth Daily", From: "daily@news.example.org"},
		BaseURL:     baseURL, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}), nil
}

// An archiveMaker publishes a day after the other.
type archiveMaker struct {
	store  *digest.Store
	chance *rand.Rand
	day    digest.Day
}

func (a *archiveMaker) publish(ctx context.Context, n int) error {
	var told []digest.Story
	for i := range storiesInIssue {
		told = append(told, a.story(n*storiesInIssue+i))
	}
	added, err := a.store.AddStories(ctx, nil, told)
	if err != nil {
		return err
	}
	in := digest.Input{Edition: digest.Daily, Day: a.day, Number: n + 1, CutoffAt: a.day.End(time.UTC), PageURL: baseURL + "/issues/" + string(a.day)}
	for _, s := range added {
		in.Stories = append(in.Stories, s.Story)
	}
	issue := digest.Compose(in, nil)
	issue.HTML, issue.Text = strings.Repeat("<p>the mail</p>", 2800), strings.Repeat("the mail\n", 1000)
	issue, err = a.store.Freeze(ctx, issue)
	if err != nil {
		return err
	}
	return a.store.Finish(ctx, issue.ID)
}

// story returns one of about 2,500 characters whose words are as unequal in
// number as they are in a language.
func (a *archiveMaker) story(n int) digest.Story {
	outlet := ""
	if n%6 == 5 {
		outlet = "Some Wire"
	}
	return digest.Story{
		URL: fmt.Sprintf("https://www.example.org/%d/", n), Title: fmt.Sprintf("%s story%dof", a.words(9), n),
		Summary: a.words(40), Highlights: []string{a.words(18), a.words(18), a.words(18)}, Takeaway: a.words(30),
		Body: a.words(250), Topics: []string{"Magnets"}, Outlet: outlet,
		PublishedAt: a.day.Noon(time.UTC).Add(-time.Duration(n%storiesInIssue) * time.Minute),
	}
}

var (
	everywhere = strings.Fields("the of and to in a rare earth for is on that magnets china")
	often      = strings.Fields("neodymium dysprosium terbium oxide separation mine supply price export licence refinery tonnes project company")
)

func (a *archiveMaker) words(n int) string {
	var b strings.Builder
	for range n {
		switch chance := a.chance.IntN(100); {
		case chance < 35:
			b.WriteString(everywhere[a.chance.IntN(len(everywhere))])
		case chance < 40:
			b.WriteString(often[a.chance.IntN(len(often))])
		case chance < 41:
			b.WriteString([]string{"evenday", "oddday"}[int(a.day[9]-'0')%2])
		default:
			k := int(40_000 * a.chance.Float64() * a.chance.Float64() * a.chance.Float64())
			fmt.Fprintf(&b, "%c%cword%d", 'a'+k%23, 'a'+k%19, k)
		}
		b.WriteByte(' ')
	}
	return b.String()
}
