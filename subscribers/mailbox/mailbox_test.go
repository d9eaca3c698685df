package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"redigest/subscribers/mail"
	"redigest/subscribers/mailbox"
)

const two = "From: =?utf-8?q?T=C3=A4glich?= <news@example.org>\r\nTo: <reader@example.com>\r\nSubject: %s\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=cut\r\n\r\n" +
	"--cut\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
	"Gr=C3=B6=C3=9Fe, a line that is broken softly =\r\nhere\r\n\r\n.\r\n--cut\r\n" +
	"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
	"PCFkb2N0eXBlIGh0bWw+PGh0bWw+PGhlYWQ+PHRpdGxlPng8L3RpdGxlPjwvaGVhZD48Ym9keT48\r\nYSBocmVmPSJodHRwOi8vbG9jYWxob3N0L2NvbmZpcm0vdCI+WWVzPC9hPjwvYm9keT48L2h0bWw+\r\n--cut--\r\n"

func listen(t *testing.T) (*mailbox.Server, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "mailbox")
	s, err := mailbox.Listen("127.0.0.1:0", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func dial(t *testing.T, s *mailbox.Server) *mail.Conn {
	t.Helper()
	r, err := mail.ParseRelay("smtp+plain://" + s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c, err := mail.Dial(t.Context(), r, mail.DialOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func send(t *testing.T, c *mail.Conn, msg string) {
	t.Helper()
	if err := handOver(t.Context(), c, msg); err != nil {
		t.Fatal(err)
	}
}

// handOver gives a message to the mailbox, its dots doubled.
func handOver(ctx context.Context, c *mail.Conn, msg string) error {
	if err := c.Offer(mail.Envelope{From: "bounce@example.org", To: "reader@example.com"}, len(msg)); err != nil {
		return err
	}
	if err := c.Ready(ctx); err != nil {
		return err
	}
	if err := c.Body([]byte(strings.ReplaceAll(msg, "\r\n.", "\r\n.."))); err != nil {
		return err
	}
	_, err := c.Answer(ctx)
	return err
}

func TestWhatIsAcceptedLiesInTheMaildirToTheOctet(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	msg := fmt.Sprintf(two, "First") + "\r\n.\r\n..\r\n.x\r\n"
	send(t, dial(t, s), msg)
	files, err := filepath.Glob(filepath.Join(dir, "new", "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v, %v", files, err)
	}
	if got, _ := os.ReadFile(files[0]); string(got) != msg {
		t.Errorf("kept %q, want %q", got, msg)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) != 0 {
		t.Errorf("left in tmp: %v", left)
	}
}

func TestMessagesAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	c := dial(t, s)
	for _, subject := range []string{"First", "=?utf-8?q?Zweite_Gr=C3=B6=C3=9Fe?=", "Third"} {
		send(t, c, fmt.Sprintf(two, subject))
	}
	list, err := mailbox.Messages(dir)
	if err != nil {
		t.Fatal(err)
	}
	var subjects []string
	for _, m := range list {
		subjects = append(subjects, m.Subject)
	}
	if got := strings.Join(subjects, ", "); got != "Third, Zweite Größe, First" {
		t.Errorf("subjects: %s", got)
	}
	if list[0].To != "<reader@example.com>" || list[0].From != "Täglich <news@example.org>" || list[0].At.IsZero() || list[0].Size == 0 {
		t.Errorf("the newest: %+v", list[0])
	}
}

func TestOpenDecodesBothParts(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	send(t, dial(t, s), fmt.Sprintf(two, "First"))
	list, err := mailbox.Messages(dir)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	m, err := mailbox.Open(dir, list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Größe, a line that is broken softly here\n\n."; m.Text != want {
		t.Errorf("text %q, want %q", m.Text, want)
	}
	if !strings.HasSuffix(m.HTML, `<a href="http://localhost/confirm/t">Yes</a></body></html>`) {
		t.Errorf("HTML %q", m.HTML)
	}
	if m.Fault != "" || m.Header.Get("Mime-Version") != "1.0" || string(m.Source) != fmt.Sprintf(two, "First") {
		t.Errorf("%+v", m)
	}
}

func TestADamagedMailSaysSo(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ source, fault string }{
		"no header":                {"\x00\x01garbage", "no readable header"},
		"empty":                    {"", "no readable header"},
		"no end to its parts":      {strings.TrimSuffix(fmt.Sprintf(two, "x"), "--cut--\r\n"), "unexpected EOF"},
		"a content type of no use": {"Subject: x\r\nContent-Type: ;;;\r\n\r\nx\r\n", "content type"},
		"a charset nobody knows":   {"Subject: x\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx\r\n", "text/plain part cannot be read"},
		"broken base64":            {"Subject: x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n", "text/html part cannot be read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "new"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "new", "1.x"), []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			list, err := mailbox.Messages(dir)
			if err != nil || len(list) != 1 {
				t.Fatalf("%v, %v; want it in the list", list, err)
			}
			m, err := mailbox.Open(dir, "1.x")
			if err != nil || !strings.Contains(m.Fault, test.fault) || string(m.Source) != test.source {
				t.Errorf("%+v, %v; want a fault saying %q", m, err, test.fault)
			}
		})
	}
}

func TestOnlyMailCanBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("Subject: secret\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "tmp", "half"), []byte("Subject: half\r\n\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "new", "link")); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"", ".", "..", "../secret", "../new/../secret", "link", "half", "../tmp/half", secret, "new", "x\x00", `..\secret`} {
		if m, err := mailbox.Open(dir, id); !errors.Is(err, mailbox.ErrNoMessage) {
			t.Errorf("%q: %+v, %v", id, m, err)
		}
	}
	if list, err := mailbox.Messages(dir); err != nil || len(list) != 0 {
		t.Errorf("listed: %v, %v", list, err)
	}
}

func TestAMailboxThatIsNotThereIsEmpty(t *testing.T) {
	t.Parallel()
	if list, err := mailbox.Messages(filepath.Join(t.TempDir(), "none")); err != nil || list != nil {
		t.Error(list, err)
	}
}

func TestItListensOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":2525", "0.0.0.0:0", "[::]:0", "192.0.2.1:25", "example.org:25", "127.0.0.1", ""} {
		if s, err := mailbox.Listen(addr, t.TempDir()); err == nil {
			s.Close()
			t.Errorf("it listens on %q", addr)
		}
	}
}

func TestSendersAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	const senders, each = 4, 10
	var all sync.WaitGroup
	for n := range senders {
		c := dial(t, s)
		all.Go(func() {
			for i := range each {
				send(t, c, fmt.Sprintf(two, fmt.Sprintf("%d-%d", n, i)))
			}
		})
	}
	all.Wait()
	list, err := mailbox.Messages(dir)
	if err != nil {
		t.Fatal(err)
	}
	subjects := map[string]bool{}
	for _, m := range list {
		subjects[m.Subject] = true
	}
	if len(list) != senders*each || len(subjects) != senders*each {
		t.Errorf("%d mails with %d subjects, want %d", len(list), len(subjects), senders*each)
	}
}

func TestWhatCannotBeKeptIsNotAccepted(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	c := dial(t, s)
	if err := os.RemoveAll(filepath.Join(dir, "tmp")); err != nil {
		t.Fatal(err)
	}
	err := handOver(t.Context(), c, fmt.Sprintf(two, "x"))
	var refused *mail.Refusal
	if !errors.As(err, &refused) || !refused.Temporary() || refused.Stage != mail.StageBody {
		t.Errorf("got %v, want it deferred", err)
	}
}

func TestAMessageCutShortIsNotKept(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\nSubject: half\r\n\r\nHalf a mess")
	c.(*net.TCPConn).CloseWrite()
	if _, err := io.ReadAll(c); err != nil {
		t.Fatal(err)
	}
	c.Close()
	s.Close()
	if list, err := mailbox.Messages(dir); err != nil || len(list) != 0 {
		t.Errorf("kept: %v, %v", list, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) != 0 {
		t.Errorf("left in tmp: %v", left)
	}
}

func TestCloseWaitsForTheMessageOnItsWay(t *testing.T) {
	t.Parallel()
	s, dir := listen(t)
	idle := dial(t, s)
	busy, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	fmt.Fprint(busy, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n")
	heard := read(t, busy, "354")
	closed := make(chan error, 1)
	go func() { closed <- s.Close() }()
	// The idle line ends, which shows that closing has begun.
	for !idle.Broken() {
		_ = handOver(t.Context(), idle, "Subject: probe\r\n\r\n")
	}
	select {
	case <-closed:
		t.Fatal("closed with a message on its way")
	default:
	}
	fmt.Fprint(busy, "Subject: on its way\r\n\r\nHere it is.\r\n.\r\n")
	heard += read(t, busy, "250 2.0.0 OK: queued")
	if err := <-closed; err != nil {
		t.Error(err)
	}
	list, err := mailbox.Messages(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		if m.Subject == "on its way" {
			return
		}
	}
	t.Errorf("it was not kept: %v\n%s", list, heard)
}

// read reads until a text has come.
func read(t *testing.T, c net.Conn, until string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { c.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	var got strings.Builder
	b := make([]byte, 4096)
	for !strings.Contains(got.String(), until) {
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("waiting for %q after %q: %v", until, got.String(), err)
		}
		got.Write(b[:n])
	}
	return got.String()
}

func TestClosingTwiceIsNoHarm(t *testing.T) {
	t.Parallel()
	s, _ := listen(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
