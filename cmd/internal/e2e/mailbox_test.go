//go:build e2e

package e2e

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// mailbox returns what has come into a mailbox such as inbox/ann, oldest first,
// with the line ends that mail has on the wire.
func (w world) mailbox(t *testing.T, name string) (mails []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(w.dir, "mail", name, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, strings.ReplaceAll(string(raw), "\n", "\r\n"))
	}
	return mails
}

// comes waits until n mails are in a mailbox.
func (w world) comes(t *testing.T, name string, n int) []string {
	t.Helper()
	var mails []string
	for range 300 {
		if mails = w.mailbox(t, name); len(mails) >= n {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if len(mails) != n {
		t.Fatalf("%d mails came to %s, not %d\n%s", len(mails), name, n, tail(w.log()))
	}
	return mails
}

// untraced takes away what the servers on the way have put above a mail.
func untraced(mail string) string {
	for {
		name, _, _ := strings.Cut(mail, ":")
		switch name {
		case "Return-Path", "X-Original-To", "Delivered-To", "Received", "X-Greylist":
		default:
			return mail
		}
		_, rest, _ := strings.Cut(mail, "\r\n")
		for strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, "\t") {
			_, rest, _ = strings.Cut(rest, "\r\n")
		}
		mail = rest
	}
}

// put lays a mail into a mailbox.
func (w world) put(t *testing.T, name, file, mail string) {
	t.Helper()
	dir := filepath.Join(w.dir, "mail", name, "new")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	if err := errors.Join(os.WriteFile(path, []byte(mail), 0o600), os.Chown(path, mailboxUser, mailboxUser), os.Chown(dir, mailboxUser, mailboxUser), os.Chown(filepath.Dir(dir), mailboxUser, mailboxUser)); err != nil {
		t.Fatal(err)
	}
}

// files returns all mails of a mailbox, read or not.
func (w world) files(t *testing.T, name string) (all []string) {
	t.Helper()
	for _, folder := range []string{"new", "cur"} {
		some, err := filepath.Glob(filepath.Join(w.dir, "mail", name, folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// empty takes all mails out of a mailbox.
func (w world) empty(t *testing.T, name string) {
	t.Helper()
	for _, f := range w.files(t, name) {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
}
