package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"redigest/cmd/internal/config"
	"redigest/digest/database"
)

// What failed beside a stop is said: a full disk must not hide behind Ctrl-C.
func TestAStopHidesNothing(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	err := errors.Join(fmt.Errorf("deliver: %w", context.Canceled), errors.New("daily issue of 2026-02-03: the disk is full"))
	if code := exitCode(err, streams{err: &said}); code != exitNotDone {
		t.Errorf("the code is %d", code)
	}
	for _, want := range []string{"stopped", "the disk is full", "run it again"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q does not say %q", &said, want)
		}
	}
}

// A backup that is cut off leaves no file, under no name: neither one that is
// taken for a backup nor one that is in the way of the next.
func TestABackupThatIsCutOffLeavesNothing(t *testing.T) {
	t.Parallel()
	dir, target := t.TempDir(), t.TempDir()
	c := config.Default()
	c.Database = filepath.Join(dir, "redigest.db")
	var said bytes.Buffer
	a, err := open(t.Context(), c, streams{out: &said, err: &said}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	cut, stop := context.WithCancel(t.Context())
	stop()
	if err := a.backup(cut, filepath.Join(target, "backup.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("a backup that is cut off says %v", err)
	}
	if left, err := os.ReadDir(target); err != nil || len(left) != 0 {
		t.Errorf("it leaves %v (%v)", left, err)
	}
	if err := a.backup(t.Context(), filepath.Join(target, "backup.db")); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(target); len(left) != 1 {
		t.Errorf("beside the backup there are %v", left)
	}
	db, err := database.Open(t.Context(), filepath.Join(target, "backup.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}
