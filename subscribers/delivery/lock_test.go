package delivery_test

import (
	"errors"
	"path/filepath"
	"testing"

	"redigest/subscribers/delivery"
)

func TestOneProcessDelivers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redigest.db")
	other, line := startOther(t, holdVariable, path)
	if line != "locked" {
		t.Fatalf("the other process did not get the lock: %q", line)
	}
	if _, err := delivery.Lock(path); !errors.Is(err, delivery.ErrLocked) {
		t.Errorf("beside a process that delivers, Lock returned %v", err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	lock, err := delivery.Lock(path)
	if err != nil {
		t.Fatalf("the death of its holder did not free the lock: %v", err)
	}
	if err := lock.Release(); err != nil {
		t.Error(err)
	}
}

func TestALockIsFreeOnceReleased(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "redigest.db")
	for range 3 {
		lock, err := delivery.Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := delivery.Lock(path); !errors.Is(err, delivery.ErrLocked) {
			t.Errorf("taken twice in one process: %v", err)
		}
		if err := lock.Release(); err != nil {
			t.Fatal(err)
		}
	}
}
