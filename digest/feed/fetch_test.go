package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"redigest/digest"
)

const small = `<rss version="2.0"><channel><title>Small</title><link>https://small.example/</link><item><title>One</title><link>/1</link></item></channel></rss>`

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func loopback(o FetcherOptions) *Fetcher {
	o.AllowLoopback = true
	o.Now = func() time.Time { return now }
	return NewFetcher(o)
}

func write(w http.ResponseWriter, body string) {
	_, _ = io.WriteString(w, body)
}

func TestASecondFetchAsksOnlyForWhatChanged(t *testing.T) {
	t.Parallel()
	var agents []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		agents = append(agents, r.UserAgent())
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Wed, 11 Mar 2026 04:12:09 GMT")
		write(w, small)
	})
	f := loopback(FetcherOptions{Agent: "redigest (+https://paper.example/about)"})
	first, result, err := f.Fetch(t.Context(), digest.Source{URL: s.URL, Every: time.Hour, Failures: 3, LastError: "x"})
	if err != nil || len(result.Stories) != 1 || result.Stories[0].URL != "https://small.example/1" {
		t.Fatalf("first: %+v, %v", result, err)
	}
	if first.ETag != `"v1"` || first.BodyHash == "" || !first.NextAt.Equal(now.Add(time.Hour)) || first.Failures != 0 || first.LastError != "" || first.FirstReadAt.IsZero() {
		t.Errorf("after the first: %+v", first)
	}
	second, result, err := f.Fetch(t.Context(), first)
	if err != nil || len(result.Stories) != 0 || second.ETag != first.ETag || !second.LastReadAt.Equal(now) {
		t.Errorf("second: %+v, %+v, %v", second, result, err)
	}
	if agents[0] != "redigest (+https://paper.example/about)" {
		t.Errorf("calls itself %q", agents[0])
	}
}

func TestTheSameBodyUnderANewValidatorIsNotReadAgain(t *testing.T) {
	t.Parallel()
	n := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		w.Header().Set("ETag", fmt.Sprintf(`"v%d"`, n))
		write(w, small)
	})
	f := loopback(FetcherOptions{})
	src, _, err := f.Fetch(t.Context(), digest.Source{URL: s.URL})
	if err != nil {
		t.Fatal(err)
	}
	src, result, err := f.Fetch(t.Context(), src)
	if err != nil || len(result.Stories) != 0 || src.ETag != `"v2"` {
		t.Errorf("%+v, %+v, %v", src, result, err)
	}
}

func TestAFeedThatBrokeOffIsAskedForWholeTheNextTime(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/in/truncated.xml")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		write(w, string(data))
	})
	src, result, err := loopback(FetcherOptions{}).Fetch(t.Context(), digest.Source{URL: s.URL})
	if err != nil || len(result.Stories) != 2 || len(result.Problems) == 0 || src.ETag != "" || src.BodyHash != "" {
		t.Errorf("%+v, %+v, %v", src, result, err)
	}
}

func TestServersSayWhenToComeAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status           int
		header, value    string
		failures         int
		want             time.Duration
		wantState        digest.SourceState
		wantErrorToShare string
	}{
		"a fresh answer is not asked for again":     {200, "Cache-Control", "public, max-age=7200", 0, 2 * time.Hour, "", ""},
		"a short max-age does not hurry us":         {200, "Cache-Control", "max-age=5", 0, time.Hour, "", ""},
		"nobody sends us away for more than a day":  {200, "Cache-Control", "max-age=99999999999", 0, 24 * time.Hour, "", ""},
		"too many requests, in seconds":             {429, "Retry-After", "7200", 0, 2 * time.Hour, "", "429 Too Many Requests"},
		"unavailable, until a date":                 {503, "Retry-After", now.Add(3 * time.Hour).Format(http.TimeFormat), 0, 3 * time.Hour, "", "503"},
		"the first failure costs the usual pause":   {500, "", "", 0, time.Hour, "", "500"},
		"the third in a row four times that":        {500, "", "", 2, 4 * time.Hour, "", "500"},
		"many in a row a day at most":               {500, "", "", 40, 24 * time.Hour, "", "500"},
		"what is gone is stopped":                   {410, "", "", 0, time.Hour, digest.SourceStopped, "gone for good"},
		"what does not serve programs is named so":  {403, "", "", 0, time.Hour, "", "does not serve programs"},
		"what is not there may be a wrong address":  {404, "", "", 0, time.Hour, "", "is the address right?"},
		"nothing new without our asking is a fault": {304, "", "", 0, time.Hour, "", "304"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if test.header != "" {
					w.Header().Set(test.header, test.value)
				}
				w.WriteHeader(test.status)
				if test.status == 200 {
					write(w, small)
				}
			})
			src, _, err := loopback(FetcherOptions{}).Fetch(t.Context(), digest.Source{URL: s.URL, Every: time.Hour, Failures: test.failures})
			if got := src.NextAt.Sub(now); got != test.want || src.State != test.wantState {
				t.Errorf("next in %s, want %s; state %q", got, test.want, src.State)
			}
			if test.wantErrorToShare == "" {
				if err != nil || src.Failures != 0 {
					t.Errorf("failures %d, %v", src.Failures, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.wantErrorToShare) || src.LastError != err.Error() || src.Failures != test.failures+1 {
				t.Errorf("failures %d, %v, last error %q", src.Failures, err, src.LastError)
			}
		})
	}
}

func TestWhatIsNoFeedIsRefusedAsASource(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("testdata/in/page.html")
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		"<!DOCTYPE html><html><head><title>Access Denied</title></head><body>Reference 1.</body></html>": "an HTML page titled “Access Denied”",
		string(page): "not a feed but a page",
		"":           "empty",
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/rss+xml")
			write(w, body)
		})
		src, result, err := loopback(FetcherOptions{}).Fetch(t.Context(), digest.Source{URL: s.URL})
		if err == nil || !strings.Contains(err.Error(), want) || len(result.Stories) != 0 || src.ETag != "" || src.Failures != 1 {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestAnswersHaveBounds(t *testing.T) {
	t.Parallel()
	slow := make(chan struct{})
	t.Cleanup(func() { close(slow) })
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a body without end": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<12)); err != nil {
					return
				}
			}
		}, "more than 65536 bytes"},
		"a small body that unpacks to a large one": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write(make([]byte, 1<<22))
			_ = z.Close()
		}, "more than 65536 bytes"},
		"a drip": {func(w http.ResponseWriter, r *http.Request) {
			write(w, "<rss>")
			w.(http.Flusher).Flush()
			select {
			case <-slow:
			case <-r.Context().Done():
			}
		}, "no whole answer within"},
		"a circle of redirects": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/again", http.StatusFound)
		}, "redirected more than 5 times"},
		"a redirect to a file": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}, "no http or https address"},
		"a body shorter than it says": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			write(w, small)
		}, "unexpected EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, test.answer)
			o := FetcherOptions{MaxBytes: 1 << 16}
			if test.want == "no whole answer within" {
				o.Timeout = time.Second // a busy machine may need longer for the others
			}
			f := loopback(o)
			src, _, err := f.Fetch(t.Context(), digest.Source{URL: s.URL})
			if err == nil || !strings.Contains(err.Error(), test.want) || src.Failures != 1 {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestNoWayLeadsIntoPrivateNetworks(t *testing.T) {
	t.Parallel()
	reached := false
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		reached = true
		write(w, small)
	})
	f := NewFetcher(FetcherOptions{Now: func() time.Time { return now }})
	for _, address := range []string{
		"http://127.0.0.1/", "http://localhost/", "http://[::1]/", "http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/",
		"http://0.0.0.0/", "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://100.64.0.1/",
	} {
		src, _, err := f.Fetch(t.Context(), digest.Source{URL: address})
		if err == nil || !strings.Contains(err.Error(), "private network or on this machine; refused") || src.Failures != 1 {
			t.Errorf("%s: %v", address, err)
		}
	}
	for address, want := range map[string]string{
		s.URL: "refused", "ftp://a.example/": "no http or https address", "file:///etc/passwd": "no http or https address", "http://": "no http or https address", "::": "not an address",
	} {
		if _, err := f.Page(t.Context(), address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
	if reached {
		t.Error("a server on this machine was reached")
	}
}

func TestARedirectFromOutsideIntoThisMachineIsRefused(t *testing.T) {
	t.Parallel()
	reached := false
	inside := serve(t, func(w http.ResponseWriter, r *http.Request) { reached = true })
	// The guard sees each address that is dialled, so the way there does not
	// matter: the second step of a redirect is refused like a first.
	f := NewFetcher(FetcherOptions{})
	guarded := f.client.Transport
	outside := roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "outside.example" {
			return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {inside.URL}}, Body: http.NoBody, Request: r}, nil
		}
		return guarded.RoundTrip(r)
	})
	f.client.Transport = outside
	_, err := f.Page(t.Context(), "http://outside.example/")
	if err == nil || !strings.Contains(err.Error(), "refused") || reached {
		t.Errorf("%v, reached %v", err, reached)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestStoppingIsNotTheSourcesFault(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	before := digest.Source{URL: s.URL, ETag: `"v1"`}
	after, _, err := loopback(FetcherOptions{}).Fetch(ctx, before)
	if !errors.Is(err, context.Canceled) || after != before {
		t.Errorf("%+v, %v", after, err)
	}
}

func TestPasswordsStayOutOfErrors(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) })
	address := strings.Replace(s.URL, "http://", "http://reader:secret@", 1)
	src, _, err := loopback(FetcherOptions{}).Fetch(t.Context(), digest.Source{URL: address})
	if err == nil || strings.Contains(err.Error()+src.LastError, "secret") {
		t.Errorf("%v", err)
	}
}

func TestAnyAddressAUserGivesIsRead(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/old":
			http.Redirect(w, r, "/page", http.StatusMovedPermanently)
		case "/feed":
			write(w, small)
		default:
			http.ServeFile(w, r, "testdata/in/reader.html")
		}
	})
	f := loopback(FetcherOptions{})
	result, err := f.Page(t.Context(), s.URL+"/old")
	if err != nil || result.Kind != Page || len(result.Stories) != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	if story := result.Stories[0]; story.URL != s.URL+"/page" || len(story.AlsoAt) != 1 || story.AlsoAt[0] != s.URL+"/old" {
		t.Errorf("at %q, also at %q", story.URL, story.AlsoAt)
	}
	if result, err = f.Page(t.Context(), s.URL+"/feed"); err != nil || result.Kind != Feed || len(result.Stories) != 1 {
		t.Errorf("%+v, %v", result, err)
	}
}
