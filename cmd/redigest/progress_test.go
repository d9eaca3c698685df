package main

import (
	"bytes"
	"testing"
	"time"
)

func TestTheBarSaysHowFarAndHowLongYet(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		done, total int
		passed      time.Duration
		want        string
	}{
		"at the beginning": {0, 300, 0, "[..............................] 0 of 300"},
		"half way":         {150, 300, 10 * time.Second, "[###############...............] 150 of 300, 15 a second, 10s left"},
		"at the end":       {300, 300, 20 * time.Second, "[##############################] 300 of 300, 15 a second, 0s left"},
	}
	for name, tt := range tests {
		if got := bar(tt.done, tt.total, tt.passed); got != tt.want {
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
