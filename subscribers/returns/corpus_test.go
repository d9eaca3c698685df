package returns_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"redigest/subscribers"
	"redigest/subscribers/bounce"
)

// Real mails, each as if it had come back to ann's address: what the corpus
// calls hard suppresses her, what it calls a complaint takes her off the list,
// and no other does.
func TestPromise3WhatFollowsFromRealMails(t *testing.T) {
	t.Parallel()
	samples := os.Getenv("REDIGEST_SAMPLES")
	if samples == "" {
		t.Skip("REDIGEST_SAMPLES is not set: it names the folder of real inputs")
	}
	folder := filepath.Join(samples, "corpora", "bounces")
	truth := map[string][]struct {
		Reason string
		Hard   bool
	}{}
	text, err := os.ReadFile(filepath.Join(folder, "TRUTH.json"))
	if err == nil {
		err = json.Unmarshal(text, &truth)
	}
	if err != nil {
		t.Fatal(err)
	}
	b := newBed(t)
	back, other := b.back("ann@example.net"), 0
	for file, said := range truth {
		raw, err := os.ReadFile(filepath.Join(folder, file))
		if err != nil {
			t.Fatal(err)
		}
		b = newBedLike(t, b)
		b.exec("UPDATE subscribers SET status = 'confirmed'")
		out := b.take(string(raw), back)
		if strings.HasPrefix(file, "not-a-bounce") && (out.Done() || out.Kind != bounce.Other) {
			t.Errorf("%s is taken as a %s", file, out.Kind)
		}
		if len(said) != 1 {
			continue // whose of several the report is about is not told
		}
		want := said[0].Hard || said[0].Reason == "feedback"
		if got := out.Effect == subscribers.EffectSuppressed; got != want {
			other++
			t.Logf("%s (%s): suppressed %t, the corpus has it %t", file, said[0].Reason, got, want)
		}
	}
	if allowed := len(truth) / 20; other > allowed || len(truth) < 100 {
		t.Errorf("of %d mails %d are judged otherwise than the corpus does; %d may be", len(truth), other, allowed)
	}
}
