package feed

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// asked notes what a server was asked, as "HEAD /path".
type asked struct {
	sync.Mutex
	lines []string
}

func (a *asked) note(r *http.Request) {
	a.Lock()
	defer a.Unlock()
	a.lines = append(a.lines, r.Method+" "+r.URL.Path)
}

func TestALinkIsAskedForByHeadAndByGetOnlyWhereThatDoesNotSettleIt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		head, get int
		want      Probe
		lines     []string
	}{
		"it is there":                        {200, 500, Probe{Verdict: Answers, Status: 200}, []string{"HEAD /"}},
		"it is there, says GET alone":        {405, 200, Probe{Verdict: Answers, Status: 200}, []string{"HEAD /", "GET /"}},
		"HEAD is not found, GET is":          {404, 200, Probe{Verdict: Answers, Status: 200}, []string{"HEAD /", "GET /"}},
		"it is not there":                    {404, 404, Probe{Verdict: Broken, Status: 404, Reason: "its server answers 404 Not Found"}, []string{"HEAD /", "GET /"}},
		"it is gone":                         {410, 410, Probe{Verdict: Broken, Status: 410, Reason: "its server answers 410 Gone"}, []string{"HEAD /", "GET /"}},
		"its server fails":                   {500, 503, Probe{Verdict: Broken, Status: 503, Reason: "its server answers 503 Service Unavailable"}, []string{"HEAD /", "GET /"}},
		"its server does not serve programs": {403, 403, Probe{Verdict: Blocked, Status: 403, Reason: "its server answers 403 Forbidden"}, []string{"HEAD /", "GET /"}},
		"it wants a name and password":       {401, 401, Probe{Verdict: Blocked, Status: 401, Reason: "its server answers 401 Unauthorized"}, []string{"HEAD /", "GET /"}},
		"there are too many requests":        {429, 200, Probe{Verdict: Blocked, Status: 429, Reason: "its server answers 429 Too Many Requests"}, []string{"HEAD /"}},
		"a status of its own":                {999, 999, Probe{Verdict: Blocked, Status: 999, Reason: "its server answers 999"}, []string{"HEAD /", "GET /"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var a asked
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				a.note(r)
				if r.UserAgent() != "redigest (+https://paper.example/)" {
					t.Errorf("it calls itself %q", r.UserAgent())
				}
				if r.Method == http.MethodHead {
					w.WriteHeader(tt.head)
				} else {
					w.WriteHeader(tt.get)
				}
			})
			f := loopback(FetcherOptions{Agent: "redigest (+https://paper.example/)"})
			got := f.Probe(t.Context(), []string{s.URL + "/#part"})
			tt.want.URL = s.URL + "/#part"
			if diff := cmp.Diff([]Probe{tt.want}, got); diff != "" {
				t.Errorf("what came of it (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.lines, a.lines); diff != "" {
				t.Errorf("what was asked (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAServerThatHangsUpOnHeadIsAskedByGet(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			panic(http.ErrAbortHandler)
		}
	})
	if got := loopback(FetcherOptions{}).Probe(t.Context(), []string{s.URL}); got[0].Verdict != Answers {
		t.Errorf("it says %+v", got[0])
	}
}

func TestAHostIsAskedOneThingAtATimeAndEachAddressOnce(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int32
	var a asked
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		a.note(r)
		for n := at.Add(1); n > most.Load(); {
			most.Store(n)
		}
		time.Sleep(5 * time.Millisecond)
		at.Add(-1)
	})
	var links []string
	for i := range 12 {
		links = append(links, fmt.Sprintf("%s/%d#%d", s.URL, i%4, i))
	}
	got := loopback(FetcherOptions{}).Probe(t.Context(), links)
	for i, p := range got {
		if p.URL != links[i] || p.Verdict != Answers {
			t.Errorf("%d is %+v", i, p)
		}
	}
	if most.Load() != 1 || len(a.lines) != 4 {
		t.Errorf("it was asked %d things at a time: %q", most.Load(), a.lines)
	}
}

func TestAHostThatSaysTooManyRequestsIsAskedNothingMore(t *testing.T) {
	t.Parallel()
	var a asked
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		a.note(r)
		w.WriteHeader(http.StatusTooManyRequests)
	})
	got := loopback(FetcherOptions{}).Probe(t.Context(), []string{s.URL + "/1", s.URL + "/2", s.URL + "/3"})
	for _, p := range got {
		if p.Verdict != Blocked {
			t.Errorf("%+v", p)
		}
	}
	if len(a.lines) != 1 {
		t.Errorf("it was asked %q", a.lines)
	}
}

func TestAHostThatDoesNotAnswerIsAskedNothingMore(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var dials atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			dials.Add(1)
			t.Cleanup(func() { _ = c.Close() }) // it says nothing at all
		}
	}()
	f := loopback(FetcherOptions{Timeout: 100 * time.Millisecond})
	base := "http://" + l.Addr().String()
	for _, p := range f.Probe(t.Context(), []string{base + "/1", base + "/2", base + "/3"}) {
		if p.Verdict != Broken || !strings.HasPrefix(p.Reason, "no answer within") {
			t.Errorf("%+v", p)
		}
	}
	if n := dials.Load(); n != 1 {
		t.Errorf("it was asked %d times", n)
	}
}

// What a redirect leads to is not the fault of the host that it leads away from.
func TestAHostWhoseRedirectLeadsNowhereIsStillAsked(t *testing.T) {
	t.Parallel()
	dead := nobody(t)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, dead, http.StatusFound)
		case "/round":
			http.Redirect(w, r, "http://"+r.Host+"/round", http.StatusFound)
		}
	})
	got := loopback(FetcherOptions{}).Probe(t.Context(), []string{s.URL + "/away", s.URL + "/round", s.URL + "/here"})
	want := []Verdict{Broken, Broken, Answers}
	for i, p := range got {
		if p.Verdict != want[i] {
			t.Errorf("%+v, want %s", p, want[i])
		}
	}
	if got[0].Reason != "nothing listens at its host" {
		t.Errorf("leading to nobody says %q", got[0].Reason)
	}
	if got[1].Reason != "redirected more than 5 times" {
		t.Errorf("going round in circles says %q", got[1].Reason)
	}
}

// nobody returns an address at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String() + "/"
}

func TestPrivateNetworksAndOtherPortsAreNotAsked(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	f := NewFetcher(FetcherOptions{})
	got := f.Probe(t.Context(), []string{s.URL, "http://10.0.0.1/", "http://[fd00::1]/", "http://169.254.169.254/latest/", "http://192.0.2.1:8443/", "ftp://a.example/"})
	for _, p := range got {
		if p.Verdict != Refused || p.Reason == "" {
			t.Errorf("%+v", p)
		}
	}
}

func TestARedirectIntoAPrivateNetworkIsNotFollowed(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://10.0.0.1/", http.StatusFound)
	})
	if got := loopback(FetcherOptions{}).Probe(t.Context(), []string{s.URL}); got[0].Verdict != Refused {
		t.Errorf("%+v", got[0])
	}
}

func TestAskingEndsWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/2" {
			cancel()
			<-r.Context().Done()
		}
	})
	got := loopback(FetcherOptions{}).Probe(ctx, []string{s.URL + "/1", s.URL + "/2", s.URL + "/3"})
	want := []Probe{{Verdict: Answers, Status: 200}, {Verdict: Unasked}, {Verdict: Unasked}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Probe{}, "URL", "Reason")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
