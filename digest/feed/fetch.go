package feed

import (
	"context"
	"time"

	"redigest/digest"
)

// FetcherOptions are what may be chosen about a [Fetcher].
type FetcherOptions struct {
	// Agent names the program and where to complain, as the User-Agent.
	Agent string
	// AllowLoopback lets it fetch from this machine; for tests and the demo.
	AllowLoopback bool
	Timeout       time.Duration // for a whole request; 30 seconds if zero
	MaxBytes      int64         // of a body, after decompression; 8 MiB if zero
	Zone          *time.Location
	Now           func() time.Time // time.Now if nil
}

// A Fetcher reads sources over HTTP.
type Fetcher struct{ o FetcherOptions }

// NewFetcher returns a fetcher.
func NewFetcher(o FetcherOptions) *Fetcher { return &Fetcher{o} }

// Fetch reads a source.
func (f *Fetcher) Fetch(ctx context.Context, src digest.Source) (digest.Source, Result, error) {
	return src, Result{}, nil
}

// Page reads any address.
func (f *Fetcher) Page(ctx context.Context, url string) (Result, error) { return Result{}, nil }
