package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// A Verdict says in a word what came of asking for an address.
type Verdict string

const (
	Answers Verdict = "answers" // there is something
	Blocked Verdict = "blocked" // its server does not serve programs, or not so many requests; for readers it may work
	Broken  Verdict = "broken"  // its server says that there is nothing, or says nothing
	Refused Verdict = "refused" // we do not ask: it leads into a private network or to an unusual port
	Unasked Verdict = "unasked" // there was no time left to ask
)

// A Probe is what came of asking whether something answers at an address.
type Probe struct {
	URL     string  `json:"url"`
	Verdict Verdict `json:"verdict"`
	Status  int     `json:"status,omitempty"` // of the answer (RFC 9110); 0: none came
	Reason  string  `json:"reason,omitempty"` // in words; empty when it answers
}

const (
	probeTimeout = 8 * time.Second // for one answer
	probeHosts   = 8               // how many hosts are asked at a time
)

// Probe asks for each address whether something answers there, until ctx is
// done, and returns what came of it in the same order. A host is asked one thing
// at a time, by HEAD, and by GET only where that does not say yes; one that does
// not answer at all, or that says there are too many requests, is asked nothing
// more. No body is read.
func (f *Fetcher) Probe(ctx context.Context, addresses []string) []Probe {
	found := make([]Probe, len(addresses))
	hosts := map[string][]int{}
	for i, address := range addresses {
		host := hostOf(address)
		hosts[host] = append(hosts[host], i)
	}
	free := make(chan struct{}, probeHosts)
	var asking sync.WaitGroup
	for host, places := range hosts {
		asking.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			p := prober{f: f, host: host, known: map[string]Probe{}}
			for _, i := range places {
				found[i] = p.ask(ctx, addresses[i])
			}
		})
	}
	asking.Wait()
	return found
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

// A prober asks one host.
type prober struct {
	f     *Fetcher
	host  string
	known map[string]Probe // by address without its fragment
	over  *Probe           // why the host is asked nothing more
}

// ask asks for one address, unless what it would say is known already.
func (p *prober) ask(ctx context.Context, address string) Probe {
	page, _, _ := strings.Cut(address, "#")
	found, known := p.known[page]
	switch {
	case known:
	case p.over != nil:
		found = *p.over
	case ctx.Err() != nil:
		found = unasked()
	default:
		found = p.probe(ctx, page)
		p.known[page] = found
	}
	found.URL = address
	return found
}

func unasked() Probe {
	return Probe{Verdict: Unasked, Reason: "there was no time left to ask for it"}
}

// probe asks by HEAD and, unless that settles it, by GET: some servers answer
// HEAD wrongly, or not at all.
func (p *prober) probe(ctx context.Context, address string) Probe {
	status, err := p.f.status(ctx, http.MethodHead, address)
	if !settled(status, err) {
		status, err = p.f.status(ctx, http.MethodGet, address)
	}
	if err != nil {
		return p.failed(ctx, err)
	}
	found := judged(status)
	if status == http.StatusTooManyRequests {
		p.over = &found
	}
	return found
}

// settled reports whether a GET would say no more than the HEAD did.
func settled(status int, err error) bool {
	if err == nil {
		return status < 400 || status == http.StatusTooManyRequests
	}
	dial, dialing := errors.AsType[*net.OpError](err)
	timeout, slow := errors.AsType[net.Error](err)
	return dialing && dial.Op == "dial" || slow && timeout.Timeout() || isRefused(err)
}

// judged says what a status means for a reader who follows the link.
func judged(status int) Probe {
	found := Probe{Verdict: Broken, Status: status, Reason: strings.TrimSpace(fmt.Sprintf("its server answers %d %s", status, http.StatusText(status)))}
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusProxyAuthRequired, http.StatusUnavailableForLegalReasons, http.StatusTooManyRequests,
		999: // LinkedIn's
		found.Verdict = Blocked
	}
	if status < 400 {
		found.Verdict, found.Reason = Answers, ""
	}
	return found
}

// failed says what it means that no answer came.
func (p *prober) failed(ctx context.Context, err error) Probe {
	if ctx.Err() != nil {
		return unasked()
	}
	found := Probe{Verdict: Broken, Reason: p.reason(ctx, err)}
	if isRefused(err) {
		found.Verdict = Refused
	}
	// A host that is not there is not asked again. After a redirect it may be
	// another one that is not.
	if asked, ok := errors.AsType[*url.Error](err); ok && hostOf(asked.URL) == p.host && !errors.Is(err, errRedirects) {
		p.over = &found
	}
	return found
}

// reason says in words why no answer came.
func (p *prober) reason(ctx context.Context, err error) string {
	if name, ok := errors.AsType[*net.DNSError](err); ok && name.IsNotFound {
		return "there is no host of the name " + name.Name
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && errors.Is(dial, syscall.ECONNREFUSED) {
		return "nothing listens at its host"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return fmt.Sprintf("no answer within %s", p.f.patience())
	}
	return explain(ctx, err).Error()
}

// isRefused reports whether err says that we do not ask.
func isRefused(err error) bool {
	return errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedPort) ||
		errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrInvalidHostPort) || errors.Is(err, errScheme)
}

// patience is how long one answer may take.
func (f *Fetcher) patience() time.Duration { return min(probeTimeout, f.o.Timeout) }

// status asks for an address and returns the status of the answer after its
// redirects.
func (f *Fetcher) status(ctx context.Context, method, address string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, f.patience())
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return 0, errors.New("not an address")
	}
	if err := checkScheme(req.URL); err != nil {
		return 0, err
	}
	req.Header.Set("User-Agent", f.o.Agent)
	req.Header.Set("Accept", "text/html,*/*;q=0.8")
	resp, err := f.client.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}
