package main

import (
	"bytes"
	"testing"
	"time"
)

func TestTheBarSaysHowFarAndHowLongYet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		before, done, total int
		passed              time.Duration
		want                string
	}{
		"at the beginning": {0, 0, 300, 0, "[..............................] 0 of 300"},
		"half way":         {0, 150, 300, 10 * time.Second, "[###############...............] 150 of 300, 15 a second, 10s left"},
		"at the end":       {0, 300, 300, 20 * time.Second, "[##############################] 300 of 300, 15 a second, 0s left"},
		"what another run has done was not done by this one": {100, 150, 300, 10 * time.Second, "[###############...............] 150 of 300, 5 a second, 30s left"},
		"while nothing moves nobody knows":                   {150, 150, 300, time.Minute, "[###############...............] 150 of 300"},
		"more than all is all":                               {0, 301, 300, 20 * time.Second, "[##############################] 300 of 300, 15 a second, 0s left"},
	}
	for name, tt := range tests {
		if got := bar(tt.before, tt.done, tt.total, tt.passed); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestWithoutATerminalThereIsNoBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, time.Now)
	p.update(1, 2)
	p.done()
	if out.Len() > 0 {
		t.Errorf("a file got %q", &out)
	}
}
