package mailbox

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"mime"
	netmail "net/mail"
	"os"
	"path"
	"slices"
	"time"

	"golang.org/x/net/html/charset"
)

// ErrNoMessage means that no mail of that ID lies in the mailbox.
var ErrNoMessage = errors.New("no such mail in the mailbox")

// A Message is one mail as it was kept.
type Message struct {
	ID   string // the name of its file
	At   time.Time
	Size int64

	From, To, Subject string // decoded
	Fault             string // what keeps it from being read as a mail; empty if nothing does

	Header netmail.Header // these four from Open alone
	HTML   string         // empty if it has no such part
	Text   string         // likewise
	Source []byte
}

// Messages returns what lies in the Maildir dir, newest first, with their
// headers. A mail that cannot be read is among them and says why.
func Messages(dir string) ([]Message, error) {
	list, _, err := newest(dir, math.MaxInt)
	return list, err
}

// newest returns the newest mails, and how many there are in all.
func newest(dir string, limit int) (list []Message, all int, err error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("open the mailbox: %w", err)
	}
	defer root.Close()
	names, err := names(root)
	if err != nil {
		return nil, 0, fmt.Errorf("list the mailbox: %w", err)
	}
	for _, n := range names[:min(limit, len(names))] {
		m, err := summary(root, n)
		if errors.Is(err, fs.ErrNotExist) {
			continue // moved or deleted meanwhile
		}
		if err != nil {
			return nil, 0, fmt.Errorf("list the mailbox: %w", err)
		}
		list = append(list, m)
	}
	return list, len(names), nil
}

// Open returns one mail with its parts.
func Open(dir, id string) (Message, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Message{}, fmt.Errorf("open the mailbox: %w", err)
	}
	defer root.Close()
	name, err := find(root, id)
	if err != nil {
		return Message{}, err
	}
	return whole(root, name)
}

// names lists the mails as paths, newest first. New ones lie in new/, those
// that a mail program has seen in cur/.
func names(root *os.Root) ([]string, error) {
	var list []string
	for _, sub := range []string{"new", "cur"} {
		entries, err := fs.ReadDir(root.FS(), sub)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			if e.Type().IsRegular() && e.Name()[0] != '.' {
				list = append(list, path.Join(sub, e.Name()))
			}
		}
	}
	slices.SortFunc(list, func(a, b string) int {
		ta, _ := nameTime(path.Base(a))
		tb, _ := nameTime(path.Base(b))
		return cmp.Or(tb.Compare(ta), cmp.Compare(path.Base(b), path.Base(a)))
	})
	return list, nil
}

// find returns the path of a mail. Only what the folders list can be found, so
// an ID is never used as a path.
func find(root *os.Root, id string) (string, error) {
	list, err := names(root)
	if err != nil {
		return "", fmt.Errorf("list the mailbox: %w", err)
	}
	for _, n := range list {
		if path.Base(n) == id {
			return n, nil
		}
	}
	return "", ErrNoMessage
}

// summary reads a mail's header.
func summary(root *os.Root, name string) (Message, error) {
	f, err := root.Open(name)
	if err != nil {
		return Message{}, err
	}
	defer f.Close()
	m, err := about(f, name)
	if err != nil {
		return Message{}, err
	}
	parsed, err := netmail.ReadMessage(bufio.NewReader(io.LimitReader(f, 256<<10)))
	if err != nil {
		m.Fault = "it has no readable header: " + err.Error()
		return m, nil
	}
	m.setHeader(parsed.Header)
	return m, nil
}

func about(f *os.File, name string) (Message, error) {
	info, err := f.Stat()
	if err != nil {
		return Message{}, err
	}
	m := Message{ID: path.Base(name), Size: info.Size(), At: info.ModTime()}
	if t, ok := nameTime(m.ID); ok {
		m.At = t
	}
	return m, nil
}

func (m *Message) setHeader(h netmail.Header) {
	m.Header = h
	m.From, m.To, m.Subject = decoded(h.Get("From")), decoded(h.Get("To")), decoded(h.Get("Subject"))
}

func decoded(field string) string {
	d := mime.WordDecoder{CharsetReader: charset.NewReaderLabel}
	if s, err := d.DecodeHeader(field); err == nil {
		return s
	}
	return field
}
