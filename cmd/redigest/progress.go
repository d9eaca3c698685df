package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A progress is a bar on a terminal, redrawn in place. Where the output is no
// terminal it prints nothing: logs and files get the result alone.
type progress struct {
	out io.Writer // nil: no terminal
	now func() time.Time

	mu      sync.Mutex
	started time.Time
	drawn   time.Time
	last    string
	before  int // done when it was first told: what another run has done says nothing about the rate
	told    bool
}

func newProgress(w io.Writer, now func() time.Time) *progress {
	p := &progress{now: now}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.out = w
	}
	return p
}

// update draws the bar, ten times a second at most.
func (p *progress) update(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if !p.told {
		p.before, p.started, p.told = done, now, true
	}
	if p.out == nil || total == 0 || now.Sub(p.drawn) < 100*time.Millisecond && done < total {
		return
	}
	p.drawn = now
	line := bar(p.before, done, total, now.Sub(p.started))
	fmt.Fprintf(p.out, "\r%s%s", line, strings.Repeat(" ", max(0, len(p.last)-len(line))))
	p.last = line
}

// done leaves the bar's line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.out != nil && p.last != "" {
		fmt.Fprintln(p.out)
	}
}

// bar returns the bar as one line: how far, how many, how fast, how long yet.
// before were done already when the time that has passed began.
func bar(before, done, total int, passed time.Duration) string {
	const width = 30
	done = min(done, total) // what is sent again counts again
	filled := width * done / total
	line := fmt.Sprintf("[%s%s] %d of %d", strings.Repeat("#", filled), strings.Repeat(".", width-filled), done, total)
	if seconds := passed.Seconds(); done > before && seconds >= 1 {
		rate := float64(done-before) / seconds
		left := time.Duration(float64(total-done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %.0f a second, %s left", rate, left.Round(time.Second))
	}
	return line
}
