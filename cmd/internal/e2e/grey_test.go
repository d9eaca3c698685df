//go:build e2e

package e2e

import (
	"fmt"
	"regexp"
	"testing"
	"time"
)

// Postgrey puts off whom it does not know and takes those who come back with
// the same envelope (RFC 6647).
func TestGreylistedReadersGetTheirMailLater(t *testing.T) {
	w := newWorld(t)
	server(t, "127.0.0.1:10023", "postgrey", "--inet=127.0.0.1:10023", "--delay=2", "--auto-whitelist-clients=0",
		"--user=root", "--group=root", "--dbdir="+t.TempDir())
	readers := []string{"grey1@inbox.example", "grey2@inbox.example", "grey3@inbox.example"}
	p := newsletter(t, greyDoor, "  return_path: bounce.example.org\n", readers...)

	if a := p.send(); a.Deferred != len(readers) || a.Planned != len(readers) {
		t.Fatalf("the first time: %+v", a)
	}
	for address, said := range p.listed("deferred") {
		if !regexp.MustCompile(`^450 4\.2\.0 .*Greylisted`).MatchString(said) {
			t.Errorf("%s was told %s", address, said)
		}
	}
	time.Sleep(3 * time.Second)
	p.later()
	if a := p.send(); a.Accepted != len(readers) || a.State != "sent" {
		t.Errorf("the second time: %+v", a)
	}
	senders := map[string]int{}
	for _, found := range regexp.MustCompile(`from=<(b\+[a-z0-9]+@bounce\.example\.org)>`).FindAllStringSubmatch(w.log(), -1) {
		senders[found[1]]++
	}
	if len(senders) != len(readers) {
		t.Errorf("%d readers were mailed from %d addresses: %v", len(readers), len(senders), senders)
	}
	for i := range readers {
		w.comes(t, fmt.Sprintf("inbox/grey%d", i+1), 1)
	}
}
