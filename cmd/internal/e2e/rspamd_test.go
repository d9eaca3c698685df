//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The mail comes from an address that the sender's SPF record names.
const (
	senderAddress = "203.0.113.7"
	senderHost    = "mail." + domain
)

// senderRecords are, for dnsmasq, what a careful sender publishes beside the
// keys of its signatures.
var senderRecords = []string{
	"txt-record=" + domain + `,"v=spf1 ip4:` + senderAddress + ` -all"`,
	"txt-record=bounce." + domain + `,"v=spf1 ip4:` + senderAddress + ` -all"`,
	"txt-record=" + senderHost + `,"v=spf1 a -all"`,
	"txt-record=_dmarc." + domain + `,"v=DMARC1; p=reject; rua=mailto:postmaster@` + domain + `"`,
	"host-record=" + senderHost + "," + senderAddress,
	"host-record=digest." + domain + "," + senderAddress,
	"mx-host=" + domain + "," + senderHost,
	"mx-host=bounce." + domain + "," + senderHost,
	"mx-host=inbox.example,mx.inbox.example",
}

// A verdict is what a judge of spam says: nothing above 0 is good, and each
// symbol is the name of something it saw.
type verdict struct {
	score   float64
	symbols []string
}

func (v verdict) saw(symbol string) bool { return slices.Contains(v.symbols, symbol) }

// rspamdOff are what asks the network or learns from other mail.
var rspamdOff = []string{
	"rbl", "fuzzy_check", "surbl", "phishing", "neural", "replies", "ratelimit", "greylist", "history_redis", "bayes_expiry", "asn", "url_redirector",
}

// rspamd starts rspamd with Debian's settings, but for what needs more than
// our DNS.
func rspamd(t *testing.T) {
	t.Helper()
	dir := openDir(t, "_rspamd")
	conf := filepath.Join(dir, "conf")
	if out, err := exec.Command("cp", "-r", "/etc/rspamd", conf).CombinedOutput(); err != nil {
		t.Fatalf("copy the settings of rspamd: %v: %s", err, out)
	}
	files := map[string]string{
		"options.inc":           `dns { nameserver = ["127.0.0.1:53"]; timeout = 1s; } local_addrs = []; tempdir = "` + dir + `";`,
		"logging.inc":           `type = "console"; level = "notice";`,
		"worker-proxy.inc":      "enabled = false;",
		"worker-fuzzy.inc":      "enabled = false;",
		"worker-normal.inc":     `bind_socket = "127.0.0.1:11333"; count = 1;`,
		"worker-controller.inc": `bind_socket = "127.0.0.1:11334";`,
	}
	for _, name := range rspamdOff {
		files[name+".conf"] = "enabled = false;"
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(conf, "local.d", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-c", filepath.Join(conf, "rspamd.conf"), "-u", "_rspamd", "-g", "_rspamd", "-f"}
	for _, place := range []string{"CONFDIR", "LOCAL_CONFDIR"} {
		args = append(args, "--var="+place+"="+conf)
	}
	for _, place := range []string{"DBDIR", "RUNDIR", "LOGDIR"} {
		args = append(args, "--var="+place+"="+dir)
	}
	server(t, "127.0.0.1:11334", "rspamd", args...)
}

// openDir returns a folder for a server that runs as that user.
func openDir(t *testing.T, name string) string {
	t.Helper()
	owner, err := user.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.Atoi(owner.Uid)
	if err != nil {
		t.Fatal(err)
	}
	return dirOf(t, uid)
}

// dirOf returns a folder of another user's; those of tests are closed to others.
func dirOf(t *testing.T, uid int) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "of-another-")
	if err := errors.Join(err, os.Chmod(dir, 0o755), os.Chown(dir, uid, -1)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// rspamdJudges has a mail judged as it comes from that address.
func rspamdJudges(t *testing.T, mail, sender, address string) verdict {
	t.Helper()
	out, err := exec.Command("rspamc", "-h", "127.0.0.1:11334", "-i", address, "--helo", senderHost, "--hostname", senderHost, "-F", sender, "-r", "reader@inbox.example", "--json", "symbols", mailFile(t, mail)).Output()
	if err != nil {
		t.Fatalf("rspamc: %v: %s", err, out)
	}
	var said struct {
		Score   float64
		Symbols map[string]struct{ Score float64 }
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return verdict{said.Score, slices.Sorted(maps.Keys(said.Symbols))}
}

// rspamdNever are symbols of faults that no mail of ours may have, whatever
// they cost.
var rspamdNever = regexp.MustCompile(`^(MULTIPLE_UNIQUE_HEADERS|INVALID_.*|MISSING_.*|R_BAD_CTE_7BIT|SUBJECT_NEEDS_ENCODING|URI_COUNT_ODD|HEADER_.*_EMPTY_DELIMITER|R_PARTS_DIFFER|R_SUSPICIOUS_URL|MANY_INVISIBLE_PARTS|.*_FAIL|.*_REJECT)$`)

// rspamdPasses requires that rspamd finds a mail signed and sent by whom it says,
// and nothing wrong with it.
func rspamdPasses(t *testing.T, i issued) {
	got := rspamdJudges(t, i.mail, i.sender, senderAddress)
	t.Logf("rspamd: %.2f %s", got.score, strings.Join(got.symbols, " "))
	if got.score > 0 {
		t.Errorf("it scores %.2f", got.score)
	}
	for _, symbol := range []string{"R_DKIM_ALLOW", "R_SPF_ALLOW", "DMARC_POLICY_ALLOW", "HAS_LIST_UNSUB"} {
		if !got.saw(symbol) {
			t.Errorf("it does not see %s", symbol)
		}
	}
	for _, symbol := range got.symbols {
		if rspamdNever.MatchString(symbol) {
			t.Errorf("it sees %s", symbol)
		}
	}
}

// rspamdCondemns shows that the judge is not blind: it sees each of these
// faults.
func rspamdCondemns(t *testing.T, i issued) {
	for symbol, spoil := range map[string]func(string) string{
		"MULTIPLE_UNIQUE_HEADERS": func(m string) string { return "Subject: again\r\n" + m },
		"MULTIPLE_FROM":           func(m string) string { return strings.Replace(m, "\r\nFrom: ", "\r\nFrom: <other@example.com>, ", 1) },
		"MISSING_DATE":            func(m string) string { return strings.Replace(m, "\r\nDate: ", "\r\nX-Date: ", 1) },
		"MISSING_MID":             func(m string) string { return strings.Replace(m, "\r\nMessage-ID: ", "\r\nX-ID: ", 1) },
		"R_DKIM_REJECT":           func(m string) string { return strings.Replace(m, "</body>", "<p>More.</p></body>", 1) },
	} {
		spoilt := spoil(i.mail)
		if spoilt == i.mail {
			t.Errorf("for %s the mail was not spoilt", symbol)
		}
		if got := rspamdJudges(t, spoilt, i.sender, senderAddress); !got.saw(symbol) {
			t.Errorf("of a spoilt mail it sees %v, not %s", got.symbols, symbol)
		}
	}
	unsigned := signatureField.ReplaceAllString(i.mail, "")
	if got := rspamdJudges(t, unsigned, i.sender, "198.51.100.9"); got.score <= 0 || !got.saw("DMARC_POLICY_REJECT") {
		t.Errorf("of a mail that nobody vouches for it sees %v: %.2f", got.symbols, got.score)
	}
}
