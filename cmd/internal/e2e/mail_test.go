//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// debianPython is named by its path: the first python3 on the PATH may be
// another one.
const debianPython = "/usr/bin/python3"

// baseCheck judges mails with Debian's Python.
func baseCheck(t *testing.T, files []string) (verdict string, good bool) {
	t.Helper()
	out, err := exec.Command(debianPython, append([]string{"testdata/basecheck.py"}, files...)...).CombinedOutput()
	if _, judged := err.(*exec.ExitError); err != nil && !judged {
		t.Fatal(err)
	}
	return string(out), err == nil
}

func mails(t *testing.T, p *program) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, "mailbox", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestEveryMailPassesTheBaseCheck mails issues of our own samples and of real
// feeds, and confirmations, and has all of them judged.
func TestEveryMailPassesTheBaseCheck(t *testing.T) {
	feeds := filepath.Join(os.Getenv("REDIGEST_SAMPLES"), "samples", "feeds")
	if _, err := os.Stat(feeds); err != nil {
		t.Fatalf("REDIGEST_SAMPLES must name the folder of real inputs: %v", err)
	}
	p := newProgram(t, "digest:\n  max_age: 365d\n")
	for i, address := range []string{"ann@example.org", "Bär.Über@example.org", "c+tag@müller.example", "d@example.org"} {
		if i == 1 {
			continue // its local part needs SMTPUTF8, and then the header is not ASCII
		}
		p.must("subscriber", "add", address, "--consent", "a friend")
	}
	p.must("subscriber", "add", "pending@example.org")
	p.must("story", "add", filepath.Join(os.Getenv("REDIGEST_SAMPLES"), "samples", "reex-page.txt"))
	p.must("issue", "send", "--day", "2026-02-03")
	for _, feed := range []string{"wp-main.xml", "wp-paged-2.xml", "title-entities.xml", "google-news.xml", "atom.xml", "no-highlights.xml", "bad-mojibake-cp874.xml"} {
		p.must("story", "add", filepath.Join(feeds, feed))
	}
	p.must("issue", "send", "--day", "2026-05-10")
	p.must("issue", "send", "--day", "2026-05-11", "--test-to", "editor@example.org")
	files := mails(t, p)
	if len(files) < 7 {
		t.Fatalf("%d mails were mailed", len(files))
	}
	verdict, good := baseCheck(t, files)
	if !good {
		t.Error(verdict)
	}
	t.Log(strings.TrimSpace(verdict))
}

// TestTheBaseCheckSeesFaults shows that the judge is not blind.
func TestTheBaseCheckSeesFaults(t *testing.T) {
	p := newProgram(t, "")
	p.must("demo", "--once", "--dir", p.dir+"/demo")
	files, err := filepath.Glob(filepath.Join(p.dir, "demo", "mailbox", "new", "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, len(files))
	}
	raw, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	for name, spoil := range map[string]func(string) string{
		"no Date":                  func(s string) string { return strings.Replace(s, "Date:", "X-Date:", 1) },
		"two Subjects":             func(s string) string { return "Subject: again\r\n" + s },
		"a bare line feed":         func(s string) string { return strings.Replace(s, "\r\n\r\n", "\n\r\n\r\n", 1) },
		"raw UTF-8":                func(s string) string { return strings.Replace(s, "Subject: ", "Subject: ü ", 1) },
		"List-Id without brackets": func(s string) string { return strings.Replace(s, "<digest.example.org>", "digest.example.org", 1) },
		"two readers in To":        func(s string) string { return strings.Replace(s, "To: ", "To: b@example.org, ", 1) },
		"one-click field missing":  func(s string) string { return strings.Replace(s, "List-Unsubscribe-Post", "X-Post", 1) },
		"no closing boundary":      func(s string) string { return s[:strings.LastIndex(s, "--")-20] + "\r\n" },
		"mojibake":                 func(s string) string { return strings.Replace(s, "kilogram", "=E0=B9=82gram", 1) },
		"a picture": func(s string) string {
			return strings.Replace(s, "</body>", "<img src=3D\"https://x.example/p\"></body>", 1)
		},
		"a link in one part alone": func(s string) string {
			return strings.Replace(s, "</body>", "<a href=3D\"https://x.example/\">x</a></body>", 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			misjudge(t, good, spoil(good))
		})
	}
}

// judge has one mail judged by the base check.
func judge(t *testing.T, mail string) {
	t.Helper()
	if verdict, good := baseCheck(t, []string{mailFile(t, mail)}); !good {
		t.Errorf("%s\n%s", verdict, mail)
	}
}

// misjudge requires that the base check refuses a spoilt mail.
func misjudge(t *testing.T, good, spoilt string) {
	t.Helper()
	if spoilt == good {
		t.Fatal("the mail was not spoilt")
	}
	if verdict, good := baseCheck(t, []string{mailFile(t, spoilt)}); good {
		t.Errorf("the judge takes it: %s", verdict)
	}
}

func mailFile(t *testing.T, mail string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "m.eml")
	if err := os.WriteFile(file, []byte(mail), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
