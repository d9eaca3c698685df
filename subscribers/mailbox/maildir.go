package mailbox

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"
)

// A maildir writes messages into a Maildir: each is a file that appears in
// new/ whole or not at all.
type maildir struct {
	path  string
	now   func() time.Time
	maker string // tells this process from others that write into the same Maildir
	count atomic.Uint64
}

func openMaildir(path string) (*maildir, error) {
	for _, sub := range []string{"tmp", "new", "cur"} {
		if err := os.MkdirAll(filepath.Join(path, sub), 0o700); err != nil {
			return nil, fmt.Errorf("make the mailbox: %w", err)
		}
	}
	return &maildir{path: path, now: time.Now, maker: rand.Text()[:12]}, nil
}

// store writes one message and returns once it will survive a power cut.
func (m *maildir) store(r io.Reader) error {
	name := m.name()
	tmp := filepath.Join(m.path, "tmp", name)
	if err := writeFile(tmp, r); err != nil {
		os.Remove(tmp)
		return err
	}
	if err := os.Rename(tmp, filepath.Join(m.path, "new", name)); err != nil {
		os.Remove(tmp)
		return err
	}
	return syncFolder(filepath.Join(m.path, "new"))
}

// name returns a name that no other message has: time first, so that names
// sort as the mails came.
func (m *maildir) name() string {
	t := m.now()
	return fmt.Sprintf("%d.M%06dQ%08dR%s.redigest", t.Unix(), t.Nanosecond()/1000, m.count.Add(1), m.maker)
}

// nameTime reads the time back from such a name.
func nameTime(name string) (time.Time, bool) {
	var seconds, micros int64
	if n, err := fmt.Sscanf(name, "%d.M%06dQ", &seconds, &micros); n != 2 || err != nil {
		return time.Time{}, false
	}
	return time.Unix(seconds, micros*1000), true
}

func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(f, r); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
