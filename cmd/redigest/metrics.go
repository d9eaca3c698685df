package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// listenMetrics lets the metrics be read, where the configuration wants that,
// until the function that it returns is called.
func (a *app) listenMetrics() (hide func(), err error) {
	if a.meter == nil {
		return func() {}, nil
	}
	l, err := net.Listen("tcp", a.config.Metrics.Listen)
	if err != nil {
		return nil, fmt.Errorf("metrics.listen: %w", err)
	}
	server := &http.Server{
		Handler:           a.meter.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("nobody can read the metrics any more", "error", err)
		}
	})
	return func() {
		if err := server.Close(); err != nil {
			a.log.Warn("closing the metrics", "error", err)
		}
		running.Wait()
	}, nil
}

// showMetrics is listenMetrics for a command that mails, and would rather mail
// without being watched than not at all.
func (a *app) showMetrics() (hide func()) {
	hide, err := a.listenMetrics()
	if err != nil {
		a.log.Warn("nobody can read the metrics of this command", "error", err)
		return func() {}
	}
	return hide
}
