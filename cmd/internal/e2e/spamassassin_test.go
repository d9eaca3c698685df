//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const spamdAddress = "127.0.0.1:7830"

// spamdSettings switch off what learns or asks the network, and leave what
// needs only our DNS.
const spamdSettings = `use_bayes 0
use_razor2 0
use_pyzor 0
dns_server 127.0.0.1:53
dns_available yes
skip_rbl_checks 1
skip_uribl_checks 1
# The sender's address is one that is kept for documentation.
score RCVD_ILLEGAL_IP 0
`

// spamd starts SpamAssassin with Debian's settings. Debian's rules of DMARC are
// never read, for they ask for the plugin by a name that it has no more, so they
// are given once again.
func spamd(t *testing.T) {
	t.Helper()
	dir := openDir(t, "debian-spamd")
	conf := filepath.Join(dir, "conf")
	if out, err := exec.Command("cp", "-r", "/etc/spamassassin", conf).CombinedOutput(); err != nil {
		t.Fatalf("copy the settings of SpamAssassin: %v: %s", err, out)
	}
	rules, err := os.ReadFile("/usr/share/spamassassin/25_dmarc.cf")
	if err != nil {
		t.Fatal(err)
	}
	dmarc := strings.Replace(string(rules), "Plugin::Dmarc", "Plugin::DMARC", 1)
	for name, text := range map[string]string{"local.cf": spamdSettings, "dmarc.cf": dmarc} {
		if err := os.WriteFile(filepath.Join(conf, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	server(t, spamdAddress, "spamd", "-x", "--siteconfigpath="+conf, "-i", spamdAddress, "-u", "debian-spamd", "-m", "1", "-s", "stderr", "-H", dir)
}

var (
	spamdScore  = regexp.MustCompile(`^(-?[0-9.]+)/`)
	spamdSymbol = regexp.MustCompile(`(?m)^\s*-?[0-9]+\.[0-9]+ ([A-Z][A-Z0-9_]+) `)
)

// spamdJudges has a mail judged as a mail server has it that was reached from
// that address.
func spamdJudges(t *testing.T, mail, sender, address string) verdict {
	t.Helper()
	host, port, _ := strings.Cut(spamdAddress, ":")
	cmd := exec.Command("spamc", "-d", host, "-p", port, "-R")
	cmd.Stdin = strings.NewReader(fmt.Sprintf("Return-Path: <%s>\r\nReceived: from %s (%[2]s [%[3]s])\r\n\tby mx.inbox.example (Postfix) with ESMTP id 4ABC\r\n\tfor <reader@inbox.example>; %[4]s\r\n%[5]s",
		sender, senderHost, address, dateField.FindStringSubmatch(mail)[1], mail))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("spamc: %v: %s", err, out)
	}
	found := spamdScore.FindSubmatch(out)
	if found == nil {
		t.Fatalf("spamc says no score: %s", out)
	}
	score, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	v := verdict{score: score}
	for _, symbol := range spamdSymbol.FindAllSubmatch(out, -1) {
		v.symbols = append(v.symbols, string(symbol[1]))
	}
	return v
}

var dateField = regexp.MustCompile(`(?m)^Date: (.*)\r$`)

// spamdPasses requires that SpamAssassin finds a mail signed and sent by whom it
// says, and more good in it than bad.
func spamdPasses(t *testing.T, i issued) {
	got := spamdJudges(t, i.mail, i.sender, senderAddress)
	t.Logf("SpamAssassin: %.1f %s", got.score, strings.Join(got.symbols, " "))
	if got.score > 0 {
		t.Errorf("it scores %.1f", got.score)
	}
	for _, symbol := range []string{"SPF_PASS", "DKIM_VALID_AU", "DMARC_PASS"} {
		if !got.saw(symbol) {
			t.Errorf("it does not see %s", symbol)
		}
	}
	for _, symbol := range []string{"DKIM_INVALID", "INVALID_DATE", "INVALID_MSGID", "MIME_HTML_ONLY", "MPART_ALT_DIFF", "HTML_IMAGE_ONLY_32", "NUMERIC_HTTP_ADDR"} {
		if got.saw(symbol) {
			t.Errorf("it sees %s", symbol)
		}
	}
}

// spamdCondemns shows that the judge is not blind.
func spamdCondemns(t *testing.T, i issued) {
	for symbol, spoil := range map[string]func(string) string{
		"DKIM_INVALID":    func(m string) string { return strings.Replace(m, "</body>", "<p>More.</p></body>", 1) },
		"MISSING_SUBJECT": func(m string) string { return strings.Replace(m, "\r\nSubject: ", "\r\nX-Subject: ", 1) },
		"INVALID_DATE":    func(m string) string { return dateField.ReplaceAllString(m, "Date: 2026-05-10\r") },
	} {
		spoilt := spoil(i.mail)
		if spoilt == i.mail {
			t.Errorf("for %s the mail was not spoilt", symbol)
		}
		if got := spamdJudges(t, spoilt, i.sender, senderAddress); !got.saw(symbol) {
			t.Errorf("of a spoilt mail it sees %v, not %s", got.symbols, symbol)
		}
	}
	unsigned := signatureField.ReplaceAllString(i.mail, "")
	if got := spamdJudges(t, unsigned, i.sender, "198.51.100.9"); got.score <= 0 || !got.saw("DMARC_REJECT") {
		t.Errorf("of a mail that nobody vouches for it sees %v: %.1f", got.symbols, got.score)
	}
}
