//go:build e2e

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var (
	zoneRecord = regexp.MustCompile(`(?m)^(\S+)\. IN TXT \(\n((?:  "[^"\n]*"\n?)+ \))`)
	zoneString = regexp.MustCompile(`"[^"]*"`)
)

// publish answers for the TXT records of a zone file, and for more that is
// written as dnsmasq has it, and for nothing else, until the test ends: it is
// all the DNS that there is. Each record keeps the strings that it was split
// into.
func publish(t *testing.T, zone string, more ...string) {
	t.Helper()
	conf := "port=53\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/#/\n"
	for _, record := range more {
		conf += record + "\n"
	}
	for _, record := range zoneRecord.FindAllStringSubmatch(zone, -1) {
		conf += fmt.Sprintf("txt-record=%s,%s\n", record[1], strings.Join(zoneString.FindAllString(record[2], -1), ","))
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "dnsmasq.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dnsmasq", "-C", file, "-k", "--user=root", "--pid-file=", "--log-facility="+filepath.Join(dir, "log"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 100 {
		if c, err := net.Dial("tcp", "127.0.0.1:53"); err == nil {
			_ = c.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("dnsmasq does not answer")
}
