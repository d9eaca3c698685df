package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"code.dny.dev/ssrf"

	"redigest/digest"
)

// FetcherOptions are what may be chosen about a [Fetcher].
type FetcherOptions struct {
	// Agent is sent as the User-Agent: the program's name and, so that a
	// server's owner can ask, an address. It is never a browser's.
	Agent string
	// AllowLoopback lets it fetch from this machine, on any port; for tests
	// and the demo.
	AllowLoopback bool
	Timeout       time.Duration    // for a whole request; 30 seconds if zero
	MaxBytes      int64            // of a body, after decompression; 8 MiB if zero
	Zone          *time.Location   // a date without a time is noon there; UTC if nil
	Now           func() time.Time // time.Now if nil
}

const maxRedirects = 5

// A Fetcher reads sources and pages over HTTP. It asks only when something
// changed, follows what servers say about when to come again, and reaches no
// private network, whatever an address, a redirect or a name server says.
type Fetcher struct {
	o      FetcherOptions
	client *http.Client
}

// NewFetcher returns a fetcher. It may be used by many goroutines at once.
func NewFetcher(o FetcherOptions) *Fetcher {
	if o.Agent == "" {
		o.Agent = "redigest"
	}
	if o.Timeout <= 0 {
		o.Timeout = 30 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 8 << 20
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Fetcher{o: o, client: &http.Client{Transport: transport(o), CheckRedirect: checkRedirect}}
}

// transport checks each address after its name is resolved, so a redirect or a
// changed answer of a name server cannot slip by; nor can a proxy, for it uses
// none.
func transport(o FetcherOptions) *http.Transport {
	guard := ssrf.New()
	if o.AllowLoopback {
		guard = ssrf.New(ssrf.WithAnyPort(),
			ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")),
			ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")))
	}
	dialer := &net.Dialer{Timeout: o.Timeout, Control: guard.Safe}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    o.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}
}

var (
	errRedirects = fmt.Errorf("redirected more than %d times", maxRedirects)
	errScheme    = errors.New("no http or https address")
)

func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errRedirects
	}
	return checkScheme(req.URL)
}

func checkScheme(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s is %w", u.Redacted(), errScheme)
	}
	return nil
}

// Fetch reads a source if it has changed. The result is empty when it has not.
// The source comes back with what is to be stored of it, also beside an error;
// store it after the stories, or a crash between the two loses them.
func (f *Fetcher) Fetch(ctx context.Context, src digest.Source) (digest.Source, Result, error) {
	answer, err := f.get(ctx, src.URL, src.ETag, src.LastModified)
	now := f.o.Now()
	if err != nil && ctx.Err() != nil { // we are stopping: it is not the source's fault
		return src, Result{}, fmt.Errorf("fetch %s: %w", redacted(src.URL), context.Cause(ctx))
	}
	var result Result
	if err == nil {
		result, err = f.readSource(&src, answer)
	}
	if err != nil {
		err = fmt.Errorf("fetch %s: %w", redacted(src.URL), err)
		return failed(src, answer, err, now), Result{}, err
	}
	return done(src, answer, now), result, nil
}

// readSource reads what came and keeps in src how to ask the next time.
func (f *Fetcher) readSource(src *digest.Source, a answer) (Result, error) {
	if a.status == http.StatusNotModified {
		return Result{}, nil
	}
	sum := sha256.Sum256(a.body)
	hash := hex.EncodeToString(sum[:])
	if hash == src.BodyHash {
		src.ETag, src.LastModified = a.etag, a.lastModified
		return Result{}, nil
	}
	o := f.options(a)
	o.Name = "what came" // the address stands in the error already
	result, err := Read(a.body, o)
	if err != nil {
		return Result{}, err
	}
	if result.Kind != Feed {
		return Result{}, fmt.Errorf("not a feed but a %s; to read the one story on it, add it by its address", result.Kind.noun())
	}
	src.BodyHash, src.ETag, src.LastModified = hash, a.etag, a.lastModified
	if result.cutOff {
		src.BodyHash, src.ETag, src.LastModified = "", "", ""
	}
	return result, nil
}

func (k Kind) noun() string {
	switch k {
	case Page:
		return "page"
	case Text:
		return "text"
	}
	return "Markdown file"
}

func (f *Fetcher) options(a answer) Options {
	return Options{Name: a.url, ContentType: a.contentType, URL: a.url, Zone: f.o.Zone, Now: f.o.Now()}
}

// Page reads any address that a user gives: of a story's page, of a feed or of
// a file.
func (f *Fetcher) Page(ctx context.Context, address string) (Result, error) {
	a, err := f.get(ctx, address, "", "")
	if err != nil {
		return Result{}, fmt.Errorf("read %s: %w", redacted(address), err)
	}
	result, err := Read(a.body, f.options(a))
	if err != nil {
		return Result{}, fmt.Errorf("read %w", err)
	}
	if result.Kind != Feed && a.url != address {
		for i := range result.Stories {
			s := &result.Stories[i]
			s.AlsoAt = unique(append(s.AlsoAt, address))
		}
	}
	return result, nil
}

// Numbers reads a table of prices or shares from an address.
func (f *Fetcher) Numbers(ctx context.Context, address string) (Numbers, error) {
	a, err := f.get(ctx, address, "", "")
	if err != nil {
		return Numbers{}, fmt.Errorf("read numbers from %s: %w", redacted(address), err)
	}
	o := f.options(a)
	o.Name = "what came"
	found, err := ReadNumbers(a.body, o)
	if err != nil {
		return Numbers{}, fmt.Errorf("read numbers from %s: %w", redacted(address), err)
	}
	return found, nil
}

func redacted(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return "address"
}

// An answer is what a server sent.
type answer struct {
	status             int
	url                string // where it came from in the end
	body               []byte
	contentType        string
	etag, lastModified string
	retryAfter, maxAge time.Duration // 0 when not said
}

// get asks for an address and reads the whole answer.
func (f *Fetcher) get(ctx context.Context, address, etag, lastModified string) (answer, error) {
	u, err := url.Parse(address)
	if err != nil {
		return answer{}, errors.New("not an address")
	}
	if err := checkScheme(u); err != nil {
		return answer{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, f.o.Timeout, fmt.Errorf("no whole answer within %s", f.o.Timeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, errors.New("not an address")
	}
	setHeaders(req, f.o.Agent, etag, lastModified)
	resp, err := f.client.Do(req)
	if err != nil {
		return answer{}, explain(ctx, err)
	}
	defer resp.Body.Close()
	a := newAnswer(resp, f.o.Now())
	if a.status == http.StatusNotModified && (etag != "" || lastModified != "") {
		return a, nil
	}
	if a.status != http.StatusOK {
		return a, refusal(a.status)
	}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, f.o.MaxBytes+1)); err != nil {
		return a, explain(ctx, err)
	}
	if int64(len(a.body)) > f.o.MaxBytes {
		return a, fmt.Errorf("more than %d bytes; given up", f.o.MaxBytes)
	}
	return a, nil
}

func setHeaders(req *http.Request, agent, etag, lastModified string) {
	req.Header.Set("User-Agent", agent)
	req.Header.Set("Accept", "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, text/markdown;q=0.7, text/csv;q=0.7, */*;q=0.1")
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	if lastModified != "" {
		req.Header.Set("If-Modified-Since", lastModified)
	}
}

// refusal says what a status means for whoever keeps the list of sources.
func refusal(status int) error {
	text := fmt.Sprintf("the server answers %d %s", status, http.StatusText(status))
	switch status {
	case http.StatusGone:
		return fmt.Errorf("%s: it is gone for good and not asked for again", text)
	case http.StatusForbidden, http.StatusUnauthorized:
		return fmt.Errorf("%s: it does not serve programs; ask its owner", text)
	case http.StatusNotFound:
		return fmt.Errorf("%s: is the address right?", text)
	}
	return errors.New(text)
}

// explain turns what the network says into words for an operator.
func explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP):
		return errors.New("the address lies in a private network or on this machine; refused")
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return errors.New("the port is neither 80 nor 443; refused")
	case errors.Is(err, ssrf.ErrProhibitedNetwork), errors.Is(err, ssrf.ErrInvalidHostPort):
		return errors.New("the address cannot be reached over TCP; refused")
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok { // it repeats the address
		return wrapped.Err
	}
	return err
}
