package mail_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// arrived is a message as a reader's program decodes it.
type arrived struct {
	header     netmail.Header
	text, html string
}

var (
	fieldName   = regexp.MustCompile(`(?m)^([!-9;-~]+):`)
	listIDForm  = regexp.MustCompile(`(?m)^List-Id:[^\r\n]*<[a-z0-9.-]+\.[a-z0-9.-]+>\r$`)
	encodedWord = regexp.MustCompile(`=\?utf-8\?[qb]\?[^? ]*\?=`)
	messageID   = regexp.MustCompile(`^<[^<>@\s]+@[^<>@\s]+>$`)
	boundary    = regexp.MustCompile(`^[0-9a-z]{20,70}$`)
)

// baseCheck holds a message to the rules that every mail must keep, and
// returns what is in it.
func baseCheck(t testing.TB, raw []byte) arrived {
	t.Helper()
	checkOctets(t, raw)
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatalf("no end of the header:\n%s", raw)
	}
	checkHeader(t, string(head)+"\r\n")
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("net/mail: %v", err)
	}
	checkFields(t, m.Header)
	a := arrived{header: m.Header}
	a.text, a.html = checkParts(t, m)
	return a
}

func checkOctets(t testing.TB, raw []byte) {
	t.Helper()
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		t.Error("the message does not end with a line end")
	}
	if n := bytes.Count(raw, []byte("\r\n")); n != bytes.Count(raw, []byte("\r")) || n != bytes.Count(raw, []byte("\n")) {
		t.Error("a bare CR or LF")
	}
	for i, c := range raw {
		if c == 0 || c >= 0x80 {
			t.Errorf("octet %#x at %d", c, i)
			break
		}
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	for line := range bytes.SplitSeq(body, []byte("\r\n")) {
		if len(line) > 76 {
			t.Errorf("a body line of %d octets: %q", len(line), line)
		}
	}
}

// bareName matches a line that is the name of a field and nothing else.
var bareName = regexp.MustCompile(`^[!-9;-~]+:[ \t]*$`)

// checkHeader looks at the header as it is written.
func checkHeader(t testing.TB, head string) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range fieldName.FindAllStringSubmatch(head, -1) {
		if seen[strings.ToLower(name[1])] {
			t.Errorf("field %s twice", name[1])
		}
		seen[strings.ToLower(name[1])] = true
	}
	for _, name := range []string{"x-mailer", "user-agent", "sender", "bcc", "return-path"} {
		if seen[name] {
			t.Errorf("field %s is there", name)
		}
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(head, "\r\n"), "\r\n") {
		words := strings.Fields(line)
		if len(line) > 998 || len(line) > 78 && len(words) > 2 {
			t.Errorf("a header line of %d octets that could be folded: %q", len(line), line)
		}
		if strings.TrimSpace(line) == "" || bareName.MatchString(line) {
			t.Errorf("a field without a value on its own line: %q", line)
		}
		if len(line) > 76 && encodedWord.MatchString(line) {
			t.Errorf("a line of %d octets with an encoded-word: %q", len(line), line)
		}
	}
	for _, word := range encodedWord.FindAllString(head, -1) {
		text, err := new(mime.WordDecoder).Decode(word)
		if err != nil || len(word) > 75 || !utf8.ValidString(text) {
			t.Errorf("an encoded-word of %d octets, %q: %q, %v", len(word), word, text, err)
		}
	}
	if seen["list-id"] && !listIDForm.MatchString(head) {
		t.Error("List-Id has another form")
	}
	if seen["list-unsubscribe-post"] && !strings.Contains(head, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") {
		t.Error("List-Unsubscribe-Post has another form")
	}
}

func checkFields(t testing.TB, h netmail.Header) {
	t.Helper()
	for _, name := range []string{"Date", "From", "To", "Subject", "Message-Id", "Mime-Version", "Content-Type"} {
		if len(h[name]) != 1 || h.Get(name) == "" {
			t.Errorf("%d fields %s: %q", len(h[name]), name, h[name])
		}
	}
	for _, name := range []string{"From", "To"} {
		if list, err := h.AddressList(name); err != nil || len(list) != 1 {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
	if _, err := h.Date(); err != nil || !regexp.MustCompile(` [+-]\d{4}$`).MatchString(h.Get("Date")) {
		t.Errorf("Date %q: %v", h.Get("Date"), err)
	}
	if !messageID.MatchString(h.Get("Message-Id")) {
		t.Errorf("Message-ID %q", h.Get("Message-Id"))
	}
	if subject := decodeField(t, h.Get("Subject")); strings.ContainsFunc(subject, isLineEnd) {
		t.Errorf("the decoded subject has a line end: %q", subject)
	}
	if from := decodeField(t, h.Get("From")); strings.ContainsFunc(from, isLineEnd) {
		t.Errorf("the decoded name has a line end: %q", from)
	}
}

func isLineEnd(r rune) bool {
	return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029'
}

func decodeField(t testing.TB, value string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(value)
	if err != nil {
		t.Errorf("%q: %v", value, err)
	}
	return s
}

func checkParts(t testing.TB, m *netmail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" || !boundary.MatchString(params["boundary"]) {
		t.Fatalf("Content-Type %q: %v", m.Header.Get("Content-Type"), err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	text = nextPart(t, r, "text/plain")
	html = nextPart(t, r, "text/html")
	if _, err := r.NextRawPart(); err != io.EOF {
		t.Errorf("after two parts: %v", err)
	}
	return text, html
}

func nextPart(t testing.TB, r *multipart.Reader, kind string) string {
	t.Helper()
	p, err := r.NextRawPart()
	if err != nil {
		t.Fatalf("part %s: %v", kind, err)
	}
	if got := p.Header.Get("Content-Type"); got != kind+"; charset=utf-8" {
		t.Errorf("a part of type %q, want %s", got, kind)
	}
	if got := p.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
		t.Errorf("part %s is %s", kind, got)
	}
	b, err := io.ReadAll(quotedprintable.NewReader(p))
	if err != nil {
		t.Errorf("part %s: %v", kind, err)
	}
	return string(b)
}
