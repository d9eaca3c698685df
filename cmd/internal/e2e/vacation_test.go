//go:build e2e

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// awayFiles make a mailbox whose owner is away: the script that answers, and what
// takes the answers.
var awayFiles = map[string]struct {
	text string
	mode os.FileMode
}{
	"away.sieve": {"require [\"vacation\"];\nvacation :days 1 :addresses [\"reader@inbox.example\"] \"I am away.\";\n", 0o644},
	"sendmail":   {"#!/bin/sh\ncat >\"$(mktemp DIR/answers/XXXXXX)\"\n", 0o755},
}

// away delivers a mail, as Dovecot does, to a reader who is away, and returns the
// answers that go out.
func away(t *testing.T, mail, sender string) (answers []string) {
	t.Helper()
	dir := dirOf(t, mailboxUser)
	conf, err := os.ReadFile("testdata/vacation.conf")
	if err != nil {
		t.Fatal(err)
	}
	err = os.WriteFile(filepath.Join(dir, "conf"), []byte(strings.ReplaceAll(string(conf), "DIR", dir)), 0o644)
	for name, f := range awayFiles {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(f.text, "DIR", dir)), f.mode))
	}
	out := filepath.Join(dir, "answers")
	if err := errors.Join(err, os.Mkdir(out, 0o755), os.Chown(out, mailboxUser, mailboxUser)); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/lib/dovecot/dovecot-lda", "-c", filepath.Join(dir, "conf"), "-f", sender, "-a", "reader@inbox.example")
	cmd.Env = []string{"HOME=" + dir, "USER=reader", "PATH=" + os.Getenv("PATH")}
	cmd.Stdin = strings.NewReader(mail)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: mailboxUser, Gid: mailboxUser}}
	if said, err := cmd.CombinedOutput(); err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "log"))
		t.Fatalf("dovecot-lda: %v: %s%s", err, said, log)
	}
	if came, err := filepath.Glob(filepath.Join(dir, "mail", "new", "*")); err != nil || len(came) != 1 {
		t.Fatalf("%d mails came into the mailbox: %v", len(came), err)
	}
	answers, err = filepath.Glob(filepath.Join(out, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// listMarks are the fields by which software tells a mail to many from one to
// somebody.
var listMarks = regexp.MustCompile(`(?mi)^(?:List-[A-Za-z-]+|Precedence|Auto-Submitted|X-Auto-Response-Suppress|Feedback-ID):.*\r\n(?:[ \t].*\r\n)*`)

// awayIsSilent requires that nobody's absence is answered to an issue, and shows
// that it would be, were it a letter.
func awayIsSilent(t *testing.T, i issued) {
	if answers := away(t, i.mail, i.sender); len(answers) > 0 {
		t.Errorf("%d answers went out", len(answers))
	}
	if answers := away(t, listMarks.ReplaceAllString(i.mail, ""), i.sender); len(answers) != 1 {
		t.Errorf("to a letter %d answers went out, not one", len(answers))
	}
}
